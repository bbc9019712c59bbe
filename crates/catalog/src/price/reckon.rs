//! How a price comes about: a function over what was read, without a clock and without a database.
use kernel::money::scale;

use super::{Basis, Rule};
use crate::{
    category::CategoryId,
    item::{Item, ItemId, Kind, Pricing},
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
        match item.pricing {
            Pricing::Fixed => {
                let own = Reckoned::flat(item.price_minor, item.cost_minor, By::Own);
                // What a bundle costs is what its parts cost, whatever it sells for.
                let cost = (item.kind == Kind::Bundle && !parts.is_empty()).then(|| cost_of(&parts));
                Reckoned { cost: cost.unwrap_or(item.cost_minor), ..own }
            }
            Pricing::Markup => self.marked_up(item),
            Pricing::Parts if parts.is_empty() => Reckoned::flat(item.price_minor, item.cost_minor, By::NoRule),
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
