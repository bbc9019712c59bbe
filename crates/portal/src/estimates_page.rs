//! Estimates: each leads to the page where it is read and approved, by its sealed link.
use billing::written;
use customers::CustomerId;
use estimates::{
    estimate::{
        Listed, Status,
        list::{Ask, list},
    },
    reader,
};
use kernel::{
    Result, Visitor,
    http::{Page, Path, Query},
    page::Asked,
};
use maud::{Markup, html};

use crate::{
    frame::{self, Place, base, row},
    guest,
};

pub(crate) fn state(status: Status) -> Markup {
    let (look, words) = match status {
        Status::Draft => ("draft", "Being changed"),
        Status::Sent | Status::Viewed => ("requested", "To be decided"),
        Status::Approved => ("paid", "Approved"),
        Status::Declined => ("void", "Declined"),
        Status::Expired => ("overdue", "Expired"),
        Status::Withdrawn => ("void", "Withdrawn"),
    };
    ui::status_saying(look, words)
}

fn line(visitor: &Visitor, one: &Listed) -> Result<Markup> {
    let href = reader::link::path(visitor, one.id, one.revision)?;
    let today = visitor.local_now().date();
    let until = one.valid_until.filter(|_| one.status.is_open()).map(|day| written::short_day(day, today));
    let until = until.map(|day| format!(", good until {day}")).unwrap_or_default();
    let small = format!("{}{until}", one.number.as_deref().unwrap_or("Estimate"));
    let right = html! {
        span.num { (written::money(visitor.tenant(), one.total)) }
        (state(one.status))
        @if one.status.is_open() { a.btn."btn-s".btn-primary href=(href) { "Look and approve" } }
    };
    Ok(row("file-pen-line", Some(&href), &one.title, &small, right))
}

pub async fn page(visitor: Visitor, Path(customer): Path<CustomerId>, Query(asked): Query<Asked>) -> Result<Page> {
    let here = guest::at(&visitor, customer).await?;
    let mine = &here.1;
    let ask = Ask { customer_id: Some(mine.id), limit: asked.limit, cursor: asked.cursor, ..Ask::default() };
    let found = list(&visitor, &ask).await?;
    // What was never sent is the office's own.
    let lines: Vec<Markup> =
        found.data.iter().filter(|one| one.revision > 0).map(|one| line(&visitor, one)).collect::<Result<_>>()?;
    let body = html! {
        @if lines.is_empty() { p.soft."mt-6" { "No estimate yet. What we would do for you, and for how much, stands here when we have written it." } }
        @else { ul.portal-list."mt-6" { @for one in &lines { (one) } } }
        @if let Some(cursor) = &found.next_cursor { p."mt-4" { a.btn href=(ui::address(&format!("{}/estimates", base(mine)), [("cursor", Some(cursor.clone()))])) { "Earlier ones" } } }
    };
    Ok(frame::page(&visitor, &here, Place::Estimates, "Estimates", "", body))
}
