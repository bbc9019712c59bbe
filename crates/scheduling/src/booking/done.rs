//! Booked: what happens next, and a file for the calendar.
use jiff::Timestamp;
use kernel::{
    Error, Result, Visitor,
    http::{Download, Page, Path},
    row, sql,
};
use maud::html;
use tenancy::shell;

use super::hold::hash;
use crate::{
    appointment::{AppointmentId, Status},
    ics::{escape, folded},
    say,
};

row! {
    struct Visit {
        id: AppointmentId,
        title: String,
        starts_at: Timestamp,
        ends_at: Timestamp,
        window_starts: Option<Timestamp>,
        window_ends: Option<Timestamp>,
        status: Status,
        street: Option<String>,
        city: Option<String>,
        technician: Option<String>,
    }
}

sql! {
    fn find(token_hash: String) -> Option<Visit> = "
        select a.id, a.title, a.starts_at, a.ends_at, a.window_starts, a.window_ends, a.status, l.street, l.city, t.name as technician
        from appointment a
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.token_hash = $2 and a.status <> 'held'";
}

impl Visit {
    fn window(&self) -> (Timestamp, Timestamp) {
        self.window_starts.zip(self.window_ends).unwrap_or((self.starts_at, self.ends_at))
    }
    fn place(&self) -> String {
        [self.street.as_deref(), self.city.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

async fn visit(visitor: &Visitor, token: &str) -> Result<Visit> {
    if token.len() != 64 {
        return Err(Error::NotFound);
    }
    visitor.read(find(hash(token))).await?.ok_or(Error::NotFound)
}

pub async fn page(visitor: Visitor, Path(token): Path<String>) -> Result<Page> {
    let visit = visit(&visitor, &token).await?;
    let locale = &visitor.tenant().locale;
    let (from, until) = visit.window();
    let day = say::long_day(say::local(from, locale).date());
    let window = say::window(from, until, locale);
    let company = &visitor.tenant().name;
    let (title, says) = match visit.status {
        Status::Cancelled => ("This visit is cancelled", "Call us if that is a mistake.".to_owned()),
        Status::Completed => ("This visit is done", "Thank you.".to_owned()),
        _ => ("You are booked", format!("{day}, we arrive between {window}.")),
    };
    let body = html! {
        (ui::question(title, &says))
        @if visit.status.is_open() {
            p."mt-6" { a.btn."btn-l".btn-primary href={ "/book/done/" (token) "/visit.ics" } download { (ui::icon("calendar-plus")) "Add to your calendar" } }
            h2.strong."mt-8" { "What happens next" }
            ol.todo-next {
                li { (visit.technician.as_deref().map_or("We choose who comes.".to_owned(), |name| format!("{name} comes to you."))) }
                li { "Somebody tells you when the technician sets off." }
                li { "Plans changed? Call " (company) " and we find another time. Keep this page: its address is your proof." }
            }
        }
    };
    let aside = ui::booking::summary(
        "Your booking",
        html! {
            (ui::booking::said("calendar-check", &day, &window, ui::status(visit.status.as_str())))
            (ui::booking::said("wrench", &visit.title, "", html! {}))
            @if !visit.place().is_empty() { (ui::booking::said("map-pin", &visit.place(), "", html! {})) }
        },
    );
    Ok(shell::public(&visitor, title, body, aside))
}

/// RFC 5545: the promised window as an event.
pub async fn ics(visitor: Visitor, Path(token): Path<String>) -> Result<Download> {
    let visit = visit(&visitor, &token).await?;
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
