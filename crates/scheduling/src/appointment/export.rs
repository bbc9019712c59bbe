//! Appointments of a stretch of time as a file.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope};

use super::{
    Appointment,
    list::{ListQuery, asked},
};
use crate::permissions::BoardRead;

struct Appointments;
exports::list! { Appointments }

impl List for Appointments {
    const NAME: &'static str = "appointments";
    const LABEL: &'static str = "Appointments";
    const HREF: &'static str = "/board";
    type Read = BoardRead;
    type Filter = ListQuery;
    type Row = Appointment;
    const COLUMNS: &'static [Column<Appointment>] = &[
        ("Starts", |a| a.starts_at.into()),
        ("Ends", |a| a.ends_at.into()),
        ("Customer", |a| (&a.customer_name).into()),
        ("Job", |a| (&a.title).into()),
        ("Problem", |a| (&a.problem).into()),
        ("Technician", |a| (&a.technician_name).into()),
        ("State", |a| a.status.label().into()),
        ("Promised from", |a| a.window_starts.into()),
        ("Promised until", |a| a.window_ends.into()),
        ("Arrived", |a| a.arrived_at.into()),
        ("Completed", |a| a.completed_at.into()),
        ("Why cancelled", |a| (&a.cancel_reason).into()),
        ("Cancelled by", |a| (&a.cancelled_by.map(|by| by.label().to_owned())).into()),
        ("Came by", |a| a.source.label().into()),
        ("Record", |a| Cell::word(a.id)),
        ("Customer's record", |a| Cell::word(a.customer_id)),
    ];

    async fn page(scope: &Scope, filter: ListQuery, cursor: Option<String>) -> Result<Paged<Appointment>> {
        asked(scope, &ListQuery { limit: Some(200), cursor, ..filter }).await
    }
}
