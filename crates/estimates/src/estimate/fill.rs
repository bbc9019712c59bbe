//! From what is given to what is kept: the price book says the price for this customer, the name and the tax, where they are not said.
use catalog::{
    ItemId, TaxRateId,
    item::{Kind, Status},
    price::{self, Shelf},
};
use customers::{CustomerId, LocationId};
use kernel::{
    Currency, Error, Money, Result, TenantTx, sight,
    sum::{LineTax, LineTaxes},
};
use std::collections::HashSet;
use taxes::Basis;

use super::{
    Head,
    option::{Kept, KeptOption, LineInput, MOST_LINES, NAMES, OptionInput, QUANTITY},
};
use crate::{EstimateLineId, OptionId, sum::Taxed};

/// What decides about the taxes of an estimate: where the work would be, today, for this customer.
pub async fn basis(tx: &mut TenantTx, customer: CustomerId, location: Option<LocationId>) -> Result<Basis> {
    Basis::today(tx, location.into(), customer.0).await
}

/// The taxes of the price book, asked anew: an estimate is for another place, or is written on another day. What was typed stays.
/// Says whether anything is otherwise now.
pub async fn anew(tx: &mut TenantTx, found: &mut Head, lines: &mut [Kept]) -> Result<bool> {
    let mut otherwise = false;
    let basis = basis(tx, found.customer_id, found.location_id).await?;
    for line in lines.iter_mut() {
        // A tax that the price book has put away stays on the lines that have it.
        if basis.taxes().iter().any(|tax| Some(tax.id) == line.tax_rate_id) {
            let taxes = basis.of_tax(line.tax_rate_id);
            otherwise |= taxes != line.taxes;
            line.taxes = taxes;
        }
    }
    otherwise |= basis.rules != found.tax_rules;
    governed(found, &basis);
    Ok(otherwise)
}

/// By these rules it is added up from now on, and this is why it has no tax.
pub fn governed(found: &mut Head, basis: &Basis) {
    found.tax_rules = basis.rules;
    found.tax_note = basis.note();
}

/// Where a fault is told: `/options/0/lines/3`, or nothing in a form of one line.
type At<'a> = &'a str;

fn own(currency: Currency, at: At<'_>, field: &str, amount: Option<Money>) -> Result<i64> {
    currency.only(&format!("{at}/{field}"), "Estimates", amount)?;
    Ok(amount.map_or(0, |amount| amount.minor))
}

/// An option without its lines; `was` is the one in whose place it comes. Who is shown no amount takes none away by saying none.
pub fn option(nth: usize, input: &OptionInput, currency: Currency, was: Option<&KeptOption>) -> Result<KeptOption> {
    let given = own(currency, &format!("/options/{nth}"), "discount_amount", input.discount_amount)?;
    let minor = was.filter(|_| !sight::prices()).map_or(given, |was| was.discount_minor);
    Ok(KeptOption {
        id: input.id.unwrap_or_else(OptionId::new),
        name: input.name.clone().unwrap_or_else(|| NAMES.get(nth).copied().unwrap_or("Option").to_owned()),
        says: input.description.clone(),
        recommended: input.recommended,
        discount_ppm: input.discount_ppm,
        discount_minor: minor,
    })
}

/// What is said of the taxes of a line; `otherwise` is the tax of the price book that counts when nothing is.
fn taxed(input: &LineInput, basis: &Basis, otherwise: Option<TaxRateId>, at: At<'_>) -> Result<Taxed> {
    let known = |id: &TaxRateId| basis.taxes().iter().any(|tax| tax.id == *id);
    // What stands on a line already stays when the price book puts its tax away.
    if input.taxes.is_none() && input.tax_rate_id.is_some_and(|id| !known(&id)) {
        let says = "There is no such tax in the price book.";
        return Err(Error::field(&format!("{at}/tax_rate_id"), "missing", says));
    }
    let by = input.tax_rate_id.filter(known).or(if input.taxes.is_none() { otherwise } else { None });
    let levied = |taxes: &Vec<LineTax>| LineTaxes(taxes.iter().filter(|tax| tax.rate_ppm > 0).cloned().collect());
    Ok(Taxed { taxes: input.taxes.as_ref().map_or_else(|| basis.of_tax(by), levied), by })
}

/// Likewise the price of a line that is changed by who is shown none.
pub fn priced(input: LineInput, was: Option<&Kept>, currency: Currency) -> LineInput {
    match was.filter(|_| !sight::prices()) {
        Some(was) => LineInput { unit_price: Some(Money::new(was.unit_price_minor, currency)), ..input },
        None => input,
    }
}

/// What the price book has of the items of these lines, in one round trip.
pub async fn shelf<'a>(
    tx: &mut TenantTx,
    customer: CustomerId,
    lines: impl Iterator<Item = &'a LineInput>,
) -> Result<Shelf> {
    let items: Vec<ItemId> = lines.filter_map(|line| line.item_id).collect();
    price::shelf(tx, &items, customer.0).await
}

/// As what a line stands on the estimate: one, or those of a bundle that is sold as its parts.
pub fn lines(
    shelf: &Shelf,
    basis: &Basis,
    (option, currency): (OptionId, Currency),
    input: LineInput,
    at: At<'_>,
) -> Result<Vec<Kept>> {
    let quantity = input.quantity_milli.unwrap_or(1000);
    let price = input.unit_price.map(|price| own(currency, at, "unit_price", Some(price))).transpose()?;
    let kept =
        |item_id: Option<ItemId>, kind: Kind, name: String, quantity_milli, unit_price_minor, taxed: Taxed| Kept {
            id: EstimateLineId::new(),
            option_id: option,
            item_id,
            kind,
            description: name,
            detail: None,
            quantity_milli,
            unit_price_minor,
            taxes: taxed.taxes,
            tax_rate_id: taxed.by,
            optional: input.optional,
        };
    let Some(id) = input.item_id else {
        let tax = taxed(&input, basis, basis.standard(), at)?;
        let name = input.description.clone().unwrap_or_default();
        let line = kept(None, input.kind.unwrap_or(Kind::Material), name, quantity, price.unwrap_or(0), tax);
        return Ok(vec![Kept { id: input.id.unwrap_or(line.id), detail: input.detail, ..line }]);
    };
    let missing = || Error::field(&format!("{at}/item_id"), "missing", "There is no such item in the price book.");
    let item = shelf.item(id).ok_or_else(missing)?.clone();
    // What stands on an estimate already stays when the item is put away.
    if item.status != Status::Active && input.id.is_none() {
        return Err(missing());
    }
    // Whoever names a price sells the whole at it.
    let sold = match price {
        Some(price_minor) => vec![price::Sold { item, quantity_milli: quantity, price_minor }],
        None => shelf.sold(id, quantity),
    };
    if sold.is_empty() {
        return Err(Error::refused("This bundle has no parts yet. Give it some in the price book."));
    }
    if sold.iter().any(|one| !(1..=1_000_000_000).contains(&one.quantity_milli)) {
        return Err(Error::field(&format!("{at}/quantity_milli"), "range", QUANTITY));
    }
    let one = |sold: price::Sold| {
        let tax = taxed(&input, basis, sold.item.tax_rate_id, at)?;
        own(currency, at, "item_id", Some(Money::new(0, sold.item.price().currency)))?;
        Ok(kept(Some(sold.item.id), sold.item.kind, sold.item.name, sold.quantity_milli, sold.price_minor, tax))
    };
    let mut lines = sold.into_iter().map(one).collect::<Result<Vec<_>>>()?;
    if let [only] = lines.as_mut_slice() {
        only.id = input.id.unwrap_or(only.id);
        only.detail = input.detail.clone();
        if let Some(description) = input.description.clone() {
            only.description = description;
        }
    }
    Ok(lines)
}

/// All options at once. An id is kept only where it is among `known`, and once.
pub async fn all(
    tx: &mut TenantTx,
    basis: &Basis,
    (customer, currency): (CustomerId, Currency),
    given: Vec<OptionInput>,
    known: (&[KeptOption], &[Kept]),
) -> Result<(Vec<KeptOption>, Vec<Kept>)> {
    let mut options: HashSet<OptionId> = known.0.iter().map(|option| option.id).collect();
    let mut own_lines: HashSet<EstimateLineId> = known.1.iter().map(|line| line.id).collect();
    let (mut kept_options, mut kept_lines) = (vec![], vec![]);
    let shelf = shelf(tx, customer, given.iter().flat_map(|option| &option.lines)).await?;
    for (n, input) in given.into_iter().enumerate() {
        let was = known.0.iter().find(|was| Some(was.id) == input.id);
        let mut one = option(n, &input, currency, was)?;
        if !options.remove(&one.id) {
            one.id = OptionId::new();
        }
        let before = kept_lines.len();
        for (m, mut line) in input.lines.into_iter().enumerate() {
            line.id = line.id.filter(|id| own_lines.remove(id));
            let was = known.1.iter().find(|was| Some(was.id) == line.id);
            let line = priced(line, was, currency);
            let at = format!("/options/{n}/lines/{m}");
            kept_lines.extend(lines(&shelf, basis, (one.id, currency), line, &at)?);
        }
        within(kept_lines.len() - before)?;
        kept_options.push(one);
    }
    Ok((kept_options, kept_lines))
}

/// A bundle may come to more lines than were given.
pub fn within(lines: usize) -> Result<()> {
    match lines <= MOST_LINES {
        true => Ok(()),
        false => Err(Error::field("/lines", "too_many", format!("An option has at most {MOST_LINES} lines."))),
    }
}
