//! Charging a card that a customer keeps with what is open on an invoice: an attempt, once at the provider however often it is sent.
pub mod begin;
pub mod panel;
pub mod plan;
pub mod send;

use customers::CustomerId;
use jiff::Timestamp;
use kernel::{
    Access, Currency, Error, Money, Result, TenantTx,
    http::{Json, Path, Versioned},
    row, sql, text_enum,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CardId, ChargeId, InvoiceId, on_file};

text_enum! {
    pub enum Status {
        Sending = "sending": "Being charged",
        Succeeded = "succeeded": "Charged",
        Declined = "declined": "Declined",
        NeedsCustomer = "needs_customer": "Their bank wants to ask them",
        Failed = "failed": "Not charged",
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: ChargeId,
        pub card_id: CardId,
        pub invoice_id: InvoiceId,
        pub customer_id: CustomerId,
        pub number: String,
        pub brand: Option<String>,
        pub last_four: Option<String>,
        pub amount_minor: i64,
        pub currency: String,
        pub by_plan: bool,
        pub status: Status,
        pub says: Option<String>,
        pub created_at: Timestamp,
    }
}

sql! {
    pub(crate) fn find(id: ChargeId) -> Option<Row> = "
        select h.id, h.card_id, h.invoice_id, i.customer_id, coalesce(i.number, '') as number, f.brand, f.last_four, h.amount_minor, h.currency, h.by_plan, h.status, h.says, h.created_at
        from card_charge h
        join invoice i on i.tenant_id = $1 and i.id = h.invoice_id
        join card_on_file f on f.tenant_id = $1 and f.id = h.card_id
        where h.tenant_id = $1 and h.id = $2";
    pub(crate) fn of_invoice(invoice: InvoiceId) -> Vec<Row> = "
        select h.id, h.card_id, h.invoice_id, i.customer_id, coalesce(i.number, '') as number, f.brand, f.last_four, h.amount_minor, h.currency, h.by_plan, h.status, h.says, h.created_at
        from card_charge h
        join invoice i on i.tenant_id = $1 and i.id = h.invoice_id
        join card_on_file f on f.tenant_id = $1 and f.id = h.card_id
        where h.tenant_id = $1 and h.invoice_id = $2 order by h.id desc limit 50";
    pub(crate) fn hold(id: ChargeId) -> Option<ChargeId> = "
        select id from card_charge where tenant_id = $1 and id = $2 for no key update";
    pub(crate) fn is_under_way(invoice: InvoiceId) -> bool = "
        select exists (select 1 from card_charge where tenant_id = $1 and invoice_id = $2 and status = 'sending') as under_way";
    pub(crate) fn is_charging(card: CardId) -> bool = "
        select exists (select 1 from card_charge where tenant_id = $1 and card_id = $2 and status = 'sending') as charging";
    fn mark(id: ChargeId, status: Status, intent: Option<String>, says: Option<String>, at: Timestamp) -> u64 = "
        update card_charge set status = $3, intent_ref = coalesce($4, intent_ref), says = $5, look_at = null, updated_at = $6 where tenant_id = $1 and id = $2";
    fn seen(id: kernel::Uuid) -> Option<ChargeId> = "select id from card_charge where tenant_id = $1 and id = $2";
}

kernel::promise! {
    "card_charge_under_way_once": "", "The card is being charged with this invoice already. It takes a moment.";
    "card_charge_card": "/card_id", "This card is not kept any more.";
    "card_charge_invoice": "", "There is no such invoice.";
}

kernel::event! {
    /// A kept card is being charged: by somebody, or because its plan says so.
    pub struct CardChargeBegun = "card_charge.begun", seen by billing::InvoicesRead {
        charge: ChargeId, card: CardId, invoice: InvoiceId, customer: CustomerId, number: String, called: String, amount_minor: i64, currency: String, by_plan: bool,
    }
}
kernel::event! {
    pub struct CardChargeSucceeded = "card_charge.succeeded", seen by billing::InvoicesRead {
        charge: ChargeId, card: CardId, invoice: InvoiceId, customer: CustomerId, amount_minor: i64, currency: String,
    }
}
kernel::event! {
    /// Nothing was taken: the invoice is open as before.
    pub struct CardChargeFailed = "card_charge.failed", seen by billing::InvoicesRead {
        charge: ChargeId, card: CardId, invoice: InvoiceId, customer: CustomerId, number: String, called: String, amount_minor: i64, currency: String, status: Status, says: String,
    }
}
kernel::heard! { "card_charge." by who sees seen }

/// An attempt to charge a kept card.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardCharge {
    pub id: ChargeId,
    pub card_id: CardId,
    pub invoice_id: InvoiceId,
    pub amount: Money,
    /// Its maintenance plan says that its invoices are charged by themselves.
    pub by_plan: bool,
    pub status: Status,
    /// Why nothing was taken, for people.
    pub says: Option<String>,
    pub created_at: Timestamp,
}
impl Versioned for CardCharge {
    fn version(&self) -> i64 {
        if self.status == Status::Sending { 1 } else { 2 }
    }
}

/// The attempts to charge an invoice to a kept card, the latest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardCharges {
    pub charges: Vec<CardCharge>,
}

impl Row {
    pub fn money(&self) -> Money {
        Money::new(self.amount_minor, Currency::of(&self.currency).unwrap_or(Currency::USD))
    }
    pub fn called(&self) -> String {
        on_file::called(self.brand.as_deref(), self.last_four.as_deref())
    }
    pub fn shown(self) -> CardCharge {
        CardCharge {
            amount: self.money(),
            id: self.id,
            card_id: self.card_id,
            invoice_id: self.invoice_id,
            by_plan: self.by_plan,
            status: self.status,
            says: self.says,
            created_at: self.created_at,
        }
    }
}

/// The provider has the money. Also where we had given it up before we heard of it.
pub(crate) async fn succeeded(tx: &mut TenantTx, row: &Row, intent: String) -> Result<()> {
    tx.run(mark(row.id, Status::Succeeded, Some(intent), None, tx.now())).await?;
    tx.tell(&CardChargeSucceeded {
        charge: row.id,
        card: row.card_id,
        invoice: row.invoice_id,
        customer: row.customer_id,
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
    });
    Ok(())
}

/// Nothing was taken, and why. Said once.
pub(crate) async fn failed(tx: &mut TenantTx, id: ChargeId, status: Status, says: String) -> Result<()> {
    tx.run(hold(id)).await?;
    let Some(row) = tx.run(find(id)).await?.filter(|row| row.status == Status::Sending) else { return Ok(()) };
    let says: String = says.chars().take(500).collect();
    tx.run(mark(id, status, None, Some(says.clone()), tx.now())).await?;
    tx.tell(&CardChargeFailed {
        called: row.called(),
        charge: id,
        card: row.card_id,
        invoice: row.invoice_id,
        customer: row.customer_id,
        number: row.number,
        amount_minor: row.amount_minor,
        currency: row.currency,
        status,
        says,
    });
    Ok(())
}

pub async fn api(access: Access<billing::InvoicesRead>, Path(id): Path<ChargeId>) -> Result<Json<CardCharge>> {
    access.read(find(id)).await?.map(|row| Json(row.shown())).ok_or(Error::NotFound)
}

pub async fn list_api(
    access: Access<billing::InvoicesRead>,
    Path(invoice): Path<InvoiceId>,
) -> Result<Json<CardCharges>> {
    let (head, charges) = access.read((billing::invoice::head(invoice), of_invoice(invoice))).await?;
    head.ok_or(Error::NotFound)?;
    Ok(Json(CardCharges { charges: charges.into_iter().map(Row::shown).collect() }))
}
