//! Time off: what is ahead, and a form for more.
use jiff::civil::{Date, Time};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Form, Nothing, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use ui::{Filled, field, form};

use super::{Answered, answered, sheet_of};
use crate::{
    overlap::{self, Overlapping},
    permissions::{AppointmentsOverlap, TechniciansWrite},
    say,
    technician::{Technician, TechnicianId},
    time_off::{self, TimeOff, TimeOffId},
};

pub(super) fn part(scope: &Scope, t: &Technician, off: &[TimeOff], filled: &Filled, may: bool) -> Markup {
    let locale = &scope.tenant().locale;
    let moment = |at| say::moment(at, locale);
    html! {
        @if off.is_empty() { p.dim.t13 { "None ahead." } }
        @for one in off {
            (ui::card::line("palmtree", &one.reason, &format!("{} to {}", moment(one.starts_at), moment(one.ends_at)), html! {
                @if may { (form::verb_form(&format!("/technicians/{}/time-off/{}/remove", t.id, one.id), html! { (ui::button("Take back").small().quiet()) })) }
            }))
        }
        @if may { (form::form(&format!("/technicians/{}/time-off", t.id), filled, html! {
            (field::text(filled, "reason", "Reason").hint("Everybody who sees the board reads it.").most(120))
            (form::pair(html! { (field::date(filled, "from_day", "From").required()) (field::time(filled, "from_time", "At").hint("Empty: from the start of that day.")) }))
            (form::pair(html! { (field::date(filled, "to_day", "To").required()) (field::time(filled, "to_time", "At").hint("Empty: to the end of that day.")) }))
            @if filled.is_wrong() && scope.can::<AppointmentsOverlap>() { (overlap::field(filled)) }
            (form::actions(html! { (ui::button("Add time off")) }))
        })) }
    }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OffForm {
    reason: Option<String>,
    from_day: Date,
    from_time: Option<Time>,
    to_day: Date,
    to_time: Option<Time>,
    overlap_reason: Option<String>,
}
impl Input for OffForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 120);
        overlap::check(checks, &mut self.overlap_reason);
        checks.that(self.from_day <= self.to_day, "to_day", "order", "Time off ends after it starts.");
    }
}

pub async fn post(access: Access<TechniciansWrite>, Path(id): Path<TechnicianId>, form: Form<OffForm>) -> Answered {
    let locale = &access.tenant().locale;
    let outcome = form
        .then(async |input: OffForm| {
            let starts_at = say::at(input.from_day, input.from_time.unwrap_or(Time::midnight()), locale);
            let ends_at = match input.to_time {
                Some(time) => say::at(input.to_day, time, locale),
                None => say::midnight(input.to_day.saturating_add(jiff::Span::new().days(1)), locale),
            };
            if ends_at <= starts_at {
                return Err(Error::field("/to_day", "order", "Time off ends after it starts."));
            }
            let new = time_off::New { starts_at, ends_at, reason: input.reason, overlap_reason: input.overlap_reason };
            let overlap = Overlapping::of(&access, new.overlap_reason.as_deref())?;
            access
                .once(async |tx| {
                    let off = time_off::add(tx, id, &new, &overlap, locale).await;
                    off.map(|_| Redirect::to(sheet_of(id)).toast("Time off added"))
                })
                .await
        })
        .await?;
    answered(&access, id, "off", outcome).await
}

pub async fn remove(
    access: Access<TechniciansWrite>,
    Path((id, off)): Path<(TechnicianId, TimeOffId)>,
    _: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx| {
            time_off::remove(tx, id, off).await.map(|()| Redirect::to(sheet_of(id)).toast("Time off taken back"))
        })
        .await
}
