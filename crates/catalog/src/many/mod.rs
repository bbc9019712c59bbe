//! Changing many prices at once: looked at first, done as a whole, taken back as a whole.
pub mod apply;
mod before;
pub mod page;
mod plan;
pub mod undo;

use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Currency, Money, Paged, Result,
    http::{Json, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

pub use apply::New;
pub use plan::{How, Round};

use crate::{
    category::CategoryId,
    item::Kind,
    permissions::{CatalogRead, CatalogWrite},
};

kernel::id!(PriceChangeId);
kernel::text_enum! {
    pub enum State { Applied = "applied": "Applied", Undone = "undone": "Taken back" }
}

/// In one transaction: a price book is a few thousand items, and whoever has more chooses by category.
pub const MOST: usize = 5000;

row! {
    #[derive(Debug, Clone)]
    pub struct PriceChange {
        pub id: PriceChangeId,
        pub category_id: Option<CategoryId>,
        pub category: Option<String>,
        pub kind: Option<Kind>,
        pub words: Option<String>,
        pub how: How,
        pub by_value: i64,
        pub round: Round,
        pub effective_on: Date,
        pub items: i64,
        pub was_minor: i64,
        pub new_minor: i64,
        pub currency: String,
        pub status: State,
        pub kept_items: Option<i64>,
        pub undone_at: Option<Timestamp>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}
impl Versioned for PriceChange {
    fn version(&self) -> i64 {
        self.version
    }
}

impl PriceChange {
    pub fn own_currency(&self) -> Currency {
        Currency::of(&self.currency).unwrap_or(Currency::USD)
    }
    pub fn was(&self) -> Money {
        Money::new(self.was_minor, self.own_currency())
    }
    pub fn then(&self) -> Money {
        Money::new(self.new_minor, self.own_currency())
    }
    /// Of markups and margins only for who may see costs.
    fn by_ppm(&self) -> Option<i64> {
        let shown = match self.how {
            How::Percent => true,
            How::Amount => false,
            How::Markup | How::Margin => kernel::sight::costs(),
        };
        shown.then_some(self.by_value)
    }
    fn by(&self) -> Option<Money> {
        (self.how == How::Amount).then(|| Money::new(self.by_value, self.own_currency()))
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PriceChange")]
struct Wire<'a> {
    id: PriceChangeId,
    category_id: Option<CategoryId>,
    category: Option<&'a str>,
    kind: Option<Kind>,
    /// Words that name, code or description began with.
    q: Option<&'a str>,
    how: How,
    /// Millionths.
    by_ppm: Option<i64>,
    by: Option<Money>,
    round: Round,
    effective_on: Date,
    /// How many prices it changed.
    items: i64,
    /// Their sum before and after.
    was: Money,
    new: Money,
    status: State,
    /// Of those taken back, how many had been changed since and stayed.
    kept_items: Option<i64>,
    undone_at: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
}

impl Serialize for PriceChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            id: self.id,
            category_id: self.category_id,
            category: self.category.as_deref(),
            kind: self.kind,
            q: self.words.as_deref(),
            how: self.how,
            by_ppm: self.by_ppm(),
            by: self.by(),
            round: self.round,
            effective_on: self.effective_on,
            items: self.items,
            was: self.was(),
            new: self.then(),
            status: self.status,
            kept_items: self.kept_items,
            undone_at: self.undone_at,
            version: self.version,
            created_at: self.created_at,
        }
        .serialize(serializer)
    }
}
impl JsonSchema for PriceChange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PriceChange".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

sql! {
    fn latest() -> Vec<PriceChange> = "
        select p.id, p.category_id, c.name as category, p.kind, p.words, p.how, p.by_value, p.round, p.effective_on, p.items, p.was_minor, p.new_minor, p.currency, p.status, p.kept_items, p.undone_at, p.version, p.created_at
        from price_change p left join category c on c.tenant_id = $1 and c.id = p.category_id
        where p.tenant_id = $1 order by p.id desc limit 50";
    fn find(id: PriceChangeId) -> Option<PriceChange> = "
        select p.id, p.category_id, c.name as category, p.kind, p.words, p.how, p.by_value, p.round, p.effective_on, p.items, p.was_minor, p.new_minor, p.currency, p.status, p.kept_items, p.undone_at, p.version, p.created_at
        from price_change p left join category c on c.tenant_id = $1 and c.id = p.category_id
        where p.tenant_id = $1 and p.id = $2";
}

kernel::event! { pub struct PricesChanged = "price_change.applied", seen by CatalogWrite { price_change: PriceChangeId, items: i64 } }
kernel::event! { pub struct PricesUndone = "price_change.undone", seen by CatalogWrite { price_change: PriceChangeId, items: i64 } }

kernel::promise! { "price_change_category": "/category_id", "There is no such category." }

/// The latest 50, newest first.
pub async fn api_list(access: Access<CatalogRead>) -> Result<Json<Paged<PriceChange>>> {
    let data = access.read(latest()).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
