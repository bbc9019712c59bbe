//! Pinning a note: it stands at the top of the customer's page, and before whoever goes there.
use jiff::Timestamp;
use kernel::{
    Access, Error, Paged, Result, TenantTx,
    http::{Json, One, Path, Redirect, Repeatable},
    sql,
};

use super::{Entry, EntryId, NotePinned, NoteUnpinned, amend::find};
use crate::{
    CustomerId, customer,
    permissions::{CustomersRead, CustomersWrite},
};

/// Of more, none stands out.
const MOST: usize = 5;

sql! {
    // Two who were merged may have more than one alone is given.
    /// Those that were pinned last first.
    pub fn pinned(customer: CustomerId) -> Vec<Entry> = "
        select id, at, kind, icon, tone, text, detail, href, author, pinned_at, updated_at as edited_at, version, created_by
        from timeline_entry where tenant_id = $1 and customer_id = $2 and pinned_at is not null order by pinned_at desc, id limit 50";
    fn set(id: EntryId, pinned_at: Option<Timestamp>) -> Option<Entry> = "
        update timeline_entry set pinned_at = $3, version = version + 1 where tenant_id = $1 and id = $2 and kind = 'note'
        returning id, at, kind, icon, tone, text, detail, href, author, pinned_at, updated_at as edited_at, version, created_by";
}

/// Twice is once.
pub async fn pin(tx: &mut TenantTx, customer: CustomerId, id: EntryId) -> Result<Entry> {
    let (_, note, pinned) = tx.run((customer::find(customer), find(customer, id), pinned(customer))).await?;
    let note = note.ok_or(Error::NotFound)?;
    if note.pinned_at.is_some() {
        return Ok(note);
    }
    if pinned.len() >= MOST {
        return Err(Error::refused(format!("A customer has at most {MOST} pinned notes. Unpin one of them first.")));
    }
    let note = tx.run(set(id, Some(tx.now()))).await?.ok_or(Error::NotFound)?;
    tx.tell(&NotePinned { customer, entry: id });
    Ok(note)
}

/// Twice is once.
pub async fn unpin(tx: &mut TenantTx, customer: CustomerId, id: EntryId) -> Result<Entry> {
    let (_, note) = tx.run((customer::find(customer), find(customer, id))).await?;
    let note = note.ok_or(Error::NotFound)?;
    if note.pinned_at.is_none() {
        return Ok(note);
    }
    let note = tx.run(set(id, None)).await?.ok_or(Error::NotFound)?;
    tx.tell(&NoteUnpinned { customer, entry: id });
    Ok(note)
}

/// All of them: there is one page.
pub async fn api_list(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Json<Paged<Entry>>> {
    let (_, data) = access.read((customer::find(id), pinned(id))).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
) -> Result<Repeatable<One<Entry>>> {
    access.once(async |tx: &mut TenantTx| pin(tx, customer, id).await.map(One)).await
}

pub async fn api_unpin(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
) -> Result<Repeatable<One<Entry>>> {
    access.once(async |tx: &mut TenantTx| unpin(tx, customer, id).await.map(One)).await
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            pin(tx, customer, id).await?;
            Ok(Redirect::to(format!("/customers/{customer}"))
                .toast("The note is pinned, and shown on the phone of whoever goes there."))
        })
        .await
}

pub async fn post_unpin(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, EntryId)>,
) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            unpin(tx, customer, id).await?;
            let undo = format!("/customers/{customer}/notes/{id}/pin");
            Ok(Redirect::to(format!("/customers/{customer}")).toast_undo("The note is unpinned.", &undo))
        })
        .await
}
