//! Writing what was decided: a statement for each table and thousand items, in one transaction.
use jiff::Timestamp;
use kernel::{Error, Result, Statement, TenantTx, sql, text::fold};
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

use super::{
    book::Book,
    decide::needed,
    deed::{Deed, Entry, PART},
};
use crate::{
    category::{Category, CategoryCreated, CategoryId},
    item::{
        ItemId,
        version::{self, Figures, Why},
        words,
    },
    price::{
        ByRule,
        reprice::{self, Reprice},
    },
    tax_rate::{TaxRateCreated, TaxRateId},
};

sql! {
    fn insert_category(id: CategoryId, parent: Option<CategoryId>, name: String, name_key: String, position: i32, at: Timestamp, by: Option<Uuid>) = "
        insert into category (tenant_id, id, parent_id, name, name_key, position, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
    fn insert_tax(id: TaxRateId, name: String, rate_ppm: i64, at: Timestamp, by: Option<Uuid>) = "
        insert into tax_rate (tenant_id, id, name, rate_ppm, created_at, updated_at, created_by) values ($1, $2, $3, $4, $5, $5, $6)";
    // One value for all rows: twenty lists side by side are read by nobody.
    fn insert(rows: Value, currency: String, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into item (tenant_id, id, category_id, kind, name, name_key, code, description, unit, duration_minutes, price_minor, cost_minor, currency, tax_rate_id, online, pricing, labor_rate_id, sold_as, status, created_at, updated_at, created_by)
        select $1::uuid, n.id, n.category_id, n.kind, n.name, n.name_key, n.code, n.description, n.unit, n.minutes, n.price, n.cost, $3::text, n.tax_rate_id, n.online, n.pricing, n.labor_rate_id, n.sold_as, n.status, $4::timestamptz, $4::timestamptz, $5::uuid
        from jsonb_to_recordset($2::jsonb) n(id uuid, category_id uuid, kind text, name text, name_key text, code text, description text, unit text, minutes integer, price bigint, cost bigint, tax_rate_id uuid, online boolean, pricing text, labor_rate_id uuid, sold_as text, status text)";
    fn update(rows: Value, at: Timestamp) -> u64 = "
        update item i set category_id = n.category_id, kind = n.kind, name = n.name, name_key = n.name_key, code = n.code, description = n.description, unit = n.unit, duration_minutes = n.minutes,
               price_minor = n.price, cost_minor = n.cost, tax_rate_id = n.tax_rate_id, online = n.online, pricing = n.pricing, labor_rate_id = n.labor_rate_id, sold_as = n.sold_as, status = n.status, updated_at = $3::timestamptz, version = i.version + 1
        from jsonb_to_recordset($2::jsonb) n(id uuid, version bigint, category_id uuid, kind text, name text, name_key text, code text, description text, unit text, minutes integer, price bigint, cost bigint, tax_rate_id uuid, online boolean, pricing text, labor_rate_id uuid, sold_as text, status text)
        where i.tenant_id = $1 and i.id = n.id and i.version = n.version";
    pub(super) fn forget_words(items: Vec<Uuid>) -> u64 = "delete from item_word where tenant_id = $1 and item_id = any ($2)";
    fn add_words(items: Vec<Uuid>, words: Vec<String>) -> u64 = "
        insert into item_word (tenant_id, item_id, word) select $1::uuid, w.item_id, w.word from unnest($2::uuid[], $3::text[]) w(item_id, word)";
    pub(super) fn forget_parts(items: Vec<Uuid>) -> u64 = "delete from item_part where tenant_id = $1 and item_id = any ($2)";
    fn add_parts(rows: Value, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into item_part (tenant_id, item_id, part_id, quantity_milli, position, created_at, created_by)
        select $1::uuid, p.item_id, p.part_id, p.quantity, p.position, $3::timestamptz, $4::uuid
        from jsonb_to_recordset($2::jsonb) p(item_id uuid, part_id uuid, quantity bigint, position integer)";
}

fn row(deed: &Deed) -> Value {
    let Entry {
        category_id,
        kind,
        name,
        code,
        description,
        unit,
        minutes,
        price,
        cost,
        tax_rate_id,
        online,
        pricing,
        labor_rate_id,
        sold_as,
        status,
        ..
    } = &deed.after;
    json!({
        "id": deed.item, "version": deed.version, "category_id": category_id, "kind": kind, "name": name, "name_key": fold(name), "code": code,
        "description": description, "unit": unit, "minutes": minutes, "price": price, "cost": cost, "tax_rate_id": tax_rate_id, "online": online,
        "pricing": pricing, "labor_rate_id": labor_rate_id, "sold_as": sold_as, "status": status,
    })
}

/// What the file adds beside items, as far as something written needs it; which categories these are.
pub(super) async fn surroundings(
    tx: &mut TenantTx,
    book: &Book,
    deeds: &[Deed],
    by: Option<Uuid>,
) -> Result<Vec<Uuid>> {
    let at = tx.now();
    let needed = needed(book, deeds);
    let of = |id: &CategoryId| book.head(*id).map(|(one, _)| one.clone());
    for Category { id, parent_id, name, position, .. } in needed.iter().filter_map(of) {
        let key = fold(&name);
        tx.queue(insert_category(id, parent_id, name, key, position, at, by));
        tx.tell(&CategoryCreated { category: id });
    }
    let used: HashSet<Uuid> = deeds.iter().filter_map(|deed| deed.after.tax_rate_id).collect();
    for tax in book.taxes.iter().filter(|tax| book.new_taxes.contains(&tax.id) && used.contains(&tax.id.0)) {
        tx.queue(insert_tax(tax.id, tax.name.clone(), tax.rate_ppm, at, by));
        tx.tell(&TaxRateCreated { tax_rate: tax.id, rate_ppm: tax.rate_ppm });
    }
    Ok(needed.into_iter().map(|id| id.0).collect())
}

/// All of them. A row that somebody else has changed meanwhile makes all of it be decided anew.
pub(super) async fn write(tx: &mut TenantTx, deeds: &[Deed], why: Why, by: Option<Uuid>) -> Result<()> {
    let (at, today, currency) = (tx.now(), tx.today(), tx.currency());
    let (new, known): (Vec<&Deed>, Vec<&Deed>) = deeds.iter().partition(|deed| deed.before.is_none());
    for part in new.chunks(PART) {
        let rows = part.iter().copied().map(row).collect();
        tx.run(insert(rows, currency.code().into(), at, by)).await?;
    }
    for part in known.chunks(PART) {
        let rows = part.iter().copied().map(row).collect();
        if tx.run(update(rows, at)).await? < part.len() as u64 {
            return Err(Error::Stale(None));
        }
    }
    found_by(tx, &new, &known).await?;
    consist_of(tx, deeds, by).await?;
    let dear = |deed: &&Deed| deed.before.as_ref().is_none_or(|before| before.figures() != deed.after.figures());
    let figures: Vec<(ItemId, Figures)> =
        deeds.iter().filter(dear).map(|deed| (ItemId(deed.item), deed.after.figures())).collect();
    for part in figures.chunks(PART) {
        version::set(tx, part, today, why, None).await?;
    }
    let reckoned = |deed: &&Deed| {
        let ByRule { price, cost } = deed.after.by_rule();
        price || cost || !deed.after.parts.is_empty()
    };
    let reckoned: Vec<ItemId> = deeds.iter().filter(reckoned).map(|deed| ItemId(deed.item)).collect();
    for part in reckoned.chunks(300) {
        reprice::some(tx, part).await?;
    }
    tx.enqueue(&Reprice::now());
    Ok(())
}

async fn found_by(tx: &mut TenantTx, new: &[&Deed], known: &[&Deed]) -> Result<()> {
    let of = |entry: &Entry| words::of(&entry.name, entry.code.as_deref(), entry.description.as_deref());
    let differ = |deed: &&&Deed| deed.before.as_ref().is_some_and(|before| of(before) != of(&deed.after));
    let renamed: Vec<&Deed> = known.iter().filter(differ).copied().collect();
    tx.run(forget_words(renamed.iter().map(|deed| deed.item).collect())).await?;
    let all: Vec<&Deed> = new.iter().copied().chain(renamed).collect();
    for part in all.chunks(PART) {
        let words = part.iter().flat_map(|deed| of(&deed.after).into_iter().map(|word| (deed.item, word)));
        let (items, words) = words.unzip();
        tx.run(add_words(items, words)).await?;
    }
    Ok(())
}

async fn consist_of(tx: &mut TenantTx, deeds: &[Deed], by: Option<Uuid>) -> Result<()> {
    let at = tx.now();
    let differ = |deed: &&Deed| deed.before.as_ref().map_or(&[][..], |before| &before.parts) != deed.after.parts;
    let changed: Vec<&Deed> = deeds.iter().filter(differ).collect();
    if changed.is_empty() {
        return Ok(());
    }
    tx.run(forget_parts(changed.iter().map(|deed| deed.item).collect())).await?;
    let row = |item: Uuid, n: usize, (part, quantity): &(Uuid, i64)| json!({ "item_id": item, "part_id": part, "quantity": quantity, "position": n + 1 });
    let added: Vec<Statement<u64>> = changed
        .chunks(PART)
        .map(|some| {
            some.iter()
                .flat_map(|deed| deed.after.parts.iter().enumerate().map(|(n, part)| row(deed.item, n, part)))
                .collect()
        })
        .map(|rows| add_parts(rows, at, by))
        .collect();
    tx.run(added).await.map(drop)
}
