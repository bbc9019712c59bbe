//! The journal: vouchers with their entries, newest first.
use jiff::civil::Date;
use kernel::{
    Currency, Cursor, Error, Money, Paged, Result,
    access::Access,
    http::{Json, Path, Query},
    page, row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

use super::Kind;
use crate::{InvoiceId, VoucherId, permissions::LedgerRead};

row! {
    struct Row {
        id: VoucherId,
        number: i64,
        kind: Kind,
        posted_on: Date,
        subject: Uuid,
        invoice_id: Option<InvoiceId>,
        currency: String,
        memo: String,
    }
}
row! {
    struct EntryRow {
        voucher_id: VoucherId,
        code: String,
        name: String,
        debit_minor: i64,
        credit_minor: i64,
        memo: String,
    }
}

sql! {
    fn list(before: VoucherId, limit: i64) -> Vec<Row> = "
        select id, number, kind, posted_on, subject, invoice_id, currency, memo from voucher
        where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn of_invoice(invoice_id: InvoiceId, before: VoucherId, limit: i64) -> Vec<Row> = "
        select id, number, kind, posted_on, subject, invoice_id, currency, memo from voucher
        where tenant_id = $1 and invoice_id = $2 and id < $3 order by id desc limit $4";
    fn find(id: VoucherId) -> Vec<Row> = "
        select id, number, kind, posted_on, subject, invoice_id, currency, memo from voucher where tenant_id = $1 and id = $2";
    fn entries(vouchers: Vec<Uuid>) -> Vec<EntryRow> = "
        select e.voucher_id, a.code, a.name, e.debit_minor, e.credit_minor, e.memo
        from voucher_entry e join ledger_account a on a.tenant_id = $1 and a.id = e.account_id
        where e.tenant_id = $1 and e.voucher_id = any($2) order by e.voucher_id, e.position";
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    pub invoice_id: Option<InvoiceId>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VoucherEntry {
    pub account: String,
    pub account_name: String,
    pub debit: Money,
    pub credit: Money,
    pub memo: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Voucher {
    pub id: VoucherId,
    /// Without gaps.
    pub number: i64,
    pub kind: Kind,
    pub posted_on: Date,
    /// The invoice or payment it was posted for.
    pub subject: Uuid,
    /// None for money given back.
    pub invoice_id: Option<InvoiceId>,
    pub memo: String,
    pub entries: Vec<VoucherEntry>,
}

fn with_entries(rows: Vec<Row>, entries: Vec<EntryRow>) -> Vec<Voucher> {
    let mut by_voucher: HashMap<VoucherId, Vec<EntryRow>> = HashMap::new();
    for entry in entries {
        by_voucher.entry(entry.voucher_id).or_default().push(entry);
    }
    let voucher = |row: Row| {
        let currency = Currency::of(&row.currency).unwrap_or(Currency::USD);
        let entry = |e: EntryRow| VoucherEntry {
            account: e.code,
            account_name: e.name,
            debit: Money::new(e.debit_minor, currency),
            credit: Money::new(e.credit_minor, currency),
            memo: e.memo,
        };
        Voucher {
            entries: by_voucher.remove(&row.id).unwrap_or_default().into_iter().map(entry).collect(),
            id: row.id,
            number: row.number,
            kind: row.kind,
            posted_on: row.posted_on,
            subject: row.subject,
            invoice_id: row.invoice_id,
            memo: row.memo,
        }
    };
    rows.into_iter().map(voucher).collect()
}

pub async fn api(access: Access<LedgerRead>, Query(ask): Query<Ask>) -> Result<Json<Paged<Voucher>>> {
    let limit = page::limit(ask.limit)?;
    let before = Cursor::maybe::<VoucherId>(ask.cursor.as_deref())?.unwrap_or(VoucherId::max());
    let more = limit as i64 + 1;
    let found = access
        .read_with(async |tx| {
            let rows = match ask.invoice_id {
                Some(invoice) => tx.run(of_invoice(invoice, before, more)).await?,
                None => tx.run(list(before, more)).await?,
            };
            let entries = tx.run(entries(rows.iter().map(|row| row.id.0).collect())).await?;
            Ok(with_entries(rows, entries))
        })
        .await?;
    Ok(Json(Paged::of(found, limit, |voucher| voucher.id)))
}

pub async fn one(access: Access<LedgerRead>, Path(id): Path<VoucherId>) -> Result<Json<Voucher>> {
    let (rows, entries) = access.read((find(id), entries(vec![id.0]))).await?;
    with_entries(rows, entries).pop().map(Json).ok_or(Error::NotFound)
}
