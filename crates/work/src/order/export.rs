//! The list of jobs as a file.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope};

use super::{
    Shown,
    list::{ListQuery, list},
};
use crate::permissions::WorkRead;

struct Jobs;
exports::list! { Jobs }

impl List for Jobs {
    const NAME: &'static str = "work-orders";
    const LABEL: &'static str = "Jobs";
    const HREF: &'static str = "/jobs";
    type Read = WorkRead;
    type Filter = ListQuery;
    type Row = Shown;
    const COLUMNS: &'static [Column<Shown>] = &[
        ("Number", |w| w.order.called().into()),
        ("Job", |w| (&w.order.title).into()),
        ("Customer", |w| (&w.order.customer_name).into()),
        ("State", |w| w.order.status.label().into()),
        ("Technician", |w| (&w.order.technician_name).into()),
        ("Visit", |w| w.order.visit_starts_at.into()),
        ("Started", |w| w.order.started_at.into()),
        ("Completed", |w| w.order.completed_at.into()),
        ("Cancelled", |w| w.order.cancelled_at.into()),
        ("Why cancelled", |w| (&w.order.cancel_reason).into()),
        ("To be done", |w| (&w.order.scope).into()),
        ("Lines", |w| w.order.lines.into()),
        ("Subtotal", |w| w.subtotal.into()),
        ("Currency", |w| (&w.order.currency).into()),
        ("Added", |w| w.order.created_at.into()),
        ("Record", |w| Cell::word(w.order.id)),
        ("Customer's record", |w| Cell::word(w.order.customer_id)),
    ];

    async fn page(scope: &Scope, filter: ListQuery, cursor: Option<String>) -> Result<Paged<Shown>> {
        let found = list(scope, &ListQuery { limit: Some(200), cursor, ..filter }).await?;
        Ok(Paged { data: found.data.into_iter().map(Shown::from).collect(), next_cursor: found.next_cursor })
    }
}
