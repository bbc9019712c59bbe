//! Adding a line: from the price book, or written by hand.
use catalog::{
    ItemId, TaxRateId,
    item::{self, Item, Kind},
    price,
};
use jiff::Timestamp;
use kernel::{
    Access, Checks, Cost, Error, Input, Money, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    sql,
    sum::LineTaxes,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Line, LineItemId, MOST, ShownLine, find, told};
use crate::{
    order::{Status, WorkOrder, WorkOrderId, hold_open, tell_changed},
    permissions::WorkWrite,
    question,
};

/// Either an item of the price book, or a description with a price.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub item_id: Option<ItemId>,
    pub description: Option<String>,
    /// A material when not given.
    pub kind: Option<Kind>,
    /// Thousandths: 1500 is 1.5. One when not given.
    pub quantity_milli: Option<i64>,
    /// For one of it, in the company's currency; the price book's when not given. May be negative: something given back.
    pub unit_price: Option<Money>,
    /// What one of it costs you; the price book's when not given.
    pub cost: Option<Cost>,
    /// A line written by hand carries the company's standard tax, if it has one, unless this is false.
    pub taxed: Option<bool>,
}

pub(super) const QUANTITY: &str = "A quantity is more than nothing and at most a million.";
pub(super) const PRICE: &str = "That price is beyond what a line can hold.";
pub(super) const MOST_PRICE: i64 = 100_000_000_000;

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("description", &mut self.description, 300);
        checks.range("quantity_milli", self.quantity_milli.unwrap_or(1000), 1, 1_000_000_000, QUANTITY);
        checks.range("unit_price", self.unit_price.map_or(0, |price| price.minor), -MOST_PRICE, MOST_PRICE, PRICE);
        checks.range("cost", self.cost.map_or(0, |cost| cost.0.minor), 0, MOST_PRICE, "A cost is nothing or more.");
        if self.item_id.is_none() {
            let sentence = "Choose an item of the price book, or say what it is.";
            checks.that(self.description.is_some(), "description", "required", sentence);
            let sentence = "Say what one of it costs; a line from the price book knows its price.";
            // Who sees no prices says what it is; the office gives it its price.
            let priced = self.unit_price.is_some() || !kernel::sight::prices();
            checks.that(priced, "unit_price", "required", sentence);
        }
    }
}

sql! {
    fn insert(id: LineItemId, order: WorkOrderId, item: Option<ItemId>, kind: Kind, description: String, quantity: i64, price: i64, cost: Option<i64>, currency: String, taxes: LineTaxes, tax_rate: Option<TaxRateId>, at: Timestamp, by: Option<uuid::Uuid>) -> u64 = "
        insert into line_item (tenant_id, id, order_id, item_id, kind, description, quantity_milli, unit_price_minor, cost_minor, currency, taxes, tax_rate_id, position, created_at, updated_at, created_by)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce(max(l.position), 0) + 1, $13, $13, $14
        from line_item l where l.tenant_id = $1 and l.order_id = $3";
}

pub(super) struct Sold {
    pub item: Option<ItemId>,
    pub kind: Kind,
    pub description: String,
    pub quantity: i64,
    pub price: i64,
    pub cost: Option<i64>,
    pub tax: Option<TaxRateId>,
}

pub async fn add(tx: &mut TenantTx, order: WorkOrderId, new: New) -> Result<Line> {
    let order = hold_open(tx, order).await?;
    if order.lines >= MOST {
        return Err(Error::refused(format!("A job has at most {MOST} lines. Put several into one.")));
    }
    let price = new.unit_price.map(|price| own_currency(price, &order, "unit_price")).transpose()?;
    let cost = new.cost.map(|cost| own_currency(cost.0, &order, "cost")).transpose()?;
    let quantity = new.quantity_milli.unwrap_or(1000);
    let taxes = taxes_of(tx, &order).await?;
    let sold = match new.item_id {
        Some(id) => {
            let mut lines = of_book(tx, &order, id, quantity, price, new.description).await?;
            match (cost, lines.as_mut_slice()) {
                (None, _) => {}
                (Some(cost), [only]) => only.cost = Some(cost),
                (Some(_), _) => {
                    let says =
                        "This bundle is sold as its parts, and each of them has its own cost. Leave the cost out.";
                    return Err(Error::field("/cost", "several", says));
                }
            }
            let line = of_items(tx, &order, &taxes, lines).await?;
            tell_changed(tx, &order);
            return Ok(line);
        }
        None => {
            let tax = if new.taxed == Some(false) { None } else { taxes.standard() };
            Sold {
                item: None,
                kind: new.kind.unwrap_or(Kind::Material),
                description: new.description.unwrap_or_default(),
                quantity,
                price: price.unwrap_or_default(),
                cost,
                tax,
            }
        }
    };
    let first = keep(tx, &order, vec![(taxes.of_tax(sold.tax), sold)]).await?;
    tell_changed(tx, &order);
    tx.run(find(order.id, first)).await?.ok_or(Error::NotFound)
}

/// The booked service of a visit, on a job just made; nobody else knows it yet, so there is nothing to tell.
pub(crate) async fn from_book(tx: &mut TenantTx, order: &WorkOrder, item: &Item, quantity: i64) -> Result<Line> {
    let sold = price::sold(tx, item.id, order.customer_id.0, quantity).await?;
    let lines = sold.into_iter().map(|one| of_item(one, order)).collect::<Result<Vec<_>>>()?;
    let taxes = taxes_of(tx, order).await?;
    of_items(tx, order, &taxes, lines).await
}

/// What the visit's time costs more, as it was agreed; taxed as the service it is done for.
pub(crate) async fn surcharge(
    tx: &mut TenantTx,
    order: &WorkOrder,
    name: &str,
    price: i64,
    tax: Option<TaxRateId>,
) -> Result<LineItemId> {
    let taxes = taxes_of(tx, order).await?;
    let description = name.to_owned();
    let sold = Sold { item: None, kind: Kind::Service, description, quantity: 1000, price, cost: None, tax };
    keep(tx, order, vec![(taxes.of_tax(tax), sold)]).await
}

/// As what the item comes to the job: one line, or those of a bundle that is sold as its parts.
async fn of_book(
    tx: &mut TenantTx,
    order: &WorkOrder,
    id: ItemId,
    quantity: i64,
    price: Option<i64>,
    description: Option<String>,
) -> Result<Vec<Sold>> {
    let item = tx.run(item::find(id)).await?.filter(|item| item.status == item::Status::Active);
    let item = item.ok_or_else(|| Error::field("/item_id", "missing", "There is no such item in the price book."))?;
    // Whoever names a price sells the whole at it.
    let lines = match price {
        Some(price_minor) => vec![price::Sold { item, quantity_milli: quantity, price_minor }],
        None => price::sold(tx, id, order.customer_id.0, quantity).await?,
    };
    if order.lines + lines.len() as i64 > MOST {
        return Err(Error::refused(format!("A job has at most {MOST} lines. Put several into one.")));
    }
    if lines.iter().any(|line| !(1..=1_000_000_000).contains(&line.quantity_milli)) {
        return Err(Error::field("/quantity_milli", "range", QUANTITY));
    }
    let mut lines = lines.into_iter().map(|one| of_item(one, order)).collect::<Result<Vec<_>>>()?;
    match (description, lines.as_mut_slice()) {
        (Some(description), [only]) => only.description = description,
        (_, []) => return Err(Error::refused("This bundle has no parts yet. Give it some in the price book.")),
        _ => {}
    }
    Ok(lines)
}

/// Where the job is done, today, for its customer.
async fn taxes_of(tx: &mut TenantTx, order: &WorkOrder) -> Result<taxes::Basis> {
    taxes::Basis::today(tx, order.location_id.into(), order.customer_id.0).await
}

/// With what they ask for; the first of them.
async fn of_items(tx: &mut TenantTx, order: &WorkOrder, taxes: &taxes::Basis, lines: Vec<Sold>) -> Result<Line> {
    let lines = lines.into_iter().map(|sold| (taxes.of_tax(sold.tax), sold)).collect();
    let first = keep(tx, order, lines).await?;
    question::bring(tx, order.id, order.status == Status::InProgress).await?;
    tx.run(find(order.id, first)).await?.ok_or(Error::NotFound)
}

fn of_item(sold: price::Sold, order: &WorkOrder) -> Result<Sold> {
    let price::Sold { item, quantity_milli, price_minor } = sold;
    Ok(Sold {
        price: own_currency(Money::new(price_minor, item.price().currency), order, "unit_price")?,
        item: Some(item.id),
        cost: item.cost_minor,
        kind: item.kind,
        tax: item.tax_rate_id,
        description: item.name,
        quantity: quantity_milli,
    })
}

/// `field` is the `unit_price` or the `cost`.
pub(super) fn own_currency(price: Money, order: &WorkOrder, field: &str) -> Result<i64> {
    match price.currency.code() == order.currency {
        true => Ok(price.minor),
        false => Err(Error::field(
            &format!("/{field}"),
            "currency",
            format!("This job is in {}; this is in {}.", order.currency, price.currency.code()),
        )),
    }
}

/// With these taxes, whatever they would be today; all in one round trip. Says which is the first.
pub(super) async fn keep(tx: &mut TenantTx, order: &WorkOrder, lines: Vec<(LineTaxes, Sold)>) -> Result<LineItemId> {
    let (at, by) = (tx.now(), tx.user());
    let ids: Vec<LineItemId> = lines.iter().map(|_| LineItemId::new()).collect();
    let row = |(id, (taxes, sold)): (&LineItemId, (LineTaxes, Sold))| {
        insert(
            *id,
            order.id,
            sold.item,
            sold.kind,
            sold.description,
            sold.quantity,
            sold.price,
            sold.cost,
            order.currency.clone(),
            taxes,
            sold.tax,
            at,
            by,
        )
    };
    tx.run(ids.iter().zip(lines).map(row).collect::<Vec<_>>()).await?;
    ids.first().copied().ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(order): Path<WorkOrderId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<ShownLine>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let line = add(tx, order, new.clone()).await?;
            let location = format!("/api/v1/work-orders/{order}/lines/{}", line.id);
            Ok(Created { location, body: told(tx, line).await? })
        })
        .await
}
