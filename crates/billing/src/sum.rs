//! The sum of an invoice, as the money core of the house has it. Page, paper, ledger and API take it from here.
use kernel::sum::{Charged, Levied, Rules};

pub use kernel::sum::{MOST_MINOR, Tax, TooLarge, Totals};

/// What a line says about money. Quantity in thousandths, prices in minor units, the rate in millionths.
#[derive(Debug, Clone, Copy)]
pub struct Priced<'a> {
    pub quantity_milli: i64,
    pub unit_price_minor: i64,
    pub discount_minor: i64,
    pub tax_name: &'a str,
    pub tax_rate_ppm: i64,
}

/// Adds up the lines. Tax is rounded once for each name and rate, on the sum of its lines, half away from zero.
pub fn sum(lines: &[Priced<'_>]) -> Result<Totals, TooLarge> {
    let taxes: Vec<[Levied<'_>; 1]> = lines
        .iter()
        .map(|line| [Levied { name: line.tax_name, rate_ppm: line.tax_rate_ppm, compound: false }])
        .collect();
    let charged: Vec<Charged<'_>> = lines
        .iter()
        .zip(&taxes)
        .map(|(line, taxes)| Charged {
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_minor: line.discount_minor,
            taxes,
        })
        .collect();
    kernel::sum::sum(Rules::default(), &charged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    /// `numerator / denominator` to the nearest whole, half away from zero, by comparing exact fractions: no division
    /// decides the rounding, so it is not the code under test again.
    fn is_nearest(whole: i128, numerator: i128, denominator: i128) -> bool {
        let miss = 2 * (numerator - whole * denominator);
        let towards_zero = if numerator < 0 { miss > 0 } else { miss < 0 };
        miss.abs() < denominator || (miss.abs() == denominator && towards_zero)
    }

    #[test]
    fn the_reference_itself_tells_right_from_wrong() {
        assert!(is_nearest(1, 1, 2) && is_nearest(-1, -1, 2) && is_nearest(2, 3, 2) && is_nearest(0, 1, 3));
        assert!(!is_nearest(0, 1, 2) && !is_nearest(0, -1, 2) && !is_nearest(1, 3, 2) && !is_nearest(1, 1, 3));
    }

    #[test]
    fn two_hundred_thousand_random_invoices_agree_with_exact_fractions() {
        let mut random = SmallRng::seed_from_u64(20260624);
        let rates = [0, 82_500, 87_500, 190_000, 70_000, 1, 333_333, 1_000_000];
        let names = ["State", "City", ""];
        for _ in 0..200_000 {
            let lines: Vec<Priced<'_>> = (0..random.random_range(0..12))
                .map(|_| Priced {
                    quantity_milli: random.random_range(1..50_000),
                    unit_price_minor: random.random_range(-100_000..1_000_000),
                    discount_minor: random.random_range(0..500),
                    tax_name: names[random.random_range(0..names.len())],
                    tax_rate_ppm: rates[random.random_range(0..rates.len())],
                })
                .collect();
            let totals = sum(&lines).unwrap();
            let mut net = 0_i128;
            for (line, amount) in lines.iter().zip(&totals.amounts) {
                let gross = i128::from(amount + line.discount_minor);
                assert!(is_nearest(gross, i128::from(line.quantity_milli) * i128::from(line.unit_price_minor), 1000));
                net += i128::from(*amount);
            }
            assert_eq!(i128::from(totals.subtotal_minor - totals.discount_minor), net);
            let mut taxed = 0_i128;
            for tax in &totals.taxes {
                let of_group = |line: &&Priced<'_>| line.tax_name == tax.name && line.tax_rate_ppm == tax.rate_ppm;
                let base: i64 = lines.iter().zip(&totals.amounts).filter(|(l, _)| of_group(l)).map(|(_, a)| a).sum();
                assert_eq!(base, tax.base_minor);
                let exact = i128::from(base) * i128::from(tax.rate_ppm);
                assert!(is_nearest(i128::from(tax.tax_minor), exact, 1_000_000));
                taxed += i128::from(tax.tax_minor);
            }
            let grouped: usize = totals
                .taxes
                .iter()
                .map(|t| lines.iter().filter(|l| l.tax_name == t.name && l.tax_rate_ppm == t.rate_ppm).count())
                .sum();
            assert_eq!(grouped, lines.iter().filter(|l| l.tax_rate_ppm != 0).count());
            assert_eq!(i128::from(totals.total_minor), net + taxed);
        }
    }

    #[test]
    fn tax_is_rounded_on_the_group_not_on_each_line() {
        // Three lines of 0.10 at 8.25 %: 0.0083 each would round to 0.01 × 3; on 0.30 it is 0.02.
        let line = Priced {
            quantity_milli: 1000,
            unit_price_minor: 10,
            discount_minor: 0,
            tax_name: "",
            tax_rate_ppm: 82_500,
        };
        assert_eq!(sum(&[line; 3]).unwrap().tax_minor, 2);
    }

    #[test]
    fn figures_beyond_reason_are_refused() {
        let line = Priced {
            quantity_milli: 1_000_000_000,
            unit_price_minor: MOST_MINOR,
            discount_minor: 0,
            tax_name: "",
            tax_rate_ppm: 0,
        };
        assert_eq!(sum(&[line]), Err(TooLarge));
        assert_eq!(sum(&[Priced { unit_price_minor: i64::MIN, discount_minor: i64::MAX, ..line }]), Err(TooLarge));
    }
}
