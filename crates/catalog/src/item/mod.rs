//! An item of the price book: a service that can be booked, a material, labor, a machine that is sold, or a bundle of them.
pub mod archive;
pub(crate) mod book;
pub mod change;
pub mod create;
mod export;
pub(crate) mod form;
pub mod list;
pub mod version;
pub(crate) mod words;

use jiff::Timestamp;
use kernel::{Cost, Currency, Money, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

pub use change::{Change, change};
pub use create::{New, create};

pub use crate::category::Status;
use crate::{category::CategoryId, labor_rate::LaborRateId, permissions::CatalogRead, tax_rate::TaxRateId};

kernel::id!(ItemId);
kernel::text_enum! {
    pub enum Kind {
        Service = "service": "Service",
        Material = "material": "Material",
        Labor = "labor": "Labor",
        Equipment = "equipment": "Equipment",
        Bundle = "bundle": "Bundle",
    }
}
kernel::text_enum! {
    /// By what an item is priced.
    pub enum Pricing {
        Fixed = "fixed": "A price of its own",
        Time = "time": "Time and materials",
        Parts = "parts": "The sum of its parts",
        Markup = "markup": "Cost and a markup",
    }
}
kernel::text_enum! {
    /// As what a bundle comes to a job.
    pub enum SoldAs {
        One = "one": "One line",
        Parts = "parts": "Its parts, a line each",
    }
}

row! {
    /// As kept, with the names behind its references. On the wire the price is one amount with its currency.
    #[derive(Debug, Clone)]
    pub struct Item {
        pub id: ItemId,
        pub category_id: Option<CategoryId>,
        pub category: Option<String>,
        pub kind: Kind,
        pub name: String,
        pub code: Option<String>,
        pub description: Option<String>,
        pub unit: Option<String>,
        pub duration_minutes: i32,
        pub price_minor: i64,
        pub cost_minor: Option<i64>,
        pub currency: String,
        pub tax_rate_id: Option<TaxRateId>,
        pub tax_name: Option<String>,
        pub tax_rate_ppm: i64,
        pub online: bool,
        pub pricing: Pricing,
        pub labor_rate_id: Option<LaborRateId>,
        pub sold_as: SoldAs,
        pub status: Status,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Item {
    pub fn price(&self) -> Money {
        Money::new(self.price_minor, self.own_currency())
    }
    pub fn cost(&self) -> Option<Cost> {
        self.cost_minor.map(|minor| Cost(Money::new(minor, self.own_currency())))
    }
    /// What is left of the price, and how much of it that is in tenths of a per cent; the cost shows in it.
    pub fn margin(&self) -> Option<(Cost, i64)> {
        // Beside the cost it would tell the price.
        let left = self.price_minor - self.cost_minor.filter(|_| kernel::sight::prices())?;
        let share = if self.price_minor > 0 { kernel::money::scale(left, 1000, self.price_minor) } else { 0 };
        Some((Cost(Money::new(left, self.own_currency())), share))
    }
    fn own_currency(&self) -> Currency {
        Currency::of(&self.currency).unwrap_or(Currency::USD)
    }
}

impl Versioned for Item {
    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Item")]
struct Wire<'a> {
    id: ItemId,
    category_id: Option<CategoryId>,
    category: Option<&'a str>,
    kind: Kind,
    name: &'a str,
    /// The company's own code for it.
    code: Option<&'a str>,
    description: Option<&'a str>,
    /// What one of it is, such as "ft" or "hour".
    unit: Option<&'a str>,
    /// How long a service takes; 0 for what is not booked.
    duration_minutes: i32,
    price: Money,
    /// What one of it costs the company, if it is known.
    cost: Option<Cost>,
    tax_rate_id: Option<TaxRateId>,
    tax_name: Option<&'a str>,
    /// Millionths: 8.25 % is 82500; 0 without a tax.
    tax_rate_ppm: i64,
    /// Offered on the booking page.
    online: bool,
    /// `price` is today's, for a customer without a markup of their own; `/price` says how it comes about.
    pricing: Pricing,
    /// Of a service priced by its time; none: the standard one.
    labor_rate_id: Option<LaborRateId>,
    sold_as: SoldAs,
    status: Status,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            id: self.id,
            category_id: self.category_id,
            category: self.category.as_deref(),
            kind: self.kind,
            name: &self.name,
            code: self.code.as_deref(),
            description: self.description.as_deref(),
            unit: self.unit.as_deref(),
            duration_minutes: self.duration_minutes,
            price: self.price(),
            cost: self.cost(),
            tax_rate_id: self.tax_rate_id,
            tax_name: self.tax_name.as_deref(),
            tax_rate_ppm: self.tax_rate_ppm,
            online: self.online,
            pricing: self.pricing,
            labor_rate_id: self.labor_rate_id,
            sold_as: self.sold_as,
            status: self.status,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
        .serialize(serializer)
    }
}
impl JsonSchema for Item {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Item".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

sql! {
    pub fn find(id: ItemId) -> Option<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.id = $2";
    /// The services that customers may book by themselves.
    pub fn bookable() -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.online and i.status = 'active'
        order by i.name_key, i.id limit 200";
    /// All active services, for whoever books by telephone.
    pub fn services() -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.kind = 'service' and i.status = 'active'
        order by i.name_key, i.id limit 500";
}

kernel::event! { pub struct ItemCreated = "item.created", seen by CatalogRead { item: ItemId, price_minor: i64 } }
kernel::event! { pub struct ItemUpdated = "item.updated", seen by CatalogRead { item: ItemId, price_minor: i64 } }
kernel::event! { pub struct ItemArchived = "item.archived", seen by CatalogRead { item: ItemId } }
kernel::event! { pub struct ItemRestored = "item.restored", seen by CatalogRead { item: ItemId } }

/// A service without a duration breaks booking silently: no slot is ever offered for it.
pub(crate) const NEEDS_DURATION: &str =
    "A service needs a duration, or nobody can book it. Give the minutes it usually takes, such as 60.";

kernel::promise! {
    "item_code_once": "/code", "Another item has this code already.";
    "item_service_duration": "/duration_minutes", "A service needs a duration, or nobody can book it. Give the minutes it usually takes, such as 60.";
    "item_category": "/category_id", "There is no such category.";
    "item_tax_rate": "/tax_rate_id", "There is no such tax rate.";
    "item_labor_rate": "/labor_rate_id", "There is no such labor rate."
}
