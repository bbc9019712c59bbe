//! What is added to a cost: bands of per cent for an item, a category with all below it, the customers with a tag, or everything.
pub mod page;
pub mod remove;
pub mod set;

use jiff::Timestamp;
use kernel::{
    Access, Cost, Currency, Money, Paged, Result, Uuid,
    http::{Json, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::{
    category::CategoryId,
    item::ItemId,
    permissions::{CatalogRead, CatalogWrite},
};

kernel::id!(MarkupId);

row! {
    /// As kept, with the names of what it is for.
    #[derive(Debug, Clone)]
    pub struct Markup {
        pub id: MarkupId,
        pub item_id: Option<ItemId>,
        pub category_id: Option<CategoryId>,
        pub tag_id: Option<Uuid>,
        pub name: Option<String>,
        pub from_minor: Vec<i64>,
        pub markup_ppm: Vec<i64>,
        pub currency: String,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Markup {
    fn version(&self) -> i64 {
        self.version
    }
}

/// From this cost on, until the next band begins.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Told {
    pub from: Cost,
    /// Millionths of the cost that are added: 45 % is 450000. For who may see costs.
    pub markup_ppm: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Markup")]
struct Wire<'a> {
    id: MarkupId,
    item_id: Option<ItemId>,
    category_id: Option<CategoryId>,
    /// A group of customers: those with this tag.
    tag_id: Option<Uuid>,
    /// Of the item, category or tag; none: it counts for all.
    name: Option<&'a str>,
    bands: Vec<Told>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Markup {
    pub fn bands(&self) -> Vec<Told> {
        let currency = Currency::of(&self.currency).unwrap_or(Currency::USD);
        let told = |(from, ppm): (&i64, &i64)| Told {
            from: Cost(Money::new(*from, currency)),
            markup_ppm: kernel::sight::costs().then_some(*ppm),
        };
        self.from_minor.iter().zip(&self.markup_ppm).map(told).collect()
    }
}

impl Serialize for Markup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            id: self.id,
            item_id: self.item_id,
            category_id: self.category_id,
            tag_id: self.tag_id,
            name: self.name.as_deref(),
            bands: self.bands(),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
        .serialize(serializer)
    }
}
impl JsonSchema for Markup {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Markup".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

/// More rules nobody keeps in their head.
pub const MOST: usize = 500;

sql! {
    pub fn all() -> Vec<Markup> = "
        select m.id, m.item_id, m.category_id, m.tag_id, coalesce(i.name, c.name, t.name) as name, m.from_minor, m.markup_ppm, m.currency, m.version, m.created_at, m.updated_at
        from markup m left join item i on i.tenant_id = $1 and i.id = m.item_id left join category c on c.tenant_id = $1 and c.id = m.category_id
             left join tag t on t.tenant_id = $1 and t.id = m.tag_id
        where m.tenant_id = $1 order by num_nonnulls(m.item_id, m.category_id, m.tag_id), m.tag_id nulls last, m.category_id nulls last, m.id limit 500";
    pub fn find(id: MarkupId) -> Option<Markup> = "
        select m.id, m.item_id, m.category_id, m.tag_id, coalesce(i.name, c.name, t.name) as name, m.from_minor, m.markup_ppm, m.currency, m.version, m.created_at, m.updated_at
        from markup m left join item i on i.tenant_id = $1 and i.id = m.item_id left join category c on c.tenant_id = $1 and c.id = m.category_id
             left join tag t on t.tenant_id = $1 and t.id = m.tag_id
        where m.tenant_id = $1 and m.id = $2";
}

kernel::event! { pub struct MarkupSet = "markup.set", seen by CatalogWrite { markup: MarkupId } }
kernel::event! { pub struct MarkupRemoved = "markup.removed", seen by CatalogWrite { markup: MarkupId } }

kernel::promise! {
    "markup_once": "", "There is a markup for this already. Change that one.";
    "markup_item": "/item_id", "There is no such item in the price book.";
    "markup_category": "/category_id", "There is no such category.";
    "markup_tag": "/tag_id", "There is no such tag.";
}

/// All: at most 500, so there is one page of them.
pub async fn api_list(access: Access<CatalogRead>) -> Result<Json<Paged<Markup>>> {
    let data = access.read(all()).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
