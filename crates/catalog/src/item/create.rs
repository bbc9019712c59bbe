//! Adding an item to the price book.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Cost, Error, Input, Money, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Item, ItemCreated, ItemId, Kind, NEEDS_DURATION, Pricing, SoldAs, find, version, words};
use crate::{
    category::CategoryId, labor_rate::LaborRateId, permissions::CatalogWrite, price::reprice, tax_rate::TaxRateId,
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
    pub kind: Kind,
    pub price: Money,
    /// What one of it costs the company.
    pub cost: Option<Cost>,
    /// Minutes; a service needs them.
    #[serde(default)]
    pub duration_minutes: i32,
    pub category_id: Option<CategoryId>,
    pub code: Option<String>,
    pub description: Option<String>,
    /// What one of it is, such as "ft" or "hour".
    pub unit: Option<String>,
    pub tax_rate_id: Option<TaxRateId>,
    /// Offer it on the booking page: services only.
    #[serde(default)]
    pub online: bool,
    /// `fixed` when not given: the price that stands here. The others are reckoned, and `price` is what they begin with.
    #[serde(default = "fixed")]
    pub pricing: Pricing,
    /// Of a service priced by its time; the standard one when not given.
    pub labor_rate_id: Option<LaborRateId>,
    #[serde(default = "one")]
    pub sold_as: SoldAs,
}

pub(super) fn fixed() -> Pricing {
    Pricing::Fixed
}
pub(super) fn one() -> SoldAs {
    SoldAs::One
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "a name");
        checks.optional("code", &mut self.code, 40);
        checks.optional("description", &mut self.description, 2000);
        checks.optional("unit", &mut self.unit, 20);
        fits(checks, self.kind, self.duration_minutes, self.online);
        priced(checks, self.kind, self.pricing, self.sold_as, self.cost.is_some() || !kernel::sight::costs());
        check_price(checks, self.price);
        check_cost(checks, self.cost);
    }
}

pub(crate) fn check_price(checks: &mut Checks, price: Money) {
    checks.range("price", price.minor, 0, 100_000_000_000, "The price is not negative, and at most 1,000,000,000.00.");
}

pub(crate) fn check_cost(checks: &mut Checks, cost: Option<Cost>) {
    let minor = cost.map_or(0, |cost| cost.0.minor);
    checks.range("cost", minor, 0, 100_000_000_000, "The cost is not negative, and at most 1,000,000,000.00.");
}

/// What depends on the kind.
pub(crate) fn fits(checks: &mut Checks, kind: Kind, duration_minutes: i32, online: bool) {
    let needs = kind != Kind::Service || duration_minutes > 0;
    if checks.that(needs, "duration_minutes", "duration", NEEDS_DURATION) {
        checks.range("duration_minutes", duration_minutes.into(), 0, 1440, "At most 24 hours, which are 1440 minutes.");
    }
    let bookable = !online || kind == Kind::Service;
    checks.that(
        bookable,
        "online",
        "online",
        "Only a service can be booked online. Make it a service, or take it off the booking page.",
    );
}

/// How it is priced and sold depends on the kind too.
pub(crate) fn priced(checks: &mut Checks, kind: Kind, pricing: Pricing, sold_as: SoldAs, has_cost: bool) {
    let (good, says) = match pricing {
        Pricing::Fixed => (true, ""),
        Pricing::Time => (kind == Kind::Service, "Only a service is priced by the time it takes."),
        Pricing::Parts => (kind == Kind::Bundle, "Only a bundle is priced by its parts."),
        Pricing::Markup => (
            !matches!(kind, Kind::Service | Kind::Bundle),
            "Materials, equipment and labor are priced by their cost and a markup; a service by its time, a bundle by its parts.",
        ),
    };
    checks.that(good, "pricing", "kind", says);
    let says = "Give what it costs you: the markup is added to it.";
    checks.that(pricing != Pricing::Markup || has_cost, "cost", "required", says);
    let says =
        "Only a bundle that is priced by its parts is sold as its parts. With a price of its own it is one line.";
    let whole = kind == Kind::Bundle && pricing == Pricing::Parts;
    checks.that(sold_as == SoldAs::One || whole, "sold_as", "bundle", says);
}

/// Prices are in the company's currency.
pub(crate) fn in_currency(access: &Access<CatalogWrite>, price: Option<Money>, cost: Option<Cost>) -> Result<()> {
    let ours = access.tenant().locale.currency;
    ours.only("/price", "Prices", price)?;
    ours.only("/cost", "Prices", cost.map(|cost| cost.0))
}

sql! {
    fn insert(id: ItemId, category: Option<CategoryId>, kind: Kind, name: String, name_key: String, code: Option<String>, description: Option<String>, unit: Option<String>, duration_minutes: i32, price_minor: i64, cost_minor: Option<i64>, currency: String, tax_rate: Option<TaxRateId>, online: bool, pricing: Pricing, labor_rate: Option<LaborRateId>, sold_as: SoldAs, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into item (tenant_id, id, category_id, kind, name, name_key, code, description, unit, duration_minutes, price_minor, cost_minor, currency, tax_rate_id, online, pricing, labor_rate_id, sold_as, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)";
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<Item> {
    let id = ItemId::new();
    let words = words::of(&new.name, new.code.as_deref(), new.description.as_deref());
    tx.queue(insert(
        id,
        new.category_id,
        new.kind,
        new.name.clone(),
        fold(&new.name),
        new.code,
        new.description,
        new.unit,
        new.duration_minutes,
        new.price.minor,
        new.cost.map(|cost| cost.0.minor),
        new.price.currency.code().into(),
        new.tax_rate_id,
        new.online,
        new.pricing,
        new.labor_rate_id,
        new.sold_as,
        tx.now(),
        tx.user(),
    ));
    tx.queue(words::add(id, words));
    tx.queue(version::first(id, new.price.minor, new.cost.map(|cost| cost.0.minor), tx.today(), tx.now(), tx.user()));
    tx.tell(&ItemCreated { item: id, price_minor: new.price.minor });
    if new.pricing != Pricing::Fixed {
        reprice::some(tx, &[id]).await?;
    }
    // Read back for the names of category and tax.
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Item>>> {
    in_currency(&access, Some(new.price), new.cost)?;
    access
        .once(async |tx: &mut TenantTx| {
            let item = create(tx, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/items/{}", item.id), body: item })
        })
        .await
}
