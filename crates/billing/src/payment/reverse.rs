//! Taking a payment back: a cheque that bounced, a slip of the hand. It stays in the books, with its opposite.
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Result, TenantTx,
    access::Access,
    http::{Json, One, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Method, Payment, Row, record::Settled};
use crate::{
    CustomerId, InvoiceId, PaymentId, credit,
    invoice::hold,
    ledger::{self, post},
    permissions::PaymentsWrite,
};

sql! {
    pub(super) fn find(id: PaymentId) -> Option<Row> = "
        select id, invoice_id, customer_id, amount_minor, kept_minor, refunded_minor, currency, method, reference, received_on, reversed_on, reversed_reason, created_at
        from payment where tenant_id = $1 and id = $2";
    fn mark(id: PaymentId, on: Date, reason: String) -> u64 = "
        update payment set reversed_on = $3, reversed_reason = $4 where tenant_id = $1 and id = $2 and reversed_on is null";
}

kernel::event! {
    /// A payment counts for nothing any more.
    pub struct PaymentReversed = "payment.reversed", seen by crate::permissions::InvoicesRead {
        payment: PaymentId, invoice: InvoiceId, customer: CustomerId, number: String, amount_minor: i64, currency: String, balance_minor: i64,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseInput {
    /// Why, for whoever reads the books later.
    pub reason: String,
}

impl Input for ReverseInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
    }
}

/// `of` is the invoice on whose page it was asked; a payment of another one is not there.
pub async fn reverse(
    tx: &mut TenantTx,
    id: PaymentId,
    of: Option<InvoiceId>,
    reason: String,
    today: Date,
) -> Result<Payment> {
    let row = tx.run(find(id)).await?.filter(|row| of.is_none_or(|of| of == row.invoice_id)).ok_or(Error::NotFound)?;
    if row.method == Method::Card {
        return Err(Error::refused("This was paid by card online. Give it back to the card instead."));
    }
    // The invoice is held first, as in recording, so that two of these wait for each other and never cross.
    let (found, _) = hold(tx, row.invoice_id, None).await?;
    if tx.run(mark(id, today, reason.clone())).await? != 1 {
        return Err(Error::refused("This payment was taken back already."));
    }
    let settled = Settled { paid: found.paid_minor - (row.amount_minor - row.kept_minor), ..Settled::of(&found) };
    if settled.written_off > 0 {
        return Err(Error::refused(format!("{} is written off. Take that back first.", found.called())));
    }
    if row.kept_minor > 0 {
        let has = credit::held(tx, row.customer_id).await?;
        if has < row.kept_minor {
            let used = found.money(row.kept_minor - has);
            return Err(Error::refused(format!(
                "{} {} of what this payment left as credit is used already. It cannot be taken back.",
                used.amount(),
                found.currency
            )));
        }
        let back = credit::Entry::of(credit::Kind::OverpaidBack, &found, -row.kept_minor, today);
        credit::keep(tx, credit::Entry { payment: Some(id), ..back });
    }
    tx.tell(&PaymentReversed {
        payment: id,
        invoice: row.invoice_id,
        customer: row.customer_id,
        number: found.called(),
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
        balance_minor: settled.open(found.total_minor),
    });
    settled.keep(tx, &found).await?;
    let voucher = post::Voucher {
        kind: ledger::Kind::PaymentReversal,
        posted_on: today,
        subject: id.0,
        invoice: Some(row.invoice_id),
        currency: row.currency.clone(),
        memo: format!("Payment on {} taken back", found.called()),
    };
    post::reverse(tx, ledger::Kind::Payment, id.0, voucher).await?;
    Ok(Row { reversed_on: Some(today), reversed_reason: Some(reason), ..row }.payment())
}

pub async fn api(
    access: Access<PaymentsWrite>,
    Path(id): Path<PaymentId>,
    Json(input): Json<ReverseInput>,
) -> Result<Repeatable<One<Payment>>> {
    let today = access.local_now().date();
    access.once(async |tx| reverse(tx, id, None, input.reason.clone(), today).await.map(One)).await
}

pub async fn one(access: Access<crate::permissions::InvoicesRead>, Path(id): Path<PaymentId>) -> Result<One<Payment>> {
    access.read(find(id)).await?.map(|row| One(row.payment())).ok_or(Error::NotFound)
}
