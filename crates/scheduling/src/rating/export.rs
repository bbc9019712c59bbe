//! What customers said as a file.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope};

use super::{Rating, list};
use crate::permissions::RatingsRead;

struct Ratings;
exports::list! { Ratings }

impl List for Ratings {
    const NAME: &'static str = "ratings";
    const LABEL: &'static str = "Ratings";
    const HREF: &'static str = "/ratings";
    type Read = RatingsRead;
    type Filter = list::Ask;
    type Row = Rating;
    const COLUMNS: &'static [Column<Rating>] = &[
        ("Given", |r| r.created_at.into()),
        ("Stars", |r| r.stars.into()),
        ("In their words", |r| (&r.comment).into()),
        ("Customer", |r| (&r.customer_name).into()),
        ("Visit", |r| (&r.title).into()),
        ("Technician", |r| (&r.technician_name).into()),
        ("Seen to", |r| r.seen_to_at.into()),
        ("Seen to by", |r| (&r.seen_to_by).into()),
        ("Record", |r| Cell::word(r.id)),
        ("Visit's record", |r| Cell::word(r.appointment_id)),
        ("Customer's record", |r| Cell::word(r.customer_id)),
    ];

    async fn page(scope: &Scope, filter: list::Ask, cursor: Option<String>) -> Result<Paged<Rating>> {
        list::list(scope, &list::Ask { limit: Some(200), cursor, ..filter }).await
    }
}
