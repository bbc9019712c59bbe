//! One invoice on the screen: the paper it becomes, and at its side the deliberate acts.
mod dialogs;
mod line;
mod side;

use catalog::tax_rate::{self, TaxRate};
use documents::Emphasis;
use kernel::{
    Result, Scope,
    access::Access,
    http::{Page, Path, Query},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::{
    AuditRead,
    shell::{self, Frame},
};
use ui::{Filled, button, form, icon_class, link_button, paper::desk};

use dialogs::dialogs;
use line::{line_form, line_row};
pub use side::Beside;
use side::side;

use super::{Invoice, Status, paper};
use crate::{
    InvoiceId, LineId, letterhead,
    permissions::{InvoicesRead, InvoicesWrite, PaymentsWrite},
    words::Words,
    written,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The line that is being edited.
    pub line: Option<LineId>,
    /// A new line is being written.
    pub add: Option<bool>,
}

/// What is open on the page, and what was typed there.
#[derive(Default)]
pub struct Open {
    pub line: Option<LineId>,
    pub add: bool,
    pub words: bool,
    /// The dialog that shall be shown again: `pay`, `void`, `back`.
    pub filled: Filled,
    pub act: &'static str,
    /// Of the price book, for the line that is written.
    pub taxes: Vec<TaxRate>,
    /// What else settles it.
    pub beside: Beside,
}

pub async fn page(access: Access<InvoicesRead>, Path(id): Path<InvoiceId>, Query(ask): Query<Ask>) -> Result<Page> {
    let open = Open { line: ask.line, add: ask.add.unwrap_or(false), ..Open::default() };
    draw(&access, id, open).await
}

/// The part of the page that draws itself again when something happened.
pub async fn part(access: Access<InvoicesRead>, Path(id): Path<InvoiceId>) -> Result<Page> {
    let invoice = super::view(&access, id).await?;
    let bill_to = paper::bill_to_of(&access, &invoice).await?;
    let open = Open { beside: Beside::of(&access, &invoice).await?, ..Open::default() };
    Ok(inside(&access, &invoice, &bill_to, &open).into())
}

/// The page, with what is open on it.
pub async fn draw(scope: &Scope, id: InvoiceId, mut open: Open) -> Result<Page> {
    if open.add || open.line.is_some() {
        open.taxes = scope.read(tax_rate::active()).await?;
    }
    let invoice = super::view(scope, id).await?;
    let bill_to = paper::bill_to_of(scope, &invoice).await?;
    open.beside = Beside::of(scope, &invoice).await?;
    let head = &invoice.head;
    // While a line is written or a refusal is shown, the paper does not draw itself again.
    let quiet = open.line.is_none() && !open.add && !open.filled.is_wrong();
    let paper = inside(scope, &invoice, &bill_to, &open);
    let body = html! {
        @if quiet { div #invoice.contents data-live="invoice.* payment.* credit.* credit_note.* card_payment.*" data-live-src={ "/invoices/" (id) "/part" } { (paper) } } @else { (form::unsaid(&open.filled, &paper)) (paper) }
    };
    let title = head.number.clone().unwrap_or_else(|| format!("Draft for {}", head.customer_name));
    let pdf = link_button("PDF", format!("/invoices/{id}/pdf")).quiet().icon("file-text").attr("target", "_blank");
    let past =
        scope.can::<AuditRead>().then(|| link_button("History", format!("/history/{id}")).quiet().icon("history"));
    let frame = Frame {
        title,
        active: "/invoices",
        crumbs: vec![("Invoices".into(), "/invoices".into())],
        actions: html! { @if let Some(past) = past { (past) } @if scope.can::<kernel::PricesSee>() { (pdf) } },
        body,
        wide: true,
        canvas: true,
        ..Frame::default()
    };
    let page = shell::page(scope, frame);
    Ok(if open.filled.is_wrong() { Page { status: 422, ..page } } else { page })
}

/// Paper, side and dialogs.
fn inside(scope: &Scope, invoice: &Invoice, bill_to: &str, open: &Open) -> Markup {
    let head = &invoice.head;
    let draft = head.status == Status::Draft;
    let editable = draft && scope.can::<InvoicesWrite>();
    let (word, due) = if draft { ("Due", head.total) } else { ("Open", head.balance) };
    let act = main_act(scope, invoice, "");
    let due = written::money(scope.tenant(), due);
    let side = side(scope, invoice, &main_act(scope, invoice, "w-full"), open);
    html! { (desk(sheet(scope, invoice, bill_to, editable, open), side, (word, &due), act)) (dialogs(scope, invoice, open)) }
}

fn sheet(scope: &Scope, invoice: &Invoice, bill_to: &str, editable: bool, open: &Open) -> Markup {
    let (tenant, head) = (scope.tenant(), &invoice.head);
    let (brand, head_lines) = (shell::brand(tenant), letterhead::lines(tenant));
    let base = format!("/invoices/{}", head.id);
    html! {
        article.paper aria-labelledby="paper-h" {
            @if head.status == Status::Void { p.stamp aria-hidden="true" { "Void" } }
            div.paper-head {
                div { div.paper-brand { (brand.mark()) (brand.company) } @if !head_lines.is_empty() { p.p2.t12."mt-3" { @for (n, line) in head_lines.iter().enumerate() { @if n > 0 { br; } (line) } } } }
                div.paper-kind { h2 #paper-h { "Invoice" } p.p2.t13.num { (head.number.as_deref().unwrap_or("Number is given at issue")) } }
            }
            div.paper-meta {
                div { h3 { "Bill to" } p { @for (n, line) in bill_to.lines().enumerate() { @if n > 0 { br; } (line) } } }
                div { @if let Some(issued) = head.issued_on { h3 { "Issued" } p { (written::day(issued)) } } @if let Some(reference) = &head.reference { h3 { "Your reference" } p { (reference) } } }
                div { h3 { "Due" } p { @if let Some(due) = head.due_on { (written::day(due)) br; } span.p2 { (paper::terms(head.terms_days, Words::SCREEN)) } } }
            }
            table.lines #lines {
                caption.vh { "Lines" }
                thead { tr { th scope="col" { "Description" } th.r scope="col" { "Qty" } th.r.rate scope="col" { "Rate" } th.r scope="col" { "Amount" } } }
                tbody {
                    @for line in &invoice.lines {
                        @if editable && open.line == Some(line.id) { (line_form(tenant, &base, Some(line), open)) } @else { (line_row(tenant, &base, line, editable)) }
                    }
                    @if editable && open.add { (line_form(tenant, &base, None, open)) }
                }
            }
            @if editable && !open.add { a.addline href={ (base) "?add=true#lines" } data-key="/" { (icon_class("plus", "i-s")) "Add a line " kbd aria-hidden="true" { "/" } } }
            dl.totals { @for sum in paper::sums(tenant, invoice, Words::SCREEN) {
                @let class = match sum.emphasis { Emphasis::Plain => "", Emphasis::Strong => "sum-l", Emphasis::Due => "due" };
                div class=(class) { dt { (sum.label) } dd { (sum.value) } }
            } }
            @if let Some(note) = &head.tax_note { p.p2.t12.mt-6 { (note) } }
            @if let Some(note) = &head.note { p.p2.t12.mt-6 { @for (n, line) in note.lines().enumerate() { @if n > 0 { br; } (line) } } }
        }
    }
}

/// The one thing to do next, as a button.
fn main_act(scope: &Scope, invoice: &Invoice, class: &str) -> Markup {
    let head = &invoice.head;
    match head.status {
        Status::Draft if scope.can::<InvoicesWrite>() && !invoice.lines.is_empty() => html! {
            form.contents method="post" action={ "/invoices/" (head.id) "/issue" } data-form {
                (form::key()) input type="hidden" name="version" value=(head.version);
                (button("Issue invoice").primary().large().class(class))
            }
        },
        Status::Issued | Status::PartPaid if scope.can::<PaymentsWrite>() => {
            html! { (button("Record payment").primary().large().class(class).opens_dialog("pay")) }
        }
        _ => html! {},
    }
}
