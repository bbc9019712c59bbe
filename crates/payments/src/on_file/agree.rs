//! A customer agrees that a card is kept and charged: in these words, written down before anybody is sent to the provider's page.
use customers::CustomerId;
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result, Scope, TenantTx, row, sql, text_enum};

use crate::{
    AgreementId, CheckoutId, InvoiceId,
    checkout::open::Ways,
    provider::{self, NewSetup},
};

/// As long as somebody may look for a card.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(60);
const FIRST_LOOK: SignedDuration = SignedDuration::from_mins(10);

text_enum! {
    pub enum Status { Asked = "asked": "On its way", Kept = "kept": "Kept", Lapsed = "lapsed": "Came to nothing" }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Agreement {
        pub id: AgreementId,
        pub customer_id: CustomerId,
        pub session_ref: Option<String>,
        pub agreed_by: String,
        pub status: Status,
        pub created_at: Timestamp,
    }
}

sql! {
    fn insert(id: AgreementId, customer: CustomerId, invoice: Option<InvoiceId>, checkout: Option<CheckoutId>, agreed_by: String, words: String, at: Timestamp) -> u64 = "
        insert into card_agreement (tenant_id, id, customer_id, invoice_id, checkout_id, agreed_by, words, status, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $8)";
    fn opened(id: AgreementId, session: String, look_at: Timestamp, at: Timestamp) -> u64 = "
        update card_agreement set session_ref = $3, look_at = $4, updated_at = $5 where tenant_id = $1 and id = $2 and status = 'asked'";
    pub(crate) fn mark(id: AgreementId, status: Status, look_at: Option<Timestamp>, at: Timestamp) -> u64 = "
        update card_agreement set status = $3, look_at = $4, updated_at = $5 where tenant_id = $1 and id = $2";
    pub(crate) fn by_session(session: String) -> Option<Agreement> = "
        select id, customer_id, session_ref, agreed_by, status, created_at from card_agreement where tenant_id = $1 and session_ref = $2";
    pub(crate) fn of_checkout(checkout: CheckoutId) -> Option<Agreement> = "
        select id, customer_id, session_ref, agreed_by, status, created_at from card_agreement where tenant_id = $1 and checkout_id = $2";
    pub(crate) fn hold(id: AgreementId) -> Option<Agreement> = "
        select id, customer_id, session_ref, agreed_by, status, created_at from card_agreement where tenant_id = $1 and id = $2 for no key update";
    /// Somebody is at the provider's page right now, or has just been there.
    pub fn under_way(customer: CustomerId, since: Timestamp) -> bool = "
        select exists (select 1 from card_agreement where tenant_id = $1 and customer_id = $2 and status = 'asked' and session_ref is not null and created_at > $3) as waits";
    pub(crate) fn due(now: Timestamp, most: i64) -> Vec<Agreement> = "
        select id, customer_id, session_ref, agreed_by, status, created_at from card_agreement where tenant_id = $1 and look_at <= $2 order by look_at, id limit $3";
}

/// What is read before a card is kept, and is kept with it.
pub fn words(scope: &Scope) -> String {
    let company: String = scope.tenant().name.chars().take(200).collect();
    format!(
        "I agree that {company} keeps this card with Stripe and charges it for what is open on my invoices, and for those of maintenance plans as soon as they are issued. I can remove the card at any time."
    )
}

/// Who agreed, and where.
#[derive(Debug, Clone)]
pub struct By {
    pub customer: CustomerId,
    pub invoice: Option<InvoiceId>,
    pub name: String,
}

/// Writes it down, in the transaction that opens the page of the provider's where it is paid, too.
pub(crate) async fn write(
    scope: &Scope,
    tx: &mut TenantTx,
    by: &By,
    checkout: Option<CheckoutId>,
) -> Result<AgreementId> {
    let (id, at) = (AgreementId::new(), tx.now());
    let name = by.name.chars().take(300).collect();
    tx.run(insert(id, by.customer, by.invoice, checkout, name, words(scope), at)).await?;
    Ok(id)
}

/// The address of the provider's page where a card is kept and nothing is paid.
pub async fn open(scope: &Scope, by: &By, ways: Ways) -> Result<String> {
    let Some(provider) = provider::of(scope).await? else {
        return Err(Error::refused("This company takes no cards online."));
    };
    let id = scope.retrying(async |tx: &mut TenantTx| write(scope, tx, by, None).await).await?;
    let until = scope.now().saturating_add(GOOD_FOR).unwrap_or(scope.now()).as_second();
    match provider.open_setup(&NewSetup { id: id.0, done: ways.done, back: ways.back, until }).await {
        Ok(page) => {
            let look_at = scope.now().saturating_add(FIRST_LOOK).unwrap_or(scope.now());
            scope
                .retrying(async |tx: &mut TenantTx| tx.run(opened(id, page.id.clone(), look_at, tx.now())).await)
                .await?;
            Ok(page.url)
        }
        Err(trouble) => {
            tracing::warn!(tenant = %scope.tenant().id, ?trouble, "a page to keep a card on could not be opened");
            scope.retrying(async |tx: &mut TenantTx| tx.run(mark(id, Status::Lapsed, None, tx.now())).await).await?;
            Err(Error::refused("The page to keep a card on does not open at the moment. Try again a little later."))
        }
    }
}
