//! What customers owe on a day, by how long they are late: read from the vouchers, so that it is what the books say.
use jiff::{ToSpan, civil::Date};
use kernel::{
    Access, Error, Money, Result, Scope,
    http::{Json, Page, Query},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{Filled, button, card, field, table};

use super::page::{Tab, framed, wide};
use crate::{CustomerId, permissions::LedgerRead, written};

row! {
    /// Of a customer; of all together where there is none.
    struct Row { customer_id: Option<CustomerId>, name: Option<String>, not_due: i64, to_30: i64, to_60: i64, to_90: i64, over_90: i64 }
}

sql! {
    // The rows end somewhere; the sums of all, which come first, do not.
    fn owed(on: Date, d30: Date, d60: Date, d90: Date) -> Vec<Row> = "
        select c.id as customer_id, c.name,
               coalesce(sum(o.minor) filter (where i.due_on >= $2), 0)::bigint as not_due,
               coalesce(sum(o.minor) filter (where i.due_on < $2 and i.due_on >= $3), 0)::bigint as to_30,
               coalesce(sum(o.minor) filter (where i.due_on < $3 and i.due_on >= $4), 0)::bigint as to_60,
               coalesce(sum(o.minor) filter (where i.due_on < $4 and i.due_on >= $5), 0)::bigint as to_90,
               coalesce(sum(o.minor) filter (where i.due_on < $5), 0)::bigint as over_90
        from (select v.invoice_id, sum(e.debit_minor - e.credit_minor)::bigint as minor
              from ledger_account a
              join voucher_entry e on e.tenant_id = $1 and e.account_id = a.id
              join voucher v on v.tenant_id = $1 and v.id = e.voucher_id
              where a.tenant_id = $1 and a.code = '1100' and v.posted_on <= $2 and v.invoice_id is not null
              group by v.invoice_id having sum(e.debit_minor - e.credit_minor) <> 0) o
        join invoice i on i.tenant_id = $1 and i.id = o.invoice_id
        join customer c on c.tenant_id = $1 and c.id = i.customer_id
        group by grouping sets ((), (c.id, c.name)) order by grouping(c.id) desc, sum(o.minor) desc, c.id limit 1001";
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "OwedAsked")]
pub struct Asked {
    /// Today when left out.
    pub on: Option<Date>,
}

/// By days after the due date.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Owed {
    pub not_due: Money,
    pub to_30: Money,
    pub to_60: Money,
    pub to_90: Money,
    pub over_90: Money,
    pub total: Money,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OwedBy {
    pub customer_id: CustomerId,
    pub customer_name: String,
    #[serde(flatten)]
    pub owed: Owed,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Receivables {
    pub on: Date,
    /// Of all customers.
    pub all: Owed,
    /// Those who owe most first; at most 1,000.
    pub data: Vec<OwedBy>,
}

fn owed_of(parts: [i64; 5], money: impl Fn(i64) -> Money) -> Owed {
    let [not_due, to_30, to_60, to_90, over_90] = parts.map(&money);
    Owed { not_due, to_30, to_60, to_90, over_90, total: money(parts.iter().sum()) }
}

async fn receivables(scope: &Scope, asked: &Asked) -> Result<Receivables> {
    let on = asked.on.unwrap_or_else(|| scope.local_now().date());
    let ago = |days: i64| on.saturating_sub(days.days());
    let (d30, d60, d90) = (ago(30), ago(60), ago(90));
    let mut rows = scope.read(owed(on, d30, d60, d90)).await?.into_iter();
    let currency = scope.tenant().locale.currency;
    let of = |row: &Row| {
        owed_of([row.not_due, row.to_30, row.to_60, row.to_90, row.over_90], |minor| Money::new(minor, currency))
    };
    let all = rows.next().map(|row| of(&row)).ok_or_else(|| Error::Bug("a sum of nothing has no row".into()))?;
    let by = |row: Row| {
        let owed = of(&row);
        Some(OwedBy { customer_id: row.customer_id?, customer_name: row.name?, owed })
    };
    Ok(Receivables { on, all, data: rows.filter_map(by).collect() })
}

pub async fn api(access: Access<LedgerRead>, Query(asked): Query<Asked>) -> Result<Json<Receivables>> {
    receivables(&access, &asked).await.map(Json)
}

pub async fn page(access: Access<LedgerRead>, Query(asked): Query<Asked>) -> Result<Page> {
    let found = receivables(&access, &asked).await?;
    let tenant = access.tenant();
    let figure = |money: Money| {
        if money.minor == 0 {
            html! { span.dim { "0" } }
        } else {
            html! { (written::figure(tenant, money)) }
        }
    };
    let cells = |first: Markup, owed: &Owed| {
        let parts = [owed.not_due, owed.to_30, owed.to_60, owed.to_90, owed.over_90];
        let mut cells = vec![first];
        cells.extend(parts.into_iter().map(figure));
        cells.push(html! { span.strong { (written::figure(tenant, owed.total)) } });
        cells
    };
    let columns = [
        table::Column::lead("Customer"),
        table::Column::number("Not due"),
        table::Column::number("1–30 days"),
        table::Column::number("31–60"),
        table::Column::number("61–90"),
        table::Column::number("Over 90"),
        table::Column::number("Owed"),
    ];
    let mut rows: Vec<Vec<Markup>> = found
        .data
        .iter()
        .map(|one| cells(html! { a.link href={ "/invoices?status=open&customer_id=" (one.customer_id) } { (one.customer_name) } }, &one.owed))
        .collect();
    if !rows.is_empty() {
        rows.push(cells(html! { span.strong { "All" } }, &found.all));
    }
    let filled = Filled::of([("on", found.on.to_string())]);
    let bar = html! { form.form method="get" action="/books/receivables" { div."flex"."flex-wrap"."items-end"."gap-3" { (field::date(&filled, "on", "As of")) (button("Show")) } } };
    let body = html! {
        @if rows.is_empty() { (card::empty("Nobody owes anything", "What is issued and not paid on that day stands here, by how long it is late.", html! {}, html! {})) }
        @else { (wide("Receivables by age", &columns, &rows)) }
    };
    Ok(framed(&access, Tab::Receivables, bar, body))
}
