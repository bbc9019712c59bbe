//! Gives a card payment back, whole or in part. It is in the books at once, and taken out again should it not arrive.
use billing::payment::give_back::give_back;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Error, Input, Money, Result, Scope, TenantTx, Uuid,
    http::{Created, Json, Path, Repeatable, Versioned},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CardRefundBegun, Row, Status, find, of, send::SendRefund};
use crate::{
    CardPaymentId, CardRefundId, InvoiceId, account,
    card_payment::{self, CardRefund, hold},
    permissions::PaymentsRefund,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CardRefundInput")]
pub struct Ask {
    /// All that is left of it when left out.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Why, for whoever reads the books later.
    #[serde(default)]
    pub reason: Option<String>,
}
impl Input for Ask {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(
            self.amount.is_none_or(|amount| amount.minor > 0),
            "amount",
            "range",
            "Give back more than nothing.",
        );
        checks.optional("reason", &mut self.reason, 300);
    }
}

sql! {
    fn insert(id: CardRefundId, payment: CardPaymentId, invoice: InvoiceId, reference: Option<String>, amount_minor: i64, currency: String, reason: Option<String>,
              credit_minor: i64, reopened_minor: i64, lost_minor: i64, look_at: Timestamp, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into card_refund (tenant_id, id, card_payment_id, invoice_id, refund_ref, amount_minor, currency, status, reason, credit_minor, reopened_minor, lost_minor, look_at, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, $10, $11, $12, $13, $13, $14)";
}

/// What was given back already, or is on its way. The payment is held.
pub(super) async fn gone(tx: &mut TenantTx, payment: CardPaymentId) -> Result<i64> {
    let all = tx.run(of(vec![payment.0])).await?;
    Ok(all.iter().filter(|one| one.status != Status::Failed).map(|one| one.amount_minor).sum())
}

/// Writes it down, in the books too. `reference` is the provider's, where it began there.
pub(super) async fn begin(
    tx: &mut TenantTx,
    payment: &card_payment::Row,
    minor: i64,
    reason: Option<String>,
    reference: Option<String>,
) -> Result<Row> {
    let (id, now, on) = (CardRefundId::new(), tx.now(), tx.today());
    let parts = give_back(tx, payment.payment_id, id.0, minor, on).await?;
    let (invoice, currency) = (payment.invoice_id, payment.currency.clone());
    // If nothing is heard of it, it is asked for.
    let look_at = now.saturating_add(SignedDuration::from_mins(10)).unwrap_or(now);
    let (credit, reopened, lost, by) = (parts.credit, parts.reopened, parts.lost, tx.user());
    let row = insert(
        id,
        payment.id,
        invoice,
        reference,
        minor,
        currency.clone(),
        reason,
        credit,
        reopened,
        lost,
        look_at,
        now,
        by,
    );
    tx.run(row).await?;
    let whose = payment.whose(tx).await?;
    tx.tell(&CardRefundBegun {
        refund: id,
        card_payment: payment.id,
        invoice,
        customer: whose.customer,
        number: whose.number,
        amount_minor: minor,
        currency,
    });
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn ask(scope: &Scope, tx: &mut TenantTx, id: CardPaymentId, input: &Ask) -> Result<CardRefund> {
    let payment = tx.run(hold(id)).await?.ok_or(Error::NotFound)?;
    if tx.run(account::live()).await?.is_none() {
        return Err(Error::refused(
            "No card provider is connected. Give it back in the provider’s own pages, or connect it again.",
        ));
    }
    let currency = kernel::Currency::of(&payment.currency).unwrap_or(tx.currency());
    currency.only("/amount", "Amounts", input.amount)?;
    let left = payment.amount_minor - gone(tx, id).await?;
    if left <= 0 {
        return Err(Error::refused("All of this payment was given back already."));
    }
    let minor = input.amount.map_or(left, |amount| amount.minor);
    if minor > left {
        let left = Money::new(left, currency);
        let says = format!("At most {} {} of this payment can go back.", left.amount(), currency.code());
        return Err(Error::field("/amount", "more_than_there_is", says));
    }
    let row = begin(tx, &payment, minor, input.reason.clone(), None).await?;
    tx.enqueue(&SendRefund { refund: row.id });
    tracing::debug!(tenant = %scope.tenant().id, refund = %row.id, "a card payment goes back");
    Ok(row.shown(currency))
}

impl Versioned for CardRefund {
    fn version(&self) -> i64 {
        if self.status == Status::Pending { 1 } else { 2 }
    }
}

pub async fn api(
    access: Access<PaymentsRefund>,
    Path(id): Path<CardPaymentId>,
    Json(input): Json<Ask>,
) -> Result<Repeatable<Created<CardRefund>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let body = ask(&access, tx, id, &input).await?;
            Ok(Created { location: format!("/api/v1/card-payments/{id}"), body })
        })
        .await
}
