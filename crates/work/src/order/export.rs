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
use crate::{
    cost::{self, Costs},
    permissions::WorkRead,
};

/// A job with what it cost.
#[derive(serde::Serialize)]
pub struct Row {
    #[serde(flatten)]
    job: Shown,
    costs: Costs,
}

struct Jobs;
exports::list! { Jobs }

impl List for Jobs {
    const NAME: &'static str = "work-orders";
    const LABEL: &'static str = "Jobs";
    const HREF: &'static str = "/jobs";
    type Read = WorkRead;
    type Filter = ListQuery;
    type Row = Row;
    const COLUMNS: &'static [Column<Row>] = &[
        ("Number", |w| w.job.order.called().into()),
        ("Job", |w| (&w.job.order.title).into()),
        ("Customer", |w| (&w.job.order.customer_name).into()),
        ("State", |w| w.job.order.status.label().into()),
        ("Technician", |w| (&w.job.order.technician_name).into()),
        ("Visit", |w| w.job.order.visit_starts_at.into()),
        ("Started", |w| w.job.order.started_at.into()),
        ("Completed", |w| w.job.order.completed_at.into()),
        ("Cancelled", |w| w.job.order.cancelled_at.into()),
        ("Why cancelled", |w| (&w.job.order.cancel_reason).into()),
        ("To be done", |w| (&w.job.order.scope).into()),
        ("Lines", |w| w.job.order.lines.into()),
        ("Subtotal", |w| w.job.subtotal.into()),
        ("Cost", |w| w.costs.total.map_or(Cell::Nothing, Cell::from)),
        ("Margin", |w| w.costs.margin.map_or(Cell::Nothing, Cell::from)),
        ("Minutes", |w| w.costs.minutes.into()),
        ("Currency", |w| (&w.job.order.currency).into()),
        ("Added", |w| w.job.order.created_at.into()),
        ("Record", |w| Cell::word(w.job.order.id)),
        ("Customer's record", |w| Cell::word(w.job.order.customer_id)),
    ];

    async fn page(scope: &Scope, filter: ListQuery, cursor: Option<String>) -> Result<Paged<Row>> {
        let found = list(scope, &ListQuery { limit: Some(200), cursor, ..filter }).await?;
        let mut costs = cost::of(scope, &found.data.iter().collect::<Vec<_>>()).await?;
        let row = |order: super::WorkOrder| Row {
            costs: costs.remove(&order.id.0).unwrap_or_default(),
            job: Shown::from(order),
        };
        Ok(Paged { data: found.data.into_iter().map(row).collect(), next_cursor: found.next_cursor })
    }
}
