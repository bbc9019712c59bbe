//! The work of undoing an import, some customers in one transaction: it can break off anywhere and go on.
use jiff::Timestamp;
use kernel::{Result, Scope, TenantTx, job::Job, sql};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::{
    Import, ImportId, ImportUndone, Status,
    deed::{Before, Deed, digest_of},
    hold,
    lay::{Amended, load},
    reverse::{archive_all, put_back_all, remove_all},
};
use crate::customer::bring::column;

#[derive(Debug, Serialize, Deserialize)]
pub struct UndoImport {
    pub import: ImportId,
}

const BATCH: usize = 500;
/// After so many batches others have their turn.
const TURN: usize = 40;

impl Job for UndoImport {
    const KIND: &'static str = "customers.import_undo";
    fn key(&self) -> Option<String> {
        Some(self.import.to_string())
    }

    async fn run(self, scope: Scope) -> Result<()> {
        let mut size = BATCH;
        for _ in 0..TURN {
            match scope.write_with(async |tx: &mut TenantTx| batch(tx, self.import, size, None).await).await {
                Ok(true) => return Ok(()),
                Ok(false) => size = (size * 2).min(BATCH),
                // Something refers to one of them, or contradicts them: half as many until they are alone.
                Err(error) if error.is_of_values() && size > 1 => size /= 2,
                Err(error) if error.is_of_values() => {
                    let why = Some(error.problem().detail);
                    scope.write_with(async |tx: &mut TenantTx| batch(tx, self.import, 1, why.clone()).await).await?;
                }
                Err(error) => return Err(error),
            }
        }
        scope
            .write_with(async |tx: &mut TenantTx| {
                tx.enqueue(&self);
                Ok(())
            })
            .await
    }
}

sql! {
    fn deeds_after(import: ImportId, customer: Uuid, most: i64) -> Vec<Deed> = "
        select customer_id, made, before, stands_at, parts from import_deed
        where tenant_id = $1 and import_id = $2 and customer_id > $3 order by customer_id limit $4";
    fn in_use(ids: Vec<Uuid>) -> Vec<Uuid> = "select u.id from customers_in_use($2) u(id) where $1::uuid is not null";
    fn places_in_use(ids: Vec<Uuid>) -> Vec<Uuid> = "select u.id from locations_in_use($2) u(id) where $1::uuid is not null";
    fn write_down(import: ImportId, customers: Vec<Uuid>, outcomes: Vec<String>, reasons: Vec<Option<String>>) -> u64 = "
        update import_deed d set outcome = n.outcome, reason = n.reason
        from unnest($3::uuid[], $4::text[], $5::text[]) n(customer_id, outcome, reason)
        where d.tenant_id = $1 and d.import_id = $2 and d.customer_id = any($3) and d.customer_id = n.customer_id";
    fn go_on(import: ImportId, to: Uuid, taken_back: i32, kept: i32, at: Timestamp) -> u64 = "
        update import set undone_to = $3, taken_back = taken_back + $4, kept = kept + $5, updated_at = $6, version = version + 1
        where tenant_id = $1 and id = $2";
    fn finish(import: ImportId, at: Timestamp) -> u64 = "
        update import set status = 'undone', updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2";
}

kernel::text_enum! {
    pub enum Ended {
        Removed = "removed": "Removed",
        Archived = "archived": "Archived",
        PutBack = "put_back": "Put back",
        Kept = "kept": "Left as they are",
    }
}

/// What becomes of somebody.
enum Fate {
    Remove,
    Archive,
    PutBack(Box<Before>),
    Keep(String),
}

/// The next customers; true when there are none left. With `why`, they are left as they are.
async fn batch(tx: &mut TenantTx, id: ImportId, size: usize, why: Option<String>) -> Result<bool> {
    // Two workers of one import wait for each other here, and the second goes on behind the first.
    let Some(import) = tx.run(hold(id)).await?.filter(|import| import.status == Status::Undoing) else {
        return Ok(true);
    };
    let deeds = tx.run(deeds_after(id, import.undone_to.unwrap_or_default(), size as i64)).await?;
    let Some(last) = deeds.last().map(|deed| deed.customer_id) else {
        tx.run(finish(id, tx.now())).await?;
        let Import { taken_back, kept, .. } = import;
        tx.tell(&ImportUndone { import: id, taken_back, kept });
        return Ok(true);
    };
    let mut all = load(tx, deeds.iter().map(|deed| deed.customer_id).collect()).await?;
    let fates = match why {
        Some(why) => deeds.iter().map(|deed| (deed.customer_id, Fate::Keep(why.clone()))).collect(),
        None => decide(tx, &deeds, &all).await?,
    };
    let ended: Vec<(Uuid, Ended, Option<String>)> = fates.iter().map(|(id, fate)| fate.ended(*id)).collect();
    let (mut removed, mut archived, mut put_back) = (vec![], vec![], vec![]);
    for (id, fate) in fates {
        let Some(now) = all.remove(&id) else { continue };
        match fate {
            Fate::Remove => removed.push(now),
            Fate::Archive => archived.push(now),
            Fate::PutBack(before) => put_back.push((now, *before)),
            Fate::Keep(_) => {}
        }
    }
    remove_all(tx, &removed).await?;
    archive_all(tx, archived).await?;
    put_back_all(tx, id, put_back).await?;
    let kept = ended.iter().filter(|(_, ended, _)| *ended == Ended::Kept).count() as i32;
    let written = write_down(
        id,
        column(&ended, |(customer, ..)| *customer),
        column(&ended, |(_, ended, _)| ended.to_string()),
        column(&ended, |(.., reason)| reason.clone()),
    );
    tx.run((written, go_on(id, last, ended.len() as i32 - kept, kept, tx.now()))).await?;
    Ok(false)
}

impl Fate {
    fn ended(&self, customer: Uuid) -> (Uuid, Ended, Option<String>) {
        match self {
            Self::Remove => (customer, Ended::Removed, None),
            Self::Archive => (customer, Ended::Archived, None),
            Self::PutBack(_) => (customer, Ended::PutBack, None),
            Self::Keep(why) => (customer, Ended::Kept, Some(why.clone())),
        }
    }
}

async fn decide(tx: &mut TenantTx, deeds: &[Deed], all: &HashMap<Uuid, Amended>) -> Result<Vec<(Uuid, Fate)>> {
    let made = deeds.iter().filter(|deed| deed.made).map(|deed| deed.customer_id).collect();
    let places = all.values().flat_map(|now| &now.locations).map(|location| location.id.into()).collect();
    let (used, places) = tx.run((in_use(made), places_in_use(places))).await?;
    let (used, places): (HashSet<Uuid>, HashSet<Uuid>) = (used.into_iter().collect(), places.into_iter().collect());
    Ok(deeds.iter().map(|deed| (deed.customer_id, fate(deed, all.get(&deed.customer_id), &used, &places))).collect())
}

fn fate(deed: &Deed, now: Option<&Amended>, used: &HashSet<Uuid>, places: &HashSet<Uuid>) -> Fate {
    // Who is gone already is gone.
    let Some(now) = now else { return Fate::Remove };
    if now.customer.version != deed.stands_at || digest_of(&now.locations, &now.contacts) != deed.parts {
        return Fate::Keep("Changed since.".into());
    }
    if deed.made {
        return if used.contains(&deed.customer_id) { Fate::Archive } else { Fate::Remove };
    }
    let Some(before) = deed.found() else { return Fate::Keep("What they were before cannot be read.".into()) };
    let brought = |id: &Uuid| before.locations.iter().all(|location| Uuid::from(location.id) != *id);
    match now.locations.iter().map(|location| location.id.into()).filter(brought).any(|id| places.contains(&id)) {
        true => Fate::Keep("There is work or equipment at a place that came with the file.".into()),
        false => Fate::PutBack(Box::new(before)),
    }
}
