//! Undoing an import: what it added goes, or leaves the book where it was worked with; what it changed is as before; what somebody
//! has changed since stays. What was sold keeps the price it was sold at.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Accepted, Path, Redirect, Repeatable},
    row, sql,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::{
    ItemImport, ItemImportId, ItemImportUndoBegun, ItemImportUndone, State,
    book::{by_item, parts_of, these},
    deed::{Deed, Entry, PART},
    hold, parts,
    run::begin,
    seen,
    write::{forget_parts, forget_words, write},
};
use crate::{
    category::Status,
    item::{Item, version::Why},
    permissions::CatalogWrite,
};

row! { struct Kept { item_id: Uuid, before: Option<String>, after: String } }
row! { struct Within { item_id: Uuid, part_id: Uuid } }
row! { struct Coded { id: Uuid, code: String } }

sql! {
    fn deeds(import: ItemImportId, after: Uuid, most: i64) -> Vec<Kept> = "
        select item_id, before, after from item_import_deed
        where tenant_id = $1 and import_id = $2 and item_id > $3 order by item_id limit $4";
    fn in_use(items: Vec<Uuid>) -> Vec<Uuid> = "select u.id from items_in_use($2) u(id) where $1::uuid is not null";
    fn within(items: Vec<Uuid>) -> Vec<Within> = "
        select item_id, part_id from item_part where tenant_id = $1 and part_id = any ($2) order by part_id, item_id";
    fn coded(codes: Vec<String>) -> Vec<Coded> = "
        select i.id, coalesce(i.code, '') as code from item i
        where i.tenant_id = $1 and i.status = 'active' and i.code = any ($2)";
    fn there(items: Vec<Uuid>) -> Vec<Uuid> = "select id from item where tenant_id = $1 and id = any ($2)";
    fn remove_prices(items: Vec<Uuid>) -> u64 = "delete from item_price where tenant_id = $1 and item_id = any ($2)";
    fn remove(items: Vec<Uuid>) -> u64 = "delete from item where tenant_id = $1 and id = any ($2)";
    fn write_down(import: ItemImportId, items: Vec<Uuid>, outcomes: Vec<String>) -> u64 = "
        update item_import_deed d set outcome = n.outcome from unnest($3::uuid[], $4::text[]) n(item_id, outcome)
        where d.tenant_id = $1 and d.import_id = $2 and d.item_id = n.item_id";
    // From the lowest up, once for each level.
    fn leave_categories(ids: Vec<Uuid>, at: jiff::Timestamp) -> u64 = "
        update category c set status = 'archived', updated_at = $3, version = c.version + 1
        where c.tenant_id = $1 and c.id = any ($2) and c.status = 'active' and c.version = 1
          and not exists (select 1 from item i where i.tenant_id = $1 and i.category_id = c.id)
          and not exists (select 1 from category b where b.tenant_id = $1 and b.parent_id = c.id and b.status = 'active')
          and not exists (select 1 from markup m where m.tenant_id = $1 and m.category_id = c.id)";
    fn finish(import: ItemImportId, status: State, taken_back: i32, kept: i32, at: jiff::Timestamp) -> u64 = "
        update item_import set status = $3, taken_back = $4, kept = $5, updated_at = $6, version = version + 1 where tenant_id = $1 and id = $2";
}

kernel::text_enum! {
    /// What became of an item.
    enum End { Removed = "removed": "Removed", Archived = "archived": "Archived", PutBack = "put_back": "Put back", Kept = "kept": "Kept" }
}

/// An item as it stands, beside how the import left it.
struct Standing {
    item: Uuid,
    version: i64,
    before: Option<Entry>,
    /// As the import left it, nobody has changed it since; and nothing else is in the way.
    free: bool,
    now: Entry,
}

pub(super) async fn take_back(tx: &mut TenantTx, import: &ItemImport) -> Result<()> {
    let mut all: Vec<Standing> = vec![];
    let mut after = Uuid::nil();
    loop {
        let kept = tx.run(deeds(import.id, after, PART as i64)).await?;
        let Some(last) = kept.last().map(|deed| deed.item_id) else { break };
        after = last;
        let ids: Vec<Uuid> = kept.iter().map(|deed| deed.item_id).collect();
        let (items, edges) = tx.run((these(ids.clone()), parts_of(ids))).await?;
        let items: HashMap<Uuid, Item> = items.into_iter().map(|item| (item.id.0, item)).collect();
        let mut parts = by_item(edges);
        for Kept { item_id, before, after } in kept {
            let lost = |error: serde_json::Error| Error::Bug(format!("what an import did: {error}"));
            let after: Entry = serde_json::from_str(&after).map_err(lost)?;
            let before = before.as_deref().map(serde_json::from_str).transpose().map_err(lost)?;
            let Some(item) = items.get(&item_id) else { continue };
            let now = Entry::of(item, parts.remove(&item_id).unwrap_or_default());
            all.push(Standing { item: item_id, version: item.version, before, free: now.is_as(&after), now });
        }
    }
    let (ends, back) = loop {
        let used = used(tx, &all).await?;
        let (ends, back) = ends_of(&all, &used);
        let stuck = stuck(tx, &back).await?;
        if stuck.is_empty() {
            break (ends, back);
        }
        // What stays may need what would have gone: once more without these.
        all.iter_mut().filter(|one| stuck.contains(&one.item)).for_each(|one| one.free = false);
    };
    write(tx, &back, Why::Undone, None).await?;
    let gone: Vec<Uuid> = ends.iter().filter(|(_, end)| **end == End::Removed).map(|(id, _)| *id).collect();
    for step in [forget_parts, forget_words, remove_prices, remove] {
        for part in gone.chunks(PART) {
            tx.run(step(part.to_vec())).await?;
        }
    }
    let at = tx.now();
    if !import.categories.is_empty() {
        for _ in 0..5 {
            tx.run(leave_categories(import.categories.clone(), at)).await?;
        }
    }
    let (ids, words): (Vec<Uuid>, Vec<String>) = ends.iter().map(|(id, end)| (*id, end.to_string())).unzip();
    tx.run(write_down(import.id, ids, words)).await?;
    let kept = ends.values().filter(|end| **end == End::Kept).count() as i32;
    let taken_back = ends.len() as i32 - kept;
    tx.run(finish(import.id, State::Undone, taken_back, kept, at)).await?;
    tx.tell(&ItemImportUndone { item_import: import.id, taken_back, kept });
    Ok(())
}

/// What becomes of each, and what is written for it.
fn ends_of(all: &[Standing], used: &HashSet<Uuid>) -> (HashMap<Uuid, End>, Vec<Deed>) {
    let (mut ends, mut back) = (HashMap::new(), vec![]);
    for Standing { item, version, before, free, now } in all {
        let (end, as_it_was) = match (free, before) {
            (false, _) => (End::Kept, None),
            (true, Some(before)) => (End::PutBack, Some(before.clone())),
            (true, None) if used.contains(item) => {
                (End::Archived, Some(Entry { status: Status::Archived, ..now.clone() }))
            }
            (true, None) => (End::Removed, None),
        };
        ends.insert(*item, end);
        back.extend(as_it_was.map(|after| Deed { item: *item, version: *version, before: Some(now.clone()), after }));
    }
    (ends, back)
}

/// Of what would be put back, what cannot be: its code is another's by now, or what it consisted of is gone or has it within itself.
async fn stuck(tx: &mut TenantTx, back: &[Deed]) -> Result<HashSet<Uuid>> {
    let active = back.iter().filter(|deed| deed.after.status == Status::Active);
    let codes: HashMap<&str, Uuid> = active.filter_map(|deed| Some((deed.after.code.as_deref()?, deed.item))).collect();
    let asked: Vec<String> = codes.keys().map(|code| (*code).to_owned()).collect();
    let parts: HashSet<Uuid> = back.iter().flat_map(|deed| deed.after.parts.iter().map(|(part, _)| *part)).collect();
    let parts: Vec<Uuid> = parts.into_iter().collect();
    let asked: Vec<_> = asked.chunks(PART).map(|some| coded(some.to_vec())).collect();
    let looked: Vec<_> = parts.chunks(PART).map(|some| there(some.to_vec())).collect();
    let (holders, there) = tx.run((asked, looked)).await?;
    let others = holders.iter().flatten().filter_map(|one| {
        let mine = codes.get(one.code.as_str())?;
        (*mine != one.id).then_some(*mine)
    });
    let mut stuck: HashSet<Uuid> = others.collect();
    let faults = parts::faults(tx, there.into_iter().flatten(), (0..).zip(back)).await?;
    stuck.extend((0..).zip(back).filter(|(n, _)| faults.contains_key(n)).map(|(_, deed)| deed.item));
    Ok(stuck)
}

/// Of what was made: what somebody has worked with, and what is part of something that stays.
async fn used(tx: &mut TenantTx, all: &[Standing]) -> Result<HashSet<Uuid>> {
    let made: HashSet<Uuid> = all.iter().filter(|one| one.before.is_none() && one.free).map(|one| one.item).collect();
    let ids: Vec<Uuid> = made.iter().copied().collect();
    let mut used: HashSet<Uuid> = HashSet::new();
    let mut holders: Vec<Within> = vec![];
    for part in ids.chunks(PART) {
        let (in_use, within) = tx.run((in_use(part.to_vec()), within(part.to_vec()))).await?;
        used.extend(in_use);
        holders.extend(within);
    }
    // What is put back consists of what it did before, which was made before this import.
    let back: HashSet<Uuid> = all.iter().filter(|one| one.before.is_some() && one.free).map(|one| one.item).collect();
    loop {
        let stays = |id: &Uuid| !back.contains(id) && (!made.contains(id) || used.contains(id));
        let more: Vec<Uuid> = holders
            .iter()
            .filter(|one| stays(&one.item_id) && !used.contains(&one.part_id))
            .map(|one| one.part_id)
            .collect();
        if more.is_empty() {
            return Ok(used);
        }
        used.extend(more);
    }
}

/// Asked for twice is once.
pub async fn undo(tx: &mut TenantTx, access: &Access<CatalogWrite>, id: ItemImportId) -> Result<ItemImport> {
    let import = seen(access, tx.run(hold(id)).await?)?;
    match import.status {
        State::Undoing | State::Undone => Ok(import),
        State::Done if import.made + import.changed > 0 => {
            tx.tell(&ItemImportUndoBegun { item_import: id });
            begin(tx, id, State::Undoing).await
        }
        State::Running => Err(Error::refused("This import is not over. Undo it when it is.")),
        _ => Err(Error::refused("This import changed nothing, so there is nothing to undo.")),
    }
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<ItemImportId>,
) -> Result<Repeatable<Accepted<ItemImport>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let body = undo(tx, &access, id).await?;
            Ok(Accepted { location: format!("/api/v1/price-book-imports/{id}"), body })
        })
        .await
}

pub async fn post(access: Access<CatalogWrite>, Path(id): Path<ItemImportId>) -> Result<Repeatable<Redirect>> {
    access
        .once(async |tx: &mut TenantTx| {
            undo(tx, &access, id).await.map(|_| Redirect::to(format!("/price-book/imports/{id}")))
        })
        .await
}
