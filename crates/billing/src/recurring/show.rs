//! What a plan costs, what was billed of it and what will be.
use catalog::{ItemId, TaxRateId};
use jiff::{Span, civil::Date};
use kernel::{
    Access, Error, Money, Result, Scope, TenantTx,
    http::{One, Path, Versioned},
};
use maintenance::{
    PlanId,
    plan::{
        self, Status as PlanStatus,
        turn::{Rest, rests},
    },
    visit::{self, Standing},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Billed, Billing, Period, Rhythm, billed, goes_on_as, lines, of_plan};
use crate::{InvoiceId, invoice::Status, permissions::InvoicesRead};

/// So many periods are shown ahead, and so many that were billed.
const AHEAD: usize = 6;
const BEFORE: i64 = 12;

/// Terms of payment, for what begins from one day to another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PlanTerms")]
pub struct Shown {
    pub from_on: Date,
    pub until_on: Option<Date>,
    pub rhythm: Rhythm,
    pub in_advance: bool,
    pub item_id: Option<ItemId>,
    pub amount: Option<Money>,
    pub tax_rate_id: Option<TaxRateId>,
    pub description: Option<String>,
    pub terms_days: i32,
    pub sends: bool,
    /// The card that the customer keeps is charged with each invoice, if they keep one.
    pub charges: bool,
    /// Why it could not be billed of late.
    pub trouble: Option<String>,
}

/// A period that was billed, or will be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PlanCharge")]
pub struct Charge {
    pub starts_on: Date,
    pub ends_on: Date,
    /// Once it is billed, the day of its invoice.
    pub bills_on: Date,
    /// With its taxes; ahead as they stand today, and none where it cannot be worked out.
    pub total: Option<Money>,
    pub invoice_id: Option<InvoiceId>,
    pub number: Option<String>,
    pub status: Option<Status>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PlanBilling")]
pub struct Plan {
    pub plan_id: PlanId,
    /// The latest first.
    pub terms: Vec<Shown>,
    /// The next six.
    pub ahead: Vec<Charge>,
    /// The latest twelve, the last first.
    pub billed: Vec<Charge>,
    /// The plan that it goes on as, and is billed by.
    pub goes_on_as: Option<PlanId>,
    /// Zero while it is not billed.
    pub version: i64,
}
impl Versioned for Plan {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Plan {
    /// The terms that are in force until somebody says otherwise.
    pub fn now(&self) -> Option<&Shown> {
        self.terms.iter().find(|terms| terms.until_on.is_none())
    }
}

fn shown(tx: &TenantTx, row: &Billing) -> Shown {
    Shown {
        from_on: row.from_on,
        until_on: row.until_on,
        rhythm: row.rhythm,
        in_advance: row.in_advance,
        item_id: row.item_id,
        amount: row.amount_minor.map(|minor| super::money(tx, minor)),
        tax_rate_id: row.tax_rate_id,
        description: row.description.clone(),
        terms_days: row.terms_days,
        sends: row.sends,
        charges: row.charges,
        trouble: row.trouble.clone(),
    }
}

fn charge(row: Billed) -> Charge {
    let currency = kernel::Currency::of(&row.currency).unwrap_or(kernel::Currency::USD);
    Charge {
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        bills_on: row.issued_on.unwrap_or(row.starts_on),
        total: Some(Money::new(row.total_minor, currency)),
        invoice_id: Some(row.invoice_id),
        number: row.number,
        status: Some(row.status),
    }
}

/// The periods of these terms that are still to be billed.
fn periods(row: &Billing, plan: &maintenance::Plan, rests: &[Rest]) -> Vec<Period> {
    let (Some(rounds), Some(next)) = (row.rounds(), row.next_on) else { return vec![] };
    let first = rounds.at(next);
    let all = (first..).map(|n| rounds.period(n));
    all.take_while(|period| row.has(period.starts_on) && plan.ends_on.is_none_or(|ends| period.starts_on <= ends))
        .filter(|period| !rests.iter().any(|rest| rest.has(period.starts_on)))
        .take(AHEAD)
        .collect()
}

/// Visits that are booked or will be, and are not billed yet.
async fn visits(scope: &Scope, plan: &maintenance::Plan, rows: &[Billing]) -> Result<Vec<Date>> {
    if !rows.iter().any(|row| row.rhythm == Rhythm::Visit) {
        return Ok(vec![]);
    }
    let until = scope.local_now().date().saturating_add(Span::new().years(2));
    let ahead = visit::ahead(scope, plan, until, 2 * AHEAD).await?;
    let comes = |standing: &Standing| !matches!(standing, Standing::Skipped | Standing::Holiday);
    Ok(ahead.into_iter().filter(|one| comes(&one.standing)).map(|one| one.due_on).collect())
}

pub async fn view(scope: &Scope, tx: &mut TenantTx, id: PlanId) -> Result<Plan> {
    let (plan, rows, before, after, rests) =
        tx.run((plan::find(id), of_plan(id), billed(id, BEFORE), goes_on_as(id), rests(id))).await?;
    let plan = plan.ok_or(Error::NotFound)?;
    let rows_in_order: Vec<Billing> = rows.iter().rev().cloned().collect();
    let comes = plan.status != PlanStatus::Paused && !plan.customer_archived;
    let days = visits(scope, &plan, &rows).await?;
    let mut ahead = vec![];
    for row in rows_in_order.iter().filter(|_| comes) {
        let periods = match row.rhythm {
            Rhythm::Visit => days
                .iter()
                .filter(|day| row.has(**day) && !before.iter().any(|billed| billed.starts_on == **day))
                .map(|day| Period { starts_on: *day, ends_on: *day })
                .collect(),
            _ => periods(row, &plan, &rests),
        };
        let Some(first) = periods.first() else { continue };
        // What it comes to today; why it cannot be worked out is said once it is billed.
        let total = match lines::of_period(tx, row, &plan, *first).await {
            Ok((basis, input)) => Some(super::money(tx, lines::totals(&basis, input)?.total_minor)),
            Err(Error::Refused(_)) => None,
            Err(error) => return Err(error),
        };
        ahead.extend(periods.into_iter().map(|period| Charge {
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            bills_on: if row.rhythm == Rhythm::Visit { period.starts_on } else { row.bills_on(period) },
            total,
            invoice_id: None,
            number: None,
            status: None,
        }));
    }
    ahead.sort_by_key(|charge| charge.starts_on);
    ahead.truncate(AHEAD);
    Ok(Plan {
        plan_id: id,
        version: rows.iter().find(|row| row.until_on.is_none()).map_or(0, |row| row.version),
        terms: rows.iter().map(|row| shown(tx, row)).collect(),
        ahead,
        billed: before.into_iter().map(charge).collect(),
        goes_on_as: after,
    })
}

pub async fn api(access: Access<InvoicesRead>, Path(id): Path<PlanId>) -> Result<One<Plan>> {
    access.read_with(async |tx: &mut TenantTx| view(&access, tx, id).await).await.map(One)
}
