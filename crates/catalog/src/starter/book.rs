//! The books themselves: a line for each item, parts of a line between bars.
use super::Trade;
use crate::item::Kind;

/// An item to begin with. Price and cost are in hundredths of the currency's own unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// "Repairs > Cooling".
    pub category: &'static str,
    pub kind: Kind,
    pub online: bool,
    pub code: &'static str,
    pub name: &'static str,
    pub minutes: i32,
    pub price: i64,
    pub cost: i64,
    pub says: &'static str,
    /// Of a bundle: the codes of what goes into it, of this book, and how many of each.
    pub parts: Vec<(&'static str, i64)>,
}

const fn text(trade: Trade) -> &'static str {
    match trade {
        Trade::Hvac => include_str!("hvac.txt"),
        Trade::Plumbing => include_str!("plumbing.txt"),
        Trade::Electrical => include_str!("electrical.txt"),
    }
}

pub(super) fn of(trade: Trade) -> Vec<Entry> {
    text(trade).lines().filter(|line| !line.starts_with('#')).filter_map(entry).collect()
}

fn entry(line: &'static str) -> Option<Entry> {
    let columns: Vec<&str> = line.split('|').collect();
    let [category, kind, code, name, minutes, price, cost, says, ref parts @ ..] = columns[..] else { return None };
    let part = |part: &'static str| match part.split_once('*') {
        Some((code, many)) => many.parse().ok().map(|many: i64| (code, many)),
        None => Some((part, 1)),
    };
    let parts: Option<Vec<_>> = parts.iter().flat_map(|parts| parts.split_whitespace()).map(part).collect();
    let hundredths = |text: &str| text.replace('.', "").parse().ok();
    Some(Entry {
        category,
        kind: kind.trim_end_matches('*').parse().ok()?,
        online: kind.ends_with('*'),
        code,
        name,
        minutes: minutes.parse().ok()?,
        price: hundredths(price)?,
        cost: hundredths(cost)?,
        says,
        parts: parts?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_line_is_an_item_that_makes_sense() {
        let mut codes = HashSet::new();
        for trade in Trade::ALL {
            let lines = text(*trade).lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
            let entries = of(*trade);
            assert!(entries.len() >= 40 && entries.len() == lines, "{trade}: {} of {lines}", entries.len());
            for entry in &entries {
                let Entry { code, name, price, cost, minutes, .. } = entry;
                assert!(codes.insert(*code), "{code} twice");
                assert!(*price > *cost && *cost > 0 && *price < 2_000_000, "{code}: {price} {cost}");
                let parts: Vec<(&Entry, i64)> = (entry.parts.iter())
                    .map(|(part, many)| (entries.iter().find(|one| one.code == *part).unwrap(), *many))
                    .collect();
                assert_eq!(entry.kind == Kind::Bundle, parts.len() > 1, "{code}");
                let sum = |of: fn(&Entry) -> i64| parts.iter().map(|(part, many)| of(part) * many).sum::<i64>();
                assert!(parts.is_empty() || sum(|part| part.cost) == *cost, "{code} costs what its parts cost");
                assert!(parts.is_empty() || sum(|part| part.price) > *price, "{code} is a better price than its parts");
                assert_eq!(entry.kind == Kind::Service, *minutes > 0, "{code}");
                assert!(!entry.online || entry.kind == Kind::Service, "{code}");
                assert!(name.len() <= 120 && code.len() <= 40 && entry.says.len() <= 2000, "{code}");
                assert!(entry.kind != Kind::Service || entry.says.ends_with('.'), "{code} says what it is");
                assert!(entry.category.split(" > ").all(|part| (1..=80).contains(&part.len())), "{code}");
            }
            for kind in [Kind::Service, Kind::Material, Kind::Labor, Kind::Equipment, Kind::Bundle] {
                assert!(entries.iter().filter(|entry| entry.kind == kind).count() >= 2, "{trade}: {kind}");
            }
            assert!(
                entries.iter().filter(|entry| entry.online).count() >= 4,
                "{trade}: something can be booked online"
            );
        }
    }
}
