//! A card is kept no longer: its name at the provider is forgotten here, and the provider told to forget it as well.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Form, NoContent, Nothing, Path, Redirect, Repeatable},
    job::Job,
    sql,
};

use super::{CardRemoved, Row, Why, find, keep};
use crate::{
    CardId, charge,
    permissions::PaymentsCharge,
    provider::{self, Trouble},
};

sql! {
    // Whoever begins to charge it holds it as well: the one that comes second sees what the first has done.
    fn hold(id: CardId) -> Option<CardId> = "select id from card_on_file where tenant_id = $1 and id = $2 for no key update";
    fn gone(id: CardId, why: Why, at: Timestamp) -> u64 = "
        update card_on_file set removed_at = $4, removed_why = $3, holder_ref = null, method_ref = null, updated_at = $4
        where tenant_id = $1 and id = $2 and removed_at is null";
    fn all_gone(at: Timestamp) -> u64 = "
        update card_on_file set removed_at = $2, removed_why = 'disconnected', holder_ref = null, method_ref = null, updated_at = $2
        where tenant_id = $1 and removed_at is null";
}

/// Its body carries the provider's name of the card alone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Forget {
    pub method: String,
}
impl Job for Forget {
    const KIND: &'static str = "payments.forget_card";
    fn key(&self) -> Option<String> {
        Some(self.method.clone())
    }
    async fn run(self, scope: Scope) -> Result<()> {
        // Disconnected meanwhile: nobody is there to be told.
        let Some(provider) = provider::of(&scope).await? else { return Ok(()) };
        match provider.forget(&self.method).await {
            Err(trouble @ Trouble::Passing(_)) => Err(trouble.passing()),
            Err(trouble) => {
                tracing::warn!(tenant = %scope.tenant().id, ?trouble, "the provider keeps a card that we have forgotten");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

/// Nobody begins to before the transaction is over.
pub(super) async fn is_being_charged(tx: &mut TenantTx, id: CardId) -> Result<bool> {
    tx.run(hold(id)).await?;
    tx.run(charge::is_charging(id)).await
}

/// Removed twice it is removed once. By people it is not while it is being charged: without the card nobody could ask what came of it.
pub async fn remove(tx: &mut TenantTx, row: &Row, why: Why) -> Result<()> {
    if matches!(why, Why::Customer | Why::Office) && is_being_charged(tx, row.id).await? {
        return Err(Error::refused("This card is being charged right now. Remove it when that is over."));
    }
    if tx.run(gone(row.id, why, tx.now())).await? != 1 {
        return Ok(());
    }
    keep::forgotten(tx, row.method_ref.clone(), why);
    tx.tell(&CardRemoved { card: row.id, customer: row.customer_id, called: row.called(), why });
    Ok(())
}

/// The provider is disconnected, or another account takes its place: what it calls the cards means nothing any more.
pub(crate) async fn all(tx: &mut TenantTx) -> Result<u64> {
    tx.run(all_gone(tx.now())).await
}

async fn by_office(tx: &mut TenantTx, id: CardId) -> Result<Row> {
    let row = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    remove(tx, &row, Why::Office).await?;
    Ok(row)
}

pub async fn api(access: Access<PaymentsCharge>, Path(id): Path<CardId>) -> Result<NoContent> {
    access.retrying(async |tx: &mut TenantTx| by_office(tx, id).await.map(drop)).await?;
    Ok(NoContent)
}

pub async fn post(
    access: Access<PaymentsCharge>,
    Path(id): Path<CardId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                let row = by_office(tx, id).await?;
                Ok(Redirect::to(format!("/customers/{}", row.customer_id)).toast("The card is removed"))
            })
            .await
    };
    form.then(work).await?.map_err(kernel::http::Typed::refused)
}
