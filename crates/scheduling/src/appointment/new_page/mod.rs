//! New job, from the office: for whom, what, and when, with free times to choose from.
mod palette;
mod post;
mod sheet;
mod times;
mod whom;

pub use palette::find;
pub use post::post;

use catalog::ItemId;
use customers::{CustomerId, LocationId};
use jiff::civil::{Date, Time};
use kernel::{
    Access, Result, Scope,
    http::{Page, Query},
};
use maud::Markup;
use tenancy::shell::{self, Frame};

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
        Some(customer) => sheet::page(&access, customer, &query, None).await,
    }
}

fn frame(scope: &Scope, body: Markup) -> Page {
    let crumbs = vec![("Board".to_owned(), "/board".to_owned())];
    shell::page(scope, Frame { title: "New job".into(), active: "/board", crumbs, body, ..Frame::default() })
}
