//! A payment by hand: cash, a cheque, a transfer, the card terminal.
pub mod list;
pub mod receipt;
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
    }
}

impl Method {
    /// The account that the money lands in.
    pub fn account(self) -> &'static str {
        match self {
            Self::Cash | Self::Cheque => ledger::CASH,
            Self::Transfer => ledger::BANK,
            Self::CardTerminal => ledger::CARD,
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
        select id, invoice_id, customer_id, amount_minor, kept_minor, currency, method, reference, received_on, reversed_on, reversed_reason, created_at
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
    pub method: Method,
    /// The number of the cheque, the reference of the transfer.
    pub reference: Option<String>,
    pub received_on: Date,
    /// Taken back on that day: it counts for nothing.
    pub reversed_on: Option<Date>,
    pub reversed_reason: Option<String>,
    pub created_at: Timestamp,
}

impl kernel::http::Versioned for Payment {
    /// A payment changes once at most: when it is taken back.
    fn version(&self) -> i64 {
        if self.reversed_on.is_some() { 2 } else { 1 }
    }
}

impl Row {
    pub fn payment(self) -> Payment {
        let currency = Currency::of(&self.currency).unwrap_or(Currency::USD);
        Payment {
            amount: Money::new(self.amount_minor, currency),
            kept: Money::new(self.kept_minor, currency),
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
