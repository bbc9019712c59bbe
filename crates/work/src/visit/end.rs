//! Ending a visit and not the job: somebody has to come again, or does already.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Json, One, Path, Repeatable},
    sql,
};
use scheduling::{AppointmentId, appointment};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{VisitOfJobEnded, rule, settle, steps};
use crate::{
    note,
    order::{
        self, Shown, Status, WorkOrder, WorkOrderId,
        rest::{self, Rest, Why},
    },
    permissions::WorkWrite,
    time,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// What for somebody has to come again: the job is on hold until then. May be left out where another visit is booked.
    pub reason: Option<Why>,
    /// Which part, until when; needed when the reason is `other`. It stands among the notes of the visit, too.
    pub note: Option<String>,
}
impl Input for End {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("note", &mut self.note, 300);
        let said = self.reason != Some(Why::Other) || self.note.is_some();
        checks.that(said, "note", "required", "Say why somebody has to come again.");
        let heeded = self.reason.is_some() || self.note.is_none();
        checks.that(heeded, "reason", "required", "Say what the job waits for.");
    }
}

sql! {
    fn left(appointment: AppointmentId, again_for: Why) -> u64 = "
        update work_order_visit set again_for = $3 where tenant_id = $1 and appointment_id = $2";
}

/// Sent twice, it ended the first time.
pub async fn end(
    scope: &Scope,
    tx: &mut TenantTx,
    id: WorkOrderId,
    visit: AppointmentId,
    input: &End,
) -> Result<WorkOrder> {
    let order = order::hold_at(tx, visit).await?;
    if order.id != id {
        return Err(Error::NotFound);
    }
    let all = tx.run(steps(id)).await?;
    let here = all.iter().find(|step| step.appointment_id == visit).ok_or(Error::NotFound)?;
    if here.again && here.status == appointment::Status::Completed {
        return Ok(order);
    }
    match (order.status, here.status) {
        (Status::Completed | Status::Cancelled, _) => {
            return Err(Error::refused(format!("{} is over, and its visits with it.", order.called())));
        }
        (Status::Open, _) => return Err(Error::refused("Start the job first; then its visit can end.")),
        (_, appointment::Status::OnSite) => {
            appointment::set_status(tx, visit, appointment::Status::Completed).await?;
        }
        // The office closed it on the board, and what comes next is said afterwards.
        (_, appointment::Status::Completed) => {}
        _ => return Err(Error::refused("Nobody has worked at this visit yet. Cancel or move it instead.")),
    }
    let ahead = rule::in_the_way(&all, Some(visit)).filter(|step| step.appointment_id != visit);
    if input.reason.is_none() && ahead.is_none() {
        let says = "No other visit of this job is booked: say what it waits for, or finish the job.";
        return Err(Error::field("/reason", "required", says));
    }
    time::clock::stop_at(tx, visit).await?;
    if input.reason.is_none() && here.status == appointment::Status::Completed {
        return Ok(order);
    }
    let nth = here.nth;
    if let Some(why) = input.reason {
        tx.run(left(visit, why)).await?;
        if let Some(words) = &input.note {
            note::write(scope, tx, id, note::New { body: words.clone() }, Some(visit)).await?;
        }
        rest::rest(tx, id, &Rest { reason: why, note: input.note.clone() }).await?;
    }
    settle(tx, id).await?;
    tx.tell(&VisitOfJobEnded {
        order: id,
        customer: order.customer_id,
        appointment: visit,
        number: order.number,
        nth,
        again_for: input.reason,
    });
    tx.run(order::find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path((id, visit)): Path<(WorkOrderId, AppointmentId)>,
    Json(input): Json<End>,
) -> Result<Repeatable<One<Shown>>> {
    access.once(async |tx: &mut TenantTx| Ok(One(Shown::from(end(&access, tx, id, visit, &input).await?)))).await
}
