//! Lines as they were agreed before the job: their price and tax are what was said then, whatever the price book says now.
use catalog::{ItemId, TaxRateId, item::Kind};
use kernel::{Error, Result, TenantTx, Uuid, row, sql, sum::LineTaxes};
use std::collections::HashMap;

use super::{
    MOST,
    add::{Sold, keep},
};
use crate::{
    order::{Status, WorkOrder, tell_changed},
    question,
};

pub struct Agreed {
    pub item: Option<ItemId>,
    pub kind: Kind,
    pub description: String,
    pub quantity_milli: i64,
    /// In the job's currency. Below zero for what is taken off.
    pub price_minor: i64,
    /// As they were said then; the invoice asks again by the tax of the price book.
    pub taxes: LineTaxes,
    pub tax: Option<TaxRateId>,
}

row! {
    struct Costs { id: ItemId, cost_minor: Option<i64> }
}
sql! {
    fn costs(items: Vec<Uuid>) -> Vec<Costs> = "select id, cost_minor from item where tenant_id = $1 and id = any($2)";
}

/// Onto a job that the transaction holds, or has just made.
pub async fn agreed(tx: &mut TenantTx, order: &WorkOrder, lines: Vec<Agreed>) -> Result<()> {
    if order.lines + lines.len() as i64 > MOST {
        return Err(Error::refused(format!("A job has at most {MOST} lines. Put several into one.")));
    }
    // What they cost is the price book's of today: that is what the company pays.
    let items = lines.iter().filter_map(|line| line.item.map(|id| id.0)).collect();
    let costs: HashMap<ItemId, Option<i64>> =
        tx.run(costs(items)).await?.into_iter().map(|known| (known.id, known.cost_minor)).collect();
    let sold = |line: Agreed| {
        let sold = Sold {
            item: line.item,
            kind: line.kind,
            description: line.description,
            quantity: line.quantity_milli,
            price: line.price_minor,
            cost: line.item.and_then(|id| costs.get(&id).copied().flatten()),
            tax: line.tax,
        };
        (line.taxes, sold)
    };
    keep(tx, order, lines.into_iter().map(sold).collect()).await?;
    // What their items ask for comes with them, as with any other line.
    question::bring(tx, order.id, order.status == Status::InProgress).await?;
    tell_changed(tx, order);
    Ok(())
}
