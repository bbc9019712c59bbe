//! What a payout contains, as Stripe lists it: its balance transactions, page by page.
use super::{Moved, Stripe, Trouble, stripe::id, wire};

/// So many pages of a hundred at most: more than a company of this trade is paid in a day.
const PAGES: usize = 50;

pub(super) async fn of(stripe: &Stripe, payout: &str) -> Result<Vec<Moved>, Trouble> {
    let payout = id(payout)?;
    let (mut all, mut after) = (vec![], String::new());
    for _ in 0..PAGES {
        let path = format!("/v1/balance_transactions?payout={payout}&limit=100{after}");
        let page: wire::List<wire::Moved> = stripe.get(&path).await?;
        let last = page.data.last().map(|one| one.id.clone());
        all.extend(page.data.into_iter().filter(|one| one.kind != "payout").map(moved));
        match last {
            Some(last) if page.has_more => after = format!("&starting_after={}", id(&last)?),
            _ => break,
        }
    }
    Ok(all)
}

fn moved(one: wire::Moved) -> Moved {
    Moved {
        id: one.id,
        kind: one.kind,
        source: one.source.map(wire::Held::<wire::Named>::id),
        description: one.description,
        minor: one.amount,
        fee: one.fee,
        at: one.created,
    }
}
