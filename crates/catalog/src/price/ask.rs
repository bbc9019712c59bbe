//! What an item sells for to a customer on a day, and why: rule by rule.
use jiff::civil::Date;
use kernel::{
    Access, Cost, Currency, Error, Money, Result, Scope, Uuid,
    http::{Json, Path, Query},
    money::scale,
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Basis, By, Reckoned, Step, read};
use crate::{item::ItemId, permissions::CatalogRead};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// Whose groups count; none: a customer without any.
    pub customer_id: Option<Uuid>,
    /// Today when not given.
    pub on: Option<Date>,
    /// Thousandths: 1500 is 1.5. One when not given.
    pub quantity_milli: Option<i64>,
}

/// A part of a price.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PriceLine {
    pub item_id: Option<ItemId>,
    pub what: String,
    /// Thousandths.
    pub quantity_milli: i64,
    /// Of labor.
    pub minutes: Option<i32>,
    pub unit_price: Money,
    pub amount: Money,
    pub cost: Option<Cost>,
    pub by: By,
    /// The category, group or labor rate whose rule it is.
    pub of: Option<String>,
    /// Millionths of the cost that are added to it; for who may see costs.
    pub markup_ppm: Option<i64>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Price {
    pub item_id: ItemId,
    pub on: Date,
    pub quantity_milli: i64,
    /// Of one of it.
    pub unit_price: Money,
    /// Of so many.
    pub amount: Money,
    /// What so many cost the company, if it is known.
    pub cost: Option<Cost>,
    /// The rule that gave the price.
    pub by: By,
    pub of: Option<String>,
    pub markup_ppm: Option<i64>,
    /// What the price of one consists of.
    pub lines: Vec<PriceLine>,
}

sql! {
    fn is_there(customer: Option<Uuid>) -> bool = "
        select $2::uuid is null or exists (select 1 from customer c where c.tenant_id = $1 and c.id = $2)";
}

fn told(reckoned: Reckoned, item_id: ItemId, on: Date, quantity_milli: i64, currency: Currency) -> Price {
    let money = |minor| Money::new(minor, currency);
    let markup = |ppm: Option<i64>| ppm.filter(|_| kernel::sight::costs());
    let line = |step: Step| PriceLine {
        item_id: step.item,
        what: step.what,
        quantity_milli: step.quantity_milli,
        minutes: step.minutes,
        unit_price: money(step.unit_price),
        amount: money(step.amount),
        cost: step.cost.map(|cost| Cost(money(cost))),
        by: step.by,
        of: step.of,
        markup_ppm: markup(step.markup_ppm),
    };
    Price {
        item_id,
        on,
        quantity_milli,
        unit_price: money(reckoned.price),
        amount: money(scale(reckoned.price, quantity_milli, 1000)),
        cost: reckoned.cost.map(|cost| Cost(money(scale(cost, quantity_milli, 1000)))),
        by: reckoned.by,
        of: reckoned.of,
        markup_ppm: markup(reckoned.markup_ppm),
        lines: reckoned.steps.into_iter().map(line).collect(),
    }
}

/// One round trip.
pub async fn price(scope: &Scope, id: ItemId, asked: &Asked) -> Result<Price> {
    let on = asked.on.unwrap_or_else(|| scope.local_now().date());
    let quantity = asked.quantity_milli.unwrap_or(1000);
    if !(1..=1_000_000_000).contains(&quantity) {
        let says = "A quantity is more than nothing and at most a million.";
        return Err(Error::field("/quantity_milli", "range", says));
    }
    let (there, rows) = scope.read((is_there(asked.customer_id), read(&[id], asked.customer_id, on))).await?;
    let basis = Basis::of(rows);
    let item = basis.items.get(&id).ok_or(Error::NotFound)?;
    if !there {
        return Err(Error::field("/customer_id", "missing", "There is no such customer."));
    }
    Ok(told(basis.reckon(item), id, on, quantity, item.price().currency))
}

pub async fn api(
    access: Access<CatalogRead>,
    Path(id): Path<ItemId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Price>> {
    price(&access, id, &asked).await.map(Json)
}
