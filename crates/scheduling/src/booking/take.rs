//! Takes a window for ten minutes: its soonest time, and somebody who is free then.
use jiff::{Span, Timestamp, civil::DateTime};
use kernel::{Error, Result, Visitor, secret::hash};

use super::{
    calendar::offered_in,
    hold::{Wish, find_held, hold},
    offer::window,
};
use crate::{availability::Question, neighbours::service_of, rule};

/// Holds the soonest time of the window that somebody can still take. Each try is a transaction of its own, so that
/// nobody waits for two technicians at once.
pub(super) async fn take(
    visitor: &Visitor,
    question: &Question,
    slot: DateTime,
    token: &str,
    before: Option<&str>,
) -> Result<()> {
    let locale = &visitor.tenant().locale;
    let gone = || Error::Conflict {
        code: "slot_taken",
        message: "That window has just been filled. Choose another one.".into(),
    };
    let own = find_held(before.map(hash).unwrap_or_default(), visitor.now());
    let (rules, held, service) = visitor.read((rule::find(), own, service_of(question.item))).await?;
    let rules = rules.unwrap_or_default();
    let today = visitor.local_now().date();
    let last = today.saturating_add(Span::new().days(rules.horizon_days));
    let hours = rules.window_hours.clamp(1, 4) as i8;
    if !(today..=last).contains(&slot.date()) || slot.hour() % hours != 0 {
        return Err(gone());
    }
    let window = window(slot.date(), slot.hour(), hours, locale);
    // The visitor's own hold must not hide the window it is in.
    if let (Some(before), Some(held)) = (before, held)
        && held.window_starts == Some(window.0)
        && Some(held.item_id) == question.item
    {
        return keep(visitor, before, token).await;
    }
    let service = service.filter(|service| service.online).ok_or(Error::NotFound)?;
    let (window, tries) = offered_in(visitor, question, slot).await?.ok_or_else(gone)?;
    for (starts_at, technician) in tries.into_iter().take(12) {
        let spot = question.spot.clone().unwrap_or_default();
        let wish = Wish { technician, service: &service, starts_at, window, spot, token, before };
        match visitor.retrying(async |tx| hold(tx, &wish, locale).await).await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict { .. } | Error::Ask { .. }) => {}
            Err(error) if error.is_broken("occupancy_no_overlap") => {}
            Err(error) => return Err(error),
        }
    }
    Err(gone())
}

kernel::sql! {
    fn pass_on(before: String, token_hash: String, expires_at: Timestamp) -> u64 = "
        update appointment set token_hash = $3, expires_at = $4 where tenant_id = $1 and token_hash = $2 and status = 'held'";
}

/// The same window chosen again: the ten minutes begin anew.
async fn keep(visitor: &Visitor, before: &str, token: &str) -> Result<()> {
    let until =
        visitor.now().saturating_add(jiff::SignedDuration::from_mins(super::HELD_MINUTES)).unwrap_or(visitor.now());
    let (old, new) = (hash(before), hash(token));
    visitor.write_with(async |tx| tx.run(pass_on(old, new, until)).await).await.map(drop)
}
