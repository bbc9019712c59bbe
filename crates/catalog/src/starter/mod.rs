//! Price books to begin with, one for each trade: our own words and figures, to be made one's own afterwards.
mod add;
mod book;
mod page;

pub use add::{Added, New, add, api};
pub use page::{page, post};

use kernel::{Access, Paged, Result, http::Json, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{item::ItemId, permissions::CatalogRead};

kernel::text_enum! {
    pub enum Trade {
        Hvac = "hvac": "Heating and cooling",
        Plumbing = "plumbing": "Plumbing",
        Electrical = "electrical": "Electrical",
    }
}

sql! {
    /// Of these codes, those that an item has, in the book or taken out of it.
    fn codes(asked: Vec<String>) -> Vec<There> = "select i.id, coalesce(i.code, '') as code from item i where i.tenant_id = $1 and i.code = any ($2) limit 500";
}
row! { struct There { id: ItemId, code: String } }

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Starter {
    pub trade: Trade,
    /// How many items it has.
    pub items: i64,
    /// How many of them the company has already, by their codes.
    pub there: i64,
    /// The headings that it brings, "Repairs > Cooling".
    pub categories: Vec<String>,
}

async fn all(access: &kernel::Scope) -> Result<Vec<Starter>> {
    let asked = Trade::ALL.iter().flat_map(|trade| book::of(*trade)).map(|entry| entry.code.to_owned()).collect();
    let there = access.read(codes(asked)).await?;
    let one = |trade: &Trade| {
        let entries = book::of(*trade);
        let mut categories: Vec<String> = entries.iter().map(|entry| entry.category.to_owned()).collect();
        categories.dedup();
        Starter {
            trade: *trade,
            items: entries.len() as i64,
            there: entries.iter().filter(|entry| there.iter().any(|there| there.code == entry.code)).count() as i64,
            categories,
        }
    };
    Ok(Trade::ALL.iter().map(one).collect())
}

pub async fn api_list(access: Access<CatalogRead>) -> Result<Json<Paged<Starter>>> {
    Ok(Json(Paged { data: all(&access).await?, next_cursor: None }))
}
