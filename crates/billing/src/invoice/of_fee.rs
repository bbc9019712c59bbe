//! A visit called off for a fee becomes a draft with that one line, once; the office issues it, or discards it. Where a deposit was
//! paid, that is given back first, and the fee is issued and settled from it.
use kernel::{Money, Result, Scope, TenantTx, sql};
use scheduling::{
    AppointmentId,
    appointment::{self, AppointmentCancelled},
    say,
};

use super::issue::issue;
use super::{
    draft::{DraftInput, draft},
    lines::LineInput,
};
use crate::{
    InvoiceId,
    credit::apply::{ApplyInput, apply},
    deposit,
};

sql! {
    fn drafted(appointment: AppointmentId) -> bool = "
        select exists (select 1 from invoice where tenant_id = $1 and fee_of_appointment_id = $2) as drafted";
    fn is_fee_of(id: InvoiceId, appointment: AppointmentId) -> u64 = "
        update invoice set fee_of_appointment_id = $3 where tenant_id = $1 and id = $2";
}

/// Hears of the visit. Told twice it does all of it once; a fee whose invoice was voided is left to the office.
pub async fn cancelled(scope: Scope, gone: AppointmentCancelled) -> Result<()> {
    let outcome = scope.retrying(async |tx: &mut TenantTx| settle(tx, &scope, &gone).await).await;
    match outcome {
        // Its twin was faster.
        Err(error) if error.is_broken("invoice_fee_once") => Ok(()),
        outcome => outcome,
    }
}

async fn settle(tx: &mut TenantTx, scope: &Scope, gone: &AppointmentCancelled) -> Result<()> {
    let given = deposit::back::give(tx, gone.appointment).await?;
    if gone.fee_minor <= 0 {
        return Ok(());
    }
    let (drafted, visit) = tx.run((drafted(gone.appointment), appointment::find(gone.appointment))).await?;
    let Some(visit) = visit.filter(|_| !drafted) else { return Ok(()) };
    let locale = &scope.tenant().locale;
    let day = say::day(say::local(gone.starts_at, locale).date());
    let fee = Money::new(gone.fee_minor, locale.currency);
    let line = LineInput {
        id: None,
        unit_price: fee,
        description: "Cancellation fee".into(),
        detail: Some(format!("{}, {day}", visit.title)),
        quantity_milli: 1000,
        discount: None,
        deposit_id: None,
        taxes: vec![],
        tax_rate_id: None,
    };
    let invoice = draft(tx, locale.currency, DraftInput::of(visit.customer_id, vec![line])).await?;
    tx.run(is_fee_of(invoice, gone.appointment)).await?;
    if given.minor <= 0 || given.currency != fee.currency {
        return Ok(());
    }
    let today = tx.today();
    issue(tx, invoice, None, today).await?;
    let amount = Money::new(given.minor.min(fee.minor), fee.currency);
    apply(tx, invoice, &ApplyInput { amount: Some(amount) }, today).await.map(drop)
}
