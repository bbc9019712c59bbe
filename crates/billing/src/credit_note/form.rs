//! The form of a credit note: what of each line is given back, and why.
use kernel::{
    Checks, Error, Input, Result, Scope,
    access::Access,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, Frame};
use ui::{Filled, button, field, form, link_button, table};

use super::{CreditInput, CreditLine, issue, lines_of};
use crate::{
    InvoiceId, LineId,
    invoice::{Invoice, lines::Line, view},
    permissions::InvoicesWrite,
    written,
};

/// What is left of a line, and the row that asks how much of it.
fn row(scope: &Scope, line: &Line, left: i64, typed: Option<&str>) -> Vec<Markup> {
    let tenant = scope.tenant();
    let value = typed.map(str::to_owned).unwrap_or_else(|| written::quantity(left));
    vec![
        html! { (line.description) },
        html! { (written::quantity(line.quantity_milli)) },
        html! { (written::figure(tenant, line.amount)) },
        html! {
            input type="hidden" name="line" value=(line.id);
            @if left > 0 { (field::number(&Filled::of([("quantity", value)]), "quantity", &format!("Give back of {}", line.description)).label_hidden().id(format!("f-{}", line.id))) }
            @else { input type="hidden" name="quantity" value="0"; span.dim { "Given back" } }
        },
    ]
}

async fn draw(scope: &Scope, id: InvoiceId, filled: &Filled) -> Result<Page> {
    let invoice: Invoice = view(scope, id).await?;
    let given = scope.read(lines_of(id)).await?;
    let left = |line: &Line| {
        let so_far: i64 = given.iter().filter(|row| row.invoice_line_id == line.id).map(|row| row.quantity_milli).sum();
        line.quantity_milli - so_far
    };
    let head = &invoice.head;
    let number = head.number.clone().unwrap_or_else(|| "Draft".into());
    let typed: Vec<&str> = if filled.is_wrong() { filled.value("quantity").split(',').collect() } else { vec![] };
    let columns = [
        table::Column::lead("Line"),
        table::Column::number("Quantity"),
        table::Column::number("Amount"),
        table::Column::number("Give back"),
    ];
    let rows: Vec<Vec<Markup>> =
        invoice.lines.iter().enumerate().map(|(n, line)| row(scope, line, left(line), typed.get(n).copied())).collect();
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

/// A quantity for each line; nothing or zero leaves it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TypedCreditNote")]
pub struct Typed {
    reason: String,
    line: Vec<LineId>,
    quantity: Vec<String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
        let pairs = self.line.len() == self.quantity.len() && self.line.len() <= crate::invoice::lines::MOST_LINES;
        checks.that(pairs, "quantity", "pairs", "Each line has its quantity.");
    }
}

impl Typed {
    fn input(self) -> Result<CreditInput> {
        let mut lines = vec![];
        for (line_id, typed) in self.line.into_iter().zip(self.quantity) {
            if typed.trim().is_empty() {
                continue;
            }
            let quantity = written::parts(&typed, 3)
                .ok_or_else(|| Error::field("/quantity", "number", "A quantity is a number, such as 2 or 1.5."))?;
            if quantity > 0 {
                lines.push(CreditLine { line_id, quantity_milli: Some(quantity) });
            }
        }
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
