//! The list of estimates as a file.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope};

use super::{
    Listed,
    list::{Ask, list},
};
use crate::permissions::EstimatesRead;

struct Estimates;
exports::list! { Estimates }

impl List for Estimates {
    const NAME: &'static str = "estimates";
    const LABEL: &'static str = "Estimates";
    const HREF: &'static str = "/estimates";
    type Read = EstimatesRead;
    type Filter = Ask;
    type Row = Listed;
    const COLUMNS: &'static [Column<Listed>] = &[
        ("Number", |e| (&e.number).into()),
        ("State", |e| e.status.label().into()),
        ("Customer", |e| (&e.customer_name).into()),
        ("Title", |e| (&e.title).into()),
        ("Total", |e| e.total.into()),
        ("Currency", |e| e.total.currency.code().into()),
        ("Good until", |e| e.valid_until.into()),
        ("Sent", |e| e.sent_at.into()),
        ("Viewed", |e| e.viewed_at.into()),
        ("Decided", |e| e.decided_at.into()),
        ("Note", |e| (&e.note).into()),
        ("Written", |e| e.created_at.into()),
        ("Changed", |e| e.updated_at.into()),
        ("Record", |e| Cell::word(e.id)),
        ("Customer's record", |e| Cell::word(e.customer_id)),
    ];

    async fn page(scope: &Scope, filter: Ask, cursor: Option<String>) -> Result<Paged<Listed>> {
        list(scope, &Ask { limit: Some(200), cursor, ..filter }).await
    }
}
