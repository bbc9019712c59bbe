//! What something sells for, to whom and on which day: what it is reckoned from is read in one trip, and each step says its rule.
pub mod ask;
mod by_rule;
mod lines;
pub(crate) mod panel;
mod reckon;
pub mod reprice;

use jiff::civil::Date;
use kernel::{Result, Statement, TenantTx, Uuid, row, sql};
use std::collections::HashMap;

pub(crate) use by_rule::ByRule;
pub use lines::{Shelf, Sold, shelf, sold};
pub(crate) use reckon::MOST;
pub use reckon::{By, Reckoned, Step};

use crate::{
    category::CategoryId,
    item::{Item, ItemId},
    labor_rate::{LaborRate, LaborRateId},
    markup::MarkupId,
};

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct Edge { pub item_id: ItemId, pub part_id: ItemId, pub quantity_milli: i64 }
}
row! {
    #[derive(Debug, Clone)]
    pub(crate) struct Head { pub id: CategoryId, pub parent_id: Option<CategoryId>, pub name: String }
}
row! {
    /// What is added to a cost, and for what: none of the three is for all.
    #[derive(Debug, Clone)]
    pub(crate) struct Rule {
        pub id: MarkupId,
        pub item_id: Option<ItemId>,
        pub category_id: Option<CategoryId>,
        pub tag: Option<String>,
        pub from_minor: Vec<i64>,
        pub markup_ppm: Vec<i64>,
    }
}

sql! {
    /// These and all that is in them, with the figures of the day.
    fn closure(items: Vec<Uuid>, on: Date) -> Vec<Item> = "
        with recursive inside(id) as (
            select a.id from unnest($2::uuid[]) a(id)
            union select p.part_id from inside w join item_part p on p.tenant_id = $1 and p.item_id = w.id)
        select i.id, i.category_id, c.name as category, i.kind, i.name, i.code, i.description, i.unit, i.duration_minutes,
               coalesce(v.price_minor, i.price_minor) as price_minor, case when v.id is null then i.cost_minor else v.cost_minor end as cost_minor, i.currency,
               i.tax_rate_id, t.name as tax_name, coalesce(t.rate_ppm, 0) as tax_rate_ppm, i.online, i.pricing, i.labor_rate_id, i.sold_as, i.status, i.version, i.created_at, i.updated_at
        from inside w join item i on i.tenant_id = $1 and i.id = w.id
             left join category c on c.tenant_id = $1 and c.id = i.category_id left join tax_rate t on t.tenant_id = $1 and t.id = i.tax_rate_id
             left join item_price v on v.tenant_id = $1 and v.item_id = i.id and v.from_on <= $3 and (v.until_on is null or v.until_on > $3)
        order by i.name_key, i.id";
    fn edges(items: Vec<Uuid>) -> Vec<Edge> = "
        with recursive inside(id) as (
            select a.id from unnest($2::uuid[]) a(id)
            union select p.part_id from inside w join item_part p on p.tenant_id = $1 and p.item_id = w.id)
        select p.item_id, p.part_id, p.quantity_milli from inside w join item_part p on p.tenant_id = $1 and p.item_id = w.id
        order by p.item_id, p.position, p.part_id";
    fn heads() -> Vec<Head> = "
        select id, parent_id, name from category where tenant_id = $1 and status = 'active' limit 200";
    fn rates() -> Vec<LaborRate> = "
        select id, name, price_minor, cost_minor, currency, standard, status, version, created_at, updated_at
        from labor_rate where tenant_id = $1 and (status = 'active' or exists (
            select 1 from item i where i.tenant_id = $1 and i.labor_rate_id = labor_rate.id)) limit 500";
    /// The rules for these items and what is in them, for categories, for the customer's groups, and for all.
    fn rules(items: Vec<Uuid>, customer: Option<Uuid>) -> Vec<Rule> = "
        with recursive inside(id) as (
            select a.id from unnest($2::uuid[]) a(id)
            union select p.part_id from inside w join item_part p on p.tenant_id = $1 and p.item_id = w.id)
        select m.id, m.item_id, m.category_id, t.name as tag, m.from_minor, m.markup_ppm
        from markup m left join tag t on t.tenant_id = $1 and t.id = m.tag_id
        where m.tenant_id = $1 and (m.category_id is not null
            or m.item_id in (select w.id from inside w)
            or m.tag_id in (select g.tag_id from customer_tag g where g.tenant_id = $1 and g.customer_id = $3)
            or (m.item_id is null and m.category_id is null and m.tag_id is null))
        order by m.id limit 1000";
}

/// What prices are reckoned from.
#[derive(Debug, Default)]
pub(crate) struct Basis {
    pub items: HashMap<ItemId, Item>,
    pub parts: HashMap<ItemId, Vec<(ItemId, i64)>>,
    pub heads: HashMap<CategoryId, Head>,
    pub rates: HashMap<LaborRateId, LaborRate>,
    pub rules: Vec<Rule>,
}

type Read =
    (Statement<Vec<Item>>, Statement<Vec<Edge>>, Statement<Vec<Head>>, Statement<Vec<LaborRate>>, Statement<Vec<Rule>>);

/// One round trip, for any number of items.
pub(crate) fn read(items: &[ItemId], customer: Option<Uuid>, on: Date) -> Read {
    let ids = || items.iter().map(|item| item.0).collect::<Vec<_>>();
    (closure(ids(), on), edges(ids()), heads(), rates(), rules(ids(), customer))
}

type Rows = (Vec<Item>, Vec<Edge>, Vec<Head>, Vec<LaborRate>, Vec<Rule>);

impl Basis {
    pub(crate) fn of((items, edges, heads, rates, rules): Rows) -> Self {
        let mut parts: HashMap<ItemId, Vec<(ItemId, i64)>> = HashMap::new();
        for edge in edges {
            parts.entry(edge.item_id).or_default().push((edge.part_id, edge.quantity_milli));
        }
        Self {
            items: items.into_iter().map(|item| (item.id, item)).collect(),
            parts,
            heads: heads.into_iter().map(|head| (head.id, head)).collect(),
            rates: rates.into_iter().map(|rate| (rate.id, rate)).collect(),
            rules,
        }
    }
}

pub(crate) async fn load(tx: &mut TenantTx, items: &[ItemId], customer: Option<Uuid>, on: Date) -> Result<Basis> {
    Ok(Basis::of(tx.run(read(items, customer, on)).await?))
}
