//! What the provider says of the refunds of a payment: ours, and those that were begun in its own pages.
use billing::payment::give_back::take_back;
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, sql};

use super::{CardRefundFailed, CardRefundSucceeded, Row, Status, ask, find};
use crate::{
    CardRefundId,
    card_payment::{self, by_intent, hold, settle},
    look::Asked,
    provider::{Fate, PaymentProvider, Refunded},
};

const AGAIN: SignedDuration = SignedDuration::from_hours(6);

sql! {
    fn by_ref(reference: String) -> Option<CardRefundId> = "select id from card_refund where tenant_id = $1 and refund_ref = $2";
    fn mark(id: CardRefundId, reference: Option<String>, status: Status, failure: Option<String>, look_at: Option<Timestamp>, at: Timestamp) -> u64 = "
        update card_refund set refund_ref = coalesce($3, refund_ref), status = $4, failure = $5, look_at = $6, updated_at = $7 where tenant_id = $1 and id = $2";
}

pub async fn at(scope: &Scope, provider: &dyn PaymentProvider, payment: &str) -> Result<(), Asked> {
    // What is told of it may be told before the payment itself.
    settle::payment(scope, provider, payment).await?;
    let Some(row) = scope.read(by_intent(payment.to_owned())).await? else { return Ok(()) };
    for said in provider.refunds(payment).await? {
        learn(scope, &row, &said).await?;
    }
    Ok(())
}

/// One state follows another, and never the other way round: but for a success that turns out to be none.
pub(super) async fn learn(scope: &Scope, payment: &card_payment::Row, said: &Refunded) -> Result<()> {
    scope.retrying(async |tx: &mut TenantTx| learnt(tx, payment, said).await).await
}

async fn learnt(tx: &mut TenantTx, payment: &card_payment::Row, said: &Refunded) -> Result<()> {
    tx.run(hold(payment.id)).await?;
    let Some(row) = known(tx, payment, said).await? else { return Ok(()) };
    let (now, reference) = (tx.now(), Some(said.id.clone()).filter(|id| !id.is_empty()));
    let (refund, card_payment, invoice) = (row.id, payment.id, payment.invoice_id);
    match (row.status, said.fate) {
        (Status::Failed, _) | (Status::Succeeded, Fate::Succeeded | Fate::Pending) => Ok(()),
        (Status::Pending, Fate::Pending) => {
            let later = now.saturating_add(AGAIN).ok();
            tx.run(mark(refund, reference, Status::Pending, None, later, now)).await.map(drop)
        }
        (Status::Pending, Fate::Succeeded) => {
            tx.run(mark(refund, reference, Status::Succeeded, None, None, now)).await?;
            tx.tell(&CardRefundSucceeded { refund, card_payment, invoice });
            Ok(())
        }
        (Status::Pending | Status::Succeeded, Fate::Failed) => {
            let why = said.failure.as_deref().map(|why| why.replace('_', " ").chars().take(500).collect());
            tx.run(mark(refund, reference, Status::Failed, why, None, now)).await?;
            let on = tx.today();
            take_back(tx, payment.payment_id, refund.0, row.parts(), on).await?;
            let (amount_minor, currency) = (row.amount_minor, payment.currency.clone());
            let whose = payment.whose(tx).await?;
            let (customer, number) = (whose.customer, whose.number);
            tx.tell(&CardRefundFailed { refund, card_payment, invoice, customer, number, amount_minor, currency });
            Ok(())
        }
    }
}

/// Ours by the id that was sent along or by the provider's own; one that is new is written down. The payment is held.
async fn known(tx: &mut TenantTx, payment: &card_payment::Row, said: &Refunded) -> Result<Option<Row>> {
    if let Some(ours) = said.ours
        && let Some(row) = tx.run(find(CardRefundId(ours))).await?.filter(|row| row.card_payment_id == payment.id)
    {
        return Ok(Some(row));
    }
    if said.id.is_empty() {
        return Ok(None);
    }
    if let Some(id) = tx.run(by_ref(said.id.clone())).await? {
        return tx.run(find(id)).await;
    }
    // What failed before we heard of it never was in our books.
    if said.fate == Fate::Failed || said.minor <= 0 {
        return Ok(None);
    }
    let reason = Some("Begun at the provider".to_owned());
    ask::begin(tx, payment, said.minor, reason, Some(said.id.clone())).await.map(Some)
}
