//! The price book as a file, such that its import knows it again: what says the same in two companies is the same file.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope, row, sql};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

use super::{
    Item,
    list::{ListQuery, list},
};
use crate::{
    category::{self, tree},
    part::quantity,
    permissions::CatalogRead,
    tax_rate::percent,
};

struct Items;
exports::list! { Items }

#[derive(Debug, Serialize)]
struct Whole {
    #[serde(flatten)]
    item: Item,
    #[serde(skip)]
    category: Option<String>,
    #[serde(skip)]
    labor_rate: Option<String>,
    #[serde(skip)]
    parts: Vec<Part>,
}

row! {
    #[derive(Debug)]
    struct Part { item_id: Uuid, name: String, code: Option<String>, quantity_milli: i64 }
}
row! { struct Rate { id: Uuid, name: String } }

sql! {
    fn parts(items: Vec<Uuid>) -> Vec<Part> = "
        select p.item_id, i.name, i.code, p.quantity_milli from item_part p join item i on i.tenant_id = $1 and i.id = p.part_id
        where p.tenant_id = $1 and p.item_id = any ($2) order by p.item_id, p.position, p.part_id";
    fn rates() -> Vec<Rate> = "select id, name from labor_rate where tenant_id = $1 order by id limit 500";
}

/// By its code, or by its name where it has none.
fn called(part: &Part) -> String {
    let which = part.code.clone().unwrap_or_else(|| format!("\"{}\"", part.name));
    format!("{} × {which}", quantity(part.quantity_milli))
}

impl List for Items {
    const NAME: &'static str = "items";
    const LABEL: &'static str = "Price book";
    const HREF: &'static str = "/price-book";
    type Read = CatalogRead;
    type Filter = ListQuery;
    type Row = Whole;
    const COLUMNS: &'static [Column<Whole>] = &[
        ("Name", |w| (&w.item.name).into()),
        ("Code", |w| (&w.item.code).into()),
        ("Kind", |w| w.item.kind.label().into()),
        ("Category", |w| (&w.category).into()),
        ("Description", |w| (&w.item.description).into()),
        ("Unit", |w| (&w.item.unit).into()),
        ("Minutes", |w| w.item.duration_minutes.into()),
        ("Price", |w| w.item.price().into()),
        ("Cost", |w| w.item.cost().into()),
        ("Currency", |w| (&w.item.currency).into()),
        ("Tax", |w| (&w.item.tax_name).into()),
        ("Tax percent", |w| Cell::Amount(percent(w.item.tax_rate_ppm))),
        ("Booked online", |w| w.item.online.into()),
        ("Priced by", |w| w.item.pricing.label().into()),
        ("Labor rate", |w| (&w.labor_rate).into()),
        ("Sold as", |w| w.item.sold_as.label().into()),
        ("Parts", |w| Cell::lines(w.parts.iter().map(called))),
        ("Status", |w| w.item.status.label().into()),
    ];

    async fn page(scope: &Scope, filter: ListQuery, cursor: Option<String>) -> Result<Paged<Whole>> {
        let found = list(scope, &ListQuery { limit: Some(200), cursor, ..filter }).await?;
        let ids = found.data.iter().map(|item| item.id.0).collect();
        let (edges, rates, categories) = scope.read((parts(ids), rates(), category::active())).await?;
        let mut parts: HashMap<Uuid, Vec<Part>> = HashMap::new();
        edges.into_iter().for_each(|part| parts.entry(part.item_id).or_default().push(part));
        let rates: HashMap<Uuid, String> = rates.into_iter().map(|rate| (rate.id, rate.name)).collect();
        let paths = tree::paths(&categories);
        let whole = |item: Item| Whole {
            category: item.category_id.and_then(|id| paths.get(&id).cloned()),
            labor_rate: item.labor_rate_id.and_then(|id| rates.get(&id.0).cloned()),
            parts: parts.remove(&item.id.0).unwrap_or_default(),
            item,
        };
        Ok(Paged { data: found.data.into_iter().map(whole).collect(), next_cursor: found.next_cursor })
    }
}
