//! What goes into a bundle, and what a service priced by its time uses up: items with quantities.
pub mod page;
pub mod set;

use kernel::{
    Access, Currency, Error, Money, Paged, Result, decimal,
    http::{Json, Path},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use kernel::decimal::quantity;
pub use set::{Given, Parts, set};

use crate::{
    item::{ItemId, Kind, find},
    permissions::CatalogRead,
};

row! {
    #[derive(Debug, Clone)]
    pub struct Row { pub part_id: ItemId, pub name: String, pub kind: Kind, pub quantity_milli: i64, pub price_minor: i64, pub unit: Option<String> }
}

/// One part, as it is told.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Part {
    pub item_id: ItemId,
    pub name: String,
    pub kind: Kind,
    /// Thousandths: 1500 is 1.5.
    pub quantity_milli: i64,
    /// Today's, of one of it.
    pub unit_price: Money,
}

/// A bundle of more is a price book of its own.
pub const MOST: usize = 50;

kernel::promise! {
    "item_part_part": "/parts", "One of the parts is not in the price book any more.";
    "item_part_no_circle": "/parts", "That would put an item into itself. Leave out the part that contains it.";
    "item_part_depth": "/parts", "Bundles go four deep: a bundle in a bundle in a bundle in a bundle. Make it flatter.";
}

sql! {
    pub(crate) fn of(item: ItemId) -> Vec<Row> = "
        select p.part_id, i.name, i.kind, p.quantity_milli, i.price_minor, i.unit
        from item_part p join item i on i.tenant_id = $1 and i.id = p.part_id
        where p.tenant_id = $1 and p.item_id = $2 order by p.position, p.part_id limit 50";
}

pub async fn api(access: Access<CatalogRead>, Path(id): Path<ItemId>) -> Result<Json<Paged<Part>>> {
    let (item, rows) = access.read((find(id), of(id))).await?;
    let currency = item.ok_or(Error::NotFound)?.price().currency;
    Ok(Json(Paged { data: told(currency, rows), next_cursor: None }))
}

fn told(currency: Currency, rows: Vec<Row>) -> Vec<Part> {
    let one = |row: Row| Part {
        item_id: row.part_id,
        name: row.name,
        kind: row.kind,
        quantity_milli: row.quantity_milli,
        unit_price: Money::new(row.price_minor, currency),
    };
    rows.into_iter().map(one).collect()
}

/// None for what is no number, nothing or too much.
pub(crate) fn thousandths(text: &str) -> Option<i64> {
    decimal::thousandths(text).filter(|milli| (1..=1_000_000_000).contains(milli))
}

#[test]
fn a_quantity_is_something_and_has_an_end() {
    assert_eq!((thousandths("1.5"), thousandths("1000000")), (Some(1500), Some(1_000_000_000)));
    for bad in ["", ".", "0", "-1", "1.2345", "two", "10000000"] {
        assert_eq!(thousandths(bad), None, "{bad}");
    }
}
