//! By what a customer may be another one too: each key that two share makes them worth a look.
use kernel::text::{digits, fold};
use std::collections::BTreeSet;

use crate::{Customer, Location, customer::Status};

/// With more places somebody is a manager of property, and like everybody.
const PLACES: usize = 20;

/// Nothing for whoever is not active.
pub(super) fn keys(customer: &Customer, locations: &[Location]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    if customer.status != Status::Active {
        return keys;
    }
    keys.extend(customer.email.as_ref().map(|email| format!("email {}", email.to_lowercase())));
    keys.extend(customer.phone.as_deref().and_then(phone).map(|phone| format!("phone {phone}")));
    for place in locations.iter().take(PLACES) {
        let around = [postal_code(place), city(place)].into_iter().flatten();
        keys.extend(
            street(place)
                .into_iter()
                .flat_map(|street| around.clone().map(move |around| format!("place {street} {around}"))),
        );
        keys.extend(postal_code(place).map(|code| format!("home {code} {}", name(&customer.name))));
    }
    keys
}

/// The last ten digits: with the country's or without it is the same telephone. Shorter ones are extensions.
pub(super) fn phone(written: &str) -> Option<String> {
    let all = digits(written);
    (all.len() >= 7).then(|| all[all.len().saturating_sub(10)..].to_owned())
}

pub(super) fn postal_code(place: &Location) -> Option<String> {
    place.postal_code.as_deref().map(|code| fold(code).replace(' ', "")).filter(|code| !code.is_empty())
}

fn city(place: &Location) -> Option<String> {
    place.city.as_deref().map(fold).filter(|city| !city.is_empty())
}

/// With the house's number and the unit: a street alone is many people's.
fn street(place: &Location) -> Option<String> {
    let folded = fold(&place.street);
    folded.chars().any(|c| c.is_ascii_digit()).then(|| {
        let words = folded.split(' ').map(short).collect::<Vec<_>>().join(" ");
        format!("{words} {}", place.unit.as_deref().map(fold).unwrap_or_default())
    })
}

/// The same street, and the same postal code; where one has none, the same city.
pub(super) fn same_address(one: &Location, other: &Location) -> bool {
    let around = match (postal_code(one), postal_code(other)) {
        (Some(one), Some(other)) => one == other,
        _ => city(one).is_some() && city(one) == city(other),
    };
    around && street(one).is_some() && street(one) == street(other)
}

/// "Street" is written in two ways, and so are its like.
fn short(word: &str) -> &str {
    match word {
        "street" => "st",
        "road" => "rd",
        "avenue" => "ave",
        "drive" => "dr",
        "lane" => "ln",
        "court" => "ct",
        "boulevard" => "blvd",
        "highway" => "hwy",
        "place" => "pl",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        other => other,
    }
}

/// "Rivera, Ana" and "Ana Rivera" are one name.
pub(super) fn name(written: &str) -> String {
    let folded = fold(written);
    let mut words: Vec<&str> = folded.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

#[test]
fn what_is_written_in_two_ways_is_the_same() {
    assert_eq!(phone("+1 (217) 555-0142"), phone("217.555.0142"));
    assert_eq!(phone("0142"), None);
    assert_eq!(name("Rivera, Ana"), name("ana  RIVERA"));
    assert_eq!(short("street"), "st");
}
