//! Who and what goes along with a job, and for how many days: without dragging.
use jiff::{Span, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, field, form};

use super::{
    Along, Appointment, AppointmentId, Day,
    along::{self, bring_along, days_of, of},
    find,
};
use crate::{
    exception,
    overlap::{self, Overlapping},
    permissions::{AppointmentsOverlap, AppointmentsWrite},
    resource::{self, ResourceId},
    say,
    shift::{self, Hours},
};

pub async fn page(access: Access<AppointmentsWrite>, Path(id): Path<AppointmentId>) -> Result<Page> {
    let (job, along, days) = access.read((find(id), of(id), days_of(id))).await?;
    let job = job.ok_or(Error::NotFound)?;
    let ids: Vec<String> = along.iter().map(|one| one.id.to_string()).collect();
    let values = Filled::of([("resource_ids", ids.join("\n")), ("more_days", days.len().to_string())]);
    sheet(&access, &job, &values).await
}

async fn sheet(scope: &Scope, job: &Appointment, values: &Filled) -> Result<Page> {
    let locale = &scope.tenant().locale;
    let all = scope.read(resource::in_use()).await?;
    let date = say::local(job.starts_at, locale).date();
    let body = html! {
        p."mb-5" { strong { (job.customer_name) ", " (job.title) } " " span.soft { (say::when(job.starts_at, job.ends_at, locale)) } }
        (form::form(&format!("/appointments/{}/resources", job.id), values, html! {
            (field::hidden("version", job.version.to_string()))
            (resource::boxes(values, &all, job.technician_id.map(|id| id.0)))
            (field::number(values, "more_days", "Further days").hint("At the same hours, on the next days on which the technician works; 0 when it is done in one day."))
            @if values.is_wrong() {
                (field::checkbox(values, "anyway", "Do it anyway").hint("Although somebody has no shift then."))
                @if scope.can::<AppointmentsOverlap>() { (overlap::field(values)) }
            }
            (form::actions(html! { (ui::button("Save").primary()) (ui::link_button("Back to the board", format!("/board?date={date}&job={}", job.id)).quiet()) }))
        }))
    };
    let crumbs = vec![("Board".to_owned(), format!("/board?date={date}"))];
    let frame = Frame { title: "Who goes along".into(), active: "/board", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if values.is_wrong() { 422 } else { page.status }, ..page })
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlongForm {
    #[serde(default)]
    resource_ids: Vec<ResourceId>,
    more_days: Option<i64>,
    overlap_reason: Option<String>,
    anyway: Option<bool>,
}
impl Input for AlongForm {
    fn check(&mut self, checks: &mut Checks) {
        along::check(checks, &mut self.resource_ids);
        overlap::check(checks, &mut self.overlap_reason);
        if let Some(days) = self.more_days {
            checks.range("more_days", days, 0, 30, "From none to 30 days more.");
        }
    }
}

/// The same hours on the next days on which the technician works; without one, from Monday to Friday.
async fn further(scope: &Scope, job: &Appointment, more: i64) -> Result<Vec<Day>> {
    let locale = &scope.tenant().locale;
    let (from, until) = (say::local(job.starts_at, locale), say::local(job.ends_at, locale));
    let nights = until.date().since(from.date()).map(|span| span.get_days()).unwrap_or(0);
    let at = |date: Date| Day {
        starts_at: say::at(date, from.time(), locale),
        ends_at: say::at(date.saturating_add(Span::new().days(nights)), until.time(), locale),
    };
    let last = from.date().saturating_add(Span::new().days(more * 3 + 14));
    let end = last.saturating_add(Span::new().days(1));
    let (shifts, exceptions) =
        scope.read((shift::between(from.date(), end), exception::between(from.date(), end))).await?;
    let hours = Hours { shifts: &shifts, exceptions: &exceptions };
    let works = |day: &Day| match job.technician_id {
        Some(technician) => hours.cover(technician, day.starts_at, day.ends_at, locale),
        None => say::local(day.starts_at, locale).date().weekday().to_monday_one_offset() <= 5,
    };
    let next = from.date().saturating_add(Span::new().days(1));
    let days: Vec<Day> = next
        .series(Span::new().days(1))
        .take_while(|date| *date <= last)
        .map(at)
        .filter(works)
        .take(more.clamp(0, 30) as usize)
        .collect();
    match i64::try_from(days.len()) {
        Ok(found) if found == more => Ok(days),
        _ => Err(Error::field(
            "/more_days",
            "no_shift",
            "The technician has no shifts on so many days ahead. Set the shifts first.",
        )),
    }
}

pub async fn post(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    form: Form<AlongForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let version = form.version()?;
    let job = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let locale = &access.tenant().locale;
    let outcome = form
        .then(async |input: AlongForm| {
            let days = further(&access, &job, input.more_days.unwrap_or(0)).await?;
            let overlap = Overlapping::of(&access, input.overlap_reason.as_deref())?;
            let along = Along {
                resource_ids: input.resource_ids,
                days,
                overlap_reason: input.overlap_reason,
                anyway: input.anyway,
            };
            access
                .once(async |tx| {
                    let job = bring_along(tx, id, Some(version), &along, &overlap, locale).await?;
                    let date = say::local(job.starts_at, locale).date();
                    Ok(Redirect::to(format!("/board?date={date}&job={id}")).toast("Saved who goes along"))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => sheet(&access, &job, &filled(typed)).await.map(Either::Again),
    }
}
