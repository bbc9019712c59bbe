//! The trial balance: every account's debits and credits, which are equal in sum.
use jiff::civil::Date;
use kernel::{
    Money, Result, Scope,
    access::Access,
    http::{Json, Query},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AccountKind;
use crate::permissions::LedgerRead;

row! {
    struct Row {
        code: String,
        name: String,
        kind: AccountKind,
        debit_minor: i64,
        credit_minor: i64,
    }
}

sql! {
    fn balances(from: Date, to: Date) -> Vec<Row> = "
        select a.code, a.name, a.kind, coalesce(p.debit_minor, 0)::bigint as debit_minor, coalesce(p.credit_minor, 0)::bigint as credit_minor
        from ledger_account a
        left join (
          select e.account_id, sum(e.debit_minor)::bigint as debit_minor, sum(e.credit_minor)::bigint as credit_minor
          from voucher v join voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
          where v.tenant_id = $1 and v.posted_on >= $2 and v.posted_on <= $3
          group by e.account_id
        ) p on p.account_id = a.id
        where a.tenant_id = $1 order by a.code";
    /// What is owed on an account that is a liability.
    pub(crate) fn balance(code: String) -> i64 = "
        select coalesce(sum(e.credit_minor - e.debit_minor), 0)::bigint as minor
        from ledger_account a join voucher_entry e on e.tenant_id = $1 and e.account_id = a.id where a.tenant_id = $1 and a.code = $2";
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day; from the beginning when left out.
    pub from: Option<Date>,
    /// Last day; until today when left out.
    pub to: Option<Date>,
}

impl Period {
    pub fn days(&self, scope: &Scope) -> (Date, Date) {
        let first = self.from.unwrap_or(jiff::civil::date(1970, 1, 1));
        (first, self.to.unwrap_or_else(|| scope.local_now().date()))
    }
    /// What a page shows before anybody asked.
    pub fn or_this_month(self, scope: &Scope) -> Self {
        let today = scope.local_now().date();
        Self { from: self.from.or(Some(today.first_of_month())), to: self.to.or(Some(today)) }
    }
    pub fn or_this_year(self, scope: &Scope) -> Self {
        let today = scope.local_now().date();
        Self { from: self.from.or(Some(today.first_of_year())), to: self.to.or(Some(today)) }
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AccountBalance {
    pub code: String,
    pub name: String,
    pub kind: AccountKind,
    pub debit: Money,
    pub credit: Money,
    /// Debit less credit.
    pub balance: Money,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrialBalance {
    pub accounts: Vec<AccountBalance>,
    pub debit: Money,
    pub credit: Money,
}

pub async fn api(access: Access<LedgerRead>, Query(period): Query<Period>) -> Result<Json<TrialBalance>> {
    trial_balance(&access, &period).await.map(Json)
}

pub async fn trial_balance(scope: &Scope, period: &Period) -> Result<TrialBalance> {
    let (first, last) = period.days(scope);
    let rows = scope.read(balances(first, last)).await?;
    let currency = scope.tenant().locale.currency;
    let money = |minor| Money::new(minor, currency);
    let debit = money(rows.iter().map(|row| row.debit_minor).sum());
    let credit = money(rows.iter().map(|row| row.credit_minor).sum());
    let accounts = rows
        .into_iter()
        .map(|row| AccountBalance {
            debit: money(row.debit_minor),
            credit: money(row.credit_minor),
            balance: money(row.debit_minor - row.credit_minor),
            code: row.code,
            name: row.name,
            kind: row.kind,
        })
        .collect();
    Ok(TrialBalance { accounts, debit, credit })
}
