//! Recording a payment: never more than is open unless the rest shall be kept for the customer, and the voucher with it.
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
    CustomerId, InvoiceId, PaymentId, credit,
    invoice::{Head, Status, hold},
    ledger::{self, post},
    permissions::PaymentsWrite,
};

sql! {
    fn insert(id: PaymentId, invoice_id: InvoiceId, customer_id: CustomerId, amount_minor: i64, currency: String, method: Method,
              reference: Option<String>, received_on: Date, created_by: Option<uuid::Uuid>, at: jiff::Timestamp, kept_minor: i64) = "
        insert into payment (tenant_id, id, invoice_id, customer_id, amount_minor, currency, method, reference, received_on, created_by, created_at, kept_minor)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    pub(crate) fn settle(invoice_id: InvoiceId, paid_minor: i64, credited_minor: i64, written_off_minor: i64, status: Status, at: jiff::Timestamp) -> u64 = "
        update invoice set paid_minor = $3, credited_minor = $4, written_off_minor = $5, status = $6, updated_at = $7, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('issued', 'part_paid', 'paid', 'written_off')";
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
    /// What goes beyond the invoice is kept as the customer's credit; else it is refused.
    #[serde(default)]
    pub keep_rest: bool,
}

impl Input for PaymentInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.amount.minor > 0, "amount", "range", "A payment is more than nothing.");
        checks.optional("reference", &mut self.reference, 100);
        self.method.by_hand(checks);
    }
}

/// What settles an invoice: what came in, what was given back or set against it, what nobody pays any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub paid: i64,
    pub credited: i64,
    pub written_off: i64,
}

impl Settled {
    pub fn of(found: &Head) -> Self {
        Self { paid: found.paid_minor, credited: found.credited_minor, written_off: found.written_off_minor }
    }
    pub fn open(self, total: i64) -> i64 {
        total - self.paid - self.credited - self.written_off
    }
    fn status(self, total: i64) -> Status {
        match self {
            _ if self.written_off > 0 => Status::WrittenOff,
            _ if self.open(total) <= 0 => Status::Paid,
            Self { paid: 0, credited: 0, .. } => Status::Issued,
            _ => Status::PartPaid,
        }
    }
    /// Keeps it with the invoice, which is held.
    pub async fn keep(self, tx: &mut TenantTx, found: &Head) -> Result<()> {
        let status = self.status(found.total_minor);
        let settle = settle(found.id, self.paid, self.credited, self.written_off, status, tx.now());
        if tx.run(settle).await? == 1 { Ok(()) } else { Err(Error::Stale(Some(found.version))) }
    }
}

/// By hand: refused where something is wrong with it.
pub async fn record(tx: &mut TenantTx, id: InvoiceId, input: PaymentInput, today: Date) -> Result<Payment> {
    let (found, _) = hold(tx, id, None).await?;
    let number = found.called();
    match found.status {
        Status::Issued | Status::PartPaid => {}
        Status::Draft => return Err(Error::refused("Issue this invoice first; then a payment can be put against it.")),
        Status::Paid => return Err(Error::refused(format!("{number} is paid in full already."))),
        Status::WrittenOff => {
            return Err(Error::refused(format!(
                "{number} is written off. Take that back first; then record the payment."
            )));
        }
        Status::Void => return Err(Error::refused(format!("{number} is void; nothing is owed on it."))),
    }
    if input.amount.currency != found.currency() {
        return Err(Error::field("/amount", "currency", format!("{number} is in {}.", found.currency)));
    }
    let balance = found.balance_minor();
    let kept = (input.amount.minor - balance).max(0);
    if kept > 0 && !input.keep_rest {
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
    keep(tx, found, input, kept, received_on).await
}

/// Keeps the payment with all that follows; `kept` of it is the customer's credit. The invoice is held.
pub(super) async fn keep(
    tx: &mut TenantTx,
    found: Head,
    input: PaymentInput,
    kept: i64,
    received_on: Date,
) -> Result<Payment> {
    let (id, number) = (found.id, found.called());
    let applied = input.amount.minor - kept;
    let settled = Settled { paid: found.paid_minor + applied, ..Settled::of(&found) };
    let row = Row {
        id: PaymentId::new(),
        invoice_id: id,
        customer_id: found.customer_id,
        amount_minor: input.amount.minor,
        kept_minor: kept,
        refunded_minor: 0,
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
        kept,
    ));
    tx.tell(&PaymentRecorded {
        payment: row.id,
        invoice: id,
        customer: row.customer_id,
        number: number.clone(),
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
        method: row.method,
        balance_minor: if found.status == Status::Void { 0 } else { settled.open(found.total_minor) },
    });
    if kept > 0 {
        let entry = credit::Entry::of(credit::Kind::Overpaid, &found, kept, received_on);
        credit::keep(tx, credit::Entry { payment: Some(row.id), ..entry });
    }
    if applied > 0 {
        settled.keep(tx, &found).await?;
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::Payment,
        posted_on: received_on,
        subject: row.id.0,
        invoice: Some(id),
        currency: found.currency,
        memo: format!("Payment on {number}, {}", row.method.label().to_lowercase()),
    };
    let entries = [
        post::Entry::debit(row.method.account(), row.amount_minor, String::new()),
        post::Entry::credit(ledger::RECEIVABLE, applied, String::new()),
        post::Entry::credit(ledger::CREDITS, kept, String::new()),
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
