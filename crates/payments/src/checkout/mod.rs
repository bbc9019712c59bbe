//! A checkout: a customer was sent to the provider's page for what is open on an invoice. One at a time; what came of it, the provider says.
pub mod open;
pub mod page;

use jiff::Timestamp;
use kernel::{Currency, row, sql, text_enum};

use crate::{CheckoutId, InvoiceId};

text_enum! {
    pub enum Status {
        Opening = "opening": "Being opened",
        Open = "open": "Open",
        Paid = "paid": "Paid",
        Expired = "expired": "Over",
        Failed = "failed": "Failed",
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Checkout {
        pub id: CheckoutId,
        pub invoice_id: InvoiceId,
        pub session_ref: Option<String>,
        pub amount_minor: i64,
        pub currency: String,
        pub status: Status,
        pub created_at: Timestamp,
    }
}

impl Checkout {
    /// Somebody may pay there.
    pub fn is_under_way(&self) -> bool {
        matches!(self.status, Status::Opening | Status::Open)
    }
}

sql! {
    pub(crate) fn hold(id: CheckoutId) -> Option<Checkout> = "
        select id, invoice_id, session_ref, amount_minor, currency, status, created_at
        from checkout where tenant_id = $1 and id = $2 for no key update";
    pub(crate) fn by_session(session: String) -> Option<Checkout> = "
        select id, invoice_id, session_ref, amount_minor, currency, status, created_at
        from checkout where tenant_id = $1 and session_ref = $2";
    pub(crate) fn newest(invoice: InvoiceId) -> Option<Checkout> = "
        select id, invoice_id, session_ref, amount_minor, currency, status, created_at
        from checkout where tenant_id = $1 and invoice_id = $2 order by id desc limit 1";
    pub(crate) fn mark(id: CheckoutId, status: Status, look_at: Option<Timestamp>, at: Timestamp) -> u64 = "
        update checkout set status = $3, look_at = $4, updated_at = $5 where tenant_id = $1 and id = $2";
    pub(crate) fn due(now: Timestamp, most: i64) -> Vec<Checkout> = "
        select id, invoice_id, session_ref, amount_minor, currency, status, created_at
        from checkout where tenant_id = $1 and look_at <= $2 order by look_at, id limit $3";
}

kernel::promise! {
    "checkout_open_once": "", "The way to pay this invoice is being opened already. Try again in a moment.";
    "checkout_invoice": "", "There is no such invoice.";
}

/// Some currencies the provider counts otherwise than the standard does.
pub fn takes(currency: Currency) -> bool {
    currency.exponent != 3 && !matches!(currency.code(), "ISK" | "UGX")
}
