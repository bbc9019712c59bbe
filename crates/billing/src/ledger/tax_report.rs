//! What was charged as tax in a period, by tax and rate: invoices issued, less those voided and what credit notes gave back.
use jiff::civil::Date;
use kernel::{
    Access, Money, Result, Scope,
    http::{Json, Page, Query},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Serialize;
use ui::{card, table};

use super::{
    page::{Tab, framed, period_bar, wide},
    trial_balance::Period,
};
use crate::{invoice::TaxLine, permissions::LedgerRead, written};

row! {
    struct Row { name: String, rate_ppm: i64, base_minor: i64, tax_minor: i64 }
}

sql! {
    fn taxes(from: Date, to: Date) -> Vec<Row> = "
        select p.name, p.rate_ppm, sum(p.base_minor)::bigint as base_minor, sum(p.tax_minor)::bigint as tax_minor
        from (select t.name, t.rate_ppm, t.base_minor, t.tax_minor
              from voucher v join invoice_tax t on t.tenant_id = $1 and t.invoice_id = v.subject
              where v.tenant_id = $1 and v.kind = 'invoice' and v.posted_on >= $2 and v.posted_on <= $3
              union all
              select t.name, t.rate_ppm, -t.base_minor, -t.tax_minor
              from voucher v join invoice_tax t on t.tenant_id = $1 and t.invoice_id = v.subject
              where v.tenant_id = $1 and v.kind = 'void' and v.posted_on >= $2 and v.posted_on <= $3
              union all
              select x.name, x.rate_ppm, -x.base_minor, -x.tax_minor
              from voucher v join credit_note n on n.tenant_id = $1 and n.id = v.subject
              cross join lateral jsonb_to_recordset(n.taxes) x(name text, rate_ppm bigint, base_minor bigint, tax_minor bigint)
              where v.tenant_id = $1 and v.kind = 'credit_note' and v.posted_on >= $2 and v.posted_on <= $3) p
        group by p.name, p.rate_ppm order by p.name, p.rate_ppm";
    // What the account of taxes says of the same days: both are the same, or something is wrong.
    fn of_account(from: Date, to: Date) -> i64 = "
        select coalesce(sum(e.credit_minor - e.debit_minor), 0)::bigint as minor
        from ledger_account a
        join voucher_entry e on e.tenant_id = $1 and e.account_id = a.id
        join voucher v on v.tenant_id = $1 and v.id = e.voucher_id
        where a.tenant_id = $1 and a.code = '2200' and v.posted_on >= $2 and v.posted_on <= $3";
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TaxReport {
    pub from: Date,
    pub to: Date,
    pub tax: Money,
    /// What the account of taxes says of these days: the same, or something is wrong.
    pub by_account: Money,
    pub data: Vec<TaxLine>,
}

async fn report(scope: &Scope, period: &Period) -> Result<TaxReport> {
    let (from, to) = period.days(scope);
    let (rows, by_account) = scope.read((taxes(from, to), of_account(from, to))).await?;
    let currency = scope.tenant().locale.currency;
    let money = |minor| Money::new(minor, currency);
    let tax = money(rows.iter().map(|row| row.tax_minor).sum());
    let line = |row: Row| TaxLine {
        name: row.name,
        rate_ppm: row.rate_ppm,
        base: money(row.base_minor),
        tax: money(row.tax_minor),
    };
    Ok(TaxReport { from, to, tax, by_account: money(by_account), data: rows.into_iter().map(line).collect() })
}

pub async fn api(access: Access<LedgerRead>, Query(period): Query<Period>) -> Result<Json<TaxReport>> {
    report(&access, &period).await.map(Json)
}

pub async fn page(access: Access<LedgerRead>, Query(period): Query<Period>) -> Result<Page> {
    let found = report(&access, &period.or_this_month(&access)).await?;
    let tenant = access.tenant();
    let figure = |money: Money| html! { (written::figure(tenant, money)) };
    let columns = [
        table::Column::lead("Tax"),
        table::Column::number("Rate"),
        table::Column::number("On"),
        table::Column::number("Tax"),
    ];
    let row = |tax: &TaxLine| {
        let name = if tax.name.is_empty() { "Tax" } else { &tax.name };
        vec![html! { (name) }, html! { (written::percent(tax.rate_ppm)) " %" }, figure(tax.base), figure(tax.tax)]
    };
    let mut rows: Vec<Vec<Markup>> = found.data.iter().map(row).collect();
    if !rows.is_empty() {
        let strong = |text: Markup| html! { span.strong { (text) } };
        rows.push(vec![strong(html! { "All" }), html! {}, html! {}, strong(figure(found.tax))]);
    }
    let agrees = found.tax.minor == found.by_account.minor;
    let body = html! {
        @if rows.is_empty() { (card::empty("No tax in these days", "What invoices of these days charged stands here by tax and rate, less what was voided or given back.", html! {}, html! {})) }
        @else {
            (wide("Taxes of the period", &columns, &rows))
            p.t13.dim.mt-4 { @if agrees { "Agrees with the account of taxes." } @else { "The account of taxes says " (written::money(tenant, found.by_account)) ": ask us to look into it." } }
        }
    };
    Ok(framed(&access, Tab::Taxes, period_bar("/books/taxes", found.from, found.to), body))
}
