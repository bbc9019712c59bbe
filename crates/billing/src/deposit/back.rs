//! A visit that does not take place: what was paid of its deposit becomes the customer's credit, what was not is let go.
use kernel::{Money, Result, Scope, TenantTx};
use scheduling::{AppointmentId, appointment::AppointmentMissed};

use super::of_visit;
use crate::{
    credit_note::{CreditInput, issue},
    invoice::{Status, hold, void::void},
};

const WHY: &str = "The visit was called off.";

/// What the customer has of it as credit now; nothing where it was never paid, or was given back before. Done again it does nothing.
pub(crate) async fn give(tx: &mut TenantTx, visit: AppointmentId) -> Result<Money> {
    let nothing = Money::new(0, tx.currency());
    let Some(row) = tx.run(of_visit(visit)).await? else { return Ok(nothing) };
    // Held, so that a payment that comes in right now is seen.
    let (found, _) = hold(tx, row.id, None).await?;
    let Some(row) = tx.run(of_visit(visit)).await? else { return Ok(nothing) };
    let today = tx.today();
    match found.status {
        Status::Issued | Status::PartPaid | Status::Paid if row.given_minor >= found.total_minor => Ok(nothing),
        Status::Issued if row.given_minor == 0 && found.credited_minor == 0 => {
            void(tx, row.id, None, WHY.into(), today).await?;
            Ok(nothing)
        }
        Status::Issued | Status::PartPaid | Status::Paid => {
            let left = found.total_minor - row.given_minor;
            let credit = (left - found.balance_minor()).max(0);
            issue(tx, row.id, &CreditInput { reason: WHY.into(), lines: None }, today).await?;
            Ok(found.money(credit))
        }
        Status::Draft | Status::Void | Status::WrittenOff => Ok(nothing),
    }
}

/// Nobody was home: what is paid stays until the office says what becomes of it; what is not paid is let go.
pub async fn missed(scope: Scope, gone: AppointmentMissed) -> Result<()> {
    scope
        .retrying(async |tx: &mut TenantTx| {
            let Some(row) = tx.run(of_visit(gone.appointment)).await? else { return Ok(()) };
            let (found, _) = hold(tx, row.id, None).await?;
            let untouched = found.credited_minor == 0 && row.given_minor == 0;
            if found.status == Status::Issued && untouched {
                let today = tx.today();
                void(tx, row.id, None, "Nobody was home.".into(), today).await?;
            }
            Ok(())
        })
        .await
}
