//! The provider keeps the card: so do we, by its name there and what may be shown of it. Once for each time somebody agreed.
use jiff::{SignedDuration, Timestamp};
use kernel::{Result, Scope, TenantTx, sql};

use super::{
    CardKept, Why,
    agree::{self, Agreement, Status},
    called, of_customer,
    remove::{self, Forget},
};
use crate::{
    AgreementId, CardId, CheckoutId,
    look::Asked,
    provider::{KeptCard, PaymentProvider, Setup, Trouble},
};
use customers::CustomerId;

const AGAIN: SignedDuration = SignedDuration::from_mins(14);
/// The page is over after an hour, whatever the provider says of it or does not.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

sql! {
    fn insert(id: CardId, customer: CustomerId, agreement: AgreementId, holder: String, method: String, brand: Option<String>, last_four: Option<String>,
              expires_year: Option<i32>, expires_month: Option<i32>, at: Timestamp) -> u64 = "
        insert into card_on_file (tenant_id, id, customer_id, agreement_id, holder_ref, method_ref, brand, last_four, expires_year, expires_month, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) on conflict (tenant_id, method_ref) do nothing";
    fn by_method(method: String) -> Option<CardId> = "select id from card_on_file where tenant_id = $1 and method_ref = $2";
    fn renew(id: CardId, brand: Option<String>, last_four: Option<String>, expires_year: Option<i32>, expires_month: Option<i32>, at: Timestamp) -> u64 = "
        update card_on_file set brand = $3, last_four = $4, expires_year = $5, expires_month = $6, updated_at = $7
        where tenant_id = $1 and id = $2 and removed_at is null";
}

/// What may be shown, where it is what it should be.
fn shown(card: &KeptCard) -> (Option<String>, Option<String>, Option<i32>, Option<i32>) {
    let last_four = card.last_four.clone().filter(|four| four.len() == 4 && four.chars().all(|c| c.is_ascii_digit()));
    let expires = card.expires.filter(|(year, month)| (2000..=2200).contains(year) && (1..=12).contains(month));
    let brand = card.brand.as_ref().map(|brand| brand.chars().take(40).collect());
    (brand, last_four, expires.map(|day| day.0), expires.map(|day| day.1))
}

/// Somebody came back from the page where a card is kept, or not.
pub(crate) async fn at(scope: &Scope, provider: &dyn PaymentProvider, session: &str) -> Result<(), Asked> {
    let Some(found) = scope.read(agree::by_session(session.to_owned())).await? else { return Ok(()) };
    if found.status != Status::Asked {
        return Ok(());
    }
    let said = match provider.setup(session).await {
        Err(Trouble::Missing) => Setup::Expired,
        Err(trouble @ Trouble::Passing(_)) => return Err(trouble.into()),
        // Not with this key, or not in this way: that may change, and until then nobody else waits behind it.
        Err(trouble) => {
            tracing::warn!(tenant = %scope.tenant().id, ?trouble, "the page where a card is kept was asked for in vain");
            Setup::Open
        }
        Ok(said) => said,
    };
    scope.retrying(async |tx: &mut TenantTx| learn(tx, found.id, &said).await).await?;
    Ok(())
}

async fn learn(tx: &mut TenantTx, agreement: AgreementId, said: &Setup) -> Result<()> {
    // Whoever else heard of it was faster.
    let asked = |found: &Agreement| found.status == Status::Asked;
    let Some(found) = tx.run(agree::hold(agreement)).await?.filter(asked) else { return Ok(()) };
    let now = tx.now();
    let (status, look_at) = match said {
        Setup::Done(card) => return keep(tx, &found, card).await,
        Setup::Open if now.duration_since(found.created_at) < LONGEST => {
            (Status::Asked, now.saturating_add(AGAIN).ok())
        }
        Setup::Open | Setup::Expired => (Status::Lapsed, None),
    };
    tx.run(agree::mark(agreement, status, look_at, now)).await.map(drop)
}

/// The same for whoever agreed by paying.
pub(crate) async fn of_payment(tx: &mut TenantTx, checkout: CheckoutId, card: &KeptCard) -> Result<()> {
    match tx.run(agree::of_checkout(checkout)).await? {
        Some(found) => learn(tx, found.id, &Setup::Done(card.clone())).await,
        // Nobody agreed to it with us.
        None => Ok(()),
    }
}

async fn keep(tx: &mut TenantTx, found: &Agreement, card: &KeptCard) -> Result<()> {
    let (id, now, customer, agreement) = (CardId::new(), tx.now(), found.customer_id, found.id);
    let Some(holder) = card.holder.clone() else {
        // Kept for nobody there: it cannot be charged.
        return tx.run(agree::mark(agreement, Status::Lapsed, None, now)).await.map(drop);
    };
    let (brand, last_four, year, month) = shown(card);
    let before = tx.run(of_customer(customer)).await?;
    let name = called(brand.as_deref(), last_four.as_deref());
    let row = insert(
        id,
        customer,
        agreement,
        holder,
        card.method.clone(),
        brand.clone(),
        last_four.clone(),
        year,
        month,
        now,
    );
    let new = tx.run(row).await? == 1;
    tx.run(agree::mark(agreement, Status::Kept, None, now)).await?;
    if !new {
        return Ok(());
    }
    tx.tell(&CardKept { card: id, customer, agreement, called: name, agreed_by: found.agreed_by.clone() });
    // The same card once more takes the place of the one before, but for one that is being charged.
    for twin in before {
        let same = (&twin.brand, &twin.last_four, twin.expires_year, twin.expires_month)
            == (&brand, &last_four, year, month)
            && last_four.is_some();
        if same && !remove::is_being_charged(tx, twin.id).await? {
            remove::remove(tx, &twin, Why::Customer).await?;
        }
    }
    Ok(())
}

/// Its bank has sent a new one, or it is nobody's any more.
pub(crate) async fn changed(scope: &Scope, provider: &dyn PaymentProvider, method: &str) -> Result<(), Asked> {
    let Some(id) = scope.read(by_method(method.to_owned())).await? else { return Ok(()) };
    let said = match provider.card(method).await {
        Err(Trouble::Missing) => None,
        said => Some(said?).filter(|card| card.holder.is_some()),
    };
    scope
        .retrying(async |tx: &mut TenantTx| match &said {
            Some(card) => {
                let (brand, last_four, year, month) = shown(card);
                tx.run(renew(id, brand, last_four, year, month, tx.now())).await.map(drop)
            }
            None => match tx.run(super::find(id)).await? {
                Some(row) => remove::remove(tx, &row, Why::Provider).await,
                None => Ok(()),
            },
        })
        .await?;
    Ok(())
}

/// Kept for nobody: the customer has said so, or the office.
pub(super) fn forgotten(tx: &mut TenantTx, method: Option<String>, why: Why) {
    if let (Some(method), Why::Customer | Why::Office) = (method, why) {
        tx.enqueue(&Forget { method });
    }
}
