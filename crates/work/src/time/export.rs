//! Working time as a file: a line for each stretch.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope};

use super::{
    Shown,
    list::{ListQuery, list},
};
use crate::permissions::TimeRead;

struct Times;
exports::list! { Times }

impl List for Times {
    const NAME: &'static str = "time-entries";
    const LABEL: &'static str = "Working time";
    const HREF: &'static str = "/timesheets";
    type Read = TimeRead;
    type Filter = ListQuery;
    type Row = Shown;
    const COLUMNS: &'static [Column<Shown>] = &[
        ("Technician", |e| (&e.technician_name).into()),
        ("What", |e| e.kind.label().into()),
        ("Job", |e| (&e.work_order).into()),
        ("From", |e| e.starts_at.into()),
        ("Until", |e| e.ends_at.into()),
        ("Minutes", |e| e.minutes.map_or(Cell::Nothing, Cell::Whole)),
        ("Cost of an hour", |e| e.hour_cost.map_or(Cell::Nothing, Cell::from)),
        ("Why by hand or changed", |e| (&e.reason).into()),
        ("Record", |e| Cell::word(e.id)),
        ("Technician's record", |e| Cell::word(e.technician_id)),
    ];

    async fn page(scope: &Scope, filter: ListQuery, cursor: Option<String>) -> Result<Paged<Shown>> {
        let found = list(scope, &ListQuery { limit: Some(200), cursor, ..filter }).await?;
        Ok(Paged { data: found.data.into_iter().map(Shown::from).collect(), next_cursor: found.next_cursor })
    }
}
