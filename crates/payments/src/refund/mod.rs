//! Money that goes back to the card: asked for here, or begun at the provider.
pub mod ask;
pub mod look;
pub mod page;
pub mod send;

use billing::payment::give_back::Parts;
use jiff::Timestamp;
use kernel::{Currency, Money, row, sql, text_enum};

use crate::{CardPaymentId, CardRefundId, card_payment::CardRefund};

text_enum! {
    pub enum Status {
        Pending = "pending": "On its way",
        Succeeded = "succeeded": "Given back",
        Failed = "failed": "Did not arrive",
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: CardRefundId,
        pub card_payment_id: CardPaymentId,
        pub refund_ref: Option<String>,
        pub amount_minor: i64,
        pub status: Status,
        pub reason: Option<String>,
        pub failure: Option<String>,
        pub credit_minor: i64,
        pub reopened_minor: i64,
        pub lost_minor: i64,
        pub created_at: Timestamp,
    }
}

sql! {
    pub(crate) fn of(payments: Vec<kernel::Uuid>) -> Vec<Row> = "
        select id, card_payment_id, refund_ref, amount_minor, status, reason, failure, credit_minor, reopened_minor, lost_minor, created_at
        from card_refund where tenant_id = $1 and card_payment_id = any ($2) order by id";
    pub(crate) fn find(id: CardRefundId) -> Option<Row> = "
        select id, card_payment_id, refund_ref, amount_minor, status, reason, failure, credit_minor, reopened_minor, lost_minor, created_at
        from card_refund where tenant_id = $1 and id = $2";
    fn seen(id: kernel::Uuid) -> Option<CardRefundId> = "select id from card_refund where tenant_id = $1 and id = $2";
}

kernel::event! {
    /// It goes back to the card, and is in the books.
    pub struct CardRefundBegun = "card_refund.begun", seen by billing::InvoicesRead {
        refund: CardRefundId, card_payment: CardPaymentId, invoice: crate::InvoiceId, customer: customers::CustomerId, number: String, amount_minor: i64, currency: String,
    }
}
kernel::event! {
    pub struct CardRefundSucceeded = "card_refund.succeeded", seen by billing::InvoicesRead { refund: CardRefundId, card_payment: CardPaymentId, invoice: crate::InvoiceId }
}
kernel::event! {
    /// It did not arrive: everything is as it was before.
    pub struct CardRefundFailed = "card_refund.failed", seen by billing::InvoicesRead {
        refund: CardRefundId, card_payment: CardPaymentId, invoice: crate::InvoiceId, customer: customers::CustomerId, number: String, amount_minor: i64, currency: String,
    }
}
kernel::heard! { "card_refund." by who sees seen }

impl Row {
    pub(crate) fn shown(&self, currency: Currency) -> CardRefund {
        CardRefund {
            id: self.id,
            amount: Money::new(self.amount_minor, currency),
            status: self.status,
            reason: self.reason.clone(),
            failure: self.failure.clone(),
            provider_reference: self.refund_ref.clone(),
            created_at: self.created_at,
        }
    }
    fn parts(&self) -> Parts {
        Parts { credit: self.credit_minor, reopened: self.reopened_minor, lost: self.lost_minor }
    }
}
