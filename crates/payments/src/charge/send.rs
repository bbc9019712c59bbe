//! Sends a charge to the provider: as often as it takes, under its own id as key, so that it is taken once.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, job::Job, sql};

use super::{Status, failed, find};
use crate::{
    ChargeId,
    card_payment::settle,
    look::Asked,
    on_file,
    provider::{self, Charged, NewCharge, Trouble},
};

/// The provider knows a key again for a day. What is older is never sent once more; if it was taken, the provider tells us.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(20);

/// Its body carries the charge alone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct SendCharge {
    pub charge: ChargeId,
}

sql! {
    /// Begun, and nothing is known of it.
    pub(crate) fn unheard(now: Timestamp, most: i64) -> Vec<ChargeId> = "
        select id from card_charge where tenant_id = $1 and look_at <= $2 order by look_at, id limit $3";
}

/// As the office reads it.
fn declined(code: &str, says: &str) -> String {
    match code {
        "expired_card" => "The card has expired.".into(),
        "insufficient_funds" => "There is not enough money behind the card.".into(),
        _ if says.is_empty() => "The bank of the card has declined it.".into(),
        _ => format!("The bank of the card says: {says}"),
    }
}

impl Job for SendCharge {
    const KIND: &'static str = "payments.charge";
    fn key(&self) -> Option<String> {
        Some(self.charge.to_string())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        let Some(row) = scope.read(find(self.charge)).await?.filter(|row| row.status == Status::Sending) else {
            return Ok(());
        };
        let end = async |status: Status, says: String| {
            scope.retrying(async |tx: &mut TenantTx| failed(tx, row.id, status, says.clone()).await).await
        };
        if scope.now().duration_since(row.created_at) > GOOD_FOR {
            let says = "The provider did not answer for a day. Look there before you charge it again.";
            return end(Status::Failed, says.into()).await;
        }
        let card = scope.read(on_file::find(row.card_id)).await?;
        let kept = card.and_then(|card| Some((card.holder_ref?, card.method_ref?)));
        let (Some((holder, method)), Some(provider)) = (kept, provider::of(&scope).await?) else {
            // Removed at the provider, or that was disconnected: it may have been sent before.
            let says = "It is not known whether it was charged. Look at the provider.";
            return end(Status::Failed, says.into()).await;
        };
        let new = NewCharge {
            id: row.id.0,
            minor: row.amount_minor,
            currency: row.currency.clone(),
            what: format!("Invoice {}, {}", row.number, scope.tenant().name),
            holder,
            method,
        };
        match provider.charge(&new).await {
            Ok(Charged::Taken(intent)) => match settle::payment(&scope, provider.as_ref(), &intent).await {
                // On its way: the provider tells when it is there, and we ask again.
                Ok(_) => Ok(()),
                Err(Asked::House(error)) => Err(error),
                Err(Asked::Provider(trouble)) => Err(trouble.passing()),
            },
            Ok(Charged::NeedsHolder) => {
                let says = "Their bank wants to ask them first. Send them the link of the invoice: they pay it there.";
                end(Status::NeedsCustomer, says.into()).await
            }
            Err(Trouble::Declined { code, says }) => end(Status::Declined, declined(&code, &says)).await,
            Err(trouble @ Trouble::Passing(_)) => Err(trouble.passing()),
            Err(trouble) => end(Status::Failed, trouble.says()).await,
        }
    }
}
