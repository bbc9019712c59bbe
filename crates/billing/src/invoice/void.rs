//! Voiding: the invoice keeps its number and counts for nothing; its voucher is reversed.
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Result, TenantTx,
    access::Access,
    http::{IfMatch, Json, One, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Invoice, Status, find, hold};
use crate::{
    CustomerId, InvoiceId, credit_note, deferral,
    deposit::held,
    ledger::{self, post},
    permissions::InvoicesWrite,
};

sql! {
    fn store(id: InvoiceId, reason: String, at: jiff::Timestamp) -> u64 = "
        update invoice set status = 'void', paid_minor = 0, void_reason = $3, voided_at = $4, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('issued', 'paid')
          and not exists (select from credit_note n where n.tenant_id = $1 and n.invoice_id = $2)";
}

kernel::event! {
    /// The invoice counts for nothing any more.
    pub struct InvoiceVoided = "invoice.voided", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, number: String, total_minor: i64, currency: String,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidInput {
    /// Why, for whoever reads the books later.
    pub reason: String,
}

impl Input for VoidInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
    }
}

pub async fn void(tx: &mut TenantTx, id: InvoiceId, version: Option<i64>, reason: String, today: Date) -> Result<()> {
    let (found, _) = hold(tx, id, version).await?;
    let number = match (found.status, &found.number) {
        (Status::Draft, _) | (_, None) => {
            return Err(Error::refused("A draft has no number to void. Discard it instead."));
        }
        (Status::Void, Some(number)) => return Err(Error::refused(format!("{number} is void already."))),
        (_, Some(number)) => number.clone(),
    };
    // A note on a paid invoice takes nothing off what is open: it is found by itself.
    let noted = tx.run(credit_note::is_noted(id)).await?;
    if noted || found.credited_minor > 0 || found.written_off_minor > 0 {
        return Err(Error::refused(format!(
            "Part of {number} is credited or written off already. Give the rest back with a credit note."
        )));
    }
    if found.paid_minor > 0 {
        let paid = found.money(found.paid_minor);
        return Err(Error::refused(format!(
            "{} {} was paid on {number}. Take the payments back first, then void it.",
            paid.amount(),
            paid.currency.code()
        )));
    }
    held::must_have_left(tx, &found, found.total_minor).await?;
    tx.tell(&InvoiceVoided {
        invoice: id,
        customer: found.customer_id,
        number: number.clone(),
        total_minor: found.total_minor,
        currency: found.currency.clone(),
    });
    if tx.run(store(id, reason, tx.now())).await? != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::Void,
        posted_on: today,
        subject: id.0,
        invoice: Some(id),
        currency: found.currency.clone(),
        memo: format!("Void of {number}"),
    };
    deferral::voided(tx, &found, today).await?;
    post::reverse(tx, ledger::Kind::Invoice, id.0, voucher).await
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    version: IfMatch,
    Json(input): Json<VoidInput>,
) -> Result<Repeatable<One<Invoice>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            void(tx, id, version.0, input.reason.clone(), today).await?;
            find(tx, id, today).await.map(One)
        })
        .await
}
