//! The provider pays out what it has collected: from its account to the bank.
pub mod contents;
mod export;
pub mod page;

use billing::{
    LedgerRead,
    ledger::{self, post},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{
    Access, Currency, Cursor, Money, Paged, Result, Scope, TenantTx,
    http::{Json, Query},
    row, sql, text_enum,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CardPayoutId,
    look::Asked,
    provider::{Fate, PaidOut, PaymentProvider},
};

/// So long its contents are asked for; what is older was paid out before they were kept, or the provider does not say them.
pub(crate) const ASKED_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

text_enum! {
    pub enum Status { Paid = "paid": "Paid out", Failed = "failed": "Came back" }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Row { pub id: CardPayoutId, pub payout_ref: String, pub amount_minor: i64, pub currency: String, pub arrives_on: Date, pub status: Status, pub created_at: Timestamp, pub read_at: Option<Timestamp> }
}

row! { pub struct Unread { pub payout_ref: String } }

sql! {
    pub(super) fn by_ref(reference: String) -> Option<Row> = "
        select id, payout_ref, amount_minor, currency, arrives_on, status, created_at, read_at
        from card_payout where tenant_id = $1 and payout_ref = $2 for no key update";
    pub(super) fn latest(before: CardPayoutId, limit: i64) -> Vec<Row> = "
        select id, payout_ref, amount_minor, currency, arrives_on, status, created_at, read_at
        from card_payout where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn insert(id: CardPayoutId, reference: String, amount_minor: i64, currency: String, arrives_on: Date, at: Timestamp) -> u64 = "
        insert into card_payout (tenant_id, id, payout_ref, amount_minor, currency, arrives_on, status, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, 'paid', $7, $7) on conflict (tenant_id, payout_ref) do nothing";
    pub(super) fn find(id: CardPayoutId) -> Option<Row> = "
        select id, payout_ref, amount_minor, currency, arrives_on, status, created_at, read_at
        from card_payout where tenant_id = $1 and id = $2";
    /// Its contents are still to be asked for; after a while nobody asks any more.
    pub(crate) fn unread(since: Timestamp, most: i64) -> Vec<Unread> = "
        select payout_ref from card_payout where tenant_id = $1 and read_at is null and created_at > $2 order by created_at limit $3";
    fn came_back(id: CardPayoutId, at: Timestamp) -> u64 = "
        update card_payout set status = 'failed', updated_at = $3 where tenant_id = $1 and id = $2 and status = 'paid'";
}

kernel::event! {
    pub struct CardPayoutPaid = "card_payout.paid", seen by LedgerRead { payout: CardPayoutId, amount_minor: i64, currency: String }
}
kernel::event! {
    pub struct CardPayoutFailed = "card_payout.failed", seen by LedgerRead { payout: CardPayoutId, amount_minor: i64, currency: String }
}
kernel::heard! { "card_payout." by everybody }

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardPayout {
    pub id: CardPayoutId,
    pub amount: Money,
    pub arrives_on: Date,
    pub status: Status,
    pub provider_reference: String,
    pub created_at: Timestamp,
}
impl From<Row> for CardPayout {
    fn from(row: Row) -> Self {
        Self {
            amount: Money::new(row.amount_minor, Currency::of(&row.currency).unwrap_or(Currency::USD)),
            id: row.id,
            arrives_on: row.arrives_on,
            status: row.status,
            provider_reference: row.payout_ref,
            created_at: row.created_at,
        }
    }
}

pub async fn at(scope: &Scope, provider: &dyn PaymentProvider, id: &str) -> Result<(), Asked> {
    let said = provider.payout(id).await?;
    scope.retrying(async |tx: &mut TenantTx| learn(tx, &said).await).await?;
    contents::read(scope, provider, id).await
}

async fn learn(tx: &mut TenantTx, said: &PaidOut) -> Result<()> {
    // In another currency than the books are kept in, it is for the bookkeeper. Money that is drawn from the bank is too.
    if said.currency != tx.currency().code() || said.minor <= 0 {
        return Ok(());
    }
    let known = tx.run(by_ref(said.id.clone())).await?;
    match (known, said.fate) {
        (None, Fate::Succeeded) => {
            let (id, now) = (CardPayoutId::new(), tx.now());
            let zone = tx.company().map(|company| company.locale.zone.clone()).unwrap_or(jiff::tz::TimeZone::UTC);
            let arrives = Timestamp::from_second(said.arrives).map(|at| at.to_zoned(zone).date()).unwrap_or(tx.today());
            let row = insert(id, said.id.clone(), said.minor, said.currency.clone(), arrives, now);
            // Heard of by two at the same moment: one of them keeps it.
            if tx.run(row).await? != 1 {
                return Ok(());
            }
            tx.tell(&CardPayoutPaid { payout: id, amount_minor: said.minor, currency: said.currency.clone() });
            voucher(tx, ledger::Kind::Payout, id, said, said.minor, "Paid out by the card provider").await
        }
        (Some(row), Fate::Failed) if tx.run(came_back(row.id, tx.now())).await? == 1 => {
            tx.tell(&CardPayoutFailed { payout: row.id, amount_minor: said.minor, currency: said.currency.clone() });
            voucher(tx, ledger::Kind::PayoutReversal, row.id, said, -said.minor, "A payout came back").await
        }
        _ => Ok(()),
    }
}

async fn voucher(
    tx: &mut TenantTx,
    kind: ledger::Kind,
    id: CardPayoutId,
    said: &PaidOut,
    minor: i64,
    memo: &str,
) -> Result<()> {
    let voucher = post::Voucher {
        kind,
        posted_on: tx.today(),
        subject: id.0,
        invoice: None,
        currency: said.currency.clone(),
        memo: memo.to_owned(),
    };
    let entries = [
        post::Entry::debit(ledger::BANK, minor, String::new()),
        post::Entry::credit(ledger::CARD_ONLINE, minor, String::new()),
    ];
    post::post(tx, voucher, &entries).await
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CardPayoutsAsked")]
pub struct Ask {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

pub async fn api(access: Access<LedgerRead>, Query(ask): Query<Ask>) -> Result<Json<Paged<CardPayout>>> {
    let limit = kernel::page::limit(ask.limit)?;
    let before = Cursor::maybe::<CardPayoutId>(ask.cursor.as_deref())?.unwrap_or(CardPayoutId::max());
    let rows = access.read(latest(before, limit as i64 + 1)).await?;
    Ok(Json(Paged::of(rows.into_iter().map(CardPayout::from).collect(), limit, |payout| payout.id)))
}
