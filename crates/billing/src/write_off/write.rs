//! What is open on an invoice becomes a loss.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Checks, Error, Input, Result, TenantTx,
    access::Access,
    http::{IfMatch, Json, One, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    CustomerId, InvoiceId, WriteOffId,
    invoice::{self, Invoice, Status, hold},
    ledger::{self, post},
    payment::record::Settled,
    permissions::InvoicesWrite,
};

sql! {
    fn insert(id: WriteOffId, invoice: InvoiceId, amount_minor: i64, currency: String, on: Date, reason: String, at: Timestamp, by: Option<Uuid>) = "
        insert into write_off (tenant_id, id, invoice_id, amount_minor, currency, on_day, reason, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

kernel::event! {
    /// Nobody will pay what was open.
    pub struct InvoiceWrittenOff = "invoice.written_off", seen by crate::permissions::InvoicesRead {
        invoice: InvoiceId, customer: CustomerId, number: String, amount_minor: i64, currency: String,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteOffInput {
    /// Why, for whoever reads the books later.
    pub reason: String,
}
impl Input for WriteOffInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
    }
}

pub async fn write_off(
    tx: &mut TenantTx,
    id: InvoiceId,
    version: Option<i64>,
    reason: String,
    today: Date,
) -> Result<()> {
    let (found, _) = hold(tx, id, version).await?;
    let (number, open) = (found.called(), found.balance_minor());
    if !matches!(found.status, Status::Issued | Status::PartPaid) {
        return Err(Error::refused(format!("Nothing is open on {number}.")));
    }
    let off = WriteOffId::new();
    let (at, by) = (tx.now(), tx.user());
    tx.queue(insert(off, id, open, found.currency.clone(), today, reason, at, by));
    tx.tell(&InvoiceWrittenOff {
        invoice: id,
        customer: found.customer_id,
        number: number.clone(),
        amount_minor: open,
        currency: found.currency.clone(),
    });
    Settled { written_off: open, ..Settled::of(&found) }.keep(tx, &found).await?;
    let voucher = post::Voucher {
        kind: ledger::Kind::WriteOff,
        posted_on: today,
        subject: off.0,
        invoice: Some(id),
        currency: found.currency,
        memo: format!("{number} written off"),
    };
    let entries = [
        post::Entry::debit(ledger::BAD_DEBTS, open, String::new()),
        post::Entry::credit(ledger::RECEIVABLE, open, String::new()),
    ];
    post::post(tx, voucher, &entries).await
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<InvoiceId>,
    version: IfMatch,
    Json(input): Json<WriteOffInput>,
) -> Result<Repeatable<One<Invoice>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            write_off(tx, id, version.0, input.reason.clone(), today).await?;
            invoice::find(tx, id, today).await.map(One)
        })
        .await
}
