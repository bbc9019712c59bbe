//! A customer's credit: what was paid too much or given back by credit notes, until it is used on an invoice or paid out.
pub mod apply;
mod list;
pub mod page;
pub mod refund;

use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Money, Result, TenantTx, row, sql, text_enum};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

pub use list::api;

use crate::{CreditId, CreditNoteId, CustomerId, InvoiceId, PaymentId, invoice::Head, payment::Method};

text_enum! {
    pub enum Kind {
        Overpaid = "overpaid": "Paid too much",
        OverpaidBack = "overpaid_back": "Payment taken back",
        CreditNote = "credit_note": "Credit note",
        Used = "used": "Used on an invoice",
        Refunded = "refunded": "Paid out",
        RefundFailed = "refund_failed": "Paid out in vain",
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: CreditId,
        pub customer_id: CustomerId,
        pub kind: Kind,
        pub amount_minor: i64,
        pub currency: String,
        pub invoice_id: Option<InvoiceId>,
        pub invoice_number: Option<String>,
        pub credit_note_id: Option<CreditNoteId>,
        pub method: Option<Method>,
        pub reference: Option<String>,
        pub on_day: Date,
        pub created_at: Timestamp,
    }
}

/// An entry: more of it, or less.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Credit {
    pub id: CreditId,
    pub customer_id: CustomerId,
    pub kind: Kind,
    /// Below zero when it was used or paid out.
    pub amount: Money,
    pub invoice_id: Option<InvoiceId>,
    pub credit_note_id: Option<CreditNoteId>,
    /// How it was paid out.
    pub method: Option<Method>,
    pub reference: Option<String>,
    pub on: Date,
    pub created_at: Timestamp,
}

impl kernel::http::Versioned for Credit {
    /// Written once.
    fn version(&self) -> i64 {
        1
    }
}

impl From<Row> for Credit {
    fn from(row: Row) -> Self {
        Self {
            amount: Money::new(row.amount_minor, Currency::of(&row.currency).unwrap_or(Currency::USD)),
            id: row.id,
            customer_id: row.customer_id,
            kind: row.kind,
            invoice_id: row.invoice_id,
            credit_note_id: row.credit_note_id,
            method: row.method,
            reference: row.reference,
            on: row.on_day,
            created_at: row.created_at,
        }
    }
}

sql! {
    // Whoever takes of a customer's credit holds the customer, so that two of these never use the same.
    fn hold(customer: CustomerId) -> Option<CustomerId> = "
        select id from customer where tenant_id = $1 and id = $2 for no key update";
    pub(crate) fn sum_of(customer: CustomerId) -> i64 = "
        select coalesce(sum(amount_minor), 0)::bigint as minor from customer_credit where tenant_id = $1 and customer_id = $2";
    fn insert(id: CreditId, customer: CustomerId, kind: Kind, amount_minor: i64, currency: String, invoice: Option<InvoiceId>, payment: Option<PaymentId>,
              note: Option<CreditNoteId>, method: Option<Method>, reference: Option<String>, on: Date, at: Timestamp, by: Option<Uuid>) = "
        insert into customer_credit (tenant_id, id, customer_id, kind, amount_minor, currency, invoice_id, payment_id, credit_note_id, method, reference, on_day, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    fn latest(customer: CustomerId, before: CreditId, most: i64) -> Vec<Row> = "
        select k.id, k.customer_id, k.kind, k.amount_minor, k.currency, k.invoice_id, i.number as invoice_number, k.credit_note_id, k.method, k.reference, k.on_day, k.created_at
        from customer_credit k left join invoice i on i.tenant_id = $1 and i.id = k.invoice_id
        where k.tenant_id = $1 and k.customer_id = $2 and k.id < $3 order by k.id desc limit $4";
    fn find(id: CreditId) -> Option<Row> = "
        select k.id, k.customer_id, k.kind, k.amount_minor, k.currency, k.invoice_id, i.number as invoice_number, k.credit_note_id, k.method, k.reference, k.on_day, k.created_at
        from customer_credit k left join invoice i on i.tenant_id = $1 and i.id = k.invoice_id
        where k.tenant_id = $1 and k.id = $2";
    fn seen(id: Uuid) -> Option<CustomerId> = "select id from customer where tenant_id = $1 and id = $2";
}
kernel::heard! { "credit." by who sees seen }
kernel::promise! {
    "customer_credit_covered": "", "More of this customer's credit would be used than there is. Load the page again to see how it stands.";
}

/// What there is, and nobody else changes it until the transaction ends.
pub(crate) async fn held(tx: &mut TenantTx, customer: CustomerId) -> Result<i64> {
    let (_, minor) = tx.run((hold(customer), sum_of(customer))).await?;
    Ok(minor)
}

/// What is written down; the amount is below zero for what goes.
pub(crate) struct Entry {
    pub customer: CustomerId,
    pub kind: Kind,
    pub minor: i64,
    pub currency: String,
    pub invoice: Option<InvoiceId>,
    pub payment: Option<PaymentId>,
    pub note: Option<CreditNoteId>,
    pub method: Option<Method>,
    pub reference: Option<String>,
    pub on: Date,
}

impl Entry {
    pub fn of(kind: Kind, invoice: &Head, minor: i64, on: Date) -> Self {
        Self {
            customer: invoice.customer_id,
            kind,
            minor,
            currency: invoice.currency.clone(),
            invoice: Some(invoice.id),
            payment: None,
            note: None,
            method: None,
            reference: None,
            on,
        }
    }
}

pub(crate) fn keep(tx: &mut TenantTx, entry: Entry) -> CreditId {
    let id = CreditId::new();
    let (at, by) = (tx.now(), tx.user());
    let Entry { customer, kind, minor, currency, invoice, payment, note, method, reference, on } = entry;
    tx.queue(insert(id, customer, kind, minor, currency, invoice, payment, note, method, reference, on, at, by));
    id
}
