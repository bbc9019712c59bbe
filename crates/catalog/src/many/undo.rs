//! Taking a change of many prices back, as a whole: but for those that somebody has changed since.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Error, Result, TenantTx, Uuid,
    http::{One, Path, Redirect, Repeatable},
    row, sql,
};

use super::{PriceChange, PriceChangeId, PricesUndone, State, find};
use crate::{
    item::{
        ItemId,
        version::{self, Figures, Why},
    },
    permissions::CatalogWrite,
    price::reprice::{Reprice, keep},
};

row! {
    struct Row { item_id: ItemId, was_minor: i64, cost_minor: Option<i64> }
}

sql! {
    fn hold(id: PriceChangeId) -> Option<Uuid> = "
        select id from price_change where tenant_id = $1 and id = $2 for update";
    /// What still stands as the change has set it; the cost is what it is by now.
    fn standing(id: PriceChangeId, on: Date) -> Vec<Row> = "
        select r.item_id, r.was_minor, v.cost_minor
        from price_change_row r join item i on i.tenant_id = $1 and i.id = r.item_id
             join item_price v on v.tenant_id = $1 and v.item_id = r.item_id and v.from_on <= $3 and (v.until_on is null or v.until_on > $3)
        where r.tenant_id = $1 and r.change_id = $2 and v.change_id = $2 and v.price_minor = r.new_minor and i.pricing = 'fixed'
        order by r.item_id for update of i";
    fn close(id: PriceChangeId, status: State, kept: i64, at: Timestamp) -> u64 = "
        update price_change set status = $3, kept_items = $4, undone_at = $5, updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2";
}

pub async fn undo(tx: &mut TenantTx, id: PriceChangeId) -> Result<PriceChange> {
    let (_, change) = tx.run((hold(id), find(id))).await?;
    let change = change.ok_or(Error::NotFound)?;
    if change.status == State::Undone {
        return Err(Error::refused("This change is taken back already."));
    }
    let today = tx.today();
    let on = change.effective_on.max(today);
    let back = |row: Row| (row.item_id, Figures { price: row.was_minor, cost: row.cost_minor });
    let rows: Vec<_> = tx.run(standing(id, on)).await?.into_iter().map(back).collect();
    let count = rows.len() as i64;
    if !rows.is_empty() {
        version::set(tx, &rows, on, Why::Undone, None).await?;
        if on <= today {
            keep(tx, &rows).await?;
            tx.enqueue(&Reprice::now());
        }
    }
    let at = tx.now();
    let (_, change) = tx.run((close(id, State::Undone, change.items - count, at), find(id))).await?;
    tx.tell(&PricesUndone { price_change: id, items: count });
    change.ok_or(Error::NotFound)
}

pub async fn api(access: Access<CatalogWrite>, Path(id): Path<PriceChangeId>) -> Result<Repeatable<One<PriceChange>>> {
    access.once(async |tx: &mut TenantTx| undo(tx, id).await.map(One)).await
}

pub async fn post(access: Access<CatalogWrite>, Path(id): Path<PriceChangeId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            let change = undo(tx, id).await?;
            let says = match change.kept_items.unwrap_or(0) {
                0 => format!("All {} prices are as they were.", change.items),
                kept => format!("{} prices are as they were; {kept} were changed since and stay.", change.items - kept),
            };
            Ok(Redirect::to("/price-book/change-prices").toast(&says))
        })
        .await
}
