//! Which figures of an item come from rules: for these nothing is set by hand, the others are its own. How they come is told in `reckon`.
use crate::item::{Kind, Pricing};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByRule {
    pub price: bool,
    pub cost: bool,
}

impl ByRule {
    /// `consists`: it has parts. Where no rule gives a figure yet, the item's own stands in.
    pub fn of(kind: Kind, pricing: Pricing, consists: bool) -> Self {
        let (price, cost) = match pricing {
            // What a bundle costs is what its parts cost, whatever it sells for.
            Pricing::Fixed => (false, kind == Kind::Bundle && consists),
            Pricing::Markup => (true, false),
            Pricing::Parts => (consists, consists),
            Pricing::Time => (true, true),
        };
        Self { price, cost }
    }
}
