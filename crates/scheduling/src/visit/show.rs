//! The visit: when, what, where, who, and what the customer may do.
use catalog::ItemId;
use customers::LocationId;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Error, Result, Scope, Visitor,
    http::{Download, Page, Path},
    row, sql,
};
use maud::{Markup, html};
use std::ops::Deref;
use tenancy::shell;
use ui::Filled;

use super::{ON_VISIT, link, photo};
use crate::{
    appointment::{AppointmentId, Status},
    ics::{escape, folded},
    rating,
    rule::{self, Rules},
    say,
    technician::TechnicianId,
    terms::{self, Agreed},
};

row! {
    pub(crate) struct Visit {
        pub id: AppointmentId,
        pub title: String,
        pub item_id: Option<ItemId>,
        pub location_id: Option<LocationId>,
        pub technician_id: Option<TechnicianId>,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub window_starts: Option<Timestamp>,
        pub window_ends: Option<Timestamp>,
        pub status: Status,
        pub street: Option<String>,
        pub city: Option<String>,
        pub technician: Option<String>,
    }
}

sql! {
    pub(crate) fn find(id: AppointmentId) -> Option<Visit> = "
        select a.id, a.title, a.item_id, a.location_id, a.technician_id, a.starts_at, a.ends_at, a.window_starts, a.window_ends, a.status,
               l.street, l.city, t.name as technician
        from appointment a
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.id = $2 and a.status <> 'held'";
}

impl Visit {
    pub fn window(&self) -> (Timestamp, Timestamp) {
        self.window_starts.zip(self.window_ends).unwrap_or((self.starts_at, self.ends_at))
    }
    /// "Wednesday 24 June".
    pub fn day(&self, scope: &Scope) -> String {
        say::long_day(say::local(self.window().0, &scope.tenant().locale).date())
    }
    /// "8 – 10 am".
    pub fn hours(&self, scope: &Scope) -> String {
        let (from, until) = self.window();
        say::window(from, until, &scope.tenant().locale)
    }
    pub fn place(&self) -> String {
        [self.street.as_deref(), self.city.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
    fn may(&self, hours: i32, now: Timestamp) -> bool {
        let last = self.window().0.checked_sub(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MIN);
        self.status.is_movable() && now < last
    }
    /// A visit without a service has no time that could be offered.
    pub fn may_move(&self, rules: &Rules, now: Timestamp) -> bool {
        self.item_id.is_some() && self.may(rules.move_hours, now)
    }
    pub fn may_cancel(&self, rules: &Rules, now: Timestamp) -> bool {
        self.may(rules.cancel_hours, now)
    }
}

/// The visit of the link, with the rules of the company.
pub(super) async fn of(visitor: &Visitor, token: &str) -> Result<(Visit, Rules)> {
    let id = link::read(visitor, token)?;
    let (visit, rules) = visitor.read((find(id), rule::find())).await?;
    Ok((visit.ok_or(Error::NotFound)?, rules.unwrap_or_default()))
}

/// What the day ends with for whoever only reads.
fn opening(visit: &Visit, visitor: &Visitor) -> (&'static str, String) {
    let (day, hours) = (visit.day(visitor), visit.hours(visitor));
    match visit.status {
        Status::Cancelled => ("This visit is cancelled", "Call us if that is a mistake.".to_owned()),
        Status::Completed => ("This visit is done", "Thank you.".to_owned()),
        Status::NoShow => ("We did not meet you", "Call us and we find another time.".to_owned()),
        Status::EnRoute => ("We are on the way", format!("{day}, we arrive between {hours}.")),
        Status::OnSite => ("We are there", format!("{day}, {hours}.")),
        Status::Requested => ("We have your request", format!("{day}, {hours}. We confirm it as soon as we can.")),
        Status::Confirmed => ("You are booked", format!("{day}, we arrive between {hours}.")),
    }
}

/// `values` are those of the form for photos.
pub(crate) async fn draw(visitor: &Visitor, visit: &Visit, rules: &Rules, values: &Filled) -> Result<Page> {
    drawn(visitor, visit, rules, values, html! {}).await
}

/// What others have to say of it. What fails says so in its place.
pub(super) async fn others(visitor: &Visitor, slot: &str, visit: AppointmentId) -> Markup {
    let mut all = vec![];
    for panel in visitor.house().panels(slot) {
        let failed =
            |_| ui::note("warn", html! { p { "A part of this page cannot be shown just now. Load it again." } });
        all.push((panel.draw)(visitor.deref().clone(), visit.0).await.unwrap_or_else(failed));
    }
    html! { @for one in all { (one) } }
}

async fn drawn(visitor: &Visitor, visit: &Visit, rules: &Rules, values: &Filled, says: Markup) -> Result<Page> {
    let others = others(visitor, ON_VISIT, visit.id).await;
    let quiet = !others.0.is_empty();
    let (photos, agreed, kept) =
        visitor.read((photo::photos(visit.id), terms::of_visit(visit.id), terms::kept())).await?;
    let language = &visitor.tenant().locale.language;
    let (title, opens) = opening(visit, visitor);
    let company = &visitor.tenant().name;
    let (here, now) = (link::path(visitor, visit.id)?, visitor.now());
    let (moves, cancels) = (visit.may_move(rules, now), visit.may_cancel(rules, now));
    let asks = visit.status == Status::Completed && now < visit.ends_at.saturating_add(rating::OPEN).unwrap_or(now);
    let rate = asks.then(|| rating::path(visitor, visit.id)).transpose()?;
    let body = html! {
        (ui::question(title, &opens))
        @if !says.0.is_empty() { div."mt-4" { (says) } }
        @if quiet { div."mt-4" { (others) } }
        @if visit.status.is_open() {
            p."mt-6"."flex"."flex-wrap"."gap-2" {
                a.btn."btn-l".btn-primary[!quiet] href={ (here) "/visit.ics" } download { (ui::icon("calendar-plus")) "Add to your calendar" }
                @if moves { a.btn."btn-l" href={ (here) "/move" } { (ui::icon("calendar-range")) "Choose another time" } }
                @if cancels { a.btn."btn-l" href={ (here) "/cancel" } { (ui::icon("x")) "Cancel" } }
            }
            h2.strong."mt-8" { "What happens next" }
            ol.todo-next {
                li { (visit.technician.as_deref().map_or("We choose who comes.".to_owned(), |name| format!("{name} comes to you."))) }
                li { "Somebody tells you when the technician sets off." }
                @if moves { li { "Plans changed? Choose another time here. Keep this page: its address is your proof." } }
                @else { li { "Plans changed? Call " (company) " and we find another time. Keep this page: its address is your proof." } }
                @if let Some((agreed, fee)) = agreed.as_ref().and_then(|agreed| Some((agreed, agreed.fee()?))) {
                    li { "Calling off less than " (agreed.fee_hours) " hours before costs " (fee.display(language)) "." }
                }
            }
        }
        @if let Some(rate) = &rate { p."mt-6" { a.btn."btn-l".btn-primary href=(rate) { (ui::icon("star")) "Say how it was" } } }
        (photo::part(&here, visit.status.is_open(), &photos, values))
    };
    let aside = ui::booking::summary(
        "Your booking",
        html! {
            (ui::booking::said("calendar-check", &visit.day(visitor), &visit.hours(visitor), ui::status(visit.status.as_str())))
            (ui::booking::said("wrench", &visit.title, "", html! {}))
            @if !visit.place().is_empty() { (ui::booking::said("map-pin", &visit.place(), "", html! {})) }
            @if let Some((name, amount)) = agreed.as_ref().and_then(Agreed::surcharge) { (ui::booking::said("clock", name, "For the time you chose.", html! { span.strong.num { "+ " (amount.display(language)) } })) }
            @if let Some(deposit) = agreed.as_ref().and_then(Agreed::deposit) { (ui::booking::said("lock", "Deposit", if quiet { "" } else { "We ask you for it." }, html! { span.strong.num { (deposit.display(language)) } })) }
            @if let Some(fee) = agreed.as_ref().and_then(Agreed::charged) { (ui::booking::said("wallet", "Fee", "For calling off late.", html! { span.strong.num { (fee.display(language)) } })) }
        },
    );
    let page = shell::public(visitor, title, body, aside);
    Ok(terms::framed_to(page, &terms::sites_in(kept), quiet))
}

/// The page of the link with words above it: why what was asked for could not be done.
pub async fn saying(visitor: &Visitor, token: &str, says: Markup) -> Result<Page> {
    let (visit, rules) = of(visitor, token).await?;
    drawn(visitor, &visit, &rules, &Filled::default(), says).await
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let (visit, rules) = of(&visitor, &token).await?;
    draw(&visitor, &visit, &rules, &Filled::default()).await
}

pub async fn ics(visitor: Visitor, Path(token): Path<String>) -> Result<Download> {
    let (visit, _) = of(&visitor, &token).await?;
    file(&visitor, &visit)
}

/// RFC 5545: the promised window as an event.
pub(crate) fn file(visitor: &Visitor, visit: &Visit) -> Result<Download> {
    if !visit.status.is_open() {
        return Err(Error::refused("This visit is over or cancelled; there is nothing to put into a calendar."));
    }
    let (from, until) = visit.window();
    let stamp = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let company = &visitor.tenant().name;
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".into(),
        "PRODID:-//Tradewind//Booking//EN".into(),
        "METHOD:PUBLISH".into(),
        "BEGIN:VEVENT".into(),
        format!("UID:{}@{}", visit.id, visitor.tenant().slug),
        format!("DTSTAMP:{}", stamp(visitor.now())),
        format!("DTSTART:{}", stamp(from)),
        format!("DTEND:{}", stamp(until)),
        format!("SUMMARY:{}", escape(&format!("{company}: {}", visit.title))),
        format!("LOCATION:{}", escape(&visit.place())),
        format!("DESCRIPTION:{}", escape("The technician arrives within this time.")),
        "END:VEVENT".into(),
        "END:VCALENDAR".into(),
    ];
    let body: String = lines.iter().map(|line| folded(line)).collect();
    Ok(Download {
        name: "visit.ics".into(),
        media_type: "text/calendar; charset=utf-8".into(),
        bytes: body.into(),
        inline: false,
    })
}
