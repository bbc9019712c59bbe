//! The provider has the money: it is put against its invoice, once, whatever has become of that meanwhile; and the fee is posted.
use billing::{
    PaymentId,
    ledger::{self, post},
    payment::receive::{Received, receive},
};
use jiff::{SignedDuration, Timestamp};
use kernel::{Currency, Error, Money, Result, Scope, TenantTx, sql};

use super::{CardPaymentReceived, Row, by_intent};
use crate::{
    CardPaymentId, ChargeId, CheckoutId, InvoiceId, charge,
    checkout::{self, Checkout, Status, mark},
    look::Asked,
    on_file::keep,
    provider::{Paid, PaymentProvider},
};

/// The fee is known after some minutes; nobody asks for it for ever.
const AGAIN: SignedDuration = SignedDuration::from_mins(14);
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7);

sql! {
    fn insert(id: CardPaymentId, payment: PaymentId, invoice: InvoiceId, checkout: Option<CheckoutId>, on_file: Option<ChargeId>, intent: String, charge: Option<String>, brand: Option<String>,
              last_four: Option<String>, amount_minor: i64, currency: String, look_at: Timestamp, at: Timestamp) -> u64 = "
        insert into card_payment (tenant_id, id, payment_id, invoice_id, checkout_id, charge_id, intent_ref, charge_ref, brand, last_four, amount_minor, currency, look_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)";
    fn fee(id: CardPaymentId, fee_minor: i64, at: Timestamp) -> u64 = "
        update card_payment set fee_minor = $3, look_at = null, updated_at = $4 where tenant_id = $1 and id = $2 and fee_minor is null";
    fn later(id: CardPaymentId, look_at: Option<Timestamp>, at: Timestamp) -> u64 = "
        update card_payment set look_at = $3, updated_at = $4 where tenant_id = $1 and id = $2 and fee_minor is null";
}

/// What of ours it came by.
enum Way {
    /// Somebody paid on a page of the provider's.
    Page(Checkout),
    /// A card was charged that its customer keeps.
    OnFile(charge::Row),
}

/// Held, so that whoever hears of the same payment waits, and then finds it done.
async fn way(tx: &mut TenantTx, paid: &Paid) -> Result<Option<Way>> {
    match (paid.checkout, paid.on_file) {
        (Some(page), _) => Ok(tx.run(checkout::hold(CheckoutId(page))).await?.map(Way::Page)),
        (None, Some(id)) => {
            tx.run(charge::hold(ChargeId(id))).await?;
            Ok(tx.run(charge::find(ChargeId(id))).await?.map(Way::OnFile))
        }
        (None, None) => Ok(None),
    }
}

/// Whether it is one of ours and has succeeded.
pub async fn payment(scope: &Scope, provider: &dyn PaymentProvider, id: &str) -> Result<bool, Asked> {
    let paid = provider.payment(id).await?;
    if !paid.succeeded || paid.minor <= 0 {
        return Ok(false);
    }
    Ok(scope.retrying(async |tx: &mut TenantTx| settle(tx, &paid).await).await?)
}

async fn settle(tx: &mut TenantTx, paid: &Paid) -> Result<bool> {
    let Some(found) = way(tx, paid).await? else { return Ok(false) };
    let row = match tx.run(by_intent(paid.id.clone())).await? {
        Some(row) => row,
        None => keep(tx, paid, &found).await?,
    };
    known_fee(tx, paid, &row).await?;
    Ok(true)
}

async fn keep(tx: &mut TenantTx, paid: &Paid, found: &Way) -> Result<Row> {
    let currency = Currency::of(&paid.currency).ok_or_else(|| Error::Bug("a payment in no currency".into()))?;
    let amount = Money::new(paid.minor, currency);
    let on = tx.today();
    let (invoice, page, on_file) = match found {
        Way::Page(page) => (page.invoice_id, Some(page.id), None),
        Way::OnFile(charge) => (charge.invoice_id, None, Some(charge.id)),
    };
    let reference = paid.id.clone();
    let payment = receive(tx, Received { invoice, amount, reference, on }).await?;
    let (id, now) = (CardPaymentId::new(), tx.now());
    let soon = now.saturating_add(SignedDuration::from_mins(1)).unwrap_or(now);
    let row = insert(
        id,
        payment.id,
        invoice,
        page,
        on_file,
        paid.id.clone(),
        paid.charge.clone(),
        paid.brand.clone(),
        paid.last_four.clone(),
        paid.minor,
        paid.currency.clone(),
        soon,
        now,
    );
    tx.run(row).await?;
    match found {
        Way::Page(page) => {
            tx.run(mark(page.id, Status::Paid, None, now)).await?;
            if let Some(card) = &paid.keeps {
                keep::of_payment(tx, page.id, card).await?;
            }
        }
        Way::OnFile(row) => charge::succeeded(tx, row, paid.id.clone()).await?,
    }
    tx.tell(&CardPaymentReceived {
        card_payment: id,
        payment: payment.id,
        invoice,
        amount_minor: paid.minor,
        kept_minor: payment.kept.minor,
        currency: paid.currency.clone(),
    });
    tx.run(super::find(id)).await?.ok_or(Error::NotFound)
}

/// Posted once. In another currency than the books are kept in, it is for the bookkeeper.
async fn known_fee(tx: &mut TenantTx, paid: &Paid, row: &Row) -> Result<()> {
    let now = tx.now();
    let Some((minor, currency)) = &paid.fee else {
        let over = now.duration_since(row.created_at) > LONGEST;
        let look_at = if over { None } else { now.saturating_add(AGAIN).ok() };
        return tx.run(later(row.id, look_at, now)).await.map(drop);
    };
    if *currency != row.currency {
        return tx.run(later(row.id, None, now)).await.map(drop);
    }
    if tx.run(fee(row.id, *minor, now)).await? != 1 {
        return Ok(());
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::CardFee,
        posted_on: tx.today(),
        subject: row.id.0,
        invoice: Some(row.invoice_id),
        currency: row.currency.clone(),
        memo: "Fee of a card payment".into(),
    };
    let entries = [
        post::Entry::debit(ledger::CARD_FEES, *minor, String::new()),
        post::Entry::credit(ledger::CARD_ONLINE, *minor, String::new()),
    ];
    post::post(tx, voucher, &entries).await
}
