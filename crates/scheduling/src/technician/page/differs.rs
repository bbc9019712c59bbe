//! Days that differ from the week, and when a technician is on call.
use jiff::civil::{Date, Time};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Form, Nothing, Path, Redirect, Repeatable},
};
use maud::{Markup, html};
use ui::{Filled, card, field, form};

use super::{Answered, answered, sheet_of};
use crate::{
    exception::{self, Exception, ExceptionId},
    on_call::{self, OnCall, OnCallId},
    permissions::TechniciansWrite,
    say,
    technician::TechnicianId,
};

pub(super) fn days(scope: &Scope, id: TechnicianId, ahead: &[Exception], filled: &Filled, may: bool) -> Markup {
    let locale = &scope.tenant().locale;
    let hours = |one: &Exception| match one.starts.zip(one.ends) {
        Some((starts, ends)) => format!("{} to {}", say::clock(starts, locale), say::clock(ends, locale)),
        None => "Does not work".to_owned(),
    };
    html! {
        @if ahead.is_empty() { p.dim.t13 { "None ahead." } }
        @for one in ahead {
            @let reason = one.reason.as_deref().map(|reason| format!(" · {reason}")).unwrap_or_default();
            (card::line("calendar-days", &say::day(one.on_day), &format!("{}{reason}", hours(one)), html! {
                @if may { (form::verb_form(&format!("/technicians/{id}/exceptions/{}/remove", one.id), html! { (ui::button("Remove").small().quiet()) })) }
            }))
        }
        @if may { (form::form(&format!("/technicians/{id}/exceptions"), filled, html! {
            (form::pair(html! {
                (field::date(filled, "on_day", "Day").required())
                (field::text(filled, "reason", "Why").most(120))
            }))
            (form::pair(html! {
                (field::time(filled, "starts", "From").hint("Both empty: does not work that day."))
                (field::time(filled, "ends", "To"))
            }))
            (form::actions(html! { (ui::button("Add day")) }))
        })) }
    }
}

pub async fn day_post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<exception::New>,
) -> Answered {
    let outcome = form
        .then(async |new: exception::New| {
            access
                .once(async |tx| {
                    let made = exception::add(tx, id, &new).await?;
                    Ok(Redirect::to(sheet_of(id)).toast(&format!("{} noted", say::day(made.on_day))))
                })
                .await
        })
        .await?;
    answered(&access, id, "day", outcome).await
}

pub async fn day_remove(
    access: Access<TechniciansWrite>,
    Path((id, exception)): Path<(TechnicianId, ExceptionId)>,
    _: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx| {
            exception::remove(tx, id, exception).await?;
            Ok(Redirect::to(sheet_of(id)).toast("As every week again"))
        })
        .await
}

pub(super) fn on_call(scope: &Scope, id: TechnicianId, ahead: &[OnCall], filled: &Filled, may: bool) -> Markup {
    let locale = &scope.tenant().locale;
    let moment = |at| say::moment(at, locale);
    html! {
        @if ahead.is_empty() { p.dim.t13 { "Not on call in the time ahead." } }
        @for one in ahead {
            (card::line("phone-call", one.note.as_deref().unwrap_or("On call"), &format!("{} to {}", moment(one.starts_at), moment(one.ends_at)), html! {
                @if may { (form::verb_form(&format!("/technicians/{id}/on-call/{}/remove", one.id), html! { (ui::button("Remove").small().quiet()) })) }
            }))
        }
        @if may { (form::form(&format!("/technicians/{id}/on-call"), filled, html! {
            (form::pair(html! { (field::date(filled, "from_day", "From").required()) (field::time(filled, "from_time", "At").required()) }))
            (form::pair(html! { (field::date(filled, "to_day", "To").required()) (field::time(filled, "to_time", "At").required()) }))
            (field::text(filled, "note", "Note").most(120))
            (form::actions(html! { (ui::button("Put on call")) }))
        })) }
    }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnCallForm {
    from_day: Date,
    from_time: Time,
    to_day: Date,
    to_time: Time,
    note: Option<String>,
}
impl Input for OnCallForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("note", &mut self.note, 120);
    }
}

pub async fn on_call_post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<OnCallForm>,
) -> Answered {
    let locale = &access.tenant().locale;
    let outcome = form
        .then(async |input: OnCallForm| {
            let starts_at = say::at(input.from_day, input.from_time, locale);
            let ends_at = say::at(input.to_day, input.to_time, locale);
            let hours = ends_at.duration_since(starts_at).as_hours();
            if ends_at <= starts_at || hours > 24 * 31 {
                return Err(Error::field("/to_day", "order", "On call ends after it starts, at most 31 days later."));
            }
            let new = on_call::New { starts_at, ends_at, note: input.note };
            access
                .once(async |tx| {
                    on_call::add(tx, id, &new).await?;
                    Ok(Redirect::to(sheet_of(id)).toast("On call"))
                })
                .await
        })
        .await?;
    answered(&access, id, "on_call", outcome).await
}

pub async fn on_call_remove(
    access: Access<TechniciansWrite>,
    Path((id, on_call)): Path<(TechnicianId, OnCallId)>,
    _: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx| {
            on_call::remove(tx, id, on_call).await?;
            Ok(Redirect::to(sheet_of(id)).toast("Not on call any more"))
        })
        .await
}
