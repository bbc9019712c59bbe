//! Money of a card payment that goes back to the card. It is taken out of the customer's credit as far as there is any (a credit note
//! was written for it); the rest is open on the invoice again. What cannot be open there any more is a loss.
use jiff::civil::Date;
use kernel::{Error, Result, TenantTx, sql};
use uuid::Uuid;

use super::{Method, record::Settled, reverse::find};
use crate::{
    CreditId, PaymentId,
    credit::{self, Entry, Kind},
    invoice::{Status, hold},
    ledger::{self, post},
};

sql! {
    fn mark(id: PaymentId, refunded_minor: i64) -> u64 = "update payment set refunded_minor = $3 where tenant_id = $1 and id = $2";
}

/// Where the money came out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    pub credit: i64,
    pub reopened: i64,
    pub lost: i64,
}

/// `refund` is the subject of the voucher: one for each.
pub async fn give_back(tx: &mut TenantTx, payment: PaymentId, refund: Uuid, minor: i64, on: Date) -> Result<Parts> {
    let row = tx.run(find(payment)).await?.ok_or(Error::NotFound)?;
    let (found, _) = hold(tx, row.invoice_id, None).await?;
    // Held by the invoice: nobody else gives back of it meanwhile.
    let row = tx.run(find(payment)).await?.ok_or(Error::NotFound)?;
    let has = credit::held(tx, row.customer_id).await?.max(0);
    let from_credit = minor.min(has);
    let may_reopen = match found.status {
        Status::Issued | Status::PartPaid | Status::Paid => {
            (row.amount_minor - row.kept_minor - row.refunded_minor).min(found.paid_minor).max(0)
        }
        Status::Draft | Status::WrittenOff | Status::Void => 0,
    };
    let reopened = (minor - from_credit).min(may_reopen);
    let parts = Parts { credit: from_credit, reopened, lost: minor - from_credit - reopened };
    if from_credit > 0 {
        let method = Some(Method::Card);
        let back = Entry::of(Kind::Refunded, &found, -from_credit, on);
        credit::keep(tx, Entry { customer: row.customer_id, payment: Some(payment), method, ..back });
    }
    if reopened > 0 {
        Settled { paid: found.paid_minor - reopened, ..Settled::of(&found) }.keep(tx, &found).await?;
        tx.run(mark(payment, row.refunded_minor + reopened)).await?;
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::CardRefund,
        posted_on: on,
        subject: refund,
        invoice: Some(found.id),
        currency: row.currency.clone(),
        memo: format!("Given back to the card, {}", found.called()),
    };
    let entries = [
        post::Entry::debit(ledger::CREDITS, parts.credit, String::new()),
        post::Entry::debit(ledger::RECEIVABLE, parts.reopened, String::new()),
        post::Entry::debit(ledger::BAD_DEBTS, parts.lost, String::new()),
        post::Entry::credit(ledger::CARD_ONLINE, minor, String::new()),
    ];
    post::post(tx, voucher, &entries).await?;
    Ok(parts)
}

/// It did not arrive: everything is as before, with the opposite in the books. What was open again and was paid otherwise
/// meanwhile is the customer's credit.
pub async fn take_back(tx: &mut TenantTx, payment: PaymentId, refund: Uuid, parts: Parts, on: Date) -> Result<()> {
    let row = tx.run(find(payment)).await?.ok_or(Error::NotFound)?;
    let (found, _) = hold(tx, row.invoice_id, None).await?;
    let row = tx.run(find(payment)).await?.ok_or(Error::NotFound)?;
    let open = match found.status {
        Status::Issued | Status::PartPaid => found.balance_minor().max(0),
        Status::Draft | Status::Paid | Status::WrittenOff | Status::Void => 0,
    };
    let settles = parts.reopened.min(open).min(row.refunded_minor);
    let credit = parts.credit + parts.reopened - settles;
    if credit > 0 {
        credit::held(tx, row.customer_id).await?;
        let back = Entry::of(Kind::RefundFailed, &found, credit, on);
        let _: CreditId = credit::keep(tx, Entry { customer: row.customer_id, payment: Some(payment), ..back });
    }
    if settles > 0 {
        Settled { paid: found.paid_minor + settles, ..Settled::of(&found) }.keep(tx, &found).await?;
        tx.run(mark(payment, row.refunded_minor - settles)).await?;
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::CardRefundReversal,
        posted_on: on,
        subject: refund,
        invoice: Some(found.id),
        currency: row.currency.clone(),
        memo: format!("Not given back to the card after all, {}", found.called()),
    };
    let entries = [
        post::Entry::debit(ledger::CARD_ONLINE, parts.credit + parts.reopened + parts.lost, String::new()),
        post::Entry::credit(ledger::CREDITS, credit, String::new()),
        post::Entry::credit(ledger::RECEIVABLE, settles, String::new()),
        post::Entry::credit(ledger::BAD_DEBTS, parts.lost, String::new()),
    ];
    post::post(tx, voucher, &entries).await
}
