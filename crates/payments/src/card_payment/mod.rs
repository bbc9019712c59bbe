//! A payment by card as the provider has it, with what went back to the card and what is disputed.
pub mod list;
pub mod panel;
pub mod settle;

use billing::PaymentId;
use customers::CustomerId;
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Currency, Error, Money, Result, Scope, TenantTx,
    http::{Json, Path},
    money::Cost,
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    CardDisputeId, CardPaymentId, CardRefundId, InvoiceId,
    dispute::{self, Status as Verdict},
    refund::{self, Status as Fate},
};

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: CardPaymentId,
        pub payment_id: PaymentId,
        pub invoice_id: InvoiceId,
        pub intent_ref: String,
        pub brand: Option<String>,
        pub last_four: Option<String>,
        pub amount_minor: i64,
        pub currency: String,
        pub fee_minor: Option<i64>,
        pub created_at: Timestamp,
    }
}

row! {
    /// Whose invoice it is, and what that is called: for those who read what happened.
    pub(crate) struct Whose { pub customer: CustomerId, pub number: String }
}

sql! {
    pub(crate) fn find(id: CardPaymentId) -> Option<Row> = "
        select id, payment_id, invoice_id, intent_ref, brand, last_four, amount_minor, currency, fee_minor, created_at
        from card_payment where tenant_id = $1 and id = $2";
    /// Whoever gives back of it holds it, so that two never give back the same.
    pub(crate) fn hold(id: CardPaymentId) -> Option<Row> = "
        select id, payment_id, invoice_id, intent_ref, brand, last_four, amount_minor, currency, fee_minor, created_at
        from card_payment where tenant_id = $1 and id = $2 for no key update";
    pub(crate) fn by_intent(intent: String) -> Option<Row> = "
        select id, payment_id, invoice_id, intent_ref, brand, last_four, amount_minor, currency, fee_minor, created_at
        from card_payment where tenant_id = $1 and intent_ref = $2";
    pub(crate) fn of_invoice(invoice: InvoiceId) -> Vec<Row> = "
        select id, payment_id, invoice_id, intent_ref, brand, last_four, amount_minor, currency, fee_minor, created_at
        from card_payment where tenant_id = $1 and invoice_id = $2 order by id limit 50";
    fn whose(invoice: InvoiceId) -> Option<Whose> = "
        select customer_id as customer, coalesce(number, '') as number from invoice where tenant_id = $1 and id = $2";
    fn seen(id: kernel::Uuid) -> Option<CardPaymentId> = "select id from card_payment where tenant_id = $1 and id = $2";
}

kernel::event! {
    /// The provider has the money. `kept`: the invoice no longer needed it, or not all.
    pub struct CardPaymentReceived = "card_payment.received", seen by billing::InvoicesRead {
        card_payment: CardPaymentId, payment: PaymentId, invoice: InvoiceId, amount_minor: i64, kept_minor: i64, currency: String,
    }
}
kernel::heard! { "card_payment." by who sees seen }

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardPayment {
    pub id: CardPaymentId,
    pub payment_id: PaymentId,
    pub invoice_id: InvoiceId,
    pub amount: Money,
    /// What went back to the card, or is on its way there.
    pub refunded: Money,
    /// What the provider kept; unknown at first.
    pub fee: Option<Cost>,
    /// As the provider calls it: `visa`.
    pub brand: Option<String>,
    pub last_four: Option<String>,
    /// The provider's own number of it.
    pub provider_reference: String,
    pub refunds: Vec<CardRefund>,
    pub disputes: Vec<CardDispute>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardRefund {
    pub id: CardRefundId,
    pub amount: Money,
    pub status: Fate,
    pub reason: Option<String>,
    /// Why it did not arrive.
    pub failure: Option<String>,
    pub provider_reference: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardDispute {
    pub id: CardDisputeId,
    pub amount: Money,
    pub status: Verdict,
    /// In the provider's words: `fraudulent`, `duplicate`.
    pub reason: String,
    /// Until then it can be answered, at the provider.
    pub due_on: Option<Date>,
    pub closed_on: Option<Date>,
    pub created_at: Timestamp,
}

impl kernel::http::Versioned for CardPayment {
    /// It changes by what the provider says; nobody edits it.
    fn version(&self) -> i64 {
        1
    }
}

impl Row {
    pub(crate) async fn whose(&self, tx: &mut TenantTx) -> Result<Whose> {
        tx.run(whose(self.invoice_id)).await?.ok_or(Error::NotFound)
    }
}

impl CardPayment {
    /// What could still go back.
    pub fn left(&self) -> Money {
        Money::new((self.amount.minor - self.refunded.minor).max(0), self.amount.currency)
    }
}

pub(crate) async fn with_all(scope: &Scope, rows: Vec<Row>) -> Result<Vec<CardPayment>> {
    let ids: Vec<kernel::Uuid> = rows.iter().map(|row| row.id.0).collect();
    let (refunds, disputes) = scope.read((refund::of(ids.clone()), dispute::of(ids))).await?;
    let whole = |row: Row| {
        let currency = Currency::of(&row.currency).unwrap_or(Currency::USD);
        let money = |minor| Money::new(minor, currency);
        let mine: Vec<CardRefund> =
            refunds.iter().filter(|one| one.card_payment_id == row.id).map(|one| one.shown(currency)).collect();
        let gone = mine.iter().filter(|one| one.status != Fate::Failed).map(|one| one.amount.minor).sum();
        CardPayment {
            id: row.id,
            payment_id: row.payment_id,
            invoice_id: row.invoice_id,
            amount: money(row.amount_minor),
            refunded: money(gone),
            fee: row.fee_minor.map(|minor| Cost(money(minor))),
            brand: row.brand,
            last_four: row.last_four,
            provider_reference: row.intent_ref,
            refunds: mine,
            disputes: disputes
                .iter()
                .filter(|one| one.card_payment_id == row.id)
                .map(|one| one.shown(currency))
                .collect(),
            created_at: row.created_at,
        }
    };
    Ok(rows.into_iter().map(whole).collect())
}

pub(crate) async fn one(scope: &Scope, id: CardPaymentId) -> Result<CardPayment> {
    let row = scope.read(find(id)).await?.ok_or(Error::NotFound)?;
    with_all(scope, vec![row]).await?.pop().ok_or(Error::NotFound)
}

pub async fn api(access: Access<billing::InvoicesRead>, Path(id): Path<CardPaymentId>) -> Result<Json<CardPayment>> {
    one(&access, id).await.map(Json)
}
