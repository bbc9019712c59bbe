//! What is reckoned is kept with the item as of today, for customers without rules of their own: lists and the booking page read it.
use jiff::{Timestamp, civil::Date};
use kernel::{Result, Scope, TenantTx, Uuid, job::Job, row, sql};
use serde::{Deserialize, Serialize};

use super::load;
use crate::item::{
    ItemId,
    version::{self, Figures, Why},
};

/// Reckons all anew, after what it is reckoned from has changed; on a day on which prices begin to count, these first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reprice {
    on: Option<Date>,
}

impl Reprice {
    pub fn now() -> Self {
        Self { on: None }
    }
    pub fn on(day: Date) -> Self {
        Self { on: Some(day) }
    }
}

impl Job for Reprice {
    const KIND: &'static str = "catalog.reprice";
    fn key(&self) -> Option<String> {
        Some(self.on.map(|day| day.to_string()).unwrap_or_else(|| "now".into()))
    }
    async fn run(self, scope: Scope) -> Result<()> {
        all(&scope).await
    }
}

row! {
    #[derive(Debug, Clone, Copy)]
    struct Which { id: ItemId }
}

sql! {
    /// Bounded: a price book is a few thousand items, and only what began of late is looked at.
    fn begun(today: Date, since: Date, at: Timestamp) -> u64 = "
        update item i set price_minor = v.price_minor, cost_minor = v.cost_minor, updated_at = $4, version = i.version + 1
        from item_price v
        where i.tenant_id = $1 and v.tenant_id = $1 and v.item_id = i.id and v.from_on between $3 and $2 and (v.until_on is null or v.until_on > $2)
          and (i.price_minor, i.cost_minor) is distinct from (v.price_minor, v.cost_minor)";
    fn reckoned(after: ItemId) -> Vec<Which> = "
        select id from item where tenant_id = $1 and status = 'active' and pricing <> 'fixed' and id > $2 order by id limit 300";
    fn write(ids: Vec<Uuid>, prices: Vec<i64>, costs: Vec<i64>, at: Timestamp) -> u64 = "
        update item i set price_minor = n.price_minor, cost_minor = nullif(n.cost_minor, -1), updated_at = $5, version = i.version + 1
        from unnest($2::uuid[], $3::bigint[], $4::bigint[]) n(id, price_minor, cost_minor)
        where i.tenant_id = $1 and i.id = n.id";
}

/// Writes these figures with the items, as of now.
pub(crate) async fn keep(tx: &mut TenantTx, new: &[(ItemId, Figures)]) -> Result<u64> {
    let (mut ids, mut prices, mut costs) = (vec![], vec![], vec![]);
    for (item, figures) in new {
        ids.push(item.0);
        prices.push(figures.price);
        costs.push(figures.cost.unwrap_or(-1));
    }
    let at = tx.now();
    tx.run(write(ids, prices, costs, at)).await
}

/// These anew; what comes out as it was is left alone.
pub(crate) async fn some(tx: &mut TenantTx, items: &[ItemId]) -> Result<()> {
    let today = tx.today();
    let basis = load(tx, items, None, today).await?;
    let mut new = vec![];
    for item in items.iter().filter_map(|id| basis.items.get(id)) {
        let reckoned = basis.reckon(item);
        let figures = Figures { price: reckoned.price, cost: reckoned.cost };
        if figures != (Figures { price: item.price_minor, cost: item.cost_minor }) {
            new.push((item.id, figures));
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    version::set(tx, &new, today, Why::Reckoned, None).await?;
    keep(tx, &new).await.map(drop)
}

async fn all(scope: &Scope) -> Result<()> {
    scope
        .retrying(async |tx: &mut TenantTx| {
            let (today, at) = (tx.today(), tx.now());
            tx.run(begun(today, today.saturating_sub(jiff::Span::new().days(31)), at)).await
        })
        .await?;
    let mut after = ItemId(Uuid::nil());
    loop {
        let next: Vec<ItemId> = scope.read(reckoned(after)).await?.into_iter().map(|one| one.id).collect();
        let Some(last) = next.last().copied() else { return Ok(()) };
        after = last;
        scope.retrying(async |tx: &mut TenantTx| some(tx, &next).await).await?;
    }
}
