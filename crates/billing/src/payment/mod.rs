//! A payment: by hand in cash, by cheque, transfer or the card terminal; or by card online, as its provider says.
pub mod give_back;
pub mod list;
pub mod receipt;
pub mod receive;
pub mod record;
pub mod reverse;

use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Money, row, sql, text_enum};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CustomerId, InvoiceId, PaymentId, ledger};

text_enum! {
    pub enum Method {
        Cash = "cash": "Cash",
        Cheque = "cheque": "Cheque",
        Transfer = "transfer": "Bank transfer",
        CardTerminal = "card_terminal": "Card terminal",
        Card = "card": "Card online",
    }
}

impl Method {
    /// What somebody writes down. A card online is known from its provider alone.
    pub const BY_HAND: [Self; 4] = [Self::Cash, Self::Cheque, Self::Transfer, Self::CardTerminal];

    pub(crate) fn by_hand(self, checks: &mut kernel::Checks) {
        let says = "What is paid by card online comes from the provider by itself. Choose how it came otherwise.";
        checks.that(self != Self::Card, "method", "by_provider", says);
    }

    /// The account that the money lands in.
    pub fn account(self) -> &'static str {
        match self {
            Self::Cash | Self::Cheque => ledger::CASH,
            Self::Transfer => ledger::BANK,
            Self::CardTerminal => ledger::CARD,
            Self::Card => ledger::CARD_ONLINE,
        }
    }
}

row! {
    #[derive(Debug, Clone, serde::Deserialize)]
    pub struct Row {
        pub id: PaymentId,
        pub invoice_id: InvoiceId,
        pub customer_id: CustomerId,
        pub amount_minor: i64,
        #[serde(default)]
        pub kept_minor: i64,
        #[serde(default)]
        pub refunded_minor: i64,
        pub currency: String,
        pub method: Method,
        pub reference: Option<String>,
        pub received_on: Date,
        pub reversed_on: Option<Date>,
        pub reversed_reason: Option<String>,
        pub created_at: Timestamp,
    }
}

sql! {
    pub(crate) fn of_invoice(invoice_id: InvoiceId) -> Vec<Row> = "
        select id, invoice_id, customer_id, amount_minor, kept_minor, refunded_minor, currency, method, reference, received_on, reversed_on, reversed_reason, created_at
        from payment where tenant_id = $1 and invoice_id = $2 order by id";
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Payment {
    pub id: PaymentId,
    pub invoice_id: InvoiceId,
    pub customer_id: CustomerId,
    pub amount: Money,
    /// What of it went beyond the invoice and is kept as the customer's credit.
    pub kept: Money,
    /// What of it was given back, so that it is open on the invoice again.
    pub refunded: Money,
    pub method: Method,
    /// The number of the cheque, the reference of the transfer.
    pub reference: Option<String>,
    pub received_on: Date,
    /// Taken back on that day: it counts for nothing.
    pub reversed_on: Option<Date>,
    pub reversed_reason: Option<String>,
    pub created_at: Timestamp,
}

impl Payment {
    /// What came by card online goes back to the card, and is not crossed out.
    pub fn may_be_taken_back(&self) -> bool {
        self.reversed_on.is_none() && self.method != Method::Card
    }
}

impl kernel::http::Versioned for Payment {
    /// A payment changes when it is taken back, or given back in part.
    fn version(&self) -> i64 {
        1 + i64::from(self.reversed_on.is_some()) + self.refunded.minor.saturating_mul(2)
    }
}

impl Row {
    pub fn payment(self) -> Payment {
        let currency = Currency::of(&self.currency).unwrap_or(Currency::USD);
        Payment {
            amount: Money::new(self.amount_minor, currency),
            kept: Money::new(self.kept_minor, currency),
            refunded: Money::new(self.refunded_minor, currency),
            id: self.id,
            invoice_id: self.invoice_id,
            customer_id: self.customer_id,
            method: self.method,
            reference: self.reference,
            received_on: self.received_on,
            reversed_on: self.reversed_on,
            reversed_reason: self.reversed_reason,
            created_at: self.created_at,
        }
    }
}
