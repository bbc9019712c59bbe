//! As what an item comes to a job or a paper: one line, or for a bundle that says so a line for each of its parts.
use kernel::{Result, TenantTx, Uuid, money::scale};

use super::{Basis, load};
use crate::item::{Item, ItemId, SoldAs};

/// One line: so many of the item, at this price for one.
#[derive(Debug, Clone)]
pub struct Sold {
    pub item: Item,
    pub quantity_milli: i64,
    pub price_minor: i64,
}

/// Some items with all that their prices are reckoned from, for one customer on one day.
#[derive(Debug, Default)]
pub struct Shelf(Basis);

/// These items for this customer, today: one round trip, however many they are, and none for none.
pub async fn shelf(tx: &mut TenantTx, items: &[ItemId], customer: Uuid) -> Result<Shelf> {
    if items.is_empty() {
        return Ok(Shelf::default());
    }
    let today = tx.today();
    load(tx, items, Some(customer), today).await.map(Shelf)
}

impl Shelf {
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.0.items.get(&id)
    }
    /// Empty when there is no such item, and of a bundle sold as its parts that has none.
    pub fn sold(&self, id: ItemId, quantity_milli: i64) -> Vec<Sold> {
        let mut lines = vec![];
        if let Some(item) = self.item(id) {
            self.0.lines(item, quantity_milli, 6, &mut lines);
        }
        lines
    }
}

/// One of them.
pub async fn sold(tx: &mut TenantTx, id: ItemId, customer: Uuid, quantity_milli: i64) -> Result<Vec<Sold>> {
    Ok(shelf(tx, &[id], customer).await?.sold(id, quantity_milli))
}

impl Basis {
    fn lines(&self, item: &Item, quantity_milli: i64, depth: usize, into: &mut Vec<Sold>) {
        match item.sold_as {
            SoldAs::Parts if depth > 0 => {
                let parts = self.parts.get(&item.id).map(Vec::as_slice).unwrap_or_default();
                let found = parts.iter().filter_map(|(id, each)| Some((self.items.get(id)?, *each)));
                // Beyond what any paper holds the caller refuses; no need to go on.
                for (part, each) in found {
                    if into.len() <= 1000 {
                        self.lines(part, scale(quantity_milli, each, 1000), depth - 1, into);
                    }
                }
            }
            _ => into.push(Sold { item: item.clone(), quantity_milli, price_minor: self.reckon(item).price }),
        }
    }
}
