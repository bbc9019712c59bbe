//! Another time or another technician, without dragging.
use customers::preference;
use jiff::civil::{Date, Time};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, field, form};

use super::{Appointment, AppointmentId, Move, find, move_to, wishes};
use crate::{
    overlap::{self, Overlapping},
    permissions::{AppointmentsOverlap, AppointmentsWrite},
    say,
    technician::{TechnicianId, list_active},
};

pub async fn page(access: Access<AppointmentsWrite>, Path(id): Path<AppointmentId>) -> Result<Page> {
    let job = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let at = say::local(job.starts_at, &access.tenant().locale);
    let values = Filled::of([
        ("date", at.date().to_string()),
        ("time", at.time().strftime("%H:%M").to_string()),
        ("technician_id", job.technician_id.map(|id| id.to_string()).unwrap_or_default()),
        ("duration_minutes", job.minutes().to_string()),
    ]);
    sheet(&access, &job, &values).await
}

async fn sheet(scope: &Scope, job: &Appointment, values: &Filled) -> Result<Page> {
    let locale = &scope.tenant().locale;
    let (technicians, wishes) = scope.read((list_active(), preference::of_customer(job.customer_id))).await?;
    let wishes = wishes.ok_or(Error::NotFound)?;
    let people = wishes::people(&technicians, &wishes, "Nobody, into the tray");
    let date = say::local(job.starts_at, locale).date();
    let promised = job.window_starts.zip(job.window_ends);
    let body = html! {
        p."mb-1" { strong { (job.customer_name) ", " (job.title) } " " span.soft { "now " (say::when(job.starts_at, job.ends_at, locale)) } }
        @if let Some((from, until)) = promised { p.soft."mb-5" { "The customer was promised " (say::window(from, until, locale)) "." } }
        (wishes::note(&wishes, locale))
        (form::form(&format!("/appointments/{}/move", job.id), values, html! {
            (field::hidden("version", job.version.to_string()))
            (form::pair(html! { (field::date(values, "date", "Day").required()) (field::time(values, "time", "Begins").required()) }))
            (form::pair(html! { (field::select(values, "technician_id", "With", &people)) (field::number(values, "duration_minutes", "Takes").after("min")) }))
            @if values.is_wrong() { (field::checkbox(values, "anyway", "Do it anyway").hint("Passes over skills, licences, areas, hours, the way there, the promise and what the customer prefers."))
                @if scope.can::<AppointmentsOverlap>() { (overlap::field(values)) } }
            (form::actions(html! { (ui::button("Move job").primary()) (ui::link_button("Back to the board", format!("/board?date={date}&job={}", job.id)).quiet()) }))
        }))
    };
    let crumbs = vec![("Board".to_owned(), format!("/board?date={date}"))];
    let page =
        shell::page(scope, Frame { title: "Move job".into(), active: "/board", crumbs, body, ..Frame::default() });
    Ok(Page { status: if values.is_wrong() { 422 } else { page.status }, ..page })
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveForm {
    date: Date,
    time: Time,
    technician_id: Option<TechnicianId>,
    duration_minutes: Option<i64>,
    overlap_reason: Option<String>,
    anyway: Option<bool>,
}
impl Input for MoveForm {
    fn check(&mut self, checks: &mut Checks) {
        overlap::check(checks, &mut self.overlap_reason);
        if let Some(minutes) = self.duration_minutes {
            checks.range("duration_minutes", minutes, 5, 1440, "A job takes 5 minutes to 24 hours.");
        }
    }
}

pub async fn post(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    form: Form<MoveForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let locale = &access.tenant().locale;
    let version = form.version()?;
    let outcome = form
        .then(async |input: MoveForm| {
            let to = Move {
                starts_at: say::chosen("/time", input.date, input.time, locale)?,
                duration_minutes: input.duration_minutes,
                technician_id: input.technician_id,
                window_starts: None,
                window_ends: None,
                overlap_reason: input.overlap_reason,
                anyway: input.anyway,
            };
            let overlap = Overlapping::of(&access, to.overlap_reason.as_deref())?;
            access
                .once(async |tx| {
                    let moved = move_to(tx, id, Some(version), &to, &overlap, locale).await?;
                    let when = say::when(moved.starts_at, moved.ends_at, locale);
                    let with = moved.technician_name.as_deref().unwrap_or("nobody yet");
                    Ok(Redirect::to(format!("/board?date={}&job={id}", input.date))
                        .toast(&format!("{}: {when}, {with}", moved.customer_name)))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => {
            let job = access.read(find(id)).await?.ok_or(Error::NotFound)?;
            sheet(&access, &job, &filled(typed)).await.map(Either::Again)
        }
    }
}
