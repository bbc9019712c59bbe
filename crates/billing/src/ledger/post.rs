//! Posting a voucher, and posting its opposite. PostgreSQL checks at commit that it balances.
use jiff::{Timestamp, civil::Date};
use kernel::{Error, Result, TenantTx, row, sql};
use uuid::Uuid;

use super::Kind;
use crate::{InvoiceId, VoucherId, series};

sql! {
    fn insert(id: VoucherId, number: i64, kind: Kind, posted_on: Date, subject: Uuid, invoice_id: Option<InvoiceId>, currency: String, memo: String,
              created_by: Option<Uuid>, at: Timestamp) = "
        insert into voucher (tenant_id, id, number, kind, posted_on, subject, invoice_id, currency, memo, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    fn insert_entry(id: Uuid, voucher_id: VoucherId, position: i32, code: String, debit_minor: i64, credit_minor: i64, memo: String) -> u64 = "
        insert into voucher_entry (tenant_id, id, voucher_id, position, account_id, debit_minor, credit_minor, memo)
        select $1, $2, $3, $4, a.id, $6, $7, $8 from ledger_account a where a.tenant_id = $1 and a.code = $5";
    fn entries_of(kind: Kind, subject: Uuid) -> Vec<Posted> = "
        select a.code, e.debit_minor, e.credit_minor, e.memo
        from voucher v
        join voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
        join ledger_account a on a.tenant_id = $1 and a.id = e.account_id
        where v.tenant_id = $1 and v.kind = $2 and v.subject = $3
        order by e.position";
}

row! {
    struct Posted {
        code: String,
        debit_minor: i64,
        credit_minor: i64,
        memo: String,
    }
}

/// What happened, and when. `subject` is the invoice or payment: one voucher of a kind for each.
pub struct Voucher {
    pub kind: Kind,
    pub posted_on: Date,
    pub subject: Uuid,
    /// Money given back has none.
    pub invoice: Option<InvoiceId>,
    pub currency: String,
    pub memo: String,
}

/// One side of a voucher. `minor` above zero is a debit, below zero a credit.
pub struct Entry {
    code: String,
    minor: i64,
    memo: String,
}

impl Entry {
    pub fn debit(code: &str, minor: i64, memo: String) -> Self {
        Self { code: code.to_owned(), minor, memo }
    }
    pub fn credit(code: &str, minor: i64, memo: String) -> Self {
        Self { code: code.to_owned(), minor: -minor, memo }
    }
}

/// Posts the voucher with the next number. Entries of nothing are left out; a voucher of nothing is not posted.
pub async fn post(tx: &mut TenantTx, voucher: Voucher, entries: &[Entry]) -> Result<()> {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| entry.minor != 0).collect();
    if entries.is_empty() {
        return Ok(());
    }
    if entries.iter().map(|entry| i128::from(entry.minor)).sum::<i128>() != 0 {
        return Err(Error::Bug(format!("the voucher \"{}\" does not balance", voucher.memo)));
    }
    super::seed(tx).await?;
    let number = series::take_one(tx, series::VOUCHERS).await?;
    let id = VoucherId::new();
    tx.queue(insert(
        id,
        number,
        voucher.kind,
        voucher.posted_on,
        voucher.subject,
        voucher.invoice,
        voucher.currency,
        voucher.memo.clone(),
        tx.user(),
        tx.now(),
    ));
    let statement = |(position, entry): (i32, &&Entry)| {
        let (debit, credit) = (entry.minor.max(0), (-entry.minor).max(0));
        insert_entry(Uuid::now_v7(), id, position, entry.code.clone(), debit, credit, entry.memo.clone())
    };
    let touched = tx.run((1..).zip(&entries).map(statement).collect::<Vec<_>>()).await?;
    match touched.iter().all(|touched| *touched == 1) {
        true => Ok(()),
        false => Err(Error::Bug(format!("an account of the voucher \"{}\" is missing", voucher.memo))),
    }
}

/// Posts the opposite of the voucher of that kind and subject. Where nothing was posted there is nothing to reverse.
pub async fn reverse(tx: &mut TenantTx, kind: Kind, subject: Uuid, voucher: Voucher) -> Result<()> {
    let posted = tx.run(entries_of(kind, subject)).await?;
    let opposite: Vec<Entry> = posted
        .into_iter()
        .map(|p| Entry { code: p.code, minor: p.credit_minor - p.debit_minor, memo: p.memo })
        .collect();
    post(tx, voucher, &opposite).await
}
