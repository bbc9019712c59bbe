//! What an option comes to. Its discount is spread over its taxes as lines of their own, so that the job and the invoice it becomes,
//! which know no discount of a whole, add up to the same cent by the same sum.
use catalog::TaxRateId;
use kernel::{
    money::{allocate, scale},
    sum::{Charged, LineTaxes, Rules, Tax, TooLarge, sum},
};

/// So many millionths of a whole, and an amount besides: a discount, a deposit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    pub ppm: i64,
    pub minor: i64,
}

impl Part {
    /// Never below nothing, never more than the whole.
    pub fn of(self, whole: i64) -> i64 {
        scale(whole, self.ppm, 1_000_000).saturating_add(self.minor).clamp(0, whole.max(0))
    }
}

/// How a line is taxed: its taxes, and of which tax of the price book they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taxed {
    pub taxes: LineTaxes,
    pub by: Option<TaxRateId>,
}

/// What of a line counts for the sum.
#[derive(Debug, Clone)]
pub struct Counted {
    pub quantity_milli: i64,
    pub unit_price_minor: i64,
    pub taxed: Taxed,
}

impl Counted {
    fn charged(&self) -> Charged<'_> {
        Charged {
            quantity_milli: self.quantity_milli,
            unit_price_minor: self.unit_price_minor,
            discount_minor: 0,
            taxes: &self.taxed.taxes,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reckoned {
    /// Of each line: quantity × price, rounded once.
    pub amounts: Vec<i64>,
    pub subtotal_minor: i64,
    pub discount_minor: i64,
    /// The discount by the taxes it is spread to.
    pub spread: Vec<(Taxed, i64)>,
    pub taxes: Vec<Tax>,
    pub tax_minor: i64,
    pub total_minor: i64,
}

/// Adds up the lines of an option, less its discount.
pub fn reckon(rules: Rules, lines: &[Counted], discount: Part) -> Result<Reckoned, TooLarge> {
    let gross = sum(rules, &lines.iter().map(Counted::charged).collect::<Vec<_>>())?;
    let mut alike: Vec<(&Taxed, i64)> = vec![];
    for (line, amount) in lines.iter().zip(&gross.amounts) {
        match alike.iter_mut().find(|(known, _)| **known == line.taxed) {
            Some((_, together)) => *together += amount,
            None => alike.push((&line.taxed, *amount)),
        }
    }
    // What is given back under a tax carries none of the discount.
    let weights: Vec<i64> = alike.iter().map(|(_, amount)| (*amount).max(0)).collect();
    let off = discount.of(gross.subtotal_minor).min(weights.iter().sum());
    let parts = alike.iter().map(|(taxed, _)| (*taxed).clone()).zip(allocate(off, &weights));
    let spread: Vec<(Taxed, i64)> = parts.filter(|(_, part)| *part != 0).collect();
    let less: Vec<Counted> = spread
        .iter()
        .map(|(taxed, part)| Counted { quantity_milli: 1000, unit_price_minor: -part, taxed: taxed.clone() })
        .collect();
    let totals = sum(rules, &lines.iter().chain(&less).map(Counted::charged).collect::<Vec<_>>())?;
    Ok(Reckoned {
        amounts: gross.amounts,
        subtotal_minor: gross.subtotal_minor,
        discount_minor: off,
        spread,
        taxes: totals.taxes,
        tax_minor: totals.tax_minor,
        total_minor: totals.total_minor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::sum::{Level, LineTax, Rounding};
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    fn line(quantity_milli: i64, unit_price_minor: i64, name: &str, rate_ppm: i64) -> Counted {
        let tax = Some(LineTax { name: name.into(), rate_ppm, compound: false }).filter(|tax| tax.rate_ppm > 0);
        let taxed = Taxed { taxes: LineTaxes(tax.into_iter().collect()), by: None };
        Counted { quantity_milli, unit_price_minor, taxed }
    }

    #[test]
    fn a_discount_lowers_each_tax_by_its_share() {
        // 100.00 taxed at 10 %, 50.00 without: 15.00 off is 10.00 and 5.00.
        let lines = [line(1000, 10_000, "Tax", 100_000), line(1000, 5_000, "", 0)];
        let found = reckon(Rules::default(), &lines, Part { ppm: 100_000, minor: 0 }).unwrap();
        assert_eq!((found.subtotal_minor, found.discount_minor), (15_000, 1_500));
        assert_eq!((found.taxes[0].base_minor, found.tax_minor, found.total_minor), (9_000, 900, 14_400));
        let all = reckon(Rules::default(), &lines, Part { ppm: 0, minor: 999_999 }).unwrap();
        assert_eq!((all.discount_minor, all.total_minor), (15_000, 0), "at most what there is");
        assert_eq!(reckon(Rules::default(), &[], Part { ppm: 1, minor: 1 }).unwrap(), Reckoned::default());
    }

    /// The same reckoned otherwise: exact fractions by integers of 128 bits, the discount's parts found by trying.
    fn nearest(numerator: i128, denominator: i128) -> i128 {
        let twice = 2 * numerator.abs() + denominator;
        let whole = twice / (2 * denominator);
        if numerator < 0 { -whole } else { whole }
    }

    #[test]
    fn a_hundred_thousand_random_options_agree_with_an_independent_reckoning() {
        let mut random = SmallRng::seed_from_u64(20261122);
        let taxes = [("State", 82_500), ("City", 12_500), ("", 0), ("State", 190_000), ("Levy", 333_333)];
        let mut discounted = 0;
        for _ in 0..100_000 {
            let lines: Vec<Counted> = (0..random.random_range(0..9))
                .map(|_| {
                    let (name, rate) = taxes[random.random_range(0..taxes.len())];
                    line(random.random_range(1..20_000), random.random_range(-20_000..500_000), name, rate)
                })
                .collect();
            // Ticked or not: what is not ticked is not there.
            let ticked: Vec<Counted> = lines.into_iter().filter(|_| random.random_range(0..4) > 0).collect();
            let part = Part {
                ppm: [0, 0, 50_000, 333_333, 1_000_000][random.random_range(0..5)],
                minor: [0, 0, 1, 9_999][random.random_range(0..4)],
            };
            let deposit = Part {
                ppm: [0, 300_000, 500_000][random.random_range(0..3)],
                minor: random.random_range(0..2) * 5_000,
            };
            let found = reckon(Rules::default(), &ticked, part).unwrap();

            let amounts: Vec<i128> = ticked
                .iter()
                .map(|l| nearest(i128::from(l.quantity_milli) * i128::from(l.unit_price_minor), 1000))
                .collect();
            let subtotal: i128 = amounts.iter().sum();
            assert_eq!(i128::from(found.subtotal_minor), subtotal);
            let mut bases: Vec<((&str, i64), i128)> = vec![];
            for (l, amount) in ticked.iter().zip(&amounts) {
                let name = l.taxed.taxes.first().map_or(("", 0), |tax| (tax.name.as_str(), tax.rate_ppm));
                match bases.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, base)) => *base += amount,
                    None => bases.push((name, *amount)),
                }
            }
            let room: i128 = bases.iter().map(|(_, base)| (*base).max(0)).sum();
            let wanted = nearest(subtotal * i128::from(part.ppm), 1_000_000) + i128::from(part.minor);
            let off = wanted.clamp(0, subtotal.max(0)).min(room);
            assert_eq!(i128::from(found.discount_minor), off);
            assert_eq!(found.spread.iter().map(|(_, part)| i128::from(*part)).sum::<i128>(), off);
            discounted += usize::from(off > 0);
            let (mut taxed, mut kept) = (0, 0);
            for ((name, rate), base) in &bases {
                let part = found.spread.iter().find(|(taxed, _)| {
                    taxed.taxes.first().map_or(("", 0), |tax| (tax.name.as_str(), tax.rate_ppm)) == (*name, *rate)
                });
                let share = part.map_or(0, |(_, part)| i128::from(*part));
                // A fair share: off by less than a cent from the exact one, and never more than there is.
                let exact = off * (*base).max(0);
                assert!(room == 0 || (share * room - exact).abs() < room, "{share} of {exact}/{room}");
                assert!((0..=(*base).max(0)).contains(&share));
                taxed += nearest((base - share) * i128::from(*rate), 1_000_000);
                kept += base - share;
            }
            assert_eq!(i128::from(found.tax_minor), taxed);
            assert_eq!(i128::from(found.total_minor), kept + taxed);
            // What is asked for before, and what is left, is the whole.
            let (first, whole) = (deposit.of(found.total_minor), found.total_minor);
            assert!((0..=whole.max(0)).contains(&first));
            let as_lines: Vec<Counted> = ticked
                .iter()
                .cloned()
                .chain(found.spread.iter().map(|(tax, part)| Counted {
                    quantity_milli: 1000,
                    unit_price_minor: -part,
                    taxed: tax.clone(),
                }))
                .chain([line(1000, -first, "", 0)])
                .collect();
            assert_eq!(reckon(Rules::default(), &as_lines, Part::default()).unwrap().total_minor + first, whole);
            // By whichever rules: the lines it becomes are what was summed.
            let rules = Rules {
                inclusive: random.random_range(0..2) == 1,
                rounding: [Rounding::HalfUp, Rounding::HalfEven][random.random_range(0..2)],
                level: [Level::Line, Level::Document][random.random_range(0..2)],
            };
            let found = reckon(rules, &ticked, part).unwrap();
            let first = deposit.of(found.total_minor);
            let less = |(taxed, part): &(Taxed, i64)| Counted {
                quantity_milli: 1000,
                unit_price_minor: -part,
                taxed: taxed.clone(),
            };
            let becomes: Vec<Counted> = ticked
                .iter()
                .cloned()
                .chain(found.spread.iter().map(less))
                .chain([line(1000, -first, "", 0)])
                .collect();
            let last = reckon(rules, &becomes, Part::default()).unwrap();
            assert_eq!((last.total_minor + first, last.tax_minor), (found.total_minor, found.tax_minor));
        }
        assert!(discounted > 20_000, "{discounted} had a discount");
    }
}
