//! What a customer was charged and paid in a period, and what is open: read from the vouchers, so that it is what the books say. That
//! something was written off is the company's own matter and stands on no statement.
mod page;
mod paper;
mod send;

use customers::customer;
use jiff::{ToSpan, civil::Date};
use kernel::{
    Access, Checks, Error, Money, Result, Scope,
    http::{Json, Path, Query},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use page::{page, send_post};
pub use paper::{api as pdf_api, latest};
pub use send::{SendInput, api as send_api};

use crate::{CustomerId, InvoiceId, ledger::Kind, permissions::InvoicesRead};

/// More is no paper that anybody reads.
const MOST: usize = 500;

row! { struct Moved { posted_on: Date, kind: Kind, memo: String, invoice_id: InvoiceId, number: Option<String>, minor: i64 } }
row! { struct Open { invoice_id: InvoiceId, number: String, due_on: Date, minor: i64 } }

sql! {
    fn moved(customer: CustomerId, from: Date, to: Date, most: i64) -> Vec<Moved> = "
        select v.posted_on, v.kind, v.memo, i.id as invoice_id, i.number, sum(e.debit_minor - e.credit_minor)::bigint as minor
        from invoice i
        join voucher v on v.tenant_id = $1 and v.invoice_id = i.id
        join voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
        join ledger_account a on a.tenant_id = $1 and a.id = e.account_id and a.code = '1100'
        where i.tenant_id = $1 and i.customer_id = $2 and v.posted_on >= $3 and v.posted_on <= $4 and v.kind not in ('write_off', 'write_off_reversal')
        group by v.id, v.posted_on, v.number, v.kind, v.memo, i.id, i.number having sum(e.debit_minor - e.credit_minor) <> 0
        order by v.posted_on, v.number limit $5";
    fn before(customer: CustomerId, from: Date) -> i64 = "
        select coalesce(sum(e.debit_minor - e.credit_minor), 0)::bigint as minor
        from invoice i
        join voucher v on v.tenant_id = $1 and v.invoice_id = i.id
        join voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
        join ledger_account a on a.tenant_id = $1 and a.id = e.account_id and a.code = '1100'
        where i.tenant_id = $1 and i.customer_id = $2 and v.posted_on < $3 and v.kind not in ('write_off', 'write_off_reversal')";
    fn open_on(customer: CustomerId, on: Date, most: i64) -> Vec<Open> = "
        select i.id as invoice_id, coalesce(i.number, '') as number, coalesce(i.due_on, $3) as due_on, sum(e.debit_minor - e.credit_minor)::bigint as minor
        from invoice i
        join voucher v on v.tenant_id = $1 and v.invoice_id = i.id
        join voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
        join ledger_account a on a.tenant_id = $1 and a.id = e.account_id and a.code = '1100'
        where i.tenant_id = $1 and i.customer_id = $2 and v.posted_on <= $3 and v.kind not in ('write_off', 'write_off_reversal')
        group by i.id, i.number, i.due_on having sum(e.debit_minor - e.credit_minor) <> 0
        order by i.due_on, i.id limit $4";
    fn credit_on(customer: CustomerId, on: Date) -> i64 = "
        select coalesce(sum(amount_minor), 0)::bigint as minor from customer_credit where tenant_id = $1 and customer_id = $2 and on_day <= $3";
}

/// Days of a statement; the last three months when left out.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "StatementAsked")]
pub struct Asked {
    pub from: Option<Date>,
    /// Today when left out.
    pub to: Option<Date>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StatementLine {
    pub on: Date,
    pub kind: Kind,
    /// As people read it: "Payment on INV-0001, cash".
    pub says: String,
    #[serde(skip)]
    number: Option<String>,
    pub invoice_id: InvoiceId,
    /// Below zero for what makes the balance less.
    pub amount: Money,
    /// What was owed after it.
    pub balance: Money,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OpenInvoice {
    pub invoice_id: InvoiceId,
    pub number: String,
    pub due_on: Date,
    pub open: Money,
    pub overdue: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Statement {
    pub customer_id: CustomerId,
    pub customer_name: String,
    pub from: Date,
    pub to: Date,
    /// What was owed before the first day.
    pub opening: Money,
    /// What is owed at the end of the last.
    pub closing: Money,
    /// What is kept for the customer then, to be used on an invoice or paid out.
    pub credit: Money,
    /// In order.
    pub data: Vec<StatementLine>,
    /// Invoices open at the end of the last day, by due date.
    pub open: Vec<OpenInvoice>,
}

impl Asked {
    fn days(&self, scope: &Scope) -> Result<(Date, Date)> {
        let to = self.to.unwrap_or_else(|| scope.local_now().date());
        let from = self.from.unwrap_or_else(|| to.saturating_sub(3.months()).saturating_add(1.day()));
        if from > to {
            return Err(Error::field("/to", "order", "The last day is not before the first."));
        }
        let mut checks = Checks::default();
        for (field, day) in [("from", from), ("to", to)] {
            checks.that((1990..=2200).contains(&day.year()), field, "range", "Give a day between 1990 and 2200.");
        }
        checks.done()?;
        Ok((from, to))
    }
}

pub async fn statement(scope: &Scope, customer: CustomerId, asked: &Asked) -> Result<Statement> {
    let (from, to) = asked.days(scope)?;
    let most = MOST as i64 + 1;
    let sums = (before(customer, from), credit_on(customer, to));
    let read = (customer::find(customer), moved(customer, from, to, most), open_on(customer, to, most), sums);
    let (who, moved, open, (before, credit)) = scope.read(read).await?;
    if moved.len() > MOST || open.len() > MOST {
        return Err(Error::refused(format!("A statement has at most {MOST} lines. Choose fewer days.")));
    }
    let currency = scope.tenant().locale.currency;
    let money = |minor| Money::new(minor, currency);
    let mut balance = before;
    let line = |row: Moved| {
        balance += row.minor;
        StatementLine {
            on: row.posted_on,
            kind: row.kind,
            says: row.memo,
            number: row.number,
            invoice_id: row.invoice_id,
            amount: money(row.minor),
            balance: money(balance),
        }
    };
    let data: Vec<StatementLine> = moved.into_iter().map(line).collect();
    let open_one = |row: Open| OpenInvoice {
        invoice_id: row.invoice_id,
        number: row.number,
        due_on: row.due_on,
        open: money(row.minor),
        overdue: row.due_on < to,
    };
    Ok(Statement {
        customer_id: who.id,
        customer_name: who.name,
        from,
        to,
        opening: money(before),
        closing: money(balance),
        credit: money(credit),
        data,
        open: open.into_iter().map(open_one).collect(),
    })
}

pub async fn api(
    access: Access<InvoicesRead>,
    Path(id): Path<CustomerId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Statement>> {
    statement(&access, id, &asked).await.map(Json)
}
