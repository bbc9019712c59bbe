//! Invoices: what is open, and what was paid.
use billing::{
    invoice::{
        Listed, Status,
        list::{Ask, list},
    },
    written,
};
use customers::CustomerId;
use kernel::{
    Money, Result, Visitor,
    http::{Page, Path, Query},
    page::Asked,
};
use maud::{Markup, html};

use crate::{
    frame::{self, Place, base, row},
    guest::{self, Reached},
};

/// That nobody expects it any more is the company's own matter: the customer owes it, as the paper says.
pub(crate) fn due(one: &Listed) -> Money {
    if one.status == Status::WrittenOff { one.written_off } else { one.balance }
}

pub(crate) fn state(one: &Listed) -> Markup {
    let (look, words) = match one.status {
        Status::Paid => ("paid", "Paid"),
        Status::Void => ("void", "Void"),
        Status::PartPaid if !one.overdue => ("part_paid", "Part paid"),
        _ if one.overdue => ("overdue", "Overdue"),
        _ => ("issued", "Open"),
    };
    ui::status_saying(look, words)
}

pub(crate) fn line(visitor: &Visitor, mine: &Reached, one: &Listed) -> Markup {
    let today = visitor.local_now().date();
    let href = format!("{}/invoices/{}", base(mine), one.id);
    let number = one.number.as_deref().unwrap_or_default();
    let due = due(one);
    let small = match (due.minor > 0, one.due_on, one.issued_on) {
        (true, Some(day), _) => format!("Due {}", written::short_day(day, today)),
        (_, _, Some(day)) => format!("Of {}", written::short_day(day, today)),
        _ => String::new(),
    };
    let amount = if due.minor > 0 { due } else { one.total };
    let right = html! { span.num { (written::money(visitor.tenant(), amount)) } (state(one)) };
    row("receipt-text", Some(&href), &format!("Invoice {number}"), &small, right)
}

pub async fn page(visitor: Visitor, Path(customer): Path<CustomerId>, Query(asked): Query<Asked>) -> Result<Page> {
    let here = guest::at(&visitor, customer).await?;
    let mine = &here.1;
    let ask = Ask { customer_id: Some(mine.id), limit: asked.limit, cursor: asked.cursor, ..Ask::default() };
    let found = list(&visitor, &ask).await?;
    // A draft is the office's own.
    let all: Vec<&Listed> = found.data.iter().filter(|one| one.status != Status::Draft).collect();
    let (open, over): (Vec<&Listed>, Vec<&Listed>) = all.iter().copied().partition(|one| due(one).minor > 0);
    let body = html! {
        @if all.is_empty() { p.soft."mt-6" { "No invoice yet." } }
        @if !open.is_empty() { h2.portal-h { "Open" } ul.portal-list { @for one in &open { (line(&visitor, mine, one)) } } }
        @if !over.is_empty() { h2.portal-h { "Settled" } ul.portal-list { @for one in &over { (line(&visitor, mine, one)) } } }
        @if let Some(cursor) = &found.next_cursor { p."mt-4" { a.btn href=(ui::address(&format!("{}/invoices", base(mine)), [("cursor", Some(cursor.clone()))])) { "Earlier ones" } } }
    };
    Ok(frame::page(&visitor, &here, Place::Invoices, "Invoices", "", body))
}
