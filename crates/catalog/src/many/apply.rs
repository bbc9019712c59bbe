//! Choosing prices and changing them: first what it would do, then that and nothing else.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Currency, Error, Input, Money, Result, Scope, TenantTx, Uuid,
    http::{Created, Json, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    How, MOST, PriceChange, PriceChangeId, PricesChanged, Round, State, find,
    plan::{After, Before, Plan, plan},
};
use crate::{
    category::{self, Category, CategoryId, tree},
    item::{
        ItemId, Kind,
        version::{self, Figures, Why},
        words,
    },
    permissions::CatalogWrite,
    price::reprice::{Reprice, keep},
};

/// Which prices, and what becomes of them. Items whose price is reckoned by rules are never among them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// With all below it.
    pub category_id: Option<CategoryId>,
    pub kind: Option<Kind>,
    /// Beginnings of words of name, code or description.
    pub q: Option<String>,
    pub how: How,
    /// Millionths for `percent` (below 0 lowers), `markup` and `margin`: 5 % is 50000.
    pub by_ppm: Option<i64>,
    /// For `amount`; below 0 lowers.
    pub by: Option<Money>,
    /// `none` when not given.
    #[serde(default = "none")]
    pub round: Round,
    /// Today when not given, or a day ahead.
    pub effective_on: Option<Date>,
    /// As the preview gave it: when something else would come of it by now, nothing is done.
    pub seen: Option<String>,
}

fn none() -> Round {
    Round::None
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("q", &mut self.q, 200);
        checks.optional("seen", &mut self.seen, 40);
        let ppm = self.by_ppm.unwrap_or(0);
        let (given, field, from, to, says) = match self.how {
            How::Percent => (
                self.by_ppm.is_some(),
                "by_ppm",
                -999_999,
                10_000_000,
                "Give by how much per cent: more than −100 and at most 1000.",
            ),
            How::Markup => {
                (self.by_ppm.is_some(), "by_ppm", 0, 100_000_000, "Give the markup in per cent, from 0 to 10,000.")
            }
            How::Margin => (self.by_ppm.is_some(), "by_ppm", 0, 990_000, "Give the margin in per cent, from 0 to 99."),
            How::Amount => {
                (self.by.is_some(), "by", 0, 0, "Give the amount by which prices change, such as 5 or -2.50.")
            }
        };
        if checks.that(given, field, "required", says) && self.how != How::Amount {
            checks.range(field, ppm, from, to, says);
        }
        let amount = self.by.map_or(0, |by| by.minor);
        checks.range("by", amount, -100_000_000_000, 100_000_000_000, "That is beyond what a price can hold.");
    }
}

sql! {
    /// Items with a price of their own, as it counts on the day. The word is a range; without one all are meant.
    fn chosen(on: Date, categories: Vec<Uuid>, kind: Option<Kind>, from: Vec<String>, till: Vec<String>, most: i64) -> Vec<Before> = "
        select i.id, i.name, i.code, i.kind, coalesce(v.price_minor, i.price_minor) as price_minor,
               case when v.id is null then i.cost_minor else v.cost_minor end as cost_minor
        from item i left join item_price v on v.tenant_id = $1 and v.item_id = i.id and v.from_on <= $2 and (v.until_on is null or v.until_on > $2)
        where i.tenant_id = $1 and i.status = 'active' and i.pricing = 'fixed'
          and (cardinality($3::uuid[]) = 0 or i.category_id = any ($3)) and ($4::text is null or i.kind = $4)
          and not exists (select 1 from unnest($5::text[], $6::text[]) a(lo, hi) where not exists (
                select 1 from item_word w where w.tenant_id = $1 and w.item_id = i.id and w.word >= a.lo and w.word < a.hi))
        order by i.name_key, i.id limit $7";
    fn hold(items: Vec<Uuid>) -> u64 = "
        select i.id from item i where i.tenant_id = $1 and i.id = any ($2) order by i.id for update";
    fn insert(id: PriceChangeId, category: Option<CategoryId>, kind: Option<Kind>, words: Option<String>, how: How, by_value: i64, round: Round, on: Date, items: i64, was_minor: i64, new_minor: i64, currency: String, status: State, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into price_change (tenant_id, id, category_id, kind, words, how, by_value, round, effective_on, items, was_minor, new_minor, currency, status, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)";
    fn insert_rows(id: PriceChangeId, items: Vec<Uuid>, was: Vec<i64>, new: Vec<i64>, costs: Vec<i64>) -> u64 = "
        insert into price_change_row (tenant_id, change_id, item_id, was_minor, new_minor, cost_minor)
        select $1::uuid, $2::uuid, n.id, n.was, n.new, nullif(n.cost, -1)
        from unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[]) n(id, was, new, cost)";
}

impl New {
    fn by_value(&self) -> i64 {
        match self.how {
            How::Amount => self.by.map_or(0, |by| by.minor),
            _ => self.by_ppm.unwrap_or(0),
        }
    }

    /// The statement that finds what is meant.
    fn which(&self, categories: &[Category], on: Date) -> kernel::Statement<Vec<Before>> {
        let within = self.category_id.map(|id| tree::with_all_below(categories, id)).unwrap_or_default();
        let (from, till) = words::asked(self.q.as_deref().unwrap_or(""));
        chosen(on, within.iter().map(|id| id.0).collect(), self.kind, from, till, MOST as i64 + 1)
    }

    fn day(&self, today: Date) -> Result<Date> {
        let on = self.effective_on.unwrap_or(today);
        let ahead = today.saturating_add(jiff::Span::new().years(5));
        match (today..=ahead).contains(&on) {
            true => Ok(on),
            false => {
                let says = "A price counts from today or a day ahead, within five years.";
                Err(Error::field("/effective_on", "range", says))
            }
        }
    }

    fn plan(&self, items: Vec<Before>, categories: &[Category], currency: Currency) -> Result<Plan> {
        if self.category_id.is_some_and(|id| categories.iter().all(|one| one.id != id)) {
            return Err(Error::field("/category_id", "missing", "There is no such category."));
        }
        currency.only("/by", "Prices", self.by)?;
        if items.len() > MOST {
            let says = "That would be more than 5,000 prices at once. Choose a category, a kind or a word.";
            return Err(Error::refused(says));
        }
        if matches!(self.how, How::Markup | How::Margin) && !kernel::sight::costs() {
            return Err(Error::refused("Markups and margins are set by those who may see costs."));
        }
        if !kernel::sight::prices() {
            return Err(Error::refused("Prices are changed by those who may see them."));
        }
        Ok(plan(items, self.how, self.by_value(), self.round, currency))
    }
}

/// One of the first fifty.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Preview {
    pub item_id: ItemId,
    pub name: String,
    pub code: Option<String>,
    pub was: Money,
    pub new: Money,
}

/// What a change would do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Outcome {
    /// Of how many items the price would change.
    pub items: i64,
    /// The sum of these prices before and after.
    pub was: Money,
    pub new: Money,
    /// Left out: the change goes by the cost, and nobody wrote theirs down.
    pub without_cost: i64,
    /// Left out: the price comes out as it is.
    pub unchanged: i64,
    pub effective_on: Date,
    /// To be sent with the change itself.
    pub seen: String,
    /// The first 50, by name.
    pub first: Vec<Preview>,
}

fn outcome(plan: &Plan, on: Date, currency: Currency) -> Outcome {
    let money = |minor| Money::new(minor, currency);
    let one = |after: &After| Preview {
        item_id: after.item.id,
        name: after.item.name.clone(),
        code: after.item.code.clone(),
        was: money(after.item.price_minor),
        new: money(after.new_minor),
    };
    Outcome {
        items: plan.changes.len() as i64,
        was: money(plan.was_minor()),
        new: money(plan.new_minor()),
        without_cost: plan.without_cost as i64,
        unchanged: plan.unchanged as i64,
        effective_on: on,
        seen: plan.seen(),
        first: plan.changes.iter().take(50).map(one).collect(),
    }
}

/// Changes nothing.
pub async fn preview(scope: &Scope, new: &New) -> Result<Outcome> {
    let currency = scope.tenant().locale.currency;
    let on = new.day(scope.local_now().date())?;
    let categories = scope.read(category::active()).await?;
    let items = scope.read(new.which(&categories, on)).await?;
    Ok(outcome(&new.plan(items, &categories, currency)?, on, currency))
}

/// All of it, or nothing.
pub async fn apply(tx: &mut TenantTx, new: &New, currency: Currency) -> Result<PriceChange> {
    let today = tx.today();
    let on = new.day(today)?;
    let categories = tx.run(category::active()).await?;
    let found = tx.run(new.which(&categories, on)).await?;
    // Held, and read again: what somebody else changed meanwhile counts.
    let (_, items) = tx.run((hold(found.iter().map(|item| item.id.0).collect()), new.which(&categories, on))).await?;
    let plan = new.plan(items, &categories, currency)?;
    if new.seen.as_ref().is_some_and(|seen| *seen != plan.seen()) {
        return Err(Error::refused("Prices have changed since you looked. Look again at what this would do."));
    }
    if plan.changes.is_empty() {
        return Err(Error::refused("No price would change. Choose other items, or another amount."));
    }
    let id = PriceChangeId::new();
    let (at, by) = (tx.now(), tx.user());
    let count = plan.changes.len() as i64;
    let row = insert(
        id,
        new.category_id,
        new.kind,
        new.q.clone(),
        new.how,
        new.by_value(),
        new.round,
        on,
        count,
        plan.was_minor(),
        plan.new_minor(),
        currency.code().into(),
        State::Applied,
        at,
        by,
    );
    let each = |get: fn(&After) -> i64| plan.changes.iter().map(get).collect::<Vec<i64>>();
    let rows = insert_rows(
        id,
        plan.changes.iter().map(|after| after.item.id.0).collect(),
        each(|after| after.item.price_minor),
        each(|after| after.new_minor),
        each(|after| after.item.cost_minor.unwrap_or(-1)),
    );
    tx.run((row, rows)).await?;
    let figures = |after: &After| (after.item.id, Figures { price: after.new_minor, cost: after.item.cost_minor });
    let figures: Vec<_> = plan.changes.iter().map(figures).collect();
    version::set(tx, &figures, on, Why::Many, Some(id.0)).await?;
    if on <= today {
        keep(tx, &figures).await?;
        tx.enqueue(&Reprice::now());
    }
    tx.tell(&PricesChanged { price_change: id, items: count });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api_preview(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Json<Outcome>> {
    preview(&access, &new).await.map(Json)
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<PriceChange>>> {
    let currency = access.tenant().locale.currency;
    access
        .once(async |tx: &mut TenantTx| {
            let body = apply(tx, &new, currency).await?;
            Ok(Created { location: "/api/v1/price-changes".into(), body })
        })
        .await
}
