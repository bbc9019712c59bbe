//! What a change would do to each price: a function over the rows, the same for the preview and for the deed.
use kernel::{Currency, money::scale, row, text_enum};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::{
    item::{ItemId, Kind},
    price::MOST,
};

text_enum! {
    pub enum How {
        Percent = "percent": "Raise or lower by per cent",
        Amount = "amount": "Raise or lower by an amount",
        Markup = "markup": "Set to cost and a markup",
        Margin = "margin": "Set to a margin",
    }
}
text_enum! {
    pub enum Round {
        None = "none": "To the cent",
        Up99 = "up_99": "To .99",
        Up95 = "up_95": "To .95",
        Whole = "whole": "To whole amounts",
        Five = "five": "To 5",
        Ten = "ten": "To 10",
    }
}

row! {
    /// An item with a price of its own, and its figures on the day.
    #[derive(Debug, Clone)]
    pub struct Before { pub id: ItemId, pub name: String, pub code: Option<String>, pub kind: Kind, pub price_minor: i64, pub cost_minor: Option<i64> }
}

/// What becomes of one price.
#[derive(Debug, Clone)]
pub struct After {
    pub item: Before,
    pub new_minor: i64,
}

#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub changes: Vec<After>,
    /// Left out: nobody wrote down what they cost, and the change goes by the cost.
    pub without_cost: usize,
    /// Left out: the price comes out as it is.
    pub unchanged: usize,
}

/// To the nearest price of the form, half up. Where a currency has no cents, the ends in cents leave a price as it is.
pub fn rounded(minor: i64, round: Round, currency: Currency) -> i64 {
    let unit = 10_i64.pow(currency.exponent.into());
    let cent = unit / 100;
    let (step, below) = match round {
        Round::None => return minor,
        Round::Up99 | Round::Up95 if cent == 0 => return minor,
        Round::Up99 => (unit, cent),
        Round::Up95 => (unit, 5 * cent),
        Round::Whole => (unit, 0),
        Round::Five => (5 * unit, 0),
        Round::Ten => (10 * unit, 0),
    };
    // What was free stays free, and nothing becomes it by rounding.
    let nearest = scale(minor.saturating_add(below), 1, step) * step - below;
    if minor <= 0 {
        0
    } else if nearest <= 0 {
        step - below
    } else {
        nearest
    }
}

/// `by` is in millionths, or minor units of an amount.
pub fn plan(items: Vec<Before>, how: How, by: i64, round: Round, currency: Currency) -> Plan {
    let mut plan = Plan::default();
    for item in items {
        let raw = match (how, item.cost_minor) {
            (How::Percent, _) => Some(item.price_minor.saturating_add(scale(item.price_minor, by, 1_000_000))),
            (How::Amount, _) => Some(item.price_minor.saturating_add(by)),
            (How::Markup, Some(cost)) => Some(cost.saturating_add(scale(cost, by, 1_000_000))),
            // Of the price so much is left: the cost is the rest of it.
            (How::Margin, Some(cost)) => Some(scale(cost, 1_000_000, 1_000_000 - by)),
            (_, None) => None,
        };
        let Some(raw) = raw else {
            plan.without_cost += 1;
            continue;
        };
        let new_minor = rounded(raw.clamp(0, MOST), round, currency).min(MOST);
        match new_minor == item.price_minor {
            true => plan.unchanged += 1,
            false => plan.changes.push(After { item, new_minor }),
        }
    }
    plan
}

impl Plan {
    pub fn was_minor(&self) -> i64 {
        self.changes.iter().map(|change| change.item.price_minor).sum()
    }
    pub fn new_minor(&self) -> i64 {
        self.changes.iter().map(|change| change.new_minor).sum()
    }
    /// Tells one outcome from another: what was looked at is what is done, or nothing.
    pub fn seen(&self) -> String {
        let mut hasher = DefaultHasher::new();
        for change in &self.changes {
            (change.item.id.0, change.item.price_minor, change.new_minor).hash(&mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_end_as_they_are_asked_to() {
        let usd = Currency::USD;
        for (minor, round, expected) in [
            (1234, Round::None, 1234),
            (1234, Round::Up99, 1199),
            (1250, Round::Up99, 1299),
            (1249, Round::Up99, 1299),
            (1248, Round::Up99, 1199),
            (20, Round::Up99, 99),
            (0, Round::Up99, 0),
            (1234, Round::Up95, 1195),
            (1250, Round::Whole, 1300),
            (1249, Round::Whole, 1200),
            (1249, Round::Five, 1000),
            (1250, Round::Five, 1500),
            (1, Round::Ten, 1000),
        ] {
            assert_eq!(rounded(minor, round, usd), expected, "{minor} {round}");
        }
        let (yen, dinar) = (Currency::of("JPY").unwrap(), Currency::of("KWD").unwrap());
        assert_eq!((rounded(1234, Round::Up99, yen), rounded(1234, Round::Five, yen)), (1234, 1235));
        assert_eq!(rounded(12_400, Round::Up99, dinar), 11_990);
    }

    #[test]
    fn each_way_says_what_it_does_to_a_price() {
        let item = |price: i64, cost: Option<i64>| Before {
            id: ItemId::new(),
            name: "x".into(),
            code: None,
            kind: Kind::Material,
            price_minor: price,
            cost_minor: cost,
        };
        let new = |how: How, by: i64, item: Before| {
            plan(vec![item], how, by, Round::None, Currency::USD).changes.first().map(|change| change.new_minor)
        };
        assert_eq!(new(How::Percent, 50_000, item(1000, None)), Some(1050));
        assert_eq!(new(How::Percent, -333_333, item(1000, None)), Some(667));
        assert_eq!(new(How::Amount, -2000, item(1000, None)), Some(0), "never below nothing");
        assert_eq!(new(How::Markup, 450_000, item(1, Some(1000))), Some(1450));
        assert_eq!(new(How::Margin, 400_000, item(1, Some(600))), Some(1000), "40 % of 10.00 are left");
        assert_eq!(new(How::Margin, 400_000, item(1, None)), None);
        assert_eq!(new(How::Amount, 0, item(1000, None)), None, "as it is");
    }
}
