//! The form of a credit note: what of each line is given back, and why.
use kernel::{
    Checks, Input, Result, Scope,
    access::Access,
    decimal::thousandths,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, field, form, link_button, table};

use super::{CreditInput, CreditLine, issue, issue::given_so_far, lines_of};
use crate::{
    InvoiceId, LineId,
    invoice::{Invoice, lines::Line, view},
    permissions::InvoicesWrite,
    written,
};
use std::collections::BTreeMap;

/// What is left of a line, and the row that asks how much of it.
fn row(scope: &Scope, line: &Line, left: i64, typed: &Filled) -> Vec<Markup> {
    let tenant = scope.tenant();
    let name = format!("{QUANTITY}{}", line.id);
    // What was cleared stays cleared.
    let value = if typed.is_wrong() { typed.value(&name).to_owned() } else { written::quantity(left) };
    vec![
        html! { (line.description) },
        html! { (written::quantity(line.quantity_milli)) },
        html! { (written::figure(tenant, line.amount)) },
        html! {
            @if left > 0 { (field::number(&Filled::of([(name.as_str(), value)]), &name, &format!("Give back of {}", line.description)).label_hidden().id(format!("f-{}", line.id))) }
            @else { span.dim { "Given back" } }
        },
    ]
}

async fn draw(scope: &Scope, id: InvoiceId, filled: &Filled) -> Result<Page> {
    let invoice: Invoice = view(scope, id).await?;
    let given = given_so_far(&scope.read(lines_of(id)).await?);
    let left = |line: &Line| line.quantity_milli - given.get(&line.id).map_or(0, |(quantity, _)| *quantity);
    let head = &invoice.head;
    let number = head.number.clone().unwrap_or_else(|| "Draft".into());
    let columns = [
        table::Column::lead("Line"),
        table::Column::number("Quantity"),
        table::Column::number("Amount"),
        table::Column::number("Give back"),
    ];
    let rows: Vec<Vec<Markup>> = invoice.lines.iter().map(|line| row(scope, line, left(line), filled)).collect();
    let open = written::money(scope.tenant(), head.balance);
    let body = form::form(
        &format!("/invoices/{id}/credit-note"),
        filled,
        html! {
            p.soft.mb-4 {
            "The invoice stays as it is; the credit note has a number of its own. "
            @if head.balance.minor > 0 { "First what is open becomes less (" (open) "); the rest is kept as the customer’s credit, to use or to pay out." }
            @else { "It is paid, so what is given back is kept as the customer’s credit, to use or to pay out." }
        }
            (table::plain("What is given back", &columns, &rows))
            (field::text(filled, "reason", "Why").required().most(300).placeholder("Part returned unopened"))
            (form::actions(html! { (button("Issue credit note").primary()) (link_button("Cancel", format!("/invoices/{id}")).quiet()) }))
        },
    );
    let crumbs = vec![("Invoices".into(), "/invoices".into()), (number.clone(), format!("/invoices/{id}"))];
    let frame = Frame {
        title: "Credit note".into(),
        beside: format!("For {number}"),
        active: "/invoices",
        crumbs,
        body,
        ..Frame::default()
    };
    let page = shell::page(scope, frame);
    Ok(Page { status: if filled.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>) -> Result<Page> {
    draw(&access, id, &Filled::default()).await
}

/// Before the id of a line.
const QUANTITY: &str = "quantity-";

/// A quantity for each line, under `quantity-<id of the line>`; nothing or zero leaves it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "TypedCreditNote")]
pub struct Typed {
    reason: String,
    #[serde(flatten)]
    #[schemars(skip)]
    quantities: BTreeMap<String, String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
        for (name, typed) in self.quantities.iter().take(crate::invoice::lines::MOST_LINES + 1) {
            match name.strip_prefix(QUANTITY).map(str::parse::<LineId>) {
                Some(Ok(_)) => checks.that(
                    thousandths(typed).is_some(),
                    name,
                    "number",
                    "A quantity is a number, such as 2 or 1.5.",
                ),
                _ => checks.that(
                    false,
                    "",
                    "unknown",
                    "The form has a field that is not known here. Load the page again.",
                ),
            };
        }
    }
}

impl Typed {
    fn input(self) -> Result<CreditInput> {
        let asked = |(name, typed): (&String, &String)| {
            let line_id = name.strip_prefix(QUANTITY)?.parse().ok()?;
            let quantity = thousandths(typed).filter(|quantity| *quantity > 0)?;
            Some(CreditLine { line_id, quantity_milli: Some(quantity) })
        };
        let lines = self.quantities.iter().filter_map(asked).collect();
        CreditInput { reason: self.reason, lines: Some(lines) }.checked()
    }
}

pub async fn post(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    form: Form<Typed>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let today = access.local_now().date();
    let work = async |typed: Typed| {
        let input = typed.input()?;
        access
            .once(async |tx| {
                issue(tx, id, &input, today).await?;
                Ok(Redirect::to(format!("/invoices/{id}")).toast("Credit note issued"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, &shell::filled(typed)).await?)),
    }
}
