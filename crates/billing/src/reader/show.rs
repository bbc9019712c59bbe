//! The page of the link: how it stands, what is open, the way to pay, the lines, and the paper to keep.
use kernel::{
    Result, Scope, Visitor,
    http::{Page, Path},
};
use maud::{Markup, html};
use tenancy::shell;

use super::{WAYS, link, of};
use crate::{
    invoice::{Invoice, Status, paper},
    words::Words,
    written,
};

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let invoice = of(&visitor, &token).await?;
    draw(&visitor, &invoice, html! {}).await
}

/// With words above it, where there is something to say.
pub async fn draw(visitor: &Visitor, invoice: &Invoice, says: Markup) -> Result<Page> {
    let (tenant, head) = (visitor.tenant(), &invoice.head);
    let number = head.number.clone().unwrap_or_default();
    let title = format!("Invoice {number}");
    let issued = head.issued_on.map(|day| format!(", {}", written::day(day))).unwrap_or_default();
    let here = link::path(visitor, head.id)?;
    let ways = ways(visitor, invoice).await;
    let body = html! {
        (ui::question(&title, &format!("From {}{issued}.", tenant.name)))
        (says)
        (stands(visitor, invoice))
        (ways)
        section.card.est-offer."mt-6" aria-labelledby="lines-h" {
            h2 #lines-h { "What it is for" }
            ul.est-lines { @for line in &invoice.lines {
                li { span.est-line {
                    span { (line.description) @if line.quantity_milli != 1000 { span.soft.num { " × " (written::quantity(line.quantity_milli)) } }
                        @if let Some(detail) = &line.detail { @for line in detail.lines() { small { (line) } } } }
                    span.num.est-amount { (written::money(tenant, line.amount)) }
                } }
            } }
            dl.est-sums { @for sum in paper::sums(tenant, invoice, Words::SCREEN) {
                div.(paper::size_of(sum.emphasis)) { dt { (sum.label) } dd { (sum.value) } }
            } }
        }
        @if let Some(note) = &head.note { div.est-words { @for line in note.lines() { p { (line) } } } }
        div.est-foot { a.btn href={ (here) "/pdf" } target="_blank" { (ui::icon("file-text")) "Save as PDF" } }
    };
    let page = shell::public(visitor, &title, body, html! {});
    // The way to pay leads to the provider's own page, which may lie at the company's own name there.
    Ok(if ways.0.is_empty() { page } else { page.leads_out() })
}

/// Nobody has to be signed in for it; what fails says so in its place, and the rest is as good as ever.
async fn ways(scope: &Scope, invoice: &Invoice) -> Markup {
    let mut drawn = vec![];
    for panel in scope.house().panels(WAYS) {
        let says = "The way to pay online cannot be shown just now. Load the page again.";
        drawn.push(
            (panel.draw)(scope.clone(), invoice.head.id.0)
                .await
                .unwrap_or_else(|_| ui::note("warn", html! { p { (says) } })),
        );
    }
    html! { @for way in drawn { (way) } }
}

fn stands(scope: &Scope, invoice: &Invoice) -> Markup {
    let (tenant, head) = (scope.tenant(), &invoice.head);
    let (word, small) = match head.status {
        Status::Void => {
            return ui::note("", html! { p.strong { "This invoice is void" } p { "Nothing is owed on it." } });
        }
        Status::WrittenOff => return html! {},
        Status::Paid => {
            return ui::note("info", html! { p.strong { "Paid in full" } p { "Nothing is open. Thank you." } });
        }
        _ => {
            let due = head.due_on.map(written::day).unwrap_or_default();
            if head.overdue {
                ("Open, and overdue", format!("It was due on {due}."))
            } else {
                ("Open", format!("Due on {due}."))
            }
        }
    };
    html! { div."mt-4" { p.soft { (word) } p.big.num { (written::money(tenant, head.balance)) } p.soft.t13 { (small) } } }
}
