//! Visits ahead and behind. What a customer may do with one is done on its own page, by its sealed link.
use billing::invoice::Status as Paper;
use customers::CustomerId;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Cursor, Paged, Result, Visitor,
    http::{Page, Path, Query},
    page::Asked,
    row, sql,
};
use maud::{Markup, html};
use scheduling::{AppointmentId, appointment::Status, rating, say, visit};

use crate::{
    frame::{self, Place, base, row},
    guest::{self, Reached},
};

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct Visit {
        pub id: AppointmentId,
        pub title: String,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
        pub window_starts: Option<Timestamp>,
        pub window_ends: Option<Timestamp>,
        pub status: Status,
        pub place: Option<String>,
        pub technician: Option<String>,
        pub stars: Option<i32>,
        pub deposit_minor: Option<i64>,
        /// Of its invoice, where there is one.
        pub deposit_status: Option<Paper>,
    }
}

sql! {
    fn ahead(customer: CustomerId, from: Timestamp, most: i64) -> Vec<Visit> = "
        select a.id, a.title, a.starts_at, a.ends_at, a.window_starts, a.window_ends, a.status, l.street as place, t.name as technician, r.stars, v.deposit_minor,
               (select i.status from invoice i where i.tenant_id = $1 and i.deposit_of_appointment_id = a.id and i.status <> 'void') as deposit_status
        from appointment a
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        left join rating r on r.tenant_id = $1 and r.appointment_id = a.id
        left join visit_terms v on v.tenant_id = $1 and v.appointment_id = a.id
        where a.tenant_id = $1 and a.customer_id = $2 and a.starts_at >= $3 and a.status in ('requested', 'confirmed', 'en_route', 'on_site')
        order by a.starts_at, a.id limit $4";
    fn behind(customer: CustomerId, before: Timestamp, before_id: AppointmentId, most: i64) -> Vec<Visit> = "
        select a.id, a.title, a.starts_at, a.ends_at, a.window_starts, a.window_ends, a.status, l.street as place, t.name as technician, r.stars, v.deposit_minor,
               (select i.status from invoice i where i.tenant_id = $1 and i.deposit_of_appointment_id = a.id and i.status <> 'void') as deposit_status
        from appointment a
        left join location l on l.tenant_id = $1 and l.id = a.location_id
        left join technician t on t.tenant_id = $1 and t.id = a.technician_id
        left join rating r on r.tenant_id = $1 and r.appointment_id = a.id
        left join visit_terms v on v.tenant_id = $1 and v.appointment_id = a.id
        where a.tenant_id = $1 and a.customer_id = $2 and (a.starts_at, a.id) < ($3, $4) and a.status in ('completed', 'cancelled', 'no_show')
        order by a.starts_at desc, a.id desc limit $5";
}

/// A visit under way began a while ago, and is ahead all the same.
fn since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now)
}

pub(crate) async fn next(visitor: &Visitor, customer: CustomerId) -> Result<Option<Visit>> {
    Ok(visitor.read(ahead(customer, since(visitor.now()), 1)).await?.into_iter().next())
}

fn small(visitor: &Visitor, visit: &Visit) -> String {
    let locale = &visitor.tenant().locale;
    let (from, until) = visit.window_starts.zip(visit.window_ends).unwrap_or((visit.starts_at, visit.ends_at));
    let day = say::local(from, locale).date();
    let year = if day.year() == visitor.local_now().year() { String::new() } else { format!(" {}", day.year()) };
    let mut words = vec![format!("{}{year}", say::long_day(day))];
    if visit.status.is_open() {
        words.push(say::window(from, until, locale));
    }
    if visit.status.is_open() && visit.deposit_minor.is_some_and(|minor| minor > 0) {
        words.push(
            if visit.deposit_status == Some(Paper::Paid) { "deposit paid" } else { "deposit to be paid" }.to_owned(),
        );
    }
    words.extend([&visit.technician, &visit.place].into_iter().flatten().cloned());
    words.join(" · ")
}

pub(crate) fn line(visitor: &Visitor, mine: &Reached, one: &Visit) -> Result<Markup> {
    let href = visit::path(visitor, one.id)?;
    let asks = one.stars.is_none() && visitor.now() < one.ends_at.saturating_add(rating::OPEN).unwrap_or(one.ends_at);
    let rate = match one.status == Status::Completed && asks {
        true => Some(rating::path(visitor, one.id)?),
        false => None,
    };
    let right = html! {
        @if one.status.is_open() || one.status != Status::Completed { (ui::status(one.status.as_str())) }
        @if let Some(stars) = one.stars { (rating::drawn(stars)) }
        @if let Some(rate) = &rate { a.btn."btn-s" href=(rate) { (ui::icon("star")) "How was it?" } }
        @if one.status.is_open() { a.btn."btn-s" href=(href) { "Change or see" } }
        @else { (ui::form::verb_form(&format!("{}/visits/{}/again", base(mine), one.id), html! { (ui::button("Book again").small().icon("repeat").attr("aria-label", format!("Book again: {}", one.title))) })) }
    };
    Ok(row("calendar-check", Some(&href), &one.title, &small(visitor, one), right))
}

pub async fn page(visitor: Visitor, Path(customer): Path<CustomerId>, Query(asked): Query<Asked>) -> Result<Page> {
    let here = guest::at(&visitor, customer).await?;
    let mine = &here.1;
    let limit = kernel::page::limit(asked.limit.or(Some(20)))?;
    let place: Option<(Timestamp, AppointmentId)> = Cursor::maybe(asked.cursor.as_deref())?;
    let later = place.is_some();
    let (before, before_id) = place.unwrap_or((Timestamp::MAX, AppointmentId::max()));
    let before =
        before.min(visitor.now().saturating_add(SignedDuration::from_hours(24 * 3650)).unwrap_or(visitor.now()));
    let (ahead, behind) = visitor
        .read((ahead(mine.id, since(visitor.now()), 50), behind(mine.id, before, before_id, limit as i64 + 1)))
        .await?;
    let behind = Paged::of(behind, limit, |one| (one.starts_at, one.id));
    let lines = |all: &[Visit]| all.iter().map(|one| line(&visitor, mine, one)).collect::<Result<Vec<_>>>();
    let (ahead, done) = (lines(&ahead)?, lines(&behind.data)?);
    let body = html! {
        @if !later {
            h2.portal-h { "Ahead" }
            @if ahead.is_empty() { p.soft { "Nothing is planned." } }
            @else { ul.portal-list { @for one in &ahead { (one) } } }
            p."mt-4" { a.btn href="/book" { (ui::icon("calendar-plus")) "Book a visit" } }
        }
        h2.portal-h { "Behind" }
        @if done.is_empty() { p.soft { "No visit yet." } }
        @else { ul.portal-list { @for one in &done { (one) } } }
        @if let Some(cursor) = &behind.next_cursor { p."mt-4" { a.btn href=(ui::address(&format!("{}/visits", base(mine)), [("cursor", Some(cursor.clone()))])) { "Earlier ones" } } }
    };
    Ok(frame::page(&visitor, &here, Place::Visits, "Visits", "", body))
}
