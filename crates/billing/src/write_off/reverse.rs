//! Taking a write-off back: what was open is open again.
use jiff::civil::Date;
use kernel::{
    Error, Result, TenantTx,
    access::Access,
    http::{IfMatch, One, Path, Repeatable},
    sql,
};

use super::standing;
use crate::{
    CustomerId, InvoiceId, WriteOffId,
    invoice::{self, Invoice, hold},
    ledger::{self, post},
    payment::record::Settled,
    permissions::InvoicesWrite,
};

sql! {
    fn mark(id: WriteOffId, on: Date) -> u64 = "
        update write_off set reversed_on = $3 where tenant_id = $1 and id = $2 and reversed_on is null";
}

kernel::event! {
    /// What was written off is open again.
    pub struct WriteOffReversed = "invoice.write_off_reversed", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, number: String, amount_minor: i64, currency: String,
    }
}

pub async fn reverse(tx: &mut TenantTx, id: InvoiceId, version: Option<i64>, today: Date) -> Result<()> {
    let (found, _) = hold(tx, id, version).await?;
    let number = found.called();
    let Some(off) = tx.run(standing(id)).await? else {
        return Err(Error::refused(format!("Nothing of {number} is written off.")));
    };
    if tx.run(mark(off.id, today)).await? != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&WriteOffReversed {
        invoice: id,
        customer: found.customer_id,
        number: number.clone(),
        amount_minor: off.amount_minor,
        currency: found.currency.clone(),
    });
    Settled { written_off: 0, ..Settled::of(&found) }.keep(tx, &found).await?;
    let voucher = post::Voucher {
        kind: ledger::Kind::WriteOffReversal,
        posted_on: today,
        subject: off.id.0,
        invoice: Some(id),
        currency: found.currency,
        memo: format!("Write-off of {number} taken back"),
    };
    post::reverse(tx, ledger::Kind::WriteOff, off.id.0, voucher).await
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    version: IfMatch,
) -> Result<Repeatable<One<Invoice>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            reverse(tx, id, version.0, today).await?;
            invoice::find(tx, id, today).await.map(One)
        })
        .await
}
