//! The journal: every entry of every voucher, as a page, and as files that bookkeeping programs take.
use exports::{
    Cell,
    list::{Column, List},
};
use jiff::civil::Date;
use kernel::{
    Access, Cursor, Money, Paged, Result, Scope,
    http::{Page, Query},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{card, link_button, table};

use super::{
    Kind,
    page::{Tab, framed, period_bar, wide},
    trial_balance::Period,
};
use crate::{InvoiceId, permissions::LedgerRead, written};

row! {
    struct Row {
        number: i64, position: i32, posted_on: Date, kind: Kind, memo: String, invoice_id: Option<InvoiceId>, customer: Option<String>,
        code: String, account: String, debit_minor: i64, credit_minor: i64, entry_memo: String,
    }
}

sql! {
    fn after(from: Date, to: Date, number: i64, position: i32, most: i64) -> Vec<Row> = "
        select v.number, e.position, v.posted_on, v.kind, v.memo, v.invoice_id, c.name as customer, a.code, a.name as account,
               e.debit_minor, e.credit_minor, e.memo as entry_memo
        from (select id, number, posted_on, kind, memo, invoice_id from voucher
              where tenant_id = $1 and number >= $4 and posted_on >= $2 and posted_on <= $3 order by number limit $6) v
        join voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
        join ledger_account a on a.tenant_id = $1 and a.id = e.account_id
        left join invoice i on i.tenant_id = $1 and i.id = v.invoice_id
        left join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where (v.number, e.position) > ($4, $5) order by v.number, e.position limit $6";
}

/// One side of a voucher.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JournalEntry {
    pub voucher: i64,
    pub position: i32,
    pub posted_on: Date,
    pub kind: Kind,
    pub memo: String,
    pub customer: Option<String>,
    pub account: String,
    pub account_name: String,
    pub debit: Money,
    pub credit: Money,
    /// Debit less credit.
    pub amount: Money,
    pub entry_memo: String,
    #[serde(skip)]
    invoice: Option<InvoiceId>,
    /// The day as the company's country writes it in files.
    #[serde(skip)]
    day: String,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "JournalAsked")]
pub struct Asked {
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

/// "07/31/2026" where months come first, "31/07/2026" elsewhere.
fn short(day: Date, country: &str) -> String {
    day.strftime(if country == "US" { "%m/%d/%Y" } else { "%d/%m/%Y" }).to_string()
}

async fn entries(scope: &Scope, asked: &Asked) -> Result<Paged<JournalEntry>> {
    let limit = kernel::page::limit(asked.limit)?;
    let (from, to) = Period { from: asked.from, to: asked.to }.days(scope);
    let (number, position) = Cursor::maybe::<(i64, i32)>(asked.cursor.as_deref())?.unwrap_or((0, 0));
    let rows = scope.read(after(from, to, number, position, limit as i64 + 1)).await?;
    let locale = &scope.tenant().locale;
    let money = |minor| Money::new(minor, locale.currency);
    let entry = |row: Row| JournalEntry {
        debit: money(row.debit_minor),
        credit: money(row.credit_minor),
        amount: money(row.debit_minor - row.credit_minor),
        day: short(row.posted_on, &locale.country),
        voucher: row.number,
        position: row.position,
        posted_on: row.posted_on,
        kind: row.kind,
        memo: row.memo,
        customer: row.customer,
        account: row.code,
        account_name: row.account,
        entry_memo: row.entry_memo,
        invoice: row.invoice_id,
    };
    let entries: Vec<JournalEntry> = rows.into_iter().map(entry).collect();
    Ok(Paged::of(entries, limit, |entry| (entry.voucher, entry.position)))
}

pub async fn api(
    access: Access<LedgerRead>,
    Query(asked): Query<Asked>,
) -> Result<kernel::http::Json<Paged<JournalEntry>>> {
    entries(&access, &asked).await.map(kernel::http::Json)
}

pub async fn page(access: Access<LedgerRead>, Query(asked): Query<Asked>) -> Result<Page> {
    let period = Period { from: asked.from, to: asked.to }.or_this_month(&access);
    let (from, to) = period.days(&access);
    let shown = Asked { from: Some(from), to: Some(to), limit: Some(200), cursor: asked.cursor };
    let found = entries(&access, &shown).await?;
    let (tenant, today) = (access.tenant(), access.local_now().date());
    let figure = |money: Money| html! { @if money.minor != 0 { (written::figure(tenant, money)) } };
    let columns = [
        table::Column::lead("Voucher"),
        table::Column::text("Day"),
        table::Column::text("Account"),
        table::Column::number("Debit"),
        table::Column::number("Credit"),
    ];
    let row = |entry: &JournalEntry| {
        let first = entry.position == 1;
        let called = html! { @if first { span.num { "V-" (entry.voucher) } " " @match entry.invoice { Some(id) => a.link href={ "/invoices/" (id) } { (entry.memo) }, None => { (entry.memo) } } } };
        vec![
            called,
            html! { @if first { span.nowrap { (written::short_day(entry.posted_on, today)) } } },
            html! { span.num.dim { (entry.account) } " " (entry.account_name) @if !entry.entry_memo.is_empty() { " " span.dim { "(" (entry.entry_memo) ")" } } },
            figure(entry.debit),
            figure(entry.credit),
        ]
    };
    let rows: Vec<Vec<Markup>> = found.data.iter().map(row).collect();
    let query = format!("?from={from}&to={to}");
    let file = |list: &str, words: &str| {
        html! { @if access.can::<exports::ExportsCreate>() { (link_button(words, format!("/exports/new?list={list}&filter=from%3D{from}%26to%3D{to}")).small().icon("download")) } }
    };
    let body = html! {
        @if rows.is_empty() { (card::empty("Nothing was posted in these days", "Each invoice, payment, credit note and refund posts a voucher here by itself. Nothing is ever changed; what was wrong has its opposite.", html! {}, html! {})) }
        @else {
            (wide("Journal", &columns, &rows))
            @if let Some(cursor) = &found.next_cursor { div.mt-4 { (link_button("Further entries", format!("/books/journal{query}&cursor={cursor}"))) } }
            div."mt-6"."flex"."flex-wrap"."gap-2" { (file("journal", "As a file")) (file("journal_quickbooks", "For QuickBooks")) (file("journal_xero", "For Xero")) }
        }
    };
    Ok(framed(&access, Tab::Journal, period_bar("/books/journal", from, to), body))
}

struct Journal;
struct QuickBooks;
struct Xero;
exports::list! { Journal }
exports::list! { QuickBooks }
exports::list! { Xero }

fn filtered(filter: Asked, cursor: Option<String>) -> Asked {
    Asked { limit: Some(200), cursor, ..filter }
}

impl List for Journal {
    const NAME: &'static str = "journal";
    const LABEL: &'static str = "Journal";
    const HREF: &'static str = "/books/journal";
    type Read = LedgerRead;
    type Filter = Asked;
    type Row = JournalEntry;
    const COLUMNS: &'static [Column<JournalEntry>] = &[
        ("Voucher", |e| Cell::Whole(e.voucher)),
        ("Day", |e| e.posted_on.into()),
        ("Kind", |e| e.kind.label().into()),
        ("Memo", |e| e.memo.as_str().into()),
        ("Customer", |e| (&e.customer).into()),
        ("Account", |e| e.account.as_str().into()),
        ("Account's name", |e| e.account_name.as_str().into()),
        ("Debit", |e| e.debit.into()),
        ("Credit", |e| e.credit.into()),
        ("Currency", |e| e.debit.currency.code().into()),
        ("Of it", |e| e.entry_memo.as_str().into()),
    ];
    async fn page(scope: &Scope, filter: Asked, cursor: Option<String>) -> Result<Paged<JournalEntry>> {
        entries(scope, &filtered(filter, cursor)).await
    }
}

/// The columns that QuickBooks Online takes for journal entries.
impl List for QuickBooks {
    const NAME: &'static str = "journal_quickbooks";
    const LABEL: &'static str = "Journal for QuickBooks";
    const HREF: &'static str = "/books/journal";
    type Read = LedgerRead;
    type Filter = Asked;
    type Row = JournalEntry;
    const COLUMNS: &'static [Column<JournalEntry>] = &[
        ("Journal No", |e| Cell::Whole(e.voucher)),
        ("Journal Date", |e| e.day.as_str().into()),
        ("Account", |e| e.account_name.as_str().into()),
        ("Debits", |e| if e.debit.minor == 0 { Cell::Nothing } else { e.debit.into() }),
        ("Credits", |e| if e.credit.minor == 0 { Cell::Nothing } else { e.credit.into() }),
        ("Description", |e| e.memo.as_str().into()),
        ("Name", |e| (&e.customer).into()),
        ("Currency", |e| e.debit.currency.code().into()),
        ("Memo", |e| e.entry_memo.as_str().into()),
    ];
    async fn page(scope: &Scope, filter: Asked, cursor: Option<String>) -> Result<Paged<JournalEntry>> {
        entries(scope, &filtered(filter, cursor)).await
    }
}

/// The columns of Xero's template for manual journals: debits above zero, credits below.
impl List for Xero {
    const NAME: &'static str = "journal_xero";
    const LABEL: &'static str = "Journal for Xero";
    const HREF: &'static str = "/books/journal";
    type Read = LedgerRead;
    type Filter = Asked;
    type Row = JournalEntry;
    const COLUMNS: &'static [Column<JournalEntry>] = &[
        ("*Narration", |e| Cell::word(format!("V-{} {}", e.voucher, e.memo))),
        ("*Date", |e| e.day.as_str().into()),
        (
            "Description",
            |e| if e.entry_memo.is_empty() { e.memo.as_str().into() } else { e.entry_memo.as_str().into() },
        ),
        ("*AccountCode", |e| e.account.as_str().into()),
        ("*TaxRate", |_| "Tax Exempt".into()),
        ("*Amount", |e| e.amount.into()),
        ("TrackingName1", |_| Cell::Nothing),
        ("TrackingOption1", |_| Cell::Nothing),
        ("TrackingName2", |_| Cell::Nothing),
        ("TrackingOption2", |_| Cell::Nothing),
    ];
    async fn page(scope: &Scope, filter: Asked, cursor: Option<String>) -> Result<Paged<JournalEntry>> {
        entries(scope, &filtered(filter, cursor)).await
    }
}
