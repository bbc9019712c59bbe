//! What happens to a job when one of its visits goes on without it: the board and the API move visits too. What follows says the rule.
use kernel::{Error, Result, Scope, job::Told, sql};
use scheduling::appointment::{AppointmentCancelled, AppointmentCompleted, AppointmentMissed, AppointmentStarted};

use crate::{
    AppointmentId, DayChanged,
    order::{self, Cancel, Status, finish::finish_at, id_of_appointment, start::start_visit},
    visit::{
        rule::{self, Then},
        settle, steps,
    },
};

/// Somebody is there: the visit has a job from now on, with its service as the first line.
pub async fn started(scope: Scope, event: AppointmentStarted) -> Result<()> {
    let currency = scope.tenant().locale.currency;
    let outcome = scope.retrying(async |tx| start_visit(tx, event.appointment, currency.code()).await.map(drop)).await;
    settled(outcome)
}

/// The visit is over: so is its job, if it was the last and anything stands on it. A job without lines waits for somebody to say
/// what was done, and one with open questions for their answers.
pub async fn completed(scope: Scope, event: AppointmentCompleted) -> Result<()> {
    let currency = scope.tenant().locale.currency;
    let outcome = scope
        .retrying(async |tx| {
            let order = order::of_appointment(tx, event.appointment, currency.code(), None, None).await?;
            let order = match order.status {
                Status::Open => start_visit(tx, event.appointment, currency.code()).await?,
                _ => order,
            };
            let steps = tx.run(steps(order.id)).await?;
            if rule::then(order.status, &steps, event.appointment) != Then::Finishes {
                return settle(tx, order.id).await;
            }
            let answered = order::finish::open_questions(tx, order.id).await?.is_none();
            if order.status == Status::InProgress && order.lines > 0 && answered {
                finish_at(tx, event.appointment).await?;
            }
            Ok(())
        })
        .await;
    settled(outcome)
}

pub async fn cancelled(scope: Scope, event: AppointmentCancelled) -> Result<()> {
    called_off(scope, event.appointment, "The visit was cancelled.").await
}

pub async fn missed(scope: Scope, event: AppointmentMissed) -> Result<()> {
    called_off(scope, event.appointment, "Nobody was home.").await
}

/// Only a job that nobody has begun goes with its visit, and only with the last one.
async fn called_off(scope: Scope, visit: AppointmentId, why: &str) -> Result<()> {
    let outcome = scope
        .retrying(async |tx| {
            let Some(id) = tx.run(id_of_appointment(visit)).await? else { return Ok(()) };
            let order = order::hold(tx, id).await?;
            let steps = tx.run(steps(id)).await?;
            match rule::then(order.status, &steps, visit) {
                Then::IsCalledOff => order::cancel(tx, id, &Cancel { reason: Some(why.to_owned()) }).await.map(drop),
                Then::Finishes | Then::Stays => settle(tx, id).await,
            }
        })
        .await;
    settled(outcome)
}

/// An event may be heard late, when the rules say no by now; that is no failure, and trying again would not help.
fn settled(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(Error::Refused(_) | Error::NotFound) => Ok(()),
        other => other,
    }
}

sql! {
    fn member_of_visit(id: AppointmentId) -> Option<uuid::Uuid> = "
        select t.member_id from appointment a join technician t on t.tenant_id = $1 and t.id = a.technician_id
        where a.tenant_id = $1 and a.id = $2";
}

pub const OF_A_DAY: [&str; 18] = [
    "appointment.booked",
    "appointment.assigned",
    "appointment.moved",
    "appointment.confirmed",
    "appointment.en_route",
    "appointment.cancelled",
    "appointment.started",
    "appointment.completed",
    "appointment.no_show",
    "work_order.visit_booked",
    "work_order.visit_ended",
    "work_order.changed",
    "work_order.started",
    "work_order.held",
    "work_order.resumed",
    "work_order.reopened",
    "work_order.completed",
    "work_order.cancelled",
];

/// Phones may not hear of everybody's visits; they hear that some day of a technician is different now.
pub async fn day_changed(scope: Scope, told: Told) -> Result<()> {
    let named = |field: &str| told.body.get(field).and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
    let Some(visit) = named("appointment") else { return Ok(()) };
    scope
        .write_with(async |tx| {
            // Taken from somebody, it changes a day too, whoever's it was.
            let member = tx.run(member_of_visit(visit)).await?;
            if member.is_some() || told.kind == "appointment.assigned" {
                tx.tell(&DayChanged { visit });
            }
            Ok(())
        })
        .await
}
