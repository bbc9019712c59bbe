//! Moving a category by one step: above the one before it, below the one behind it.
use jiff::Timestamp;
use kernel::{Checks, Error, Input, Result, TenantTx, Uuid, sql, text_enum};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CategoryId, CategoryUpdated, active};

text_enum! {
    pub enum Way { Up = "up": "Up", Down = "down": "Down" }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub way: Way,
}
impl Input for Step {
    fn check(&mut self, _: &mut Checks) {}
}

sql! {
    fn place(ids: Vec<Uuid>, at: Timestamp) -> u64 = "
        update category c set position = p.n::integer, version = version + 1, updated_at = $3
        from unnest($2::uuid[]) with ordinality p(id, n)
        where c.tenant_id = $1 and c.id = p.id and c.position <> p.n";
}

/// Among those that stand beside it. On the first step they are numbered; afterwards two change places.
pub async fn step(tx: &mut TenantTx, id: CategoryId, way: Way) -> Result<String> {
    let all = tx.run(active()).await?;
    let one = all.iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    let mut beside: Vec<CategoryId> =
        all.iter().filter(|other| other.parent_id == one.parent_id).map(|o| o.id).collect();
    let at = beside.iter().position(|other| *other == id).unwrap_or(0);
    let to = match way {
        Way::Up => at.saturating_sub(1),
        Way::Down => (at + 1).min(beside.len() - 1),
    };
    beside.swap(at, to);
    let now = tx.now();
    if tx.run(place(beside.iter().map(|id| id.0).collect(), now)).await? > 0 {
        tx.tell(&CategoryUpdated { category: id });
    }
    Ok(one.name.clone())
}
