//! What a period of a plan is charged with: lines as any invoice has them, with the taxes of the place that is served.
use catalog::price;
use kernel::{Error, Money, Result, TenantTx, sum::Totals};
use maintenance::Plan;
use taxes::Basis;

use super::{Billing, Period};
use crate::{
    invoice::lines::{Kept, LineInput, basis_at, total},
    written,
};

/// "1 Jan 2027 to 31 Mar 2027, 12 Elm St, Springfield".
fn detail(period: Period, plan: &Plan) -> String {
    let day = |date: jiff::civil::Date| date.strftime("%-d %b %Y").to_string();
    let time = match period.starts_on == period.ends_on {
        true => format!("Visit of {}", day(period.starts_on)),
        false => format!("{} to {}", day(period.starts_on), day(period.ends_on)),
    };
    format!("{time}, {}", plan.place).chars().take(1000).collect()
}

/// The basis of its taxes, and the lines with what these come to.
pub(super) async fn of_period(
    tx: &mut TenantTx,
    billing: &Billing,
    plan: &Plan,
    period: Period,
) -> Result<(Basis, Vec<LineInput>)> {
    let basis = basis_at(tx, plan.customer_id, plan.location_id).await?;
    let detail = detail(period, plan);
    let said = billing.description.clone();
    let currency = super::money(tx, 0).currency;
    let line = |description: String, quantity_milli, minor, tax_rate_id| LineInput {
        id: None,
        description: description.chars().take(300).collect(),
        detail: Some(detail.clone()),
        quantity_milli,
        unit_price: Money::new(minor, currency),
        discount: None,
        deposit_id: None,
        taxes: vec![],
        tax_rate_id,
    };
    let mut lines: Vec<LineInput> = match (billing.item_id, billing.amount_minor) {
        (Some(item), _) => {
            let sold = price::sold(tx, item, plan.customer_id.0, 1000).await?;
            let one = sold.len() == 1;
            let named = |name: String| said.clone().filter(|_| one).unwrap_or(name);
            sold.into_iter()
                .map(|sold| {
                    line(named(sold.item.name.clone()), sold.quantity_milli, sold.price_minor, sold.item.tax_rate_id)
                })
                .collect()
        }
        (None, amount) => {
            let words = said.unwrap_or_else(|| plan.item_name.clone());
            vec![line(words, 1000, amount.unwrap_or(0), billing.tax_rate_id)]
        }
    };
    if lines.is_empty() {
        return Err(Error::refused("What this plan is billed with is not in the price book any more."));
    }
    for (at, line) in lines.iter_mut().enumerate() {
        line.settle(at, &basis).map_err(|_| {
            Error::refused("The tax that this plan is billed with is not in the price book any more. Choose another.")
        })?;
    }
    Ok((basis, lines))
}

/// What they come to, as it stands today.
pub(super) fn totals(basis: &Basis, lines: Vec<LineInput>) -> Result<Totals> {
    let kept: Result<Vec<Kept>> = lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let currency = line.unit_price.currency;
            Kept::of_input(at, line, currency)
        })
        .collect();
    total(basis.rules, &kept?)
}

/// "1 Jan to 31 Mar 2027", for lists.
pub(super) fn said(period: Period) -> String {
    match period.starts_on == period.ends_on {
        true => written::day(period.starts_on),
        false => format!("{} to {}", period.starts_on.strftime("%-d %b %Y"), period.ends_on.strftime("%-d %b %Y")),
    }
}
