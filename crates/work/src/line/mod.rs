//! A line of a job: what was done or used, at the price it was sold for.
pub mod add;
pub mod agreed;
pub mod change;
pub mod remove;
pub mod waive;

use catalog::{ItemId, TaxRateId, item::Kind};
use jiff::Timestamp;
use kernel::{
    Cost, Currency, Money, Result, TenantTx,
    http::Versioned,
    row, sql,
    sum::{Charged, LineTax, LineTaxes, Rules},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::order::WorkOrderId;

kernel::id!(LineItemId);

/// A job with more lines than this is a slip of a program.
pub const MOST: i64 = 200;

row! {
    #[derive(Debug, Clone, Deserialize)]
    pub struct Line {
        pub id: LineItemId,
        pub order_id: WorkOrderId,
        pub item_id: Option<ItemId>,
        pub kind: Kind,
        pub description: String,
        pub quantity_milli: i64,
        pub unit_price_minor: i64,
        pub cost_minor: Option<i64>,
        pub currency: String,
        #[serde(default)]
        pub taxes: LineTaxes,
        /// The tax of the price book it is sold with; none for a line without.
        #[serde(default)]
        pub tax_rate_id: Option<TaxRateId>,
        pub waived: Option<String>,
        pub position: i32,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Line {
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, Currency::of(&self.currency).unwrap_or(Currency::USD))
    }
    /// Quantity × price, rounded once as the company's papers are, before tax.
    pub fn amount_minor(&self, rules: Rules) -> i64 {
        rules.amount(self.unit_price_minor, self.quantity_milli)
    }
}

/// A line as it is told.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShownLine {
    pub id: LineItemId,
    pub work_order_id: WorkOrderId,
    /// Of the price book; none for a line written by hand.
    pub item_id: Option<ItemId>,
    pub kind: Kind,
    pub description: String,
    /// Thousandths: 1500 is 1.5.
    pub quantity_milli: i64,
    /// As sold: the price book may have changed since.
    pub unit_price: Money,
    /// Quantity × price, before tax.
    pub amount: Money,
    /// What one of it cost when it was sold, where that is known.
    pub cost: Option<Cost>,
    /// As they were where and when it was added; the invoice asks again.
    pub taxes: Vec<LineTax>,
    /// The tax of the price book it is sold with.
    pub tax_rate_id: Option<TaxRateId>,
    /// Why it costs the customer nothing, on a warranty job or a recall.
    pub waived: Option<String>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ShownLine {
    pub(crate) fn of(line: Line, rules: Rules) -> Self {
        Self {
            unit_price: line.money(line.unit_price_minor),
            amount: line.money(line.amount_minor(rules)),
            cost: line.cost_minor.map(|minor| Cost(line.money(minor))),
            id: line.id,
            work_order_id: line.order_id,
            item_id: line.item_id,
            kind: line.kind,
            description: line.description,
            quantity_milli: line.quantity_milli,
            taxes: line.taxes.0,
            tax_rate_id: line.tax_rate_id,
            waived: line.waived,
            version: line.version,
            created_at: line.created_at,
            updated_at: line.updated_at,
        }
    }
}

/// By the rules of today.
pub(crate) async fn told(tx: &mut TenantTx, line: Line) -> Result<ShownLine> {
    let rules = tx.run(taxes::terms::rules()).await?;
    Ok(ShownLine::of(line, rules.unwrap_or_default()))
}

impl Versioned for ShownLine {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "line_item_item": "/item_id", "There is no such item in the price book.";
    "line_item_quantity": "/quantity_milli", "A quantity is more than nothing and at most a million."
}

sql! {
    /// In order.
    pub fn of(order: WorkOrderId) -> Vec<Line> = "
        select id, order_id, item_id, kind, description, quantity_milli, unit_price_minor, cost_minor, currency, taxes, tax_rate_id, waived, position, version, created_at, updated_at
        from line_item where tenant_id = $1 and order_id = $2 order by position, id";
    pub(crate) fn find(order: WorkOrderId, id: LineItemId) -> Option<Line> = "
        select id, order_id, item_id, kind, description, quantity_milli, unit_price_minor, cost_minor, currency, taxes, tax_rate_id, waived, position, version, created_at, updated_at
        from line_item where tenant_id = $1 and order_id = $2 and id = $3";
}

/// What a page shows under the lines; the invoice adds up for itself, by the same rules.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub subtotal_minor: i64,
    pub tax_minor: i64,
    pub total_minor: i64,
}

impl Sums {
    pub fn of(lines: &[Line], rules: Rules) -> Self {
        let charged: Vec<Charged<'_>> = lines
            .iter()
            .map(|line| Charged {
                quantity_milli: line.quantity_milli,
                unit_price_minor: line.unit_price_minor,
                discount_minor: 0,
                taxes: &line.taxes,
            })
            .collect();
        match kernel::sum::sum(rules, &charged) {
            Ok(totals) => Self {
                subtotal_minor: totals.subtotal_minor,
                tax_minor: totals.tax_minor,
                total_minor: totals.total_minor,
            },
            // Larger than money gets: the invoice refuses it, the job shows what there is.
            Err(_) => {
                let subtotal = lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.amount_minor(rules)));
                Self { subtotal_minor: subtotal, tax_minor: 0, total_minor: subtotal }
            }
        }
    }
}

pub use kernel::decimal::{quantity, thousandths};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_rounded_once_for_each_rate() {
        let line = |price, rate| Line {
            id: LineItemId::new(),
            order_id: WorkOrderId::new(),
            item_id: None,
            kind: Kind::Material,
            description: "Pipe".into(),
            quantity_milli: 1000,
            unit_price_minor: price,
            cost_minor: None,
            currency: "USD".into(),
            taxes: LineTaxes(vec![LineTax { name: "State".into(), rate_ppm: rate, compound: false }]),
            tax_rate_id: None,
            waived: None,
            position: 1,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        // 5 % of 10 cents is half a cent: three such lines are 1.5 cents, so 2, and not three times 1.
        let lines = [line(10, 50_000), line(10, 50_000), line(10, 50_000), line(1000, 0)];
        assert_eq!(Sums::of(&lines, Rules::default()), Sums { subtotal_minor: 1030, tax_minor: 2, total_minor: 1032 });
    }
}
