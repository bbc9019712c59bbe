//! Changing an item. What was sold before keeps the price it was sold at.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Cost, Error, Input, Money, Result, TenantTx, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Item, ItemId, ItemUpdated, Kind, New, Pricing, SoldAs,
    create::{check_cost, check_price, fits, in_currency, priced},
    find,
    version::{self, Figures},
    words,
};
use crate::{
    category::CategoryId,
    labor_rate::LaborRateId,
    permissions::CatalogWrite,
    price::reprice::{self, Reprice},
    tax_rate::TaxRateId,
};

/// A field that is not sent stays as it is; `null` takes a value away.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    pub kind: Option<Kind>,
    pub price: Option<Money>,
    #[serde(deserialize_with = "chosen")]
    pub cost: Option<Option<Cost>>,
    pub duration_minutes: Option<i32>,
    #[serde(deserialize_with = "chosen")]
    pub category_id: Option<Option<CategoryId>>,
    #[serde(deserialize_with = "chosen")]
    pub code: Option<Option<String>>,
    #[serde(deserialize_with = "chosen")]
    pub description: Option<Option<String>>,
    #[serde(deserialize_with = "chosen")]
    pub unit: Option<Option<String>>,
    #[serde(deserialize_with = "chosen")]
    pub tax_rate_id: Option<Option<TaxRateId>>,
    pub online: Option<bool>,
    pub pricing: Option<Pricing>,
    #[serde(deserialize_with = "chosen")]
    pub labor_rate_id: Option<Option<LaborRateId>>,
    pub sold_as: Option<SoldAs>,
    /// From when price and cost count: today when not given, or a day ahead.
    pub effective_on: Option<Date>,
}

impl Change {
    /// Everything, as a form says it.
    pub fn whole(new: New) -> Self {
        Self {
            name: Some(new.name),
            kind: Some(new.kind),
            price: Some(new.price),
            // Whoever may not see it has no field for it.
            cost: kernel::sight::costs().then_some(new.cost),
            duration_minutes: Some(new.duration_minutes),
            category_id: Some(new.category_id),
            code: Some(new.code),
            description: Some(new.description),
            unit: Some(new.unit),
            tax_rate_id: Some(new.tax_rate_id),
            online: Some(new.online),
            pricing: Some(new.pricing),
            labor_rate_id: Some(new.labor_rate_id),
            sold_as: Some(new.sold_as),
            effective_on: None,
        }
    }
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 120, "a name");
        }
        for (field, value, most) in
            [("code", &mut self.code, 40), ("description", &mut self.description, 2000), ("unit", &mut self.unit, 20)]
        {
            if let Some(value) = value {
                checks.optional(field, value, most);
            }
        }
        if let Some(price) = self.price {
            check_price(checks, price);
        }
        check_cost(checks, self.cost.flatten());
    }
}

sql! {
    fn update(id: ItemId, seen: i64, category: Option<CategoryId>, kind: Kind, name: String, name_key: String, code: Option<String>, description: Option<String>, unit: Option<String>, duration_minutes: i32, price_minor: i64, cost_minor: Option<i64>, currency: String, tax_rate: Option<TaxRateId>, online: bool, pricing: Pricing, labor_rate: Option<LaborRateId>, sold_as: SoldAs, at: Timestamp) -> u64 = "
        update item set category_id = $4, kind = $5, name = $6, name_key = $7, code = $8, description = $9, unit = $10, duration_minutes = $11,
               price_minor = $12, cost_minor = $13, currency = $14, tax_rate_id = $15, online = $16, pricing = $17, labor_rate_id = $18, sold_as = $19, updated_at = $20, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3";
}

pub async fn change(tx: &mut TenantTx, id: ItemId, seen: i64, change: Change) -> Result<Item> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let (kind, online) = (change.kind.unwrap_or(now.kind), change.online.unwrap_or(now.online));
    let minutes = change.duration_minutes.unwrap_or(now.duration_minutes);
    let (pricing, sold_as) = (change.pricing.unwrap_or(now.pricing), change.sold_as.unwrap_or(now.sold_as));
    let (price, cost) = (change.price.unwrap_or(now.price()), change.cost.unwrap_or(now.cost()));
    let today = tx.today();
    let from = change.effective_on.unwrap_or(today);
    let mut checks = Checks::default();
    fits(&mut checks, kind, minutes, online);
    priced(&mut checks, kind, pricing, sold_as, cost.is_some());
    let ahead = today.saturating_add(jiff::Span::new().years(5));
    let says = "A price counts from today or a day ahead, within five years.";
    checks.that((today..=ahead).contains(&from), "effective_on", "range", says);
    checks.done()?;
    let figures = Figures { price: price.minor, cost: cost.map(|cost| cost.0.minor) };
    let dear = figures != Figures { price: now.price_minor, cost: now.cost_minor };
    let moved = dear
        || pricing != now.pricing
        || minutes != now.duration_minutes
        || change.category_id.is_some()
        || change.labor_rate_id.is_some();
    if dear || from > today {
        version::set(tx, &[(id, figures)], from, version::Why::Changed, None).await?;
    }
    // What counts later is not written here today.
    let shown = if from > today { Figures { price: now.price_minor, cost: now.cost_minor } } else { figures };
    let name = change.name.unwrap_or(now.name);
    let (code, description) = (change.code.unwrap_or(now.code), change.description.unwrap_or(now.description));
    let found_by = words::of(&name, code.as_deref(), description.as_deref());
    let statement = update(
        id,
        seen,
        change.category_id.unwrap_or(now.category_id),
        kind,
        name.clone(),
        fold(&name),
        code,
        description,
        change.unit.unwrap_or(now.unit),
        minutes,
        shown.price,
        shown.cost,
        price.currency.code().into(),
        change.tax_rate_id.unwrap_or(now.tax_rate_id),
        online,
        pricing,
        change.labor_rate_id.unwrap_or(now.labor_rate_id),
        sold_as,
        tx.now(),
    );
    let (touched, _) = tx.run((statement, words::forget(id))).await?;
    if touched == 0 {
        return Err(Error::Stale(Some(now.version)));
    }
    tx.queue(words::add(id, found_by));
    if pricing != Pricing::Fixed {
        reprice::some(tx, &[id]).await?;
    }
    if moved {
        tx.enqueue(&Reprice::now());
    }
    let item = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    tx.tell(&ItemUpdated { item: id, price_minor: item.price_minor });
    Ok(item)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<ItemId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Item>> {
    let seen = version.required()?;
    in_currency(&access, input.price, input.cost.flatten())?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}
