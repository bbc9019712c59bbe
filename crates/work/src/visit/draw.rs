//! The visits of a job as they are drawn: on the job's page, beside the board, and on the phone.
use kernel::Scope;
use maud::{Markup, html};
use scheduling::{AppointmentId, AppointmentsWrite, appointment::Status as Step, say};
use ui::{
    Filled, button, card, field,
    form::{key, pair},
    tech::{heading, sheet},
};

use super::{JobVisit, Place, rule};
use crate::{
    order::{Status, WorkOrder, rest::Why},
    permissions::WorkWrite,
};

/// "Mon 22 Jun, 10:00–11:00 · Marco Bianchi · come again: waiting for parts".
fn words(scope: &Scope, visit: &JobVisit) -> String {
    let locale = &scope.tenant().locale;
    let when = visit.starts_at.zip(visit.ends_at).map(|(from, until)| say::when(from, until, locale));
    let who = match (&visit.technician_name, &when) {
        (Some(name), _) => Some(name.clone()),
        (None, Some(_)) => Some("nobody yet".to_owned()),
        // Not within reach of whoever looks.
        (None, None) => Some("a colleague".to_owned()),
    };
    let again = visit.again_for.map(|why| format!("come again: {}", why.label().to_lowercase()));
    [when, who, again, visit.cancel_reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn reasons() -> Vec<(&'static str, &'static str)> {
    Why::ALL.iter().map(|why| (why.as_str(), why.label())).collect()
}

/// Ending this visit alone. `id` keeps the fields of two forms on one page apart.
fn end_form(action: &str, filled: &Filled, id: &str, touch: bool) -> Markup {
    let end = button("End the visit, come again").icon("corner-down-right");
    html! {
        form.form method="post" action=(action) data-form { (key())
            (pair(html! {
                (field::select(filled, "reason", "What the job waits for", &reasons()).id(format!("f-again-{id}")))
                (field::text(filled, "note", "Which part, until when").most(300).id(format!("f-again-note-{id}")))
            }))
            div { (if touch { end.class("btn-touch") } else { end.small() }) }
        }
    }
}

/// On the job's page: in their order, who comes when and how far it is.
pub(crate) fn of_job(scope: &Scope, order: &WorkOrder, visits: &[JobVisit]) -> Markup {
    let may = scope.can::<WorkWrite>() && !order.status.is_over();
    let book = may && scope.can::<AppointmentsWrite>();
    let word = if visits.is_empty() { "Book a visit" } else { "Book another visit" };
    let right = html! { @if book { (ui::link_button(word, format!("/jobs/{}/visits/new", order.id)).small().icon("calendar-plus")) } };
    let working = |visit: &JobVisit| may && visit.status == Step::OnSite && order.status != Status::Open;
    card::section(
        "Visits",
        right,
        html! {
            @if visits.is_empty() { p.dim.t13 { "No visit is booked for this job." } }
            @for visit in visits {
                (card::line_with("calendar", &format!("Visit {}", visit.nth), html! { a.link href={ "/appointments/" (visit.appointment_id) } { (words(scope, visit)) } }, ui::status(visit.status.as_str())))
                @if working(visit) {
                    (ui::fold("Somebody has to come again", end_form(&format!("/jobs/{}/visits/{}/end", order.id, visit.appointment_id), &Filled::default(), &visit.nth.to_string(), false)))
                }
            }
        },
    )
}

/// Beside the board: which of how many.
pub(crate) fn place(place: Option<Place>) -> Markup {
    html! { @if let Some(Place { nth, visits }) = place.filter(|place| place.visits > 1) { p.t13.soft { "Visit " (nth) " of " (visits) } } }
}

/// On the phone: the others of the same job.
pub(crate) fn others(scope: &Scope, here: AppointmentId, visits: &[JobVisit]) -> Markup {
    html! { @if visits.len() > 1 {
        section aria-label="Visits of this job" {
            (heading("Visits", &visits.len().to_string()))
            (sheet(html! { @for visit in visits {
                li.part { span { b { "Visit " (visit.nth) @if visit.appointment_id == here { ", this one" } } small { (words(scope, visit)) } } (ui::status(visit.status.as_str())) }
            } }))
        }
    } }
}

/// On the phone: somebody has to come again.
pub(crate) fn come_again(visit: AppointmentId, filled: &Filled) -> Markup {
    html! {
        details.fold open[filled.error("reason").is_some()] {
            summary { (ui::icon_class("chevron-right", "i-s")) "Somebody has to come again" }
            (end_form(&format!("/tech/jobs/{visit}/end"), filled, "phone", true))
        }
    }
}

/// Whether another visit keeps this one from being the last.
pub(crate) fn is_not_the_last(visits: &[JobVisit], here: AppointmentId) -> bool {
    let step = |visit: &JobVisit| rule::Step {
        appointment_id: visit.appointment_id,
        nth: visit.nth,
        status: visit.status,
        begun: visit.begun_at.is_some(),
        again: visit.again_for.is_some(),
    };
    let steps: Vec<rule::Step> = visits.iter().map(step).filter(|step| step.appointment_id != here).collect();
    rule::in_the_way(&steps, None).is_some()
}
