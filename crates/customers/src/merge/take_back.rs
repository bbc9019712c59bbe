//! Taking a merge back: both are customers of their own again, and what moved goes back, but for what changed hands since.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Json, Path, Redirect, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

use super::{Kept, Merge, MergeId, Moved, Stored, elsewhere, fields, follow, one, set, set_custom, untag};
use crate::{
    CustomerId,
    consent::{self, Channel, ConsentChanged, ConsentId, Purpose},
    customer::{self, Change, Customer, CustomerUnmerged, Status, held, reach, words},
    duplicate, location,
    permissions::CustomersMerge,
    tag,
};

/// What went back, and what did not.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MergeTakenBack")]
pub struct TakenBack {
    pub merge: Merge,
    /// Fields of who stayed that were changed since: they are as they were found.
    pub left: Vec<String>,
    /// So many rows that had moved belong to somebody else by now, or are gone.
    pub stayed: usize,
}

sql! {
    fn locked(id: MergeId) -> Option<Stored> = "
        select customer_id, gone_id, kept, undone_at from customer_merge where tenant_id = $1 and id = $2 for update";
    fn rows(id: MergeId) -> Vec<Moved> = "
        select record, row_id from customer_merge_row where tenant_id = $1 and merge_id = $2 order by record, row_id limit 50000";
    fn undone(id: MergeId, at: Timestamp, by: Option<Uuid>) -> u64 = "
        update customer_merge set undone_at = $3, undone_by = $4 where tenant_id = $1 and id = $2";
    fn tags_known(ids: Vec<Uuid>) -> Vec<Uuid> = "select id from tag where tenant_id = $1 and id = any($2) order by id";
    fn last_besides(customer: CustomerId, channel: Channel, purpose: Purpose, written: Vec<Uuid>) -> Option<bool> = "
        select allowed from consent
        where tenant_id = $1 and customer_id = $2 and channel = $3 and purpose = $4 and id <> all($5) order by id desc limit 1";
}

/// Twice is once.
pub async fn take_back(tx: &mut TenantTx, id: MergeId, author: &str) -> Result<TakenBack> {
    let stored = tx.run(locked(id)).await?.ok_or(Error::NotFound)?;
    if stored.undone_at.is_some() {
        let merge = tx.run(one(id)).await?.ok_or(Error::NotFound)?;
        return Ok(TakenBack { merge, left: vec![], stayed: 0 });
    }
    let kept: Kept = serde_json::from_value(stored.kept).map_err(|e| Error::Bug(format!("a merge: {e}")))?;
    let (both, moved) = tx.run((held(vec![stored.customer_id.0, stored.gone_id.0]), rows(id))).await?;
    let find = |id: CustomerId| both.iter().find(|one| one.id == id).cloned().ok_or(Error::NotFound);
    let (stayed, gone) = (find(stored.customer_id)?, find(stored.gone_id)?);
    if stayed.merged_into.is_some() {
        return Err(Error::refused(format!("{} was merged with another since. Take that back first.", stayed.name)));
    }
    let mut by_record: HashMap<String, Vec<Uuid>> = HashMap::new();
    for Moved { record, row_id } in moved {
        by_record.entry(record).or_default().push(row_id);
    }
    let mut taken = |record: &str| by_record.remove(record).unwrap_or_default();

    let left = fields_back(tx, &stayed, &kept).await?;
    let mut left = left;
    match &kept.custom {
        Some((before, after)) if stayed.custom == *after => drop(tx.run(set_custom(stayed.id, before.clone())).await?),
        Some(_) => left.push("custom".into()),
        None => {}
    }
    let archived = kept.gone.archived_at;
    let status = if archived.is_some() { Status::Archived } else { Status::Active };
    tx.run(set(gone.id, status, None, archived, kept.gone.external_id.clone(), tx.now())).await?;
    let (mut asked, mut went) = (0, 0);
    let mut go = vec![];
    for follower in follow::all() {
        let rows = taken(follower.name);
        asked += rows.len();
        if !rows.is_empty() {
            go.push((follower.go)(stayed.id, gone.id, Some(rows)));
        }
    }
    tx.run(go).await?.iter().for_each(|rows| went += rows.len());
    elsewhere::back(tx, stayed.id, gone.id, &kept.elsewhere).await?;
    tags_back(tx, (stayed.id, taken("tag given")), (gone.id, taken("tag taken"))).await?;
    consents_back(tx, &stayed, &gone, taken("consent written"), author).await?;
    keys_back(tx, &stayed, &gone, &kept).await?;
    for customer in [stayed.id, gone.id] {
        location::repeat_first(tx, customer).await?;
    }
    tx.run(undone(id, tx.now(), tx.user())).await?;
    let (stayed, gone) = tx.run((customer::find(stayed.id), customer::find(gone.id))).await?;
    words::renew(tx, &gone).await?;
    words::renew(tx, &stayed).await?;
    duplicate::set_apart(tx, stayed.id, gone.id).await?;
    let (number, gone_number) = (stayed.number, gone.number);
    tx.tell(&CustomerUnmerged { customer: stayed.id, number, gone: gone.id, gone_number, merge: id });
    let merge = tx.run(one(id)).await?.ok_or(Error::NotFound)?;
    Ok(TakenBack { merge, left, stayed: asked - went })
}

/// A field that was changed since stays as it is; those are named.
async fn fields_back(tx: &mut TenantTx, stayed: &Customer, kept: &Kept) -> Result<Vec<String>> {
    let now = fields(stayed);
    let (mut change, mut left) = (Map::new(), vec![]);
    for (field, (before, after)) in &kept.fields {
        match now.get(field) == Some(after) {
            true => drop(change.insert(field.clone(), before.clone())),
            false => left.push(field.clone()),
        }
    }
    if !change.is_empty() {
        let change: Change =
            serde_json::from_value(Value::from(change)).map_err(|e| Error::Bug(format!("a merge: {e}")))?;
        customer::change(tx, stayed.id, stayed.version, change).await?;
    }
    Ok(left)
}

async fn tags_back(
    tx: &mut TenantTx,
    (stayed, given): (CustomerId, Vec<Uuid>),
    (gone, theirs): (CustomerId, Vec<Uuid>),
) -> Result<()> {
    if theirs.is_empty() {
        return Ok(());
    }
    // One that was deleted meanwhile is nobody's.
    let theirs = tx.run(tags_known(theirs)).await?;
    tx.run((untag(stayed, given), tag::add(vec![gone.0], theirs, tx.now(), tx.user()))).await?;
    tag::settle(tx, &[stayed, gone]).await.map(drop)
}

/// Where the merge alone refused for who stayed, they may be written to again. What was said is not unsaid: it is said anew.
async fn consents_back(
    tx: &mut TenantTx,
    stayed: &Customer,
    gone: &Customer,
    written: Vec<Uuid>,
    author: &str,
) -> Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    for last in tx.run(consent::of_customer(stayed.id)).await?.iter().filter(|last| written.contains(&last.id.0)) {
        let (channel, purpose) = (last.channel, last.purpose);
        let besides = tx.run(last_besides(stayed.id, channel, purpose, written.clone())).await?;
        if besides.unwrap_or(true) {
            let source = format!("Merge with #{} taken back", gone.number);
            let (id, author, at, by) = (ConsentId::new(), author.to_owned(), tx.now(), tx.user());
            tx.queue(consent::write_down(id, stayed.id, channel, purpose, true, source, author, at, by));
            tx.tell(&ConsentChanged { customer: stayed.id, channel, purpose, allowed: true });
        }
    }
    Ok(())
}

/// Each is known again by its own.
async fn keys_back(tx: &mut TenantTx, stayed: &Customer, gone: &Customer, kept: &Kept) -> Result<()> {
    let now = tx.run(customer::find(stayed.id)).await?;
    let own = reach::keys(&now);
    let forget: Vec<_> =
        kept.keys.iter().filter(|key| !own.contains(key)).map(|key| reach::forget(stayed.id, key.clone())).collect();
    tx.run(forget).await?;
    tx.queue(reach::add(gone.id, kept.keys.clone()));
    Ok(())
}

pub async fn api(access: Access<CustomersMerge>, Path(id): Path<MergeId>) -> Result<Repeatable<Json<TakenBack>>> {
    let author = access.actor().name().to_owned();
    access.once(async |tx: &mut TenantTx| take_back(tx, id, &author).await.map(Json)).await
}

pub async fn post(access: Access<CustomersMerge>, Path(id): Path<MergeId>) -> Result<Repeatable<Redirect>> {
    let author = access.actor().name().to_owned();
    access
        .once(async |tx: &mut TenantTx| {
            let done = take_back(tx, id, &author).await?;
            let mut says = format!("{} is a customer of their own again.", done.merge.gone_name);
            if !done.left.is_empty() {
                says += &format!(" Changed since and left as it is: {}.", done.left.join(", ").replace('_', " "));
            }
            Ok(Redirect::to(format!("/customers/{}", done.merge.customer_id)).toast(&says))
        })
        .await
}
