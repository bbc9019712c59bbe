//! How a price comes about: a function over what was read, without a clock and without a database.
use kernel::money::scale;

use super::{Basis, ByRule, Rule};
use crate::{
    category::CategoryId,
    item::{Item, ItemId, Pricing},
    labor_rate::LaborRate,
};

kernel::text_enum! {
    /// The rule that gave a price.
    pub enum By {
        Own = "own": "Its own price",
        Labor = "labor": "Labor rate",
        Parts = "parts": "Sum of its parts",
        Time = "time": "Time and materials",
        Item = "item": "Markup of the item",
        Category = "category": "Markup of the category",
        Group = "group": "Markup of the customer group",
        Company = "company": "Markup of the company",
        NoRule = "no_rule": "Its own price: no rule gives one yet",
    }
}

/// Beyond this nothing is sold.
pub(crate) const MOST: i64 = 100_000_000_000;

/// A part of a price. The amount is of so many; hours have their minutes, for thousandths of an hour would round.
#[derive(Debug, Clone)]
pub struct Step {
    pub item: Option<ItemId>,
    pub what: String,
    pub quantity_milli: i64,
    pub minutes: Option<i32>,
    pub unit_price: i64,
    pub amount: i64,
    pub cost: Option<i64>,
    pub by: By,
    /// The name of the category, group or rate.
    pub of: Option<String>,
    pub markup_ppm: Option<i64>,
}

/// Of one of it.
#[derive(Debug, Clone)]
pub struct Reckoned {
    pub price: i64,
    pub cost: Option<i64>,
    pub by: By,
    pub of: Option<String>,
    pub markup_ppm: Option<i64>,
    pub steps: Vec<Step>,
}

/// Parts within parts end here, as the database has it.
const DEPTH: usize = 6;

impl Basis {
    pub(crate) fn reckon(&self, item: &Item) -> Reckoned {
        self.within(item, DEPTH)
    }

    fn within(&self, item: &Item, depth: usize) -> Reckoned {
        let parts = if depth == 0 { vec![] } else { self.steps(item, depth) };
        let by_rule = ByRule::of(item.kind, item.pricing, !parts.is_empty());
        match item.pricing {
            Pricing::Fixed => {
                let own = Reckoned::flat(item.price_minor, item.cost_minor, By::Own);
                let cost = if by_rule.cost { cost_of(&parts) } else { item.cost_minor };
                Reckoned { cost, ..own }
            }
            Pricing::Markup => self.marked_up(item),
            Pricing::Parts if !by_rule.price => Reckoned::flat(item.price_minor, item.cost_minor, By::NoRule),
            Pricing::Parts => Reckoned::summed(parts, By::Parts, item.cost_minor),
            Pricing::Time => {
                let mut steps: Vec<Step> = self.labor(item).into_iter().collect();
                if steps.is_empty() {
                    return Reckoned::flat(item.price_minor, item.cost_minor, By::NoRule);
                }
                steps.extend(parts);
                Reckoned::summed(steps, By::Time, item.cost_minor)
            }
        }
    }

    fn steps(&self, item: &Item, depth: usize) -> Vec<Step> {
        let parts = self.parts.get(&item.id).map(Vec::as_slice).unwrap_or_default();
        let found = parts.iter().filter_map(|(id, quantity)| Some((self.items.get(id)?, *quantity)));
        let step = |(part, quantity): (&Item, i64)| {
            let one = self.within(part, depth - 1);
            Step {
                item: Some(part.id),
                what: part.name.clone(),
                quantity_milli: quantity,
                minutes: None,
                unit_price: one.price,
                amount: scale(one.price, quantity, 1000),
                cost: one.cost.map(|cost| scale(cost, quantity, 1000)),
                by: one.by,
                of: one.of,
                markup_ppm: one.markup_ppm,
            }
        };
        found.map(step).collect()
    }

    fn labor(&self, item: &Item) -> Option<Step> {
        let rate: &LaborRate = match item.labor_rate_id {
            Some(id) => self.rates.get(&id)?,
            None => self.rates.values().find(|rate| rate.standard)?,
        };
        let minutes = item.duration_minutes;
        let of = |hour: i64| scale(hour, minutes.into(), 60);
        Some(Step {
            item: None,
            what: "Labor".into(),
            quantity_milli: scale(minutes.into(), 1000, 60),
            minutes: Some(minutes),
            unit_price: rate.price_minor,
            amount: of(rate.price_minor),
            cost: rate.cost_minor.map(of),
            by: By::Labor,
            of: Some(rate.name.clone()),
            markup_ppm: None,
        })
    }

    /// The narrowest rule: the item's, its category's or the nearest one's above, a group's, all's. Of several groups the one that is
    /// best for the customer.
    fn marked_up(&self, item: &Item) -> Reckoned {
        let none = || Reckoned::flat(item.price_minor, item.cost_minor, By::NoRule);
        let Some(cost) = item.cost_minor else { return none() };
        let band = |rule: &Rule| {
            let at = rule.from_minor.iter().rposition(|from| *from <= cost)?;
            rule.markup_ppm.get(at).copied()
        };
        let marked = |ppm: i64, by: By, of: Option<String>| Reckoned {
            price: cost.saturating_add(scale(cost, ppm, 1_000_000)).min(MOST),
            cost: Some(cost),
            by,
            of,
            markup_ppm: Some(ppm),
            steps: vec![],
        };
        let own = self.rules.iter().find(|rule| rule.item_id == Some(item.id)).and_then(band);
        if let Some(ppm) = own {
            return marked(ppm, By::Item, Some(item.name.clone()));
        }
        let mut above = item.category_id;
        for _ in 0..DEPTH {
            let Some(id) = above else { break };
            if let Some(ppm) = self.rules.iter().find(|rule| rule.category_id == Some(id)).and_then(band) {
                return marked(ppm, By::Category, self.name(id));
            }
            above = self.heads.get(&id).and_then(|head| head.parent_id);
        }
        let groups = self.rules.iter().filter_map(|rule| Some((band(rule)?, rule.tag.clone()?)));
        if let Some((ppm, tag)) = groups.min_by_key(|(ppm, _)| *ppm) {
            return marked(ppm, By::Group, Some(tag));
        }
        let all = |rule: &&Rule| rule.item_id.is_none() && rule.category_id.is_none() && rule.tag.is_none();
        match self.rules.iter().find(all).and_then(band) {
            Some(ppm) => marked(ppm, By::Company, None),
            None => none(),
        }
    }

    fn name(&self, category: CategoryId) -> Option<String> {
        self.heads.get(&category).map(|head| head.name.clone())
    }
}

/// Known when it is known of each.
fn cost_of(steps: &[Step]) -> Option<i64> {
    steps.iter().try_fold(0_i64, |sum, step| Some(sum.saturating_add(step.cost?)))
}

impl Reckoned {
    fn flat(price: i64, cost: Option<i64>, by: By) -> Self {
        Self { price, cost, by, of: None, markup_ppm: None, steps: vec![] }
    }
    fn summed(steps: Vec<Step>, by: By, kept: Option<i64>) -> Self {
        let price = steps.iter().fold(0_i64, |sum, step| sum.saturating_add(step.amount)).min(MOST);
        let cost = if steps.is_empty() { kept } else { cost_of(&steps) };
        Self { price, cost: cost.map(|cost| cost.min(MOST)), by, of: None, markup_ppm: None, steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        category::Status,
        item::{Kind, SoldAs},
        labor_rate::LaborRateId,
        markup::MarkupId,
    };
    use jiff::Timestamp;

    fn item(kind: Kind, pricing: Pricing, price_minor: i64, cost_minor: i64) -> Item {
        Item {
            id: ItemId::new(),
            category_id: None,
            category: None,
            kind,
            name: "It".into(),
            code: None,
            description: None,
            unit: None,
            duration_minutes: 60,
            price_minor,
            cost_minor: Some(cost_minor),
            currency: "USD".into(),
            tax_rate_id: None,
            tax_name: None,
            tax_rate_ppm: 0,
            online: false,
            pricing,
            labor_rate_id: None,
            sold_as: SoldAs::One,
            status: Status::Active,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_is_by_rule_is_what_comes_out_otherwise_than_it_was_set() {
        let rate = LaborRate {
            id: LaborRateId::new(),
            name: "Hour".into(),
            price_minor: 9000,
            cost_minor: Some(4000),
            currency: "USD".into(),
            standard: true,
            status: Status::Active,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let all = Rule {
            id: MarkupId::new(),
            item_id: None,
            category_id: None,
            tag: None,
            from_minor: vec![0],
            markup_ppm: vec![500_000],
        };
        let part = item(Kind::Material, Pricing::Fixed, 700, 500);
        for (kind, pricing) in Kind::ALL.iter().flat_map(|kind| Pricing::ALL.iter().map(|pricing| (*kind, *pricing))) {
            for consists in [false, true] {
                let own = item(kind, pricing, 11, 5);
                let mut basis = Basis::default();
                basis.rates.insert(rate.id, rate.clone());
                basis.rules.push(all.clone());
                if consists {
                    basis.parts.insert(own.id, vec![(part.id, 1000)]);
                }
                basis.items.insert(part.id, part.clone());
                let reckoned = basis.reckon(&own);
                let otherwise = ByRule { price: reckoned.price != 11, cost: reckoned.cost != Some(5) };
                assert_eq!(ByRule::of(kind, pricing, consists), otherwise, "{kind} {pricing} {consists}");
            }
        }
    }
}
