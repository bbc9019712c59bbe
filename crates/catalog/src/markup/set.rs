//! Adding a markup, and changing its bands.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Cost, Currency, Error, Input, Result, TenantTx, Uuid,
    http::{Created, IfMatch, Json, One, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{MOST, Markup, MarkupId, MarkupSet, all, find};
use crate::{category::CategoryId, item::ItemId, permissions::CatalogWrite, price::reprice::Reprice};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The cost of one from which it counts. What costs less than the first band is left to the next wider markup.
    pub from: Cost,
    /// Millionths of the cost that are added: 45 % is 450000. 0 to 100,000,000.
    pub markup_ppm: i64,
}

/// For one of the three, or for everything.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub item_id: Option<ItemId>,
    pub category_id: Option<CategoryId>,
    /// A group of customers: those with this tag.
    pub tag_id: Option<Uuid>,
    pub bands: Vec<Band>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// All of them.
    pub bands: Vec<Band>,
}

/// In order; a cost belongs to the last band that begins at it or below.
fn check_bands(checks: &mut Checks, bands: &mut [Band]) {
    bands.sort_by_key(|band| band.from.0.minor);
    let many = (1..=20).contains(&bands.len());
    if !checks.that(many, "bands", "count", "Give at least one band and at most 20.") {
        return;
    }
    let apart = bands.windows(2).all(|two| two[0].from.0.minor < two[1].from.0.minor);
    checks.that(apart, "bands", "twice", "Two bands begin at the same cost. Keep one of them.");
    for (n, band) in bands.iter().enumerate() {
        checks.within(&format!("bands/{n}"), |checks| {
            let says = "A band begins between 0 and 1,000,000,000.00.";
            checks.range("from", band.from.0.minor, 0, 100_000_000_000, says);
            let says = "A markup is from 0 to 10,000 %, which is 100,000,000 millionths.";
            checks.range("markup_ppm", band.markup_ppm, 0, 100_000_000, says);
        });
    }
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        let named = [self.item_id.is_some(), self.category_id.is_some(), self.tag_id.is_some()];
        let one = named.iter().filter(|is| **is).count() <= 1;
        checks.that(
            one,
            "item_id",
            "one",
            "A markup is for an item, a category, a tag or everything: name at most one.",
        );
        check_bands(checks, &mut self.bands);
    }
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        check_bands(checks, &mut self.bands);
    }
}

sql! {
    fn insert(id: MarkupId, item: Option<ItemId>, category: Option<CategoryId>, tag: Option<Uuid>, from_minor: Vec<i64>, markup_ppm: Vec<i64>, currency: String, at: Timestamp, by: Option<Uuid>) = "
        insert into markup (tenant_id, id, item_id, category_id, tag_id, from_minor, markup_ppm, currency, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
    fn update(id: MarkupId, seen: i64, from_minor: Vec<i64>, markup_ppm: Vec<i64>, at: Timestamp) -> u64 = "
        update markup set from_minor = $4, markup_ppm = $5, updated_at = $6, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3";
}

fn columns(bands: &[Band]) -> (Vec<i64>, Vec<i64>) {
    bands.iter().map(|band| (band.from.0.minor, band.markup_ppm)).unzip()
}

/// Bands are in the company's currency.
fn own(currency: Currency, bands: &[Band]) -> Result<()> {
    bands.iter().try_for_each(|band| currency.only("/bands", "Costs", Some(band.from.0)))
}

pub async fn create(tx: &mut TenantTx, new: &New, currency: Currency) -> Result<Markup> {
    own(currency, &new.bands)?;
    if tx.run(all()).await?.len() >= MOST {
        return Err(Error::refused("There are at most 500 markups. Remove one that is no longer used."));
    }
    let id = MarkupId::new();
    let (from, ppm) = columns(&new.bands);
    let (at, by) = (tx.now(), tx.user());
    let (tag, code) = (new.tag_id, currency.code().to_owned());
    tx.tell(&MarkupSet { markup: id });
    tx.enqueue(&Reprice::now());
    let row = insert(id, new.item_id, new.category_id, tag, from, ppm, code, at, by);
    let (_, found) = tx.run((row, find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn change(tx: &mut TenantTx, id: MarkupId, seen: i64, change: &Change, currency: Currency) -> Result<Markup> {
    own(currency, &change.bands)?;
    let (from, ppm) = columns(&change.bands);
    let at = tx.now();
    let (touched, found) = tx.run((update(id, seen, from, ppm, at), find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if touched == 0 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&MarkupSet { markup: id });
    tx.enqueue(&Reprice::now());
    Ok(found)
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Markup>>> {
    let currency = access.tenant().locale.currency;
    access
        .once(async |tx: &mut TenantTx| {
            let body = create(tx, &new, currency).await?;
            Ok(Created { location: format!("/api/v1/markups/{}", body.id), body })
        })
        .await
}

pub async fn api_change(
    access: Access<CatalogWrite>,
    Path(id): Path<MarkupId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Markup>> {
    let seen = version.required()?;
    let currency = access.tenant().locale.currency;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, &input, currency).await).await.map(One)
}
