//! Cancels an appointment: its time is free again, its history stays.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Money, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
};

use super::{Appointment, AppointmentCancelled, AppointmentId, CancelledBy, Status, find, hold_still};
use crate::{permissions::AppointmentsWrite, terms};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// Why, for those who look at it later.
    pub reason: Option<String>,
    /// Who called it off; the company when it is not said.
    pub by: Option<CancelledBy>,
    /// What is charged for it, in the company's currency; nothing where it is 0. Left out, a customer who is late pays what
    /// was agreed, and nobody else pays anything.
    pub fee: Option<Money>,
}
impl Input for Cancel {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 500);
        if let Some(fee) = self.fee {
            checks.range("fee", fee.minor, 0, 100_000_000, "A fee is from nothing to a million.");
        }
    }
}

sql! {
    fn update(id: AppointmentId, reason: Option<String>, at: Timestamp, by: CancelledBy) -> u64 = "
        update appointment set status = 'cancelled', cancel_reason = $3, cancelled_at = $4, cancelled_by = $5, version = version + 1, updated_at = $4
        where tenant_id = $1 and id = $2";
}

pub async fn cancel(tx: &mut TenantTx, id: AppointmentId, version: Option<i64>, input: &Cancel) -> Result<Appointment> {
    let was = hold_still(tx, id, version).await?;
    if was.status == Status::Cancelled {
        return Ok(was);
    }
    if !was.status.may_become(Status::Cancelled) {
        return Err(Error::refused(format!(
            "This job is {} and cannot be cancelled any more.",
            was.status.label().to_lowercase()
        )));
    }
    let by = input.by.unwrap_or(CancelledBy::Company);
    let fee = terms::charge(tx, &was, by, input.fee).await?;
    tx.tell(&AppointmentCancelled {
        appointment: id,
        customer: was.customer_id,
        starts_at: was.starts_at,
        fee_minor: fee.map_or(0, |fee| fee.minor),
    });
    let (_, found) = tx.run((update(id, input.reason.clone(), tx.now(), by), find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn cancel_api(
    access: Access<AppointmentsWrite>,
    Path(id): Path<AppointmentId>,
    version: IfMatch,
    Json(input): Json<Cancel>,
) -> Result<One<Appointment>> {
    let version = version.required()?;
    access.tenant().locale.currency.only("/fee", "Fees", input.fee)?;
    access.retrying(async |tx| cancel(tx, id, Some(version), &input).await).await.map(One)
}
