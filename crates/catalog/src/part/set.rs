//! Saying what an item consists of.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Paged, Result, TenantTx, Uuid,
    http::{Json, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{MOST, Part};
use crate::{
    item::{Item, ItemId, ItemUpdated, Kind, find},
    permissions::CatalogWrite,
    price::reprice::{self, Reprice},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    pub item_id: ItemId,
    /// Thousandths: 1500 is 1.5.
    pub quantity_milli: i64,
}

/// All of them, in order: what is left out is no part any more.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    pub parts: Vec<Given>,
}

impl Input for Parts {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.parts.len() <= MOST, "parts", "too_many", "An item consists of at most 50 others.");
        for (n, part) in self.parts.iter().enumerate().take(MOST) {
            checks.within(&format!("parts/{n}"), |checks| {
                let says = "A quantity is more than nothing and at most a million.";
                checks.range("quantity_milli", part.quantity_milli, 1, 1_000_000_000, says);
            });
        }
        let mut ids: Vec<_> = self.parts.iter().map(|part| part.item_id).collect();
        ids.sort();
        ids.dedup();
        let once = ids.len() == self.parts.len();
        checks.that(once, "parts", "twice", "One of the parts stands there twice. Give it once, with the sum.");
    }
}

sql! {
    fn clear(item: ItemId) -> u64 = "delete from item_part where tenant_id = $1 and item_id = $2";
    fn add(item: ItemId, parts: Vec<Uuid>, quantities: Vec<i64>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into item_part (tenant_id, item_id, part_id, quantity_milli, position, created_at, created_by)
        select $1::uuid, $2::uuid, p.id, p.quantity, p.n::integer, $5::timestamptz, $6::uuid
        from unnest($3::uuid[], $4::bigint[]) with ordinality p(id, quantity, n)";
    fn touch(item: ItemId, at: Timestamp) -> u64 = "
        update item set updated_at = $3, version = version + 1 where tenant_id = $1 and id = $2";
}

/// Replaces what was said before.
pub async fn set(tx: &mut TenantTx, id: ItemId, parts: &Parts) -> Result<Item> {
    let item = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    if !matches!(item.kind, Kind::Bundle | Kind::Service) && !parts.parts.is_empty() {
        let says = format!("{} is neither a bundle nor a service: only these consist of others.", item.name);
        return Err(Error::refused(says));
    }
    let (ids, quantities) = parts.parts.iter().map(|part| (part.item_id.0, part.quantity_milli)).unzip();
    let (at, by) = (tx.now(), tx.user());
    tx.run((clear(id), add(id, ids, quantities, at, by), touch(id, at))).await?;
    reprice::some(tx, &[id]).await?;
    tx.enqueue(&Reprice::now());
    let item = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    tx.tell(&ItemUpdated { item: id, price_minor: item.price_minor });
    Ok(item)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<ItemId>,
    Json(parts): Json<Parts>,
) -> Result<Json<Paged<Part>>> {
    let rows = access
        .retrying(async |tx: &mut TenantTx| {
            let item = set(tx, id, &parts).await?;
            Ok((item.price().currency, tx.run(super::of(id)).await?))
        })
        .await?;
    Ok(Json(Paged { data: super::told(rows.0, rows.1), next_cursor: None }))
}
