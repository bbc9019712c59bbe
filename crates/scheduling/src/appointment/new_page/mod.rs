//! New job, from the office: for whom, what, and when, with free times to choose from. A context above books by the same
//! form for something of its own, such as a job that needs another visit.
mod palette;
mod post;
mod sheet;
mod times;
mod whom;

pub use palette::find;
pub use post::{BookForm, post};
pub use sheet::{At, page as sheet};

use catalog::ItemId;
use customers::{CustomerId, LocationId};
use jiff::civil::{Date, Time};
use kernel::{
    Access, Result,
    http::{Page, Query, Typed},
};
use tenancy::shell::Frame;

use crate::{permissions::AppointmentsWrite, technician::TechnicianId};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewQuery {
    /// Words to find the customer by.
    pub q: Option<String>,
    pub customer_id: Option<CustomerId>,
    pub location_id: Option<LocationId>,
    pub item_id: Option<ItemId>,
    pub technician_id: Option<TechnicianId>,
    pub date: Option<Date>,
    pub time: Option<Time>,
    pub problem: Option<String>,
}

pub async fn page(access: Access<AppointmentsWrite>, Query(query): Query<NewQuery>) -> Result<Page> {
    match query.customer_id {
        None => whom::page(&access, &query).await,
        Some(customer) => sheet::page(&access, customer, &query, None, At::new_job(customer)).await,
    }
}

impl NewQuery {
    /// What was typed, as far as the form is drawn by it.
    pub fn typed(typed: &Typed) -> Self {
        let value = |name: &str| typed.values.get(name).cloned().unwrap_or_default();
        Self {
            item_id: value("item_id").parse().ok(),
            location_id: value("location_id").parse().ok(),
            date: value("date").parse().ok(),
            ..Self::default()
        }
    }
}

fn frame() -> Frame {
    let crumbs = vec![("Board".to_owned(), "/board".to_owned())];
    Frame { title: "New job".into(), active: "/board", crumbs, ..Frame::default() }
}
