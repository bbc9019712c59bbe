//! What of deposits is owed to customers, deposit by deposit, held against the account's balance.
use jiff::civil::Date;
use kernel::{
    Access, Money, Result, Scope,
    http::{Json, Page},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Serialize;
use ui::{card, note, table};

use crate::{
    CustomerId, InvoiceId,
    ledger::{
        self,
        page::{Tab, framed, wide},
        trial_balance::balance,
    },
    permissions::LedgerRead,
    written,
};

row! {
    struct Row {
        id: InvoiceId, number: Option<String>, customer_id: CustomerId, customer: String, issued_on: Option<Date>, total_minor: i64, paid_minor: i64,
        given_minor: i64, left_minor: i64,
    }
}

sql! {
    // Those that are owed longest first.
    fn owed() -> Vec<Row> = "
        select d.id, d.number, d.customer_id, c.name as customer, d.issued_on, d.total_minor, d.paid_minor, d.given_minor, d.left_minor
        from (
            select i.id, i.number, i.customer_id, i.issued_on, i.sequence, i.total_minor, i.paid_minor, coalesce(deposit_left(i.id), 0)::bigint as left_minor,
                   (select coalesce(sum(n.total_minor), 0)::bigint from credit_note n where n.tenant_id = $1 and n.invoice_id = i.id) as given_minor
            from invoice i where i.tenant_id = $1 and i.holds_deposit) d
        join customer c on c.tenant_id = $1 and c.id = d.customer_id
        where d.left_minor <> 0 order by d.sequence limit 1000";
    fn all() -> i64 = "
        select coalesce(sum(deposit_left(i.id)), 0)::bigint as minor from invoice i where i.tenant_id = $1 and i.holds_deposit";
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OwedDeposit {
    /// The invoice that asked for it.
    pub invoice_id: InvoiceId,
    pub number: Option<String>,
    pub customer_id: CustomerId,
    pub customer_name: String,
    pub issued_on: Option<Date>,
    pub asked: Money,
    pub paid: Money,
    pub given_back: Money,
    /// Taken off by invoices of the work.
    pub taken_off: Money,
    pub left: Money,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OwedDeposits {
    /// What is left of all.
    pub left: Money,
    /// What the account says; the same.
    pub account: Money,
    /// Those owed longest first; at most 1,000.
    pub data: Vec<OwedDeposit>,
}

async fn report(scope: &Scope) -> Result<OwedDeposits> {
    let (rows, left, account) = scope.read((owed(), all(), balance(ledger::DEPOSITS.to_owned()))).await?;
    let currency = scope.tenant().locale.currency;
    let money = |minor| Money::new(minor, currency);
    let one = |row: Row| OwedDeposit {
        invoice_id: row.id,
        number: row.number,
        customer_id: row.customer_id,
        customer_name: row.customer,
        issued_on: row.issued_on,
        asked: money(row.total_minor),
        paid: money(row.paid_minor),
        given_back: money(row.given_minor),
        taken_off: money(row.total_minor - row.given_minor - row.left_minor),
        left: money(row.left_minor),
    };
    Ok(OwedDeposits { left: money(left), account: money(account), data: rows.into_iter().map(one).collect() })
}

pub async fn owed_api(access: Access<LedgerRead>) -> Result<Json<OwedDeposits>> {
    report(&access).await.map(Json)
}

pub async fn owed_page(access: Access<LedgerRead>) -> Result<Page> {
    let found = report(&access).await?;
    let (tenant, today) = (access.tenant(), access.local_now().date());
    let figure =
        |money: Money| html! { @if money.minor == 0 { span.dim { "0" } } @else { (written::figure(tenant, money)) } };
    let columns = [
        table::Column::lead("Deposit"),
        table::Column::text("Asked for"),
        table::Column::number("Amount"),
        table::Column::number("Paid"),
        table::Column::number("Taken off"),
        table::Column::number("Given back"),
        table::Column::number("Left"),
    ];
    let row = |one: &OwedDeposit| {
        let lead = html! { a.link.nowrap href={ "/invoices/" (one.invoice_id) } { (one.number.as_deref().unwrap_or_default()) } " " span.dim { (one.customer_name) } };
        let day =
            html! { span.nowrap { (one.issued_on.map(|day| written::short_day(day, today)).unwrap_or_default()) } };
        let left = html! { span.strong { (figure(one.left)) } };
        vec![lead, day, figure(one.asked), figure(one.paid), figure(one.taken_off), figure(one.given_back), left]
    };
    let mut rows: Vec<Vec<Markup>> = found.data.iter().map(row).collect();
    if !rows.is_empty() {
        let blank = || html! {};
        let all = html! { span.strong { (figure(found.left)) } };
        rows.push(vec![html! { span.strong { "All" } }, blank(), blank(), blank(), blank(), blank(), all]);
    }
    let body = html! {
        @if rows.is_empty() { (card::empty("No deposit is kept for a customer", "A deposit is owed to whoever paid it until the invoice of the work takes it off. Until then it stands here.", html! {}, html! {})) }
        @else { (wide("Deposits of customers", &columns, &rows)) }
        div."mt-4" {
            @if found.account == found.left { @if !rows.is_empty() { p.soft.t13 { "Agrees with the account of deposits." } } }
            @else { (note("danger", html! { p { "The account of deposits says " (written::money(tenant, found.account)) ". Please tell us." } })) }
        }
    };
    Ok(framed(&access, Tab::Deposits, html! {}, body))
}
