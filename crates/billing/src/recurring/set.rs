//! Says what a plan costs and when it is billed. What has begun stays as it was: a change counts from the next period.
use catalog::{ItemId, TaxRateId, item, tax_rate};
use jiff::{Span, Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Money, Result, Scope, TenantTx,
    http::{IfMatch, Json, One, Path, Repeatable},
    sql,
    sum::MOST_MINOR,
};
use maintenance::{
    Plan, PlanId,
    plan::{Status, hold_still},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Billing, PlanBillingSet, Rhythm, billed, billed_by, close, goes_on_as, next_boundary, of_plan, show};
use crate::{PlanBillingId, invoice::draft::TERMS_DAYS, permissions::RecurringWrite, written};

/// All of it, as it shall be from the next period on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanBillingInput")]
pub struct Terms {
    pub rhythm: Rhythm,
    /// When the period begins, or a visit falls due; otherwise once the period or the visit is over.
    pub in_advance: bool,
    /// What it costs by the price book, on the day it is billed. Either this or `amount`.
    #[serde(default)]
    pub item_id: Option<ItemId>,
    /// What it costs each time; with its taxes in it where the company's prices include them.
    #[serde(default)]
    pub amount: Option<Money>,
    /// The tax of the price book that `amount` is sold with; an item has its own.
    #[serde(default)]
    pub tax_rate_id: Option<TaxRateId>,
    /// As it reads on the invoice; the name of the service when left out.
    #[serde(default)]
    pub description: Option<String>,
    /// The first day that is paid for, where the plan is not billed yet; today, or the day on which it begins, when left out.
    #[serde(default)]
    pub from_on: Option<Date>,
    /// Days to pay. 14 when left out.
    #[serde(default)]
    pub terms_days: Option<i32>,
    /// Each invoice goes to the customer by e-mail. No, when left out.
    #[serde(default)]
    pub sends: Option<bool>,
    /// The card that the customer keeps is charged with each invoice, once. No, when left out.
    #[serde(default)]
    pub charges: Option<bool>,
}

impl Input for Terms {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("description", &mut self.description, 300);
        let terms = "Terms are 0 to 365 days.";
        checks.range("terms_days", i64::from(self.terms_days.unwrap_or(0)), 0, 365, terms);
        let one = self.item_id.is_some() != self.amount.is_some();
        checks.that(one, "amount", "either", "Give an amount, or an item of the price book: one of the two.");
        if let Some(amount) = self.amount {
            checks.range("amount", amount.minor, 1, MOST_MINOR, "An amount is more than nothing.");
        }
        let taxed = self.item_id.is_none() || self.tax_rate_id.is_none();
        checks.that(taxed, "tax_rate_id", "twice", "An item has its tax in the price book; leave this out.");
        let days = self.from_on.is_none_or(|on| (1990..=2200).contains(&on.year()));
        checks.that(days, "from_on", "range", "Give a day between 1990 and 2200.");
    }
}

sql! {
    fn insert(id: PlanBillingId, plan: PlanId, from_on: Date, until_on: Option<Date>, anchor_on: Date, rhythm: Rhythm, in_advance: bool, description: Option<String>,
              item: Option<ItemId>, amount_minor: Option<i64>, tax: Option<TaxRateId>, terms_days: i32, sends: bool, next_on: Option<Date>,
              due_on: Option<Date>, version: i64, at: Timestamp, by: Option<uuid::Uuid>, charges: bool) = "
        insert into plan_billing (tenant_id, id, plan_id, from_on, until_on, anchor_on, rhythm, in_advance, description, item_id, amount_minor, tax_rate_id,
                                  terms_days, sends, next_on, due_on, version, created_at, updated_at, created_by, charges)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18, $19, $20)";
    fn update(id: PlanBillingId, from_on: Date, anchor_on: Date, rhythm: Rhythm, in_advance: bool, description: Option<String>,
              item: Option<ItemId>, amount_minor: Option<i64>, tax: Option<TaxRateId>, terms_days: i32, sends: bool, next_on: Option<Date>,
              due_on: Option<Date>, at: Timestamp, charges: bool) -> u64 = "
        update plan_billing set from_on = $3, anchor_on = $4, rhythm = $5, in_advance = $6, description = $7, item_id = $8, amount_minor = $9,
               tax_rate_id = $10, terms_days = $11, sends = $12, next_on = $13, due_on = $14, trouble = null, retry_at = null,
               version = version + 1, updated_at = $15, charges = $16
        where tenant_id = $1 and id = $2";
}

/// What is named is there and can be sold.
async fn known(tx: &mut TenantTx, terms: &Terms) -> Result<()> {
    if let Some(amount) = terms.amount {
        super::money(tx, 0).currency.only("/amount", "Invoices of this company", Some(amount))?;
    }
    if let Some(id) = terms.item_id {
        let found = tx.run(item::find(id)).await?;
        if found.is_none_or(|item| item.status != item::Status::Active) {
            return Err(Error::field("/item_id", "missing", "There is no such item in the price book."));
        }
    }
    if let Some(id) = terms.tax_rate_id
        && !tx.run(tax_rate::active()).await?.iter().any(|tax| tax.id == id)
    {
        return Err(Error::field("/tax_rate_id", "missing", "There is no such tax in the price book."));
    }
    Ok(())
}

fn billing_of(plan: &Plan, terms: &Terms, from_on: Date, anchor_on: Date) -> Billing {
    let billing = Billing {
        id: PlanBillingId::new(),
        plan_id: plan.id,
        from_on,
        until_on: None,
        anchor_on,
        rhythm: terms.rhythm,
        in_advance: terms.in_advance,
        description: terms.description.clone(),
        item_id: terms.item_id,
        amount_minor: terms.amount.map(|amount| amount.minor),
        tax_rate_id: terms.tax_rate_id,
        terms_days: terms.terms_days.unwrap_or(TERMS_DAYS),
        sends: terms.sends.unwrap_or(false),
        charges: terms.charges.unwrap_or(false),
        next_on: None,
        due_on: None,
        trouble: None,
        version: 1,
    };
    let next = billing.next_from(from_on);
    Billing { next_on: next.map(|next| next.0), due_on: next.map(|next| next.1), ..billing }
}

/// Written down anew, as the one that is in force.
pub(super) fn enter(tx: &mut TenantTx, billing: &Billing) {
    let (at, by) = (tx.now(), tx.user());
    tx.queue(insert(
        billing.id,
        billing.plan_id,
        billing.from_on,
        billing.until_on,
        billing.anchor_on,
        billing.rhythm,
        billing.in_advance,
        billing.description.clone(),
        billing.item_id,
        billing.amount_minor,
        billing.tax_rate_id,
        billing.terms_days,
        billing.sends,
        billing.next_on,
        billing.due_on,
        billing.version,
        at,
        by,
        billing.charges,
    ));
}

/// The first day that may be paid for.
fn earliest(plan: &Plan, last_billed: Option<Date>, rows: &[Billing], but: Option<PlanBillingId>) -> Date {
    let after = |day: Date| day.tomorrow().unwrap_or(day);
    let others = rows.iter().filter(|row| Some(row.id) != but).filter_map(|row| row.until_on).map(after);
    others.chain(last_billed.map(after)).fold(plan.starts_on, Date::max)
}

fn may_begin(plan: &Plan, from_on: Date, earliest: Date, today: Date) -> Result<()> {
    let wrong = |says: String| Err(Error::field("/from_on", "range", says));
    if from_on < earliest {
        let says =
            if earliest == plan.starts_on { "The plan begins on" } else { "What was before is settled. Begin on" };
        return wrong(format!("{says} {}, or later.", written::day(earliest)));
    }
    if from_on < today.saturating_sub(Span::new().years(1)) {
        return wrong("What is more than a year back is not billed by itself. Write an invoice for it.".into());
    }
    if from_on > today.saturating_add(Span::new().years(5)) {
        return wrong("Begin within five years.".into());
    }
    match plan.ends_on {
        Some(ends) if ends < from_on => wrong(format!("The plan ends on {}.", written::day(ends))),
        _ => Ok(()),
    }
}

/// `seen` is the version that the caller saw; 0 where the plan was not billed.
pub async fn set(tx: &mut TenantTx, id: PlanId, seen: i64, terms: &Terms) -> Result<()> {
    let plan = hold_still(tx, id, None).await?;
    let (rows, last, after) = tx.run((of_plan(id), billed(id, 1), goes_on_as(id))).await?;
    let now = rows.iter().find(|row| row.until_on.is_none()).cloned();
    let version = now.as_ref().map_or(0, |now| now.version);
    if version != seen {
        return Err(Error::Stale(Some(version)));
    }
    if plan.status == Status::Ended || after.is_some() {
        let says = match after {
            Some(_) => "This plan goes on as another one. Say there what it costs.",
            None => "This plan has ended and is not billed any more.",
        };
        return Err(Error::refused(says));
    }
    known(tx, terms).await?;
    let (today, at) = (tx.today(), tx.now());
    let last_billed = last.first().map(|period| period.ends_on);
    let from_on = match now {
        None => {
            let earliest = earliest(&plan, last_billed, &rows, None);
            let from_on = terms.from_on.unwrap_or(earliest.max(today));
            may_begin(&plan, from_on, earliest, today)?;
            enter(tx, &billing_of(&plan, terms, from_on, from_on));
            from_on
        }
        Some(now) => {
            let untouched = !tx.run(billed_by(now.id)).await?;
            let ahead = now.from_on > today || now.in_advance && now.rhythm != Rhythm::Visit;
            if untouched && ahead {
                let from_on = terms.from_on.unwrap_or(now.from_on);
                may_begin(&plan, from_on, earliest(&plan, last_billed, &rows, Some(now.id)), today)?;
                let keeps = from_on == now.from_on && terms.rhythm == now.rhythm;
                let anchor = if keeps { now.anchor_on } else { from_on };
                let new = billing_of(&plan, terms, from_on, anchor);
                tx.run(update(
                    now.id,
                    from_on,
                    anchor,
                    new.rhythm,
                    new.in_advance,
                    new.description,
                    new.item_id,
                    new.amount_minor,
                    new.tax_rate_id,
                    new.terms_days,
                    new.sends,
                    new.next_on,
                    new.due_on,
                    at,
                    new.charges,
                ))
                .await?;
                from_on
            } else {
                let begins = next_boundary(&now, last_billed, today);
                if terms.from_on.is_some_and(|on| on != begins) {
                    let says =
                        format!("A change counts from the next period, {}. Leave this out.", written::day(begins));
                    return Err(Error::field("/from_on", "next", says));
                }
                close(tx, &now, begins.yesterday().unwrap_or(begins)).await?;
                let anchor = if terms.rhythm == now.rhythm { now.anchor_on } else { begins };
                enter(tx, &Billing { version: now.version + 1, ..billing_of(&plan, terms, begins, anchor) });
                begins
            }
        }
    };
    tx.tell(&PlanBillingSet { plan: id, from_on });
    Ok(())
}

pub(super) async fn set_and_show(
    scope: &Scope,
    tx: &mut TenantTx,
    id: PlanId,
    seen: i64,
    terms: &Terms,
) -> Result<show::Plan> {
    set(tx, id, seen, terms).await?;
    show::view(scope, tx, id).await
}

pub async fn api(
    access: Access<RecurringWrite>,
    Path(id): Path<PlanId>,
    version: IfMatch,
    Json(terms): Json<Terms>,
) -> Result<Repeatable<One<show::Plan>>> {
    let seen = version.required()?;
    access.once(async |tx: &mut TenantTx| set_and_show(&access, tx, id, seen, &terms).await.map(One)).await
}
