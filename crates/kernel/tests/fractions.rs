//! The sum of papers held against exact fractions, without a second implementation and without division.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use kernel::sum::{Charged, LineTax, MOST_MINOR, Rules, TooLarge, sum};
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
    let tax = |name: &str, rate_ppm: i64| LineTax { name: name.to_owned(), rate_ppm, compound: false };
    let taxes: Vec<LineTax> = ["State", "City", ""].iter().flat_map(|name| rates.map(|rate| tax(name, rate))).collect();
    for _ in 0..200_000 {
        let lines: Vec<Charged<'_>> = (0..random.random_range(0..12))
            .map(|_| Charged {
                quantity_milli: random.random_range(1..50_000),
                unit_price_minor: random.random_range(-100_000..1_000_000),
                discount_minor: random.random_range(0..500),
                taxes: std::slice::from_ref(&taxes[random.random_range(0..taxes.len())]),
            })
            .collect();
        let totals = sum(Rules::default(), &lines).unwrap();
        let mut net = 0_i128;
        for (line, amount) in lines.iter().zip(&totals.amounts) {
            let gross = i128::from(amount + line.discount_minor);
            assert!(is_nearest(gross, i128::from(line.quantity_milli) * i128::from(line.unit_price_minor), 1000));
            net += i128::from(*amount);
        }
        assert_eq!(i128::from(totals.subtotal_minor - totals.discount_minor), net);
        let mut taxed = 0_i128;
        for tax in &totals.taxes {
            let of_group =
                |line: &&Charged<'_>| line.taxes[0].name == tax.name && line.taxes[0].rate_ppm == tax.rate_ppm;
            let base: i64 = lines.iter().zip(&totals.amounts).filter(|(l, _)| of_group(l)).map(|(_, a)| a).sum();
            assert_eq!(base, tax.base_minor);
            let exact = i128::from(base) * i128::from(tax.rate_ppm);
            assert!(is_nearest(i128::from(tax.tax_minor), exact, 1_000_000));
            taxed += i128::from(tax.tax_minor);
        }
        let grouped: usize = totals
            .taxes
            .iter()
            .map(|t| lines.iter().filter(|l| l.taxes[0].name == t.name && l.taxes[0].rate_ppm == t.rate_ppm).count())
            .sum();
        assert_eq!(grouped, lines.iter().filter(|l| l.taxes[0].rate_ppm != 0).count());
        assert_eq!(i128::from(totals.total_minor), net + taxed);
    }
}

#[test]
fn tax_is_rounded_on_the_group_not_on_each_line() {
    // Three lines of 0.10 at 8.25 %: 0.0083 each would round to 0.01 × 3; on 0.30 it is 0.02.
    let taxes = [LineTax { name: String::new(), rate_ppm: 82_500, compound: false }];
    let line = Charged { quantity_milli: 1000, unit_price_minor: 10, discount_minor: 0, taxes: &taxes };
    assert_eq!(sum(Rules::default(), &[line; 3]).unwrap().tax_minor, 2);
}

#[test]
fn figures_beyond_reason_are_refused() {
    let line = Charged { quantity_milli: 1_000_000_000, unit_price_minor: MOST_MINOR, discount_minor: 0, taxes: &[] };
    assert_eq!(sum(Rules::default(), &[line]), Err(TooLarge));
    assert_eq!(
        sum(Rules::default(), &[Charged { unit_price_minor: i64::MIN, discount_minor: i64::MAX, ..line }]),
        Err(TooLarge)
    );
}
