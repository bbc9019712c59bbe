//! Tells the provider to give it back: after it is in the books, as often as it takes, and there once.
use jiff::Timestamp;
use kernel::{Result, Scope, job::Job, sql};

use super::{Status, find, look::learn};
use crate::{
    CardRefundId,
    card_payment::{self},
    provider::{self, Fate, Refunded, Trouble},
};

/// Its body carries the refund alone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct SendRefund {
    pub refund: CardRefundId,
}

sql! {
    /// Begun, and the provider was never reached.
    pub(crate) fn unsent(now: Timestamp, most: i64) -> Vec<CardRefundId> = "
        select id from card_refund where tenant_id = $1 and status = 'pending' and refund_ref is null and look_at <= $2 order by look_at, id limit $3";
}

impl Job for SendRefund {
    const KIND: &'static str = "payments.refund";
    fn key(&self) -> Option<String> {
        Some(self.refund.to_string())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        let Some(row) = scope.read(find(self.refund)).await? else { return Ok(()) };
        if row.status != Status::Pending || row.refund_ref.is_some() {
            return Ok(());
        }
        let Some(payment) = scope.read(card_payment::find(row.card_payment_id)).await? else { return Ok(()) };
        let failed = |why: String| Refunded {
            id: String::new(),
            minor: row.amount_minor,
            fate: Fate::Failed,
            failure: Some(why),
            ours: Some(row.id.0),
        };
        let said = match provider::of(&scope).await? {
            None => failed("The provider was disconnected before it went out.".into()),
            Some(provider) => match provider.refund(&payment.intent_ref, row.amount_minor, row.id.0).await {
                Ok(said) => said,
                Err(trouble @ Trouble::Passing(_)) => return Err(trouble.passing()),
                Err(trouble) => failed(trouble.says()),
            },
        };
        learn(&scope, &payment, &said).await
    }
}
