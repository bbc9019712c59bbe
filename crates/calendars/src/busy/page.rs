//! The page of a technician's own calendar: how it fares, at which visits they are busy, and its address; and what other pages say of it.
use jiff::Timestamp;
use kernel::{
    Access, Result, Scope, TenantTx, Uuid,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
    row, sql,
};
use maud::{Markup, html};
use scheduling::{BoardRead, TechnicianId, TechniciansWrite, busy, busy::Conflict, say};
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, button, card, field, form, link_button};

use super::{BusyCalendar, Set, set, state};

/// Not read for so long, it is worth a word to somebody.
const SILENT: jiff::SignedDuration = jiff::SignedDuration::from_hours(6);

row! { struct Silent { technician_id: TechnicianId, name: String, trouble: String } }

sql! {
    // What is left out of one that is read is a matter for its own page.
    fn silent(before: Timestamp) -> Vec<Silent> = "
        select b.technician_id, t.name, coalesce(b.trouble, '') as trouble from busy_calendar b join technician t on t.tenant_id = $1 and t.id = b.technician_id
        where b.tenant_id = $1 and t.active and b.trouble is not null and b.failures > 0 and coalesce(b.fetched_at, b.created_at) < $2
        order by t.name, t.id limit 50";
}

fn here(id: TechnicianId) -> String {
    format!("/technicians/{id}/busy-calendar")
}

fn times(n: i64) -> String {
    match n {
        0 => "No busy times in the next 90 days".into(),
        1 => "One busy time in the next 90 days".into(),
        n => format!("{n} busy times in the next 90 days"),
    }
}

/// "Read Mon 22 Jun, 8:00 am. 12 busy times in the next 90 days."
fn fares(calendar: &BusyCalendar, scope: &Scope) -> String {
    let moment = |at| say::moment(at, &scope.tenant().locale);
    match (calendar.fetched_at, calendar.looked_at) {
        (Some(at), _) => format!("Read {}. {}.", moment(at), times(calendar.times)),
        (None, Some(at)) => format!("Looked at {}, and never read yet.", moment(at)),
        (None, None) => "It is being read for the first time.".into(),
    }
}

fn clashes(conflicts: &[Conflict], scope: &Scope, named: bool) -> Markup {
    let locale = &scope.tenant().locale;
    html! { @for one in conflicts {
        @let who = if named { format!("{}: ", one.technician_name) } else { String::new() };
        (card::line("calendar-x", &format!("{who}{}", one.customer_name), &say::when(one.starts_at, one.ends_at, locale),
            html! { (link_button("Look", format!("/appointments/{}", one.appointment_id)).small()) }))
    } }
}

fn inside(scope: &Scope, calendar: Option<&BusyCalendar>, conflicts: &[Conflict], may: bool) -> Markup {
    let Some(calendar) = calendar else {
        return html! { p.soft { "No calendar is read. Only what is planned here takes their time." } };
    };
    let id = calendar.technician_id;
    html! {
        @if let Some(trouble) = &calendar.trouble { (ui::note("warn", html! { (trouble) @if calendar.fetched_at.is_some() { " What was read before still counts." } })) }
        (card::line("calendar-days", &calendar.host, &fares(calendar, scope), html! { @if may {
            span."flex"."flex-wrap"."justify-end"."gap-2" {
                (form::verb_form(&format!("{}/fetch", here(id)), html! { (button("Read now").small().icon("rotate-ccw")) }))
                (form::verb_form(&format!("{}/remove", here(id)), html! { (button("Remove").small().quiet()) }))
            }
        } }))
        @if !conflicts.is_empty() {
            h2."mt-6"."mb-2" { "Busy during a visit" }
            p.soft."mb-2" { "The visit stays. Move it, give it to somebody else, or leave it as it is." }
            (clashes(conflicts, scope, false))
        }
    }
}

async fn draw(scope: &Scope, id: TechnicianId, values: &Filled) -> Result<Page> {
    let (technician, calendar, conflicts) = state(scope, id).await?;
    let may = scope.can::<TechniciansWrite>();
    let body = html! {
        p.soft."mb-4" { "When " (technician.name) " is busy by a calendar of their own, nothing is offered or planned with them. Only the times are read: no titles, places or names." }
        div #busy-calendar data-live="technician.* appointment.*" data-live-src={ (here(id)) "/part" } { (inside(scope, calendar.as_ref(), &conflicts, may)) }
        @if may { div."mt-6" { (form::form(&here(id), values, html! {
            (field::url(values, "url", if calendar.is_some() { "Another address" } else { "Secret address" }).required().most(2000).autocomplete("off").placeholder("https://…/basic.ics")
                .hint("In iCal format. Google: the calendar's settings, Secret address in iCal format. Outlook: Settings, Shared calendars, Publish, ICS. iCloud: share as a public calendar. It is kept sealed and never shown again."))
            (form::actions(html! { (button(if calendar.is_some() { "Change address" } else { "Read this calendar" }).primary()) }))
        })) } }
    };
    let crumbs =
        vec![("Technicians".into(), "/technicians".into()), (technician.name.clone(), format!("/technicians/{id}"))];
    let page = shell::page(
        scope,
        Frame { title: "Own calendar".into(), active: "/technicians", crumbs, body, ..Frame::default() },
    );
    Ok(Page { status: if values.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Page> {
    draw(&access, id, &Filled::default()).await
}

/// How it fares, again, when something has changed.
pub async fn part(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<Page> {
    let (_, calendar, conflicts) = state(&access, id).await?;
    Ok(inside(&access, calendar.as_ref(), &conflicts, access.can::<TechniciansWrite>()).into())
}

pub async fn post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<Set>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let work = async |input: Set| {
        access
            .once(async |tx: &mut TenantTx| {
                set(&access, tx, id, &input).await?;
                Ok(Redirect::to(here(id)).toast("The calendar is being read"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, id, &filled(typed)).await?)),
    }
}

/// On the technician's own page.
pub async fn panel(scope: Scope, id: Uuid) -> Result<Markup> {
    let id = TechnicianId(id);
    let (_, calendar, conflicts) = state(&scope, id).await?;
    let body = html! {
        @match &calendar {
            None => { p.dim.t13."mb-2" { "No calendar of their own is read." } }
            Some(calendar) => {
                @if let Some(trouble) = &calendar.trouble { (ui::note("warn", html! { (trouble) })) }
                p.dim.t13."mb-2" { (calendar.host) ": " (fares(calendar, &scope))
                    @if !conflicts.is_empty() { " Busy during " (conflicts.len()) @if conflicts.len() == 1 { " visit." } @else { " visits." } } }
            }
        }
        (link_button("Own calendar", here(id)).small().icon("calendar-off"))
    };
    Ok(form::part("Own calendar", "When they are busy by a calendar of their own.", body))
}

/// Where it is said what keeps work from being planned well: calendars that cannot be read.
pub async fn setup(scope: Scope, _: Uuid) -> Result<Markup> {
    let before = scope.now().saturating_sub(SILENT).unwrap_or(scope.now());
    let silent = scope.read(silent(before)).await?;
    Ok(html! { @for one in &silent {
        (card::line("calendar-off", &format!("The own calendar of {} cannot be read", one.name), &one.trouble,
            html! { (link_button("Look at it", here(one.technician_id)).small()) }))
    } })
}

/// On the first page: visits at which somebody is busy, and calendars that cannot be read.
pub async fn hand(scope: Scope, _: Uuid) -> Result<Markup> {
    let now = scope.now();
    let before = now.saturating_sub(SILENT).unwrap_or(now);
    let (conflicts, silent) = scope.read((busy::conflicts(None, now), silent(before))).await?;
    let locale = &scope.tenant().locale;
    use insights::hand::{Tone, item};
    Ok(html! {
        @for one in conflicts.iter().take(3) {
            @let what = format!("{} is busy in their own calendar during a visit", one.technician_name);
            @let why = format!("{}, {}", one.customer_name, say::when(one.starts_at, one.ends_at, locale));
            (item("calendar-x", Tone::Warn, &what, &why, "Look", &format!("/appointments/{}", one.appointment_id)))
        }
        @if conflicts.len() > 3 { (item("calendar-x", Tone::Warn, &format!("{} more visits fall into busy times", conflicts.len() - 3), "Their technicians' own calendars say so.", "Open board", "/board")) }
        @if let Some(first) = silent.first() {
            @let what = if silent.len() == 1 { format!("The own calendar of {} cannot be read", first.name) } else { format!("{} own calendars cannot be read", silent.len()) };
            (item("calendar-off", Tone::Warn, &what, &first.trouble, "Look", &here(first.technician_id)))
        }
    })
}
