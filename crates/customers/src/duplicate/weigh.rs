//! What speaks for two customers being one, and how much.
use crate::{Customer, Location, customer::Status};

use super::keys::{name, phone, postal_code, same_address};

/// From here on a pair is shown to somebody: the same e-mail or telephone alone, or a name with a place.
pub(super) const ENOUGH: i32 = 50;
/// So alike that the difference may be a slip or a second first name.
const SIMILAR: f64 = 0.92;

pub(super) struct Weighed {
    pub score: i32,
    pub reasons: Vec<&'static str>,
}

pub(super) fn weigh(one: (&Customer, &[Location]), other: (&Customer, &[Location])) -> Option<Weighed> {
    let ((a, a_places), (b, b_places)) = (one, other);
    if a.id == b.id || a.status != Status::Active || b.status != Status::Active {
        return None;
    }
    let mut weighed = Weighed { score: 0, reasons: vec![] };
    let mut speaks = |holds: bool, reason: &'static str, weight: i32| {
        if holds {
            weighed.score += weight;
            weighed.reasons.push(reason);
        }
        holds
    };
    let same = |a: Option<String>, b: Option<String>| a.is_some() && a == b;
    speaks(same(a.email.as_deref().map(str::to_lowercase), b.email.as_deref().map(str::to_lowercase)), "email", 60);
    speaks(same(a.phone.as_deref().and_then(phone), b.phone.as_deref().and_then(phone)), "phone", 50);
    let (ours, theirs) = (name(&a.name), name(&b.name));
    if !speaks(ours == theirs, "name", 30) {
        speaks(strsim::jaro_winkler(&ours, &theirs) >= SIMILAR, "similar_name", 20);
    }
    let any = |same: &dyn Fn(&Location, &Location) -> bool| {
        a_places.iter().take(20).any(|one| b_places.iter().take(20).any(|other| same(one, other)))
    };
    if !speaks(any(&same_address), "address", 30) {
        speaks(
            any(&|one, other| postal_code(one).is_some() && postal_code(one) == postal_code(other)),
            "postal_code",
            20,
        );
    }
    Some(weighed).filter(|weighed| weighed.score >= ENOUGH)
}
