//! A visit called off for a fee becomes a draft with that one line, once; the office issues it, or discards it.
use kernel::{Money, Result, Scope, TenantTx, sql};
use scheduling::{
    AppointmentId,
    appointment::{self, AppointmentCancelled},
    say,
};

use super::{
    draft::{DraftInput, draft},
    lines::LineInput,
};
use crate::InvoiceId;

sql! {
    fn drafted(appointment: AppointmentId) -> bool = "
        select exists (select 1 from invoice where tenant_id = $1 and fee_of_appointment_id = $2) as drafted";
    fn is_fee_of(id: InvoiceId, appointment: AppointmentId) -> u64 = "
        update invoice set fee_of_appointment_id = $3 where tenant_id = $1 and id = $2";
}

/// Hears of the visit. Told twice it drafts once; a fee whose invoice was voided is left to the office.
pub async fn cancelled(scope: Scope, gone: AppointmentCancelled) -> Result<()> {
    if gone.fee_minor <= 0 {
        return Ok(());
    }
    let locale = scope.tenant().locale.clone();
    let outcome = scope
        .retrying(async |tx: &mut TenantTx| {
            let (drafted, visit) = tx.run((drafted(gone.appointment), appointment::find(gone.appointment))).await?;
            let Some(visit) = visit.filter(|_| !drafted) else { return Ok(()) };
            let day = say::day(say::local(gone.starts_at, &locale).date());
            let line = LineInput {
                id: None,
                unit_price: Money::new(gone.fee_minor, locale.currency),
                description: "Cancellation fee".into(),
                detail: Some(format!("{}, {day}", visit.title)),
                quantity_milli: 1000,
                discount: None,
                taxes: vec![],
                tax_rate_id: None,
            };
            let invoice = draft(tx, locale.currency, DraftInput::of(visit.customer_id, vec![line])).await?;
            tx.run(is_fee_of(invoice, gone.appointment)).await.map(drop)
        })
        .await;
    match outcome {
        // Its twin was faster.
        Err(error) if error.is_broken("invoice_fee_once") => Ok(()),
        outcome => outcome,
    }
}
