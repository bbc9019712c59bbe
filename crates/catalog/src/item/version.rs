//! What an item costs from which day on. A span ends the day before the next begins; what was sold keeps what it was sold at.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Cost, Currency, Error, Money, Paged, Result, TenantTx, Uuid,
    http::{Json, Path},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

use super::{ItemId, find};
use crate::{permissions::CatalogRead, price::reprice::Reprice};

kernel::id!(ItemPriceId);
kernel::text_enum! {
    pub enum Why {
        Found = "found": "As it was",
        New = "new": "Added",
        Changed = "changed": "Changed",
        Reckoned = "reckoned": "By its rule",
        Many = "many": "Changed with others",
        Undone = "undone": "Taken back",
        Import = "import": "Imported",
    }
}

/// Price and cost in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    pub price: i64,
    pub cost: Option<i64>,
}

row! {
    #[derive(Debug, Clone)]
    pub struct Span {
        pub id: ItemPriceId,
        pub item_id: ItemId,
        pub price_minor: i64,
        pub cost_minor: Option<i64>,
        pub from_on: Date,
        pub until_on: Option<Date>,
        pub why: Why,
        pub change_id: Option<Uuid>,
        pub created_at: Timestamp,
    }
}

sql! {
    fn insert(id: ItemPriceId, item: ItemId, price_minor: i64, cost_minor: Option<i64>, from: Date, why: Why, at: Timestamp, by: Option<Uuid>) = "
        insert into item_price (tenant_id, id, item_id, price_minor, cost_minor, from_on, why, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// The spans of these items that hold the day or end with it, until the transaction is over nobody else's to change.
    fn around(items: Vec<Uuid>, on: Date) -> Vec<Span> = "
        select p.id, p.item_id, p.price_minor, p.cost_minor, p.from_on, p.until_on, p.why, p.change_id, p.created_at
        from item_price p where p.tenant_id = $1 and p.item_id = any ($2) and (p.until_on is null or p.until_on >= $3)
        order by p.item_id, p.from_on for update";
    fn drop_spans(ids: Vec<Uuid>) -> u64 = "delete from item_price where tenant_id = $1 and id = any ($2)";
    fn end_spans(ids: Vec<Uuid>, until: Vec<String>) -> u64 = "
        update item_price p set until_on = nullif(n.until_on, '')::date from unnest($2::uuid[], $3::text[]) n(id, until_on)
        where p.tenant_id = $1 and p.id = n.id";
    fn add_spans(ids: Vec<Uuid>, items: Vec<Uuid>, prices: Vec<i64>, costs: Vec<i64>, until: Vec<String>, from: Date, why: Why, change: Option<Uuid>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into item_price (tenant_id, id, item_id, price_minor, cost_minor, from_on, until_on, why, change_id, created_at, created_by)
        select $1::uuid, n.id, n.item_id, n.price_minor, nullif(n.cost_minor, -1), $7::date, nullif(n.until_on, '')::date, $8::text, $9::uuid, $10::timestamptz, $11::uuid
        from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[]) n(id, item_id, price_minor, cost_minor, until_on)";
    pub fn of(item: ItemId) -> Vec<Span> = "
        select p.id, p.item_id, p.price_minor, p.cost_minor, p.from_on, p.until_on, p.why, p.change_id, p.created_at
        from item_price p where p.tenant_id = $1 and p.item_id = $2 order by p.from_on desc limit 100";
}

/// The span an item begins with.
pub(super) fn first(
    item: ItemId,
    price: i64,
    cost: Option<i64>,
    today: Date,
    at: Timestamp,
    by: Option<Uuid>,
) -> kernel::Statement<()> {
    insert(ItemPriceId::new(), item, price, cost, today, Why::New, at, by)
}

/// From that day on, until what is planned for later. Whoever sets again what counts anyway takes a planned price back. The rows of
/// `item` are the caller's to write.
pub async fn set(tx: &mut TenantTx, new: &[(ItemId, Figures)], on: Date, why: Why, change: Option<Uuid>) -> Result<()> {
    let spans = tx.run(around(new.iter().map(|(item, _)| item.0).collect(), on)).await?;
    let mut of: HashMap<ItemId, Vec<&Span>> = HashMap::new();
    for span in &spans {
        of.entry(span.item_id).or_default().push(span);
    }
    let said = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let (mut gone, mut ended, mut ends) = (vec![], vec![], vec![]);
    let (mut ids, mut items, mut prices, mut costs, mut until) = (vec![], vec![], vec![], vec![], vec![]);
    for (item, figures) in new {
        let around = of.remove(item).unwrap_or_default();
        let before = around.iter().rfind(|span| span.from_on < on).copied();
        let at_once = around.iter().find(|span| span.from_on == on).copied();
        let after = around.iter().find(|span| span.from_on > on).copied();
        let end = at_once.map_or_else(|| after.map(|span| span.from_on), |span| span.until_on);
        gone.extend(at_once.map(|span| span.id.0));
        let same = |span: &Span| span.price_minor == figures.price && span.cost_minor == figures.cost;
        if let Some(before) = before {
            let goes_on = same(before);
            ended.push(before.id.0);
            ends.push(said(if goes_on { end } else { Some(on) }));
            if goes_on {
                continue;
            }
        }
        ids.push(ItemPriceId::new().0);
        items.push(item.0);
        prices.push(figures.price);
        costs.push(figures.cost.unwrap_or(-1));
        until.push(said(end));
    }
    let (at, by) = (tx.now(), tx.user());
    tx.run((
        drop_spans(gone),
        end_spans(ended, ends),
        add_spans(ids, items, prices, costs, until, on, why, change, at, by),
    ))
    .await?;
    if on > tx.today() {
        let zone = tx.company().map(|company| company.locale.zone.clone()).unwrap_or(jiff::tz::TimeZone::UTC);
        let midnight = on.to_zoned(zone).map_err(|error| Error::Bug(format!("{on}: {error}")))?;
        tx.enqueue_at(&Reprice::on(on), midnight.timestamp());
    }
    Ok(())
}

/// A stretch of days and what counts in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ItemPrice {
    /// The first day.
    pub from_on: Date,
    /// The day from which the next counts; none: until further notice.
    pub until_on: Option<Date>,
    pub price: Money,
    pub cost: Option<Cost>,
    pub why: Why,
    pub created_at: Timestamp,
}

impl Span {
    pub fn told(&self, currency: Currency) -> ItemPrice {
        ItemPrice {
            from_on: self.from_on,
            until_on: self.until_on,
            price: Money::new(self.price_minor, currency),
            cost: self.cost_minor.map(|minor| Cost(Money::new(minor, currency))),
            why: self.why,
            created_at: self.created_at,
        }
    }
}

/// Latest first, what is planned before that.
pub async fn api(access: Access<CatalogRead>, Path(id): Path<ItemId>) -> Result<Json<Paged<ItemPrice>>> {
    let (item, spans) = access.read((find(id), of(id))).await?;
    let currency = item.ok_or(Error::NotFound)?.price().currency;
    let data = spans.iter().map(|span| span.told(currency)).collect();
    Ok(Json(Paged { data, next_cursor: None }))
}
