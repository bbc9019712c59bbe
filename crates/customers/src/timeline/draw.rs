//! Drawing a timeline by days, on the company's clock.
use jiff::{Zoned, civil::Date};
use kernel::{
    Access, Paged, Result, Scope,
    http::{Page, Path, Query},
    page::Asked,
};
use maud::{Markup, html};
use ui::timeline::{Happened, day};

use super::{Entry, Tone, latest};
use crate::{CustomerId, permissions::CustomersRead};

/// The events that make it draw itself again.
const LIVE: &str = "customer.* customer_file.* appointment.* work_order.* invoice.* payment.*";

/// On the page of the customer, with what makes it draw itself again.
pub(crate) fn section(scope: &Scope, customer: CustomerId, page: &Paged<Entry>, query: &Asked) -> Markup {
    let src = match &query.cursor {
        Some(cursor) => format!("/customers/{customer}/timeline?cursor={cursor}"),
        None => format!("/customers/{customer}/timeline"),
    };
    html! {
        div #timeline data-live=(LIVE) data-live-src=(src) { (inside(scope, customer, page)) }
    }
}

/// What is fetched again takes the place of what is inside the element, not of the element.
fn inside(scope: &Scope, customer: CustomerId, page: &Paged<Entry>) -> Markup {
    html! {
        @if page.data.is_empty() { p.soft.t13.mt-3 { "Nothing has happened here yet. Notes, visits and invoices will stand here, newest first." } }
        @for (title, entries) in by_day(scope, &page.data) { (day(&title, &entries)) }
        @if let Some(cursor) = &page.next_cursor { p.mt-3 { a.link href={ "/customers/" (customer) "?cursor=" (cursor) } { "Older" } } }
    }
}

fn by_day(scope: &Scope, entries: &[Entry]) -> Vec<(String, Vec<Happened>)> {
    let now = scope.local_now();
    let mut days: Vec<(Date, String, Vec<Happened>)> = vec![];
    for entry in entries {
        let at = entry.at.to_zoned(scope.tenant().locale.zone.clone());
        if days.last().is_none_or(|(date, ..)| *date != at.date()) {
            days.push((at.date(), title(&at, &now), vec![]));
        }
        if let Some((.., items)) = days.last_mut() {
            items.push(happened(scope, entry, &at));
        }
    }
    days.into_iter().map(|(_, title, items)| (title, items)).collect()
}

fn title(at: &Zoned, now: &Zoned) -> String {
    match at.date() {
        date if date == now.date() => format!("Today, {}", at.strftime("%a %-d %b")),
        date if date.year() == now.date().year() => at.strftime("%a %-d %b").to_string(),
        _ => at.strftime("%-d %b %Y").to_string(),
    }
}

/// "9:52 am" or "09:52", as the company writes it.
pub(crate) fn clock(scope: &Scope, at: &Zoned) -> String {
    at.strftime(if scope.tenant().locale.hour_12 { "%-I:%M %P" } else { "%H:%M" }).to_string()
}

fn happened(scope: &Scope, entry: &Entry, at: &Zoned) -> Happened {
    let what = html! {
        @match &entry.href { Some(href) => a href=(href) { (entry.words()) }, None => (entry.words()) }
        @if let Some(author) = &entry.author { " " span.dim { "by " (author) } }
    };
    let tone = match entry.tone {
        Tone::Plain => "",
        Tone::Good => "tone-good",
        Tone::Bad => "tone-bad",
    };
    let more = entry.detail.as_ref().map(|detail| {
        html! { @for (n, line) in detail.lines().enumerate() { @if n > 0 { br; } (line) } }
    });
    Happened { icon: entry.icon.clone(), tone, what, when: clock(scope, at), datetime: entry.at.to_string(), more }
}

pub async fn fragment(
    access: Access<CustomersRead>,
    Path(id): Path<CustomerId>,
    Query(query): Query<Asked>,
) -> Result<Page> {
    let (_, page) = latest(&access, id, &query).await?;
    Ok(inside(&access, id, &page).into())
}
