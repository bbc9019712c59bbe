//! Lines as they were agreed before the job: their price and tax are what was said then, whatever the price book says now.
use catalog::{ItemId, item::Kind};
use kernel::{Error, Result, TenantTx};

use super::{
    MOST,
    add::{Sold, keep},
};
use crate::order::{WorkOrder, tell_changed};

pub struct Agreed {
    pub item: Option<ItemId>,
    pub kind: Kind,
    pub description: String,
    pub quantity_milli: i64,
    /// In the job's currency. Below zero for what is taken off.
    pub price_minor: i64,
    pub tax_name: String,
    pub tax_rate_ppm: i64,
}

/// Onto a job that the transaction holds, or has just made.
pub async fn agreed(tx: &mut TenantTx, order: &WorkOrder, lines: Vec<Agreed>) -> Result<()> {
    if order.lines + lines.len() as i64 > MOST {
        return Err(Error::refused(format!("A job has at most {MOST} lines. Put several into one.")));
    }
    for line in lines {
        let sold = Sold {
            item: line.item,
            kind: line.kind,
            description: line.description,
            quantity: line.quantity_milli,
            price: line.price_minor,
            tax_name: line.tax_name,
            tax_rate: line.tax_rate_ppm,
        };
        keep(tx, order, sold).await?;
    }
    tell_changed(tx, order);
    Ok(())
}
