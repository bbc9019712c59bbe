//! The price book as a file.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope};

use super::{
    Item,
    list::{ListQuery, list},
};
use crate::{permissions::CatalogRead, tax_rate::percent};

struct Items;
exports::list! { Items }

impl List for Items {
    const NAME: &'static str = "items";
    const LABEL: &'static str = "Price book";
    const HREF: &'static str = "/price-book";
    type Read = CatalogRead;
    type Filter = ListQuery;
    type Row = Item;
    const COLUMNS: &'static [Column<Item>] = &[
        ("Name", |i| (&i.name).into()),
        ("Code", |i| (&i.code).into()),
        ("Kind", |i| i.kind.label().into()),
        ("Category", |i| (&i.category).into()),
        ("Description", |i| (&i.description).into()),
        ("Unit", |i| (&i.unit).into()),
        ("Minutes", |i| i.duration_minutes.into()),
        ("Price", |i| i.price().into()),
        ("Cost", |i| i.cost().into()),
        ("Currency", |i| (&i.currency).into()),
        ("Tax", |i| (&i.tax_name).into()),
        ("Tax percent", |i| Cell::Amount(percent(i.tax_rate_ppm))),
        ("Booked online", |i| i.online.into()),
        ("Priced by", |i| i.pricing.label().into()),
        ("Sold as", |i| i.sold_as.label().into()),
        ("Status", |i| i.status.label().into()),
        ("Added", |i| i.created_at.into()),
        ("Changed", |i| i.updated_at.into()),
        ("Record", |i| Cell::word(i.id)),
    ];

    async fn page(scope: &Scope, filter: ListQuery, cursor: Option<String>) -> Result<Paged<Item>> {
        list(scope, &ListQuery { limit: Some(200), cursor, ..filter }).await
    }
}
