//! Drawing a timeline by days, on the company's clock.
use jiff::{Zoned, civil::Date};
use kernel::{
    Access, Paged, Result, Scope,
    http::{Page, Path, Query},
    page::Asked,
};
use maud::{Markup, html};
use ui::{
    button, form,
    timeline::{Happened, day},
};

use super::{Entry, Tone, amend::may_amend, latest, pinned};
use crate::{
    CustomerId, customer,
    permissions::{CustomersRead, CustomersWrite},
};

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

/// Above everything else that is written of them, drawn again as the timeline is.
pub(crate) fn pinned_section(scope: &Scope, customer: CustomerId, notes: &[Entry]) -> Markup {
    html! { div #pinned data-live="customer.*" data-live-src={ "/customers/" (customer) "/pinned" } { (pinned_inside(scope, customer, notes)) } }
}

fn pinned_inside(scope: &Scope, customer: CustomerId, notes: &[Entry]) -> Markup {
    let notes: Vec<Happened> = notes
        .iter()
        .map(|note| {
            let at = note.at.to_zoned(scope.tenant().locale.zone.clone());
            let when = at.strftime("%-d %b %Y").to_string();
            Happened { icon: "pin".into(), when, ..happened(scope, customer, note, &at) }
        })
        .collect();
    html! { @if !notes.is_empty() { section.mb-4 aria-label="Pinned notes" { (day("Pinned", &notes)) } } }
}

/// What is fetched again takes the place of what is inside the element, not of the element.
fn inside(scope: &Scope, customer: CustomerId, page: &Paged<Entry>) -> Markup {
    html! {
        @if page.data.is_empty() { p.soft.t13.mt-3 { "Nothing has happened here yet. Notes, visits and invoices will stand here, newest first." } }
        @for (title, entries) in by_day(scope, customer, &page.data) { (day(&title, &entries)) }
        @if let Some(cursor) = &page.next_cursor { p.mt-3 { a.link href={ "/customers/" (customer) "?cursor=" (cursor) } { "Older" } } }
    }
}

fn by_day(scope: &Scope, customer: CustomerId, entries: &[Entry]) -> Vec<(String, Vec<Happened>)> {
    let now = scope.local_now();
    let mut days: Vec<(Date, String, Vec<Happened>)> = vec![];
    for entry in entries {
        let at = entry.at.to_zoned(scope.tenant().locale.zone.clone());
        if days.last().is_none_or(|(date, ..)| *date != at.date()) {
            days.push((at.date(), title(&at, &now), vec![]));
        }
        if let Some((.., items)) = days.last_mut() {
            items.push(happened(scope, customer, entry, &at));
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

fn happened(scope: &Scope, customer: CustomerId, entry: &Entry, at: &Zoned) -> Happened {
    let what = html! {
        @match &entry.href { Some(href) => a href=(href) { (entry.words()) }, None => (entry.words()) }
        @if let Some(author) = &entry.author { " " span.dim { "by " (author) } }
        @if entry.edited_at.is_some() { " " span.dim { "· edited" } }
    };
    let tone = match entry.tone {
        Tone::Plain => "",
        Tone::Good => "tone-good",
        Tone::Bad => "tone-bad",
    };
    let more = entry.detail.as_ref().map(|detail| {
        html! {
            @for (n, line) in detail.lines().enumerate() { @if n > 0 { br; } (line) }
            @if entry.kind == "note" && scope.can::<CustomersWrite>() { (verbs(scope, customer, entry)) }
        }
    });
    Happened { icon: entry.icon.clone(), tone, what, when: clock(scope, at), datetime: entry.at.to_string(), more }
}

/// What may be done with a note.
fn verbs(scope: &Scope, customer: CustomerId, note: &Entry) -> Markup {
    let at = format!("/customers/{customer}/notes/{}", note.id);
    let (verb, label) = if note.pinned_at.is_some() { ("unpin", "Unpin") } else { ("pin", "Pin") };
    let whose = note.author.as_deref().map(|author| format!(" note by {author}")).unwrap_or_default();
    html! {
        div."flex"."items-center"."gap-3"."mt-1" {
            (form::verb_form(&format!("{at}/{verb}"), html! { (button(label).small().quiet().attr("aria-label", format!("{label}{whose}"))) }))
            @if may_amend(scope, note) { a.link.t12 href={ (at) "/edit" } aria-label={ "Change" (whose) } { "Change" } }
        }
    }
}

pub async fn pinned_fragment(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Page> {
    let (_, notes) = access.read((customer::find(id), pinned(id))).await?;
    Ok(pinned_inside(&access, id, &notes).into())
}

pub async fn fragment(
    access: Access<CustomersRead>,
    Path(id): Path<CustomerId>,
    Query(query): Query<Asked>,
) -> Result<Page> {
    let (_, page) = latest(&access, id, &query).await?;
    Ok(inside(&access, id, &page).into())
}
