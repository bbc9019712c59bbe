//! An invoice in advance is voided, or given back: what is not earned yet goes first, what was earned is taken back from the revenue.
use jiff::civil::Date;
use kernel::{Result, TenantTx, money::allocate};

use super::{Part, of_invoice, parts_of, set_returned, set_reversed};
use crate::{
    InvoiceId,
    invoice::Head,
    ledger::{self, post},
};

fn waits(part: &&Part) -> bool {
    part.earned_on.is_none() && part.left() > 0
}

/// Takes so much off what is still to be earned, from all months alike.
async fn take(tx: &mut TenantTx, parts: &[Part], minor: i64) -> Result<()> {
    let waiting: Vec<&Part> = parts.iter().filter(waits).collect();
    let weights: Vec<i64> = waiting.iter().map(|part| part.left()).collect();
    let left: i64 = weights.iter().sum();
    let stays = allocate(left - minor, &weights);
    for (part, stays) in waiting.into_iter().zip(stays) {
        tx.run(set_returned(part.id, part.amount_minor - stays)).await?;
    }
    Ok(())
}

/// The invoice counts for nothing: its own voucher is reversed, and so what was deferred; what was earned since goes back as well.
pub async fn voided(tx: &mut TenantTx, invoice: &Head, today: Date) -> Result<()> {
    let (found, parts) = tx.run((of_invoice(invoice.id), parts_of(invoice.id))).await?;
    let Some(found) = found else { return Ok(()) };
    let earned: i64 = parts.iter().filter(|part| part.earned_on.is_some()).map(Part::left).sum();
    let waiting: i64 = parts.iter().filter(waits).map(Part::left).sum();
    take(tx, &parts, waiting).await?;
    tx.run(set_reversed(found.id, earned)).await?;
    let voucher = post::Voucher {
        kind: ledger::Kind::EarnedReversal,
        posted_on: today,
        subject: found.id.0,
        invoice: Some(invoice.id),
        currency: invoice.currency.clone(),
        memo: format!("Earned of {}, taken back", invoice.called()),
    };
    let entries = [
        post::Entry::debit(ledger::REVENUE, earned, String::new()),
        post::Entry::credit(ledger::DEFERRED, earned, String::new()),
    ];
    post::post(tx, voucher, &entries).await
}

/// How much of what is given back was not earned yet; the rest is the revenue's. `net` is without tax.
pub async fn given_back(tx: &mut TenantTx, invoice: InvoiceId, net: i64) -> Result<i64> {
    let (found, parts) = tx.run((of_invoice(invoice), parts_of(invoice))).await?;
    let Some(found) = found else { return Ok(0) };
    let waiting: i64 = parts.iter().filter(waits).map(Part::left).sum();
    let deferred = net.clamp(0, waiting);
    take(tx, &parts, deferred).await?;
    tx.run(set_reversed(found.id, found.reversed_minor + (net - deferred).max(0))).await?;
    Ok(deferred)
}

#[cfg(test)]
mod tests {
    use kernel::money::allocate;

    #[test]
    fn what_stays_is_spread_over_the_months_and_sums() {
        let weights = [334, 333, 333];
        for minor in 0..=1000 {
            let stays = allocate(1000 - minor, &weights);
            assert_eq!(stays.iter().sum::<i64>(), 1000 - minor);
            assert!(stays.iter().zip(weights).all(|(stays, was)| (0..=was).contains(stays)), "{minor}: {stays:?}");
        }
    }
}
