//! A card's bank takes a payment back because its holder objects: shown, told, and in the books as far as the provider has moved money.
use billing::ledger::{self, post};
use customers::CustomerId;
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Money, Result, Scope, TenantTx, row, sql, text_enum};

use crate::{
    CardDisputeId, CardPaymentId, InvoiceId,
    card_payment::{self, CardDispute, by_intent, hold, settle},
    look::Asked,
    provider::{Disputed, PaymentProvider, Verdict},
};

text_enum! {
    pub enum Status { Open = "open": "Open", Won = "won": "Won", Lost = "lost": "Lost" }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: CardDisputeId,
        pub card_payment_id: CardPaymentId,
        pub invoice_id: InvoiceId,
        pub amount_minor: i64,
        pub reason: String,
        pub status: Status,
        pub due_on: Option<Date>,
        pub withdrawn_minor: i64,
        pub fee_minor: i64,
        pub closed_on: Option<Date>,
        pub created_at: Timestamp,
    }
}

sql! {
    pub(crate) fn of(payments: Vec<kernel::Uuid>) -> Vec<Row> = "
        select id, card_payment_id, invoice_id, amount_minor, reason, status, due_on, withdrawn_minor, fee_minor, closed_on, created_at
        from card_dispute where tenant_id = $1 and card_payment_id = any ($2) order by id";
    fn by_ref(reference: String) -> Option<Row> = "
        select id, card_payment_id, invoice_id, amount_minor, reason, status, due_on, withdrawn_minor, fee_minor, closed_on, created_at
        from card_dispute where tenant_id = $1 and dispute_ref = $2";
    fn insert(id: CardDisputeId, payment: CardPaymentId, invoice: InvoiceId, reference: String, amount_minor: i64, currency: String, reason: String,
              due_on: Option<Date>, at: Timestamp) -> u64 = "
        insert into card_dispute (tenant_id, id, card_payment_id, invoice_id, dispute_ref, amount_minor, currency, reason, status, due_on, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $10)";
    fn withdrawn(id: CardDisputeId, withdrawn_minor: i64, fee_minor: i64, due_on: Option<Date>, at: Timestamp) -> u64 = "
        update card_dispute set withdrawn_minor = $3, fee_minor = $4, due_on = $5, updated_at = $6 where tenant_id = $1 and id = $2";
    fn close(id: CardDisputeId, status: Status, on: Date, at: Timestamp) -> u64 = "
        update card_dispute set status = $3, closed_on = $4, updated_at = $5 where tenant_id = $1 and id = $2 and status = 'open'";
    fn seen(id: kernel::Uuid) -> Option<CardDisputeId> = "select id from card_dispute where tenant_id = $1 and id = $2";
}

kernel::event! {
    pub struct CardDisputeOpened = "card_dispute.opened", seen by billing::InvoicesRead {
        dispute: CardDisputeId, card_payment: CardPaymentId, invoice: InvoiceId, customer: CustomerId, number: String, amount_minor: i64, currency: String,
    }
}
kernel::event! {
    pub struct CardDisputeClosed = "card_dispute.closed", seen by billing::InvoicesRead {
        dispute: CardDisputeId, card_payment: CardPaymentId, invoice: InvoiceId, customer: CustomerId, number: String, status: Status, amount_minor: i64, currency: String,
    }
}
kernel::heard! { "card_dispute." by who sees seen }

impl Row {
    pub(crate) fn shown(&self, currency: Currency) -> CardDispute {
        CardDispute {
            id: self.id,
            amount: Money::new(self.amount_minor, currency),
            status: self.status,
            reason: self.reason.clone(),
            due_on: self.due_on,
            closed_on: self.closed_on,
            created_at: self.created_at,
        }
    }
}

pub async fn at(scope: &Scope, provider: &dyn PaymentProvider, id: &str) -> Result<(), Asked> {
    let said = provider.dispute(id).await?;
    let Some(payment) = said.payment.clone() else { return Ok(()) };
    // What is told of it may be told before the payment itself.
    settle::payment(scope, provider, &payment).await?;
    let Some(row) = scope.read(by_intent(payment)).await? else { return Ok(()) };
    scope.retrying(async |tx: &mut TenantTx| learn(tx, &row, &said).await).await?;
    Ok(())
}

async fn learn(tx: &mut TenantTx, payment: &card_payment::Row, said: &Disputed) -> Result<()> {
    tx.run(hold(payment.id)).await?;
    let row = match tx.run(by_ref(said.id.clone())).await? {
        Some(row) => row,
        None => begin(tx, payment, said).await?,
    };
    if row.status != Status::Open {
        return Ok(());
    }
    // In another currency than the books are kept in, it is for the bookkeeper.
    let ours = said.balance_currency.as_ref().is_none_or(|currency| *currency == payment.currency);
    let (taken, fees) = if ours { (said.taken, said.fees) } else { (0, 0) };
    let due = said.due.and_then(|due| day(tx, due));
    // Once: the provider takes all of it at one time.
    let (taken, fee) = if row.withdrawn_minor == 0 && taken > 0 {
        let fee = fees.max(0);
        let memo = "A card payment is disputed";
        let entries = [
            post::Entry::debit(ledger::DISPUTED, taken, String::new()),
            post::Entry::debit(ledger::CARD_FEES, fee, String::new()),
            post::Entry::credit(ledger::CARD_ONLINE, taken + fee, String::new()),
        ];
        voucher(tx, ledger::Kind::Dispute, &row, payment, memo, &entries).await?;
        (taken, fee)
    } else {
        (row.withdrawn_minor, row.fee_minor)
    };
    let now = tx.now();
    tx.run(withdrawn(row.id, taken, fee, due, now)).await?;
    let status = match said.verdict {
        Verdict::Open => return Ok(()),
        // Won, and the money is not there yet: the next word brings it.
        Verdict::Won if ours && said.returned < taken => return Ok(()),
        Verdict::Won => Status::Won,
        Verdict::Lost => Status::Lost,
    };
    let on = tx.today();
    tx.run(close(row.id, status, on, now)).await?;
    let fee_back = if status == Status::Won { (fee - fees.max(0)).max(0) } else { 0 };
    let entries = match status {
        Status::Lost => [
            post::Entry::debit(ledger::BAD_DEBTS, taken, String::new()),
            post::Entry::credit(ledger::DISPUTED, taken, String::new()),
            post::Entry::credit(ledger::CARD_FEES, 0, String::new()),
        ],
        Status::Won | Status::Open => [
            post::Entry::debit(ledger::CARD_ONLINE, taken + fee_back, String::new()),
            post::Entry::credit(ledger::DISPUTED, taken, String::new()),
            post::Entry::credit(ledger::CARD_FEES, fee_back, String::new()),
        ],
    };
    let memo = if status == Status::Won { "A dispute was won" } else { "A dispute was lost" };
    voucher(tx, ledger::Kind::DisputeClosed, &row, payment, memo, &entries).await?;
    let whose = payment.whose(tx).await?;
    tx.tell(&CardDisputeClosed {
        customer: whose.customer,
        number: whose.number,
        dispute: row.id,
        card_payment: payment.id,
        invoice: payment.invoice_id,
        status,
        amount_minor: row.amount_minor,
        currency: payment.currency.clone(),
    });
    Ok(())
}

fn day(tx: &TenantTx, seconds: i64) -> Option<Date> {
    let zone = tx.company()?.locale.zone.clone();
    Timestamp::from_second(seconds).ok().map(|at| at.to_zoned(zone).date())
}

async fn begin(tx: &mut TenantTx, payment: &card_payment::Row, said: &Disputed) -> Result<Row> {
    let (id, due, now) = (CardDisputeId::new(), said.due.and_then(|due| day(tx, due)), tx.now());
    let (reference, currency) = (said.id.clone(), said.currency.clone());
    let reason = said.reason.clone();
    let row =
        insert(id, payment.id, payment.invoice_id, reference.clone(), said.minor, currency.clone(), reason, due, now);
    tx.run(row).await?;
    let whose = payment.whose(tx).await?;
    tx.tell(&CardDisputeOpened {
        customer: whose.customer,
        number: whose.number,
        dispute: id,
        card_payment: payment.id,
        invoice: payment.invoice_id,
        amount_minor: said.minor,
        currency,
    });
    tx.run(by_ref(reference)).await?.ok_or(kernel::Error::NotFound)
}

async fn voucher(
    tx: &mut TenantTx,
    kind: ledger::Kind,
    row: &Row,
    payment: &card_payment::Row,
    memo: &str,
    entries: &[post::Entry],
) -> Result<()> {
    let voucher = post::Voucher {
        kind,
        posted_on: tx.today(),
        subject: row.id.0,
        invoice: Some(payment.invoice_id),
        currency: payment.currency.clone(),
        memo: memo.to_owned(),
    };
    post::post(tx, voucher, entries).await
}
