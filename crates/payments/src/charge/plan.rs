//! The invoice of a maintenance plan is charged to the card that its customer keeps, where the plan's terms say so: once.
use billing::recurring::PlanBilled;
use kernel::{Error, Result, Scope, TenantTx, sql};

use super::begin::{begin, clear};
use crate::{InvoiceId, checkout::open::InTheWay, provider::Trouble};

sql! {
    // By hand, or by the customer, at the very same moment: then it is theirs to end. Whoever keeps no card has agreed to nothing.
    fn is_to_be_charged(invoice: InvoiceId) -> bool = "
        select exists (select 1 from plan_period p
                       join plan_billing b on b.tenant_id = $1 and b.id = p.billing_id and b.charges
                       join invoice i on i.tenant_id = $1 and i.id = p.invoice_id
                       join card_on_file f on f.tenant_id = $1 and f.customer_id = i.customer_id and f.removed_at is null
                       where p.tenant_id = $1 and p.invoice_id = $2)
           and not exists (select 1 from card_charge where tenant_id = $1 and invoice_id = $2) as charges";
}

/// Told twice it charges once: a constraint stands behind it.
pub async fn billed(scope: Scope, told: PlanBilled) -> Result<()> {
    if !scope.read(is_to_be_charged(told.invoice)).await? {
        return Ok(());
    }
    match clear(&scope, told.invoice).await? {
        Err(InTheWay::Opening) => return Err(Error::Unready("the page where it is paid is being opened")),
        Err(InTheWay::Trouble(trouble @ Trouble::Passing(_))) => return Err(trouble.passing()),
        // They have paid there, or nobody can close it: then it stays open, and in sight.
        Err(_) => return Ok(()),
        Ok(()) => {}
    }
    let outcome = scope.retrying(async |tx: &mut TenantTx| begin(tx, told.invoice, None, true).await.map(drop)).await;
    match outcome {
        // Its twin was faster, or nothing is open any more.
        Err(error) if error.is_broken("card_charge_by_plan_once") || matches!(error, Error::Refused(_)) => Ok(()),
        outcome => outcome,
    }
}
