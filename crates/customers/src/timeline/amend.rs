//! Correcting a note, and taking it away: for whoever wrote it, and for an owner, since its author may have left.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Role, Scope, TenantTx,
    http::{IfMatch, Json, NoContent, One, Path, Repeatable},
    sql,
};

use super::{Entry, EntryId, NewNote, NoteChanged, NoteRemoved};
use crate::{
    CustomerId, customer,
    permissions::{CustomersRead, CustomersWrite},
};

sql! {
    pub(super) fn find(customer: CustomerId, id: EntryId) -> Option<Entry> = "
        select id, at, kind, icon, tone, text, detail, href, author, pinned_at, updated_at as edited_at, version, created_by
        from timeline_entry where tenant_id = $1 and customer_id = $2 and id = $3 and kind = 'note'";
    fn update(id: EntryId, seen: i64, detail: String, at: Timestamp) -> Option<Entry> = "
        update timeline_entry set detail = $4, updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3 and kind = 'note'
        returning id, at, kind, icon, tone, text, detail, href, author, pinned_at, updated_at as edited_at, version, created_by";
    fn delete(id: EntryId) -> u64 = "delete from timeline_entry where tenant_id = $1 and id = $2 and kind = 'note'";
}

pub(super) fn may_amend(scope: &Scope, note: &Entry) -> bool {
    let owner = || scope.principal().is_some_and(|who| who.roles.iter().any(|role| role == Role::Owner.as_str()));
    scope.can::<CustomersWrite>() && (note.created_by.is_some_and(|by| Some(by) == scope.user()) || owner())
}

/// A note of this customer that whoever asks may change.
async fn own(scope: &Scope, tx: &mut TenantTx, customer: CustomerId, id: EntryId) -> Result<Entry> {
    let (_, note) = tx.run((customer::find(customer), find(customer, id))).await?;
    let note = note.ok_or(Error::NotFound)?;
    match may_amend(scope, &note) {
        true => Ok(note),
        false => {
            Err(Error::refused("Only who wrote a note changes it, or an owner of the company. Write another below it."))
        }
    }
}

pub async fn amend(
    scope: &Scope,
    tx: &mut TenantTx,
    customer: CustomerId,
    id: EntryId,
    seen: i64,
    words: NewNote,
) -> Result<Entry> {
    let now = own(scope, tx, customer, id).await?;
    let note = tx.run(update(id, seen, words.body, tx.now())).await?.ok_or(Error::Stale(Some(now.version)))?;
    tx.tell(&NoteChanged { customer, entry: id });
    Ok(note)
}

pub async fn remove(scope: &Scope, tx: &mut TenantTx, customer: CustomerId, id: EntryId) -> Result<()> {
    own(scope, tx, customer, id).await?;
    tx.run(delete(id)).await?;
    tx.tell(&NoteRemoved { customer, entry: id });
    Ok(())
}

pub async fn api_one(
    access: Access<CustomersRead>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
) -> Result<One<Entry>> {
    let (_, note) = access.read((customer::find(customer), find(customer, id))).await?;
    note.map(One).ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
    version: IfMatch,
    Json(words): Json<NewNote>,
) -> Result<One<Entry>> {
    let seen = version.required()?;
    let change = async |tx: &mut TenantTx| amend(&access, tx, customer, id, seen, words.clone()).await;
    access.retrying(change).await.map(One)
}

pub async fn api_remove(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(&access, tx, customer, id).await.map(|()| NoContent)).await
}
