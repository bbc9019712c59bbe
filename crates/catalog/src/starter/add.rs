//! Adds a book: what is there already, by its code, stays as it is, so that a second time adds nothing.
use kernel::{
    Access, Checks, Cost, Error, Input, Money, Result, TenantTx, Uuid,
    http::{Json, Repeatable},
    text::fold,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use super::{
    Trade,
    book::{self, Entry},
    codes,
};
use crate::{
    category::{self, Category, CategoryId},
    item::{self, ItemId, Pricing, SoldAs},
    part,
    permissions::{CatalogRead, CatalogWrite},
    queue_up,
};

kernel::event! { pub struct StarterAdded = "price_book.started", seen by CatalogRead { company: Uuid, items: i64 } }

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub trade: Trade,
}
impl Input for New {
    fn check(&mut self, _: &mut Checks) {}
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Added {
    pub trade: Trade,
    /// So many items are new.
    pub added: i64,
    /// So many were there already, by their codes.
    pub there: i64,
}

/// The category of that path, made as far as it is not there.
async fn category(tx: &mut TenantTx, all: &mut Vec<Category>, path: &str) -> Result<CategoryId> {
    let mut above = None;
    for name in path.split(" > ") {
        let known = all.iter().find(|one| one.parent_id == above && fold(&one.name) == fold(name)).map(|one| one.id);
        above = match known {
            Some(id) => Some(id),
            None => {
                let new = category::New { name: name.to_owned(), parent_id: above, position: all.len() as i32 };
                let made = category::create(tx, new).await?;
                let id = made.id;
                all.push(made);
                Some(id)
            }
        };
    }
    above.ok_or_else(|| Error::Bug("a category without a name".into()))
}

pub async fn add(tx: &mut TenantTx, new: &New) -> Result<Added> {
    if !kernel::sight::prices() || !kernel::sight::costs() {
        return Err(Error::refused("Prices and costs are set by those who may see them."));
    }
    let entries = book::of(new.trade);
    let asked = entries.iter().map(|entry| entry.code.to_owned()).collect();
    // What another has added meanwhile is seen by what is asked after the wait.
    tx.run(queue_up()).await?;
    let (there, mut all) = tx.run((codes(asked), category::active())).await?;
    let missing: Vec<&Entry> =
        entries.iter().filter(|entry| !there.iter().any(|there| there.code == entry.code)).collect();
    let currency = tx.currency();
    // Hundredths, in the units that the currency has.
    let minor = |hundredths: i64| kernel::money::scale(hundredths, 10_i64.pow(currency.exponent.into()), 100);
    let mut known: HashMap<String, ItemId> = there.into_iter().map(|there| (there.code, there.id)).collect();
    for entry in &missing {
        let category_id = Some(category(tx, &mut all, entry.category).await?);
        let item = item::New {
            name: entry.name.to_owned(),
            kind: entry.kind,
            price: Money::new(minor(entry.price), currency),
            cost: Some(Cost(Money::new(minor(entry.cost), currency))),
            duration_minutes: entry.minutes,
            category_id,
            code: Some(entry.code.to_owned()),
            description: Some(entry.says.to_owned()).filter(|says| !says.is_empty()),
            unit: None,
            tax_rate_id: None,
            online: entry.online,
            pricing: Pricing::Fixed,
            labor_rate_id: None,
            sold_as: SoldAs::One,
        };
        known.insert(entry.code.to_owned(), item::create(tx, item).await?.id);
    }
    // What a bundle is made of may stand below it, or have been the company's own already.
    for entry in missing.iter().filter(|entry| !entry.parts.is_empty()) {
        let part = |(code, many): &(&str, i64)| {
            known.get(*code).map(|id| part::Given { item_id: *id, quantity_milli: many * 1000 })
        };
        let parts = part::Parts { parts: entry.parts.iter().filter_map(part).collect() };
        if let Some(bundle) = known.get(entry.code) {
            part::set(tx, *bundle, &parts).await?;
        }
    }
    let added = missing.len() as i64;
    if added > 0 {
        tx.tell(&StarterAdded { company: tx.tenant(), items: added });
    }
    Ok(Added { trade: new.trade, added, there: entries.len() as i64 - added })
}

pub async fn api(access: Access<CatalogWrite>, Json(new): Json<New>) -> Result<Repeatable<Json<Added>>> {
    access.once(async |tx: &mut TenantTx| add(tx, &new).await.map(Json)).await
}
