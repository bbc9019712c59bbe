//! What happened at the provider is asked for there: what it tells, it tells in any order, twice, late or never.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, job::Job, row, sql, text_enum};
use std::sync::Arc;

use crate::{
    card_payment::settle,
    charge::send::{SendCharge, unheard},
    checkout::{self, Status, by_session, mark},
    dispute,
    on_file::{agree, keep},
    payout,
    provider::{self, PaymentProvider, Standing, Trouble},
    refund,
};

/// So many of a kind in one turn; the next takes the rest.
const AT_ONCE: i64 = 50;
const AGAIN: SignedDuration = SignedDuration::from_mins(14);

text_enum! {
    pub enum What {
        Checkout = "checkout": "Checkout",
        Payment = "payment": "Payment",
        Card = "card": "Kept card",
        Refunds = "refunds": "Refunds of a payment",
        Dispute = "dispute": "Dispute",
        Payout = "payout": "Payout",
    }
}

/// Its body carries the provider's id alone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Look {
    pub what: What,
    pub id: String,
}

impl Job for Look {
    const KIND: &'static str = "payments.look";
    fn key(&self) -> Option<String> {
        Some(format!("{}:{}", self.what, self.id))
    }
    async fn run(self, scope: Scope) -> Result<()> {
        at(&scope, self.what, &self.id).await
    }
}

/// What is asked for anew leaves everything as it is where nothing is new.
pub async fn at(scope: &Scope, what: What, id: &str) -> Result<()> {
    // Disconnected meanwhile: nobody is there to be asked.
    let Some(provider) = provider::of(scope).await? else { return Ok(()) };
    let outcome = match what {
        What::Checkout => match scope.read(by_session(id.to_owned())).await? {
            Some(_) => return at_checkout(scope, &provider, id).await,
            None => keep::at(scope, provider.as_ref(), id).await,
        },
        What::Card => keep::changed(scope, provider.as_ref(), id).await,
        What::Payment => settle::payment(scope, provider.as_ref(), id).await.map(drop),
        What::Refunds => refund::look::at(scope, provider.as_ref(), id).await,
        What::Dispute => dispute::at(scope, provider.as_ref(), id).await,
        What::Payout => payout::at(scope, provider.as_ref(), id).await,
    };
    match outcome {
        Err(Asked::House(error)) => Err(error),
        Err(Asked::Provider(trouble @ Trouble::Passing(_))) => Err(trouble.passing()),
        // It is not there, or not for this key: asking again would change nothing.
        Err(Asked::Provider(trouble)) => {
            tracing::warn!(tenant = %scope.tenant().id, what = %what, ?trouble, "the provider was asked in vain");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// What went wrong: on our side, or there.
#[derive(Debug)]
pub enum Asked {
    House(kernel::Error),
    Provider(Trouble),
}
impl From<kernel::Error> for Asked {
    fn from(error: kernel::Error) -> Self {
        Self::House(error)
    }
}
impl From<Trouble> for Asked {
    fn from(trouble: Trouble) -> Self {
        Self::Provider(trouble)
    }
}

async fn at_checkout(scope: &Scope, provider: &Arc<dyn PaymentProvider>, session: &str) -> Result<()> {
    let Some(found) = scope.read(by_session(session.to_owned())).await? else { return Ok(()) };
    if found.status != Status::Open {
        return Ok(());
    }
    let to = async |status: Status, look_at: Option<Timestamp>| {
        scope
            .retrying(async |tx: &mut TenantTx| {
                // Settled at this moment by somebody else: that stays.
                let now = tx.run(checkout::hold(found.id)).await?;
                if now.is_some_and(|now| now.status == Status::Open) {
                    tx.run(mark(found.id, status, look_at, tx.now())).await?;
                }
                Ok(())
            })
            .await
    };
    let later = scope.now().saturating_add(AGAIN).ok();
    match provider.standing(session).await {
        Ok(Standing::Done(Some(intent))) => {
            let settled = match settle::payment(scope, provider.as_ref(), &intent).await {
                Ok(settled) => settled,
                Err(Asked::House(error)) => return Err(error),
                Err(Asked::Provider(trouble)) => return Err(trouble.passing()),
            };
            if settled { Ok(()) } else { to(Status::Open, later).await }
        }
        Ok(Standing::Done(None) | Standing::Open) => to(Status::Open, later).await,
        Ok(Standing::Expired) | Err(Trouble::Missing) => to(Status::Expired, None).await,
        Err(Trouble::Passing(why)) => Err(Trouble::Passing(why).passing()),
        Err(_) => to(Status::Open, later).await,
    }
}

row! { struct Waiting { intent_ref: String } }
sql! {
    fn fees_due(now: Timestamp, most: i64) -> Vec<Waiting> = "
        select intent_ref from card_payment where tenant_id = $1 and look_at <= $2 order by look_at, id limit $3";
    fn refunds_due(now: Timestamp, most: i64) -> Vec<Waiting> = "
        select p.intent_ref from card_refund r join card_payment p on p.tenant_id = $1 and p.id = r.card_payment_id
        where r.tenant_id = $1 and r.look_at <= $2 order by r.look_at, r.id limit $3";
}

/// What was to be told and was not: each quarter of an hour.
pub async fn reconcile(scope: Scope) -> Result<()> {
    if scope.read(crate::account::live()).await?.is_none() {
        return Ok(());
    }
    let now = scope.now();
    let (checkouts, fees, refunds) =
        scope.read((checkout::due(now, AT_ONCE), fees_due(now, AT_ONCE), refunds_due(now, AT_ONCE))).await?;
    let (unsent, unheard, pages) =
        scope.read((refund::send::unsent(now, AT_ONCE), unheard(now, AT_ONCE), agree::due(now, AT_ONCE))).await?;
    let of = |what: What| move |id: String| Look { what, id };
    let mut looks: Vec<Look> =
        checkouts.into_iter().filter_map(|one| one.session_ref).map(of(What::Checkout)).collect();
    looks.extend(pages.into_iter().filter_map(|one| one.session_ref).map(of(What::Checkout)));
    let lately = now.saturating_sub(payout::ASKED_FOR).unwrap_or(now);
    let unread = scope.read(payout::unread(lately, AT_ONCE)).await?;
    looks.extend(unread.into_iter().map(|one| one.payout_ref).map(of(What::Payout)));
    looks.extend(fees.into_iter().map(|one| one.intent_ref).map(of(What::Payment)));
    looks.extend(refunds.into_iter().map(|one| one.intent_ref).map(of(What::Refunds)));
    if looks.is_empty() && unsent.is_empty() && unheard.is_empty() {
        return Ok(());
    }
    scope
        .retrying(async |tx: &mut TenantTx| {
            looks.iter().for_each(|look| tx.enqueue(look));
            unheard.iter().for_each(|charge| tx.enqueue(&SendCharge { charge: *charge }));
            unsent.iter().for_each(|refund| tx.enqueue(&refund::send::SendRefund { refund: *refund }));
            Ok(())
        })
        .await
}
