//! What a payout contains: each payment, refund, dispute and fee in it, matched to what we know of it.
use billing::{
    LedgerRead,
    ledger::{self, post},
};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Currency, Error, Money, Result, Scope, TenantTx, Uuid,
    http::{Json, Path},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{CardPayout, by_ref, find};
use crate::{
    CardPayoutId, InvoiceId,
    look::Asked,
    provider::{Moved, PaymentProvider, Trouble},
};

/// What the provider takes without a payment of ours.
const FEES: [&str; 3] = ["stripe_fee", "stripe_fx_fee", "tax_fee"];
/// So many are written in one round trip.
const AT_ONCE: usize = 500;
/// So many are shown of one payout.
const SHOWN: i64 = 5000;

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: Uuid,
        pub payout_id: CardPayoutId,
        pub entry_ref: String,
        pub kind: String,
        pub source_ref: Option<String>,
        pub description: Option<String>,
        pub amount_minor: i64,
        pub fee_minor: i64,
        pub net_minor: i64,
        pub on_day: Date,
        pub matched: Option<String>,
        pub invoice_id: Option<InvoiceId>,
        pub number: Option<String>,
        pub customer: Option<String>,
        pub payout_ref: String,
        pub currency: String,
        pub arrives_on: Date,
    }
}

sql! {
    fn insert(id: Uuid, payout: CardPayoutId, entry_ref: String, kind: String, source: Option<String>, description: Option<String>, amount_minor: i64,
              fee_minor: i64, on_day: Date, at: Timestamp) -> u64 = "
        insert into payout_entry (tenant_id, id, payout_id, entry_ref, kind, source_ref, description, amount_minor, fee_minor, net_minor, on_day, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8 - $9, $10, $11) on conflict (tenant_id, entry_ref) do nothing";
    fn was_read(id: CardPayoutId, at: Timestamp) -> u64 = "
        update card_payout set read_at = $3, updated_at = $3 where tenant_id = $1 and id = $2 and read_at is null";
    // What it is for may be known to us later than it is paid out: it is looked up each time.
    pub(super) fn of_payout(payout: CardPayoutId, most: i64) -> Vec<Row> = "
        select e.id, e.payout_id, e.entry_ref, e.kind, e.source_ref, e.description, e.amount_minor, e.fee_minor, e.net_minor, e.on_day,
               case when k.id is not null then 'payment' when r.id is not null then 'refund' when d.id is not null then 'dispute' end as matched,
               i.id as invoice_id, i.number, c.name as customer, o.payout_ref, o.currency, o.arrives_on
        from payout_entry e
        join card_payout o on o.tenant_id = $1 and o.id = e.payout_id
        left join card_payment k on k.tenant_id = $1 and k.charge_ref = e.source_ref
        left join card_refund r on r.tenant_id = $1 and r.refund_ref = e.source_ref
        left join card_dispute d on d.tenant_id = $1 and d.dispute_ref = e.source_ref
        left join invoice i on i.tenant_id = $1 and i.id = coalesce(k.invoice_id, r.invoice_id, d.invoice_id)
        left join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where e.tenant_id = $1 and e.payout_id = $2 order by e.id limit $3";
    pub(super) fn latest(before: Uuid, most: i64) -> Vec<Row> = "
        select e.id, e.payout_id, e.entry_ref, e.kind, e.source_ref, e.description, e.amount_minor, e.fee_minor, e.net_minor, e.on_day,
               case when k.id is not null then 'payment' when r.id is not null then 'refund' when d.id is not null then 'dispute' end as matched,
               i.id as invoice_id, i.number, c.name as customer, o.payout_ref, o.currency, o.arrives_on
        from payout_entry e
        join card_payout o on o.tenant_id = $1 and o.id = e.payout_id
        left join card_payment k on k.tenant_id = $1 and k.charge_ref = e.source_ref
        left join card_refund r on r.tenant_id = $1 and r.refund_ref = e.source_ref
        left join card_dispute d on d.tenant_id = $1 and d.dispute_ref = e.source_ref
        left join invoice i on i.tenant_id = $1 and i.id = coalesce(k.invoice_id, r.invoice_id, d.invoice_id)
        left join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where e.tenant_id = $1 and e.id < $2 order by e.id desc limit $3";
}

/// One movement in a payout.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PayoutEntry {
    pub id: Uuid,
    /// In the provider's words: `charge`, `refund`, `adjustment`, `stripe_fee`.
    pub kind: String,
    /// Our `payment`, `refund` or `dispute` that it is for; none where we know of none.
    pub matched: Option<String>,
    pub invoice_id: Option<InvoiceId>,
    pub invoice_number: Option<String>,
    pub customer: Option<String>,
    pub description: Option<String>,
    pub amount: Money,
    pub fee: Money,
    /// Amount less fee: what it adds to the payout.
    pub net: Money,
    pub on_day: Date,
    /// The provider's own number of it, and of what it is for.
    pub provider_reference: String,
    pub source_reference: Option<String>,
    #[serde(skip)]
    pub(super) payout: String,
    #[serde(skip)]
    pub(super) arrives_on: Date,
}

impl Row {
    pub(super) fn shown(self) -> PayoutEntry {
        let currency = Currency::of(&self.currency).unwrap_or(Currency::USD);
        let money = |minor| Money::new(minor, currency);
        PayoutEntry {
            amount: money(self.amount_minor),
            fee: money(self.fee_minor),
            net: money(self.net_minor),
            id: self.id,
            kind: self.kind,
            matched: self.matched,
            invoice_id: self.invoice_id,
            invoice_number: self.number,
            customer: self.customer,
            description: self.description,
            on_day: self.on_day,
            provider_reference: self.entry_ref,
            source_reference: self.source_ref,
            payout: self.payout_ref,
            arrives_on: self.arrives_on,
        }
    }
}

impl PayoutEntry {
    /// The provider's own fees are for nothing of ours.
    pub fn is_fee(&self) -> bool {
        FEES.contains(&self.kind.as_str())
    }
}

/// A payout with all that it contains.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PayoutWhole {
    pub payout: CardPayout,
    /// False: the provider is asked within a quarter of an hour; after a week no more, for it was paid out before contents were kept.
    pub read: bool,
    pub entries: Vec<PayoutEntry>,
    /// What the entries sum to. Another sum than the payout: the provider does not say all of it.
    pub sum: Money,
    /// How many are no payment, refund or dispute that we know of, nor the provider's own fee.
    pub unmatched: usize,
}

impl kernel::http::Versioned for PayoutWhole {
    /// It changes by what the provider says; nobody edits it.
    fn version(&self) -> i64 {
        1
    }
}

pub async fn whole(scope: &Scope, id: CardPayoutId) -> Result<PayoutWhole> {
    let (row, entries) = scope.read((find(id), of_payout(id, SHOWN))).await?;
    let row = row.ok_or(Error::NotFound)?;
    let entries: Vec<PayoutEntry> = entries.into_iter().map(Row::shown).collect();
    let currency = Currency::of(&row.currency).unwrap_or(Currency::USD);
    Ok(PayoutWhole {
        read: row.read_at.is_some(),
        sum: Money::new(entries.iter().map(|entry| entry.net.minor).sum(), currency),
        unmatched: entries.iter().filter(|entry| entry.matched.is_none() && !entry.is_fee()).count(),
        entries,
        payout: row.into(),
    })
}

pub async fn api(access: Access<LedgerRead>, Path(id): Path<CardPayoutId>) -> Result<Json<PayoutWhole>> {
    whole(&access, id).await.map(Json)
}

/// Asked for once: what a payout contains does not change any more.
pub(super) async fn read(scope: &Scope, provider: &dyn PaymentProvider, reference: &str) -> Result<(), Asked> {
    let known = scope.retrying(async |tx: &mut TenantTx| tx.run(by_ref(reference.to_owned())).await).await?;
    let Some(row) = known.filter(|row| row.read_at.is_none()) else { return Ok(()) };
    let moved = match provider.contents(reference).await {
        // Of a payout that somebody made by hand the provider says nothing.
        Err(Trouble::Refused { .. }) => vec![],
        moved => moved?,
    };
    scope.retrying(async |tx: &mut TenantTx| keep(tx, &row, &moved).await).await?;
    Ok(())
}

async fn keep(tx: &mut TenantTx, payout: &super::Row, moved: &[Moved]) -> Result<()> {
    let (now, today) = (tx.now(), tx.today());
    // Whoever else asked was faster.
    if tx.run(was_read(payout.id, now)).await? != 1 {
        return Ok(());
    }
    let zone = tx.company().map(|company| company.locale.zone.clone()).unwrap_or(jiff::tz::TimeZone::UTC);
    let line = |one: &Moved| {
        let on = Timestamp::from_second(one.at).map(|at| at.to_zoned(zone.clone()).date()).unwrap_or(today);
        let says = one.description.as_ref().map(|says| says.chars().take(300).collect::<String>());
        insert(
            Uuid::now_v7(),
            payout.id,
            one.id.clone(),
            one.kind.chars().take(100).collect(),
            one.source.clone().filter(|source| source.len() <= 255),
            says.filter(|says| !says.is_empty()),
            one.minor,
            one.fee,
            on,
            now,
        )
    };
    let mut fees = 0;
    for part in moved.chunks(AT_ONCE) {
        let kept = tx.run(part.iter().map(line).collect::<Vec<_>>()).await?;
        let new = part.iter().zip(kept).filter(|(one, kept)| *kept == 1 && FEES.contains(&one.kind.as_str()));
        fees += new.map(|(one, _)| one.fee - one.minor).sum::<i64>();
    }
    let voucher = post::Voucher {
        kind: ledger::Kind::PayoutFees,
        posted_on: tx.today(),
        subject: payout.id.0,
        invoice: None,
        currency: payout.currency.clone(),
        memo: "Fees the card provider took out of a payout".into(),
    };
    let entries = [
        post::Entry::debit(ledger::CARD_FEES, fees, String::new()),
        post::Entry::credit(ledger::CARD_ONLINE, fees, String::new()),
    ];
    post::post(tx, voucher, &entries).await
}
