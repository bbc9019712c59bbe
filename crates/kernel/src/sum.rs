//! The sum of a paper: the one place where lines, discounts and taxes are added up and rounded. Jobs, invoices, the ledger and the API
//! take it from here. Everything is exact, in whole numbers, until the one rounding of each figure.
mod kept;

use std::collections::BTreeMap;

pub use kept::{Level, LineTax, LineTaxes, Rounding, Rules, check_taxes};

/// What a line says about money. Quantity in thousandths, prices in minor units.
#[derive(Debug, Clone, Copy)]
pub struct Charged<'a> {
    pub quantity_milli: i64,
    pub unit_price_minor: i64,
    pub discount_minor: i64,
    pub taxes: &'a [LineTax],
}

/// Tax of one name and rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    pub name: String,
    pub rate_ppm: i64,
    /// The amounts it is on, as the lines have them.
    pub base_minor: i64,
    pub tax_minor: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Of each line: quantity × price, rounded once, less its discount.
    pub amounts: Vec<i64>,
    /// Before discounts.
    pub subtotal_minor: i64,
    pub discount_minor: i64,
    /// Highest rate first. Lines without tax have none.
    pub taxes: Vec<Tax>,
    pub tax_minor: i64,
    /// With taxes, whether they came on top or were in the prices.
    pub total_minor: i64,
}

/// Beyond this (ten billion of a currency with cents) a figure is a slip of the keyboard, and JSON numbers would lose cents.
pub const MOST_MINOR: i64 = 1_000_000_000_000;

/// The figures are larger than money gets.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge;

/// Rates are counted in parts of this: three compound taxes, each on those before it, still come out whole.
const WHOLE: i128 = 1_000_000_000_000_000_000_000_000;
const MILLION: i128 = 1_000_000;

/// `numerator ÷ denominator` to a whole, by the rule for halves. The denominator is above zero.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> i128 {
    let (down, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    // `rest` twice against the whole, without doubling what may be large already.
    let up = match rest.cmp(&(denominator - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => match rounding {
            Rounding::HalfUp => numerator > 0,
            Rounding::HalfEven => down % 2 != 0,
        },
    };
    down + i128::from(up)
}

/// Of each tax of a line, what it is of the line's amount, in parts of `WHOLE`.
fn shares(taxes: &[LineTax]) -> Result<Vec<i128>, TooLarge> {
    let mut shares: Vec<i128> = Vec::with_capacity(taxes.len());
    let mut deep = 0;
    for tax in taxes {
        let rate = i128::from(tax.rate_ppm);
        if !(0..=MILLION).contains(&rate) {
            return Err(TooLarge);
        }
        deep += usize::from(tax.compound);
        let on = if tax.compound { WHOLE + shares.iter().sum::<i128>() } else { WHOLE };
        if deep > 3 || taxes.len() > 10 {
            return Err(TooLarge);
        }
        shares.push(on / MILLION * rate);
    }
    Ok(shares)
}

/// `total` in parts by these weights that sum to it exactly; what rounding leaves goes to the largest remainders, the first of equals.
pub(crate) fn allot(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return weights.iter().enumerate().map(|(n, _)| if n == 0 { total } else { 0 }).collect();
    }
    let exact: Vec<i128> = weights.iter().map(|weight| total * weight).collect();
    let mut parts: Vec<i128> = exact.iter().map(|share| share.div_euclid(sum)).collect();
    let left = total - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(exact[*n].rem_euclid(sum)));
    for n in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[n] += 1;
    }
    parts
}

fn within(figure: Option<i64>) -> Result<i64, TooLarge> {
    figure.filter(|figure| (-MOST_MINOR..=MOST_MINOR).contains(figure)).ok_or(TooLarge)
}

/// Highest rate first, then by name; what one tax is on, and what it comes to: rounded already, and what is still to be rounded.
#[derive(Default)]
struct Taken {
    base: i64,
    tax: i128,
    exact: i128,
}
type Taxes<'a> = BTreeMap<(i64, &'a str), Taken>;

fn name(tax: &LineTax) -> (i64, &str) {
    (-tax.rate_ppm, &tax.name)
}

/// The taxes in an amount that has them in it: what is left is what they are on.
fn extract<'a>(into: &mut Taxes<'a>, amount: i64, taxes: &'a [LineTax], rounding: Rounding) -> Result<i64, TooLarge> {
    let shares = shares(taxes)?;
    let all = WHOLE + shares.iter().sum::<i128>();
    let net = divide(i128::from(amount) * WHOLE, all, rounding);
    let tax = i128::from(amount) - net;
    for (levied, part) in taxes.iter().zip(allot(tax, &shares)) {
        let taken = into.entry(name(levied)).or_default();
        taken.base = within(taken.base.checked_add(i64::try_from(net).map_err(|_| TooLarge)?))?;
        taken.tax += part;
    }
    i64::try_from(tax).map_err(|_| TooLarge)
}

impl Rules {
    /// Quantity × price of a line, rounded once: what every paper by these rules has it as. Beyond what money gets, `sum` refuses it.
    pub fn amount(self, unit_price_minor: i64, quantity_milli: i64) -> i64 {
        let exact = divide(i128::from(unit_price_minor) * i128::from(quantity_milli), 1000, self.rounding);
        i64::try_from(exact).unwrap_or(if exact < 0 { i64::MIN } else { i64::MAX })
    }
}

/// Adds up the lines.
pub fn sum<'a>(rules: Rules, lines: &[Charged<'a>]) -> Result<Totals, TooLarge> {
    let mut totals = Totals::default();
    let mut taxes: Taxes<'a> = BTreeMap::new();
    // Lines that carry the same taxes in the same order: out of these a tax is taken at once.
    let mut alike: Vec<(&'a [LineTax], i64)> = vec![];
    let mut net = 0_i64;
    for line in lines {
        let gross = rules.amount(line.unit_price_minor, line.quantity_milli);
        let amount = gross.checked_sub(line.discount_minor).ok_or(TooLarge)?;
        totals.amounts.push(amount);
        totals.subtotal_minor = within(totals.subtotal_minor.checked_add(gross))?;
        totals.discount_minor = within(totals.discount_minor.checked_add(line.discount_minor))?;
        net = within(net.checked_add(amount))?;
        if line.taxes.iter().all(|tax| tax.rate_ppm == 0) {
            continue;
        }
        within(Some(amount))?;
        match (rules.inclusive, rules.level) {
            (true, Level::Line) => {
                net = within(net.checked_sub(extract(&mut taxes, amount, line.taxes, rules.rounding)?))?;
            }
            (true, Level::Document) => match alike.iter_mut().find(|(known, _)| *known == line.taxes) {
                Some((_, together)) => *together = within(together.checked_add(amount))?,
                None => alike.push((line.taxes, amount)),
            },
            (false, level) => {
                for (levied, share) in
                    line.taxes.iter().zip(shares(line.taxes)?).filter(|(levied, _)| levied.rate_ppm != 0)
                {
                    let taken = taxes.entry(name(levied)).or_default();
                    taken.base = within(taken.base.checked_add(amount))?;
                    let exact = i128::from(amount) * share;
                    match level {
                        Level::Line => taken.tax += divide(exact, WHOLE, rules.rounding),
                        Level::Document => taken.exact = taken.exact.checked_add(exact).ok_or(TooLarge)?,
                    }
                }
            }
        }
    }
    for (levied, amount) in alike {
        net = within(net.checked_sub(extract(&mut taxes, amount, levied, rules.rounding)?))?;
    }
    for ((negative_rate, name), taken) in taxes {
        let tax = taken.tax + divide(taken.exact, WHOLE, rules.rounding);
        let tax_minor = within(i64::try_from(tax).ok())?;
        totals.tax_minor = within(totals.tax_minor.checked_add(tax_minor))?;
        let rate_ppm = -negative_rate;
        if rate_ppm != 0 {
            totals.taxes.push(Tax { name: name.to_owned(), rate_ppm, base_minor: taken.base, tax_minor });
        }
    }
    totals.total_minor = within(net.checked_add(totals.tax_minor))?;
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::scale;

    #[test]
    fn halves_go_where_they_are_told() {
        for (numerator, denominator, up, even) in [
            (1, 2, 1, 0),
            (3, 2, 2, 2),
            (-1, 2, -1, 0),
            (-3, 2, -2, -2),
            (5, 2, 3, 2),
            (7, 3, 2, 2),
            (-7, 3, -2, -2),
            (-8, 3, -3, -3),
        ] {
            assert_eq!(divide(numerator, denominator, Rounding::HalfUp), up, "{numerator}/{denominator}");
            assert_eq!(divide(numerator, denominator, Rounding::HalfEven), even, "{numerator}/{denominator}");
        }
        for value in [-12_345, -5, 0, 7, 99_999] {
            assert_eq!(
                divide(i128::from(value) * 82_500, MILLION, Rounding::HalfUp),
                i128::from(scale(value, 82_500, 1_000_000))
            );
        }
    }

    fn line<'a>(price: i64, taxes: &'a [LineTax]) -> Charged<'a> {
        Charged { quantity_milli: 1000, unit_price_minor: price, discount_minor: 0, taxes }
    }

    #[test]
    fn a_tax_on_tax_and_tax_out_of_a_price() {
        let taxes = [
            LineTax { name: "GST".into(), rate_ppm: 50_000, compound: false },
            LineTax { name: "PST".into(), rate_ppm: 100_000, compound: true },
        ];
        let on_top = sum(Rules::default(), &[line(10_000, &taxes)]).unwrap();
        let told: Vec<_> = on_top.taxes.iter().map(|tax| (tax.name.as_str(), tax.tax_minor)).collect();
        assert_eq!((told, on_top.total_minor), (vec![("PST", 1050), ("GST", 500)], 11_550));
        let rules = Rules { inclusive: true, ..Rules::default() };
        let taken_out = sum(rules, &[line(11_550, &taxes)]).unwrap();
        let told: Vec<_> = taken_out.taxes.iter().map(|tax| (tax.base_minor, tax.tax_minor)).collect();
        assert_eq!(
            (told, taken_out.tax_minor, taken_out.total_minor),
            (vec![(10_000, 1050), (10_000, 500)], 1550, 11_550)
        );
    }

    #[test]
    fn the_level_decides_how_often_is_rounded() {
        let taxes = [LineTax { name: "".into(), rate_ppm: 50_000, compound: false }];
        let lines = [line(10, &taxes); 3];
        let of = |level| sum(Rules { level, ..Rules::default() }, &lines).unwrap().tax_minor;
        assert_eq!((of(Level::Line), of(Level::Document)), (3, 2));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let one = LineTax { name: String::new(), rate_ppm: 1, compound: true };
        let taxes = [one.clone(), one.clone(), one.clone(), one];
        assert_eq!(sum(Rules::default(), &[line(1, &taxes)]), Err(TooLarge));
        assert_eq!(sum(Rules::default(), &[line(MOST_MINOR + 1, &[])]), Err(TooLarge));
        let beyond = [LineTax { name: "".into(), rate_ppm: 1_000_001, compound: false }];
        assert_eq!(sum(Rules::default(), &[line(1, &beyond)]), Err(TooLarge));
    }
}
