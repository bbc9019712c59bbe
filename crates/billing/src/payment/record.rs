//! Recording a payment: never more than is open, and the voucher with it.
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Money, Result, TenantTx,
    access::Access,
    http::{Created, Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Method, Payment, Row};
use crate::{
    CustomerId, InvoiceId, PaymentId,
    invoice::{Head, Status, hold},
    ledger::{self, post},
    permissions::PaymentsWrite,
};

sql! {
    fn insert(id: PaymentId, invoice_id: InvoiceId, customer_id: CustomerId, amount_minor: i64, currency: String, method: Method,
              reference: Option<String>, received_on: Date, created_by: Option<uuid::Uuid>, at: jiff::Timestamp) = "
        insert into payment (tenant_id, id, invoice_id, customer_id, amount_minor, currency, method, reference, received_on, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    pub(super) fn settle(invoice_id: InvoiceId, paid_minor: i64, status: Status, at: jiff::Timestamp) -> u64 = "
        update invoice set paid_minor = $3, status = $4, updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('issued', 'part_paid', 'paid')";
}

kernel::event! {
    /// Money came in.
    pub struct PaymentRecorded = "payment.recorded", seen by crate::permissions::InvoicesRead {
        payment: PaymentId, invoice: InvoiceId, customer: CustomerId, number: String, amount_minor: i64, currency: String, method: Method, balance_minor: i64,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentInput {
    pub amount: Money,
    pub method: Method,
    /// The number of the cheque, the reference of the transfer.
    #[serde(default)]
    pub reference: Option<String>,
    /// The day it came in; today when left out.
    #[serde(default)]
    pub received_on: Option<Date>,
}

impl Input for PaymentInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.amount.minor > 0, "amount", "range", "A payment is more than nothing.");
        checks.optional("reference", &mut self.reference, 100);
    }
}

/// What the invoice's state is once so much of it is paid.
pub(super) fn status_at(found: &Head, paid_minor: i64) -> Status {
    match paid_minor {
        paid if paid >= found.total_minor => Status::Paid,
        0 => Status::Issued,
        _ => Status::PartPaid,
    }
}

pub async fn record(tx: &mut TenantTx, id: InvoiceId, input: PaymentInput, today: Date) -> Result<Payment> {
    let (found, _) = hold(tx, id, None).await?;
    let number = found.called();
    match found.status {
        Status::Issued | Status::PartPaid => {}
        Status::Draft => return Err(Error::refused("Issue this invoice first; then a payment can be put against it.")),
        Status::Paid => return Err(Error::refused(format!("{number} is paid in full already."))),
        Status::Void => return Err(Error::refused(format!("{number} is void; nothing is owed on it."))),
    }
    if input.amount.currency != found.currency() {
        return Err(Error::field("/amount", "currency", format!("{number} is in {}.", found.currency)));
    }
    let balance = found.balance_minor();
    if input.amount.minor > balance {
        let open = found.money(balance);
        let sentence = format!("Only {} {} is open on {number}. Record at most that.", open.amount(), found.currency);
        return Err(Error::field("/amount", "more_than_balance", sentence));
    }
    let received_on = input.received_on.unwrap_or(today);
    if received_on > today {
        return Err(Error::field(
            "/received_on",
            "future",
            "That day is still to come. Record the payment when it is here.",
        ));
    }
    let paid_minor = found.paid_minor + input.amount.minor;
    let row = Row {
        id: PaymentId::new(),
        invoice_id: id,
        customer_id: found.customer_id,
        amount_minor: input.amount.minor,
        currency: found.currency.clone(),
        method: input.method,
        reference: input.reference,
        received_on,
        reversed_on: None,
        reversed_reason: None,
        created_at: tx.now(),
    };
    tx.queue(insert(
        row.id,
        id,
        row.customer_id,
        row.amount_minor,
        row.currency.clone(),
        row.method,
        row.reference.clone(),
        received_on,
        tx.user(),
        tx.now(),
    ));
    tx.tell(&PaymentRecorded {
        payment: row.id,
        invoice: id,
        customer: row.customer_id,
        number: number.clone(),
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
        method: row.method,
        balance_minor: found.total_minor - paid_minor,
    });
    if tx.run(settle(id, paid_minor, status_at(&found, paid_minor), tx.now())).await? != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::Payment,
        posted_on: received_on,
        subject: row.id.0,
        invoice: id,
        currency: found.currency,
        memo: format!("Payment on {number}, {}", row.method.label().to_lowercase()),
    };
    let entries = [
        post::Entry::debit(row.method.account(), row.amount_minor, String::new()),
        post::Entry::credit(ledger::RECEIVABLE, row.amount_minor, String::new()),
    ];
    post::post(tx, voucher, &entries).await?;
    Ok(row.payment())
}

pub async fn api(
    access: Access<PaymentsWrite>,
    Path(id): Path<InvoiceId>,
    Json(input): Json<PaymentInput>,
) -> Result<Repeatable<Created<Payment>>> {
    let today = access.local_now().date();
    access
        .once(async |tx| {
            let body = record(tx, id, input.clone(), today).await?;
            Ok(Created { location: format!("/api/v1/payments/{}", body.id), body })
        })
        .await
}
