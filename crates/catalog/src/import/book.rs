//! The price book as far as a file speaks of it: its items by code and name, the categories, taxes and labor rates, and those that
//! the file adds.
use kernel::{Error, Result, TenantTx, row, sql, text::fold};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::{
    deed::Entry,
    line::{Named, Said},
};
use crate::{
    category::{self, Category, CategoryId, Status},
    item::Item,
    tax_rate::{self, TaxRate, TaxRateId},
};

row! { pub(super) struct Edge { item_id: Uuid, part_id: Uuid, quantity_milli: i64 } }
row! { pub(super) struct Rate { pub id: Uuid, pub name: String, pub status: Status } }

sql! {
    fn by_codes(codes: Vec<String>) -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.code = any ($2) order by i.id limit 10001";
    fn by_names(names: Vec<String>) -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.status in ('active', 'archived') and i.name_key = any ($2) order by i.id limit 10001";
    pub(super) fn these(items: Vec<Uuid>) -> Vec<Item> = "
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes, i.price_minor, i.cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from item i left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
        where i.tenant_id = $1 and i.id = any ($2) order by i.id for update of i";
    pub(super) fn parts_of(items: Vec<Uuid>) -> Vec<Edge> = "
        select item_id, part_id, quantity_milli from item_part where tenant_id = $1 and item_id = any ($2) order by item_id, position, part_id";
    /// What these are in and consist of, however far.
    fn around(items: Vec<Uuid>) -> Vec<Edge> = "
        with recursive around(id) as (
            select a.id from unnest($2::uuid[]) a(id)
            union select n.id from around a cross join lateral (
                select p.part_id as id from item_part p where p.tenant_id = $1 and p.item_id = a.id
                union all select p.item_id from item_part p where p.tenant_id = $1 and p.part_id = a.id) n)
        select p.item_id, p.part_id, p.quantity_milli from around a join item_part p on p.tenant_id = $1 and p.item_id = a.id
        order by p.item_id, p.position, p.part_id";
    fn rates() -> Vec<Rate> = "select id, name, status from labor_rate where tenant_id = $1 order by status, id limit 500";
}

/// Parts of items, in order.
pub(super) fn by_item(edges: Vec<Edge>) -> HashMap<Uuid, Vec<(Uuid, i64)>> {
    let mut by: HashMap<Uuid, Vec<(Uuid, i64)>> = HashMap::new();
    for edge in edges {
        by.entry(edge.item_id).or_default().push((edge.part_id, edge.quantity_milli));
    }
    by
}

/// So many codes or names are asked for at once, and so many items are what they may mean.
const ASKED: usize = 1000;
const MEANT: usize = 10_000;

pub(super) struct Book {
    pub items: Vec<Item>,
    pub parts: HashMap<Uuid, Vec<(Uuid, i64)>>,
    /// With those that the file adds, above what stands below them.
    pub categories: Vec<Category>,
    pub new_categories: HashSet<CategoryId>,
    pub taxes: Vec<TaxRate>,
    pub new_taxes: HashSet<TaxRateId>,
    pub names: Names,
    /// Known to be in use before the file: a tax of their name with another rate is a mistake, and none to add.
    pub named_taxes: HashSet<String>,
}

/// What lines are looked up by, folded once and not for each line.
#[derive(Default)]
pub(super) struct Names {
    /// Where in the book's categories, and what each is called.
    pub categories: HashMap<CategoryId, (usize, String)>,
    /// By what they stand below.
    pub below: HashMap<(Option<CategoryId>, String), CategoryId>,
    /// Where in the book's taxes.
    pub taxes: HashMap<String, Vec<usize>>,
    pub rates: HashMap<String, Vec<Rate>>,
}

impl Book {
    /// `held`: as they are now, and nobody changes them before the transaction is over.
    pub async fn load(tx: &mut TenantTx, said: &[&Said], held: bool) -> Result<Self> {
        let (mut codes, mut names) = (HashSet::new(), HashSet::new());
        for one in said {
            codes.extend(one.code.clone());
            names.insert(fold(&one.name));
            for (_, named) in one.parts.iter().flatten() {
                match named {
                    Named::Name(name) => drop(names.insert(fold(name))),
                    Named::Code(code) => {
                        codes.insert(code.clone());
                        names.insert(fold(code));
                    }
                }
            }
        }
        let (codes, names): (Vec<_>, Vec<_>) = (codes.into_iter().collect(), names.into_iter().collect());
        let asked = codes.chunks(ASKED).map(|part| by_codes(part.to_vec()));
        let asked: Vec<_> = asked.chain(names.chunks(ASKED).map(|part| by_names(part.to_vec()))).collect();
        let (found, categories, taxes, rates) =
            tx.run((asked, category::active(), tax_rate::active(), rates())).await?;
        if found.iter().any(|some| some.len() > MEANT) {
            let says = "Too many items of the price book have these names and codes to tell them apart. Split the file, or give each line a code.";
            return Err(Error::refused(says));
        }
        let mut met = HashSet::new();
        let mut items: Vec<Item> = found.into_iter().flatten().filter(|item| met.insert(item.id)).collect();
        items.sort_by_key(|item| item.id);
        let ids: Vec<Uuid> = items.iter().map(|item| item.id.0).collect();
        if held {
            let held: Vec<_> = ids.chunks(ASKED).map(|part| these(part.to_vec())).collect();
            items = tx.run(held).await?.into_iter().flatten().collect();
        }
        let edges: Vec<_> = ids.chunks(ASKED).map(|part| parts_of(part.to_vec())).collect();
        let parts = by_item(tx.run(edges).await?.into_iter().flatten().collect());
        let mut book = Self {
            items,
            parts,
            categories: vec![],
            new_categories: HashSet::new(),
            taxes: vec![],
            new_taxes: HashSet::new(),
            named_taxes: taxes.iter().map(|tax| fold(&tax.name)).collect(),
            names: Names::default(),
        };
        categories.into_iter().for_each(|one| book.add_category(one));
        taxes.into_iter().for_each(|one| book.add_tax(one));
        for rate in rates {
            book.names.rates.entry(fold(&rate.name)).or_default().push(rate);
        }
        Ok(book)
    }

    pub fn add_category(&mut self, new: Category) {
        let name = fold(&new.name);
        self.names.below.entry((new.parent_id, name.clone())).or_insert(new.id);
        self.names.categories.insert(new.id, (self.categories.len(), name));
        self.categories.push(new);
    }

    pub fn add_tax(&mut self, new: TaxRate) {
        self.names.taxes.entry(fold(&new.name)).or_default().push(self.taxes.len());
        self.taxes.push(new);
    }

    /// With its name as it is compared.
    pub fn head(&self, id: CategoryId) -> Option<(&Category, &str)> {
        let (at, name) = self.names.categories.get(&id)?;
        Some((self.categories.get(*at)?, name))
    }

    /// All that hangs together with these by its parts.
    pub async fn around(tx: &mut TenantTx, items: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<(Uuid, i64)>>> {
        if items.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(by_item(tx.run(around(items)).await?))
    }

    pub fn entry(&self, item: &Item) -> Entry {
        Entry::of(item, self.parts.get(&item.id.0).cloned().unwrap_or_default())
    }
}
