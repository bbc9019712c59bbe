//! A secret address of a calendar: whose visits, in whose program. The secret is shown once, when it is made or renewed.
mod make;
mod page;
mod renew;
mod revoke;

pub use make::{Made, New, make, make_customer_api, make_technician_api};
pub use page::{
    customer_page, customer_panel, customer_post, renew_post, revoke_post, technician_page, technician_panel,
    technician_post,
};
pub use renew::{renew, renew_api};
pub use revoke::{revoke, revoke_api};

use customers::CustomerId;
use jiff::Timestamp;
use kernel::{
    Access, Error, Paged, Result, Scope, Uuid,
    http::{Json, Path, Versioned},
    row, sql,
};
use scheduling::TechnicianId;

use crate::permissions::CalendarsShare;

kernel::id!(LinkId);

/// So many for one technician or customer.
pub const MOST: usize = 10;

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Link {
        pub id: LinkId,
        pub technician_id: Option<TechnicianId>,
        pub customer_id: Option<CustomerId>,
        /// Whose calendar program it is in.
        pub label: String,
        /// Since when the address is as it is.
        pub renewed_at: Timestamp,
        pub version: i64,
        pub created_at: Timestamp,
    }
}
impl Versioned for Link {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Whose visits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Whose {
    Technician(TechnicianId),
    Customer(CustomerId),
}
impl Whose {
    pub fn ids(self) -> (Option<TechnicianId>, Option<CustomerId>) {
        match self {
            Self::Technician(id) => (Some(id), None),
            Self::Customer(id) => (None, Some(id)),
        }
    }
    pub fn of(link: &Link) -> Option<Self> {
        link.technician_id.map(Self::Technician).or(link.customer_id.map(Self::Customer))
    }
    /// The page on which their addresses stand.
    pub fn page(self) -> String {
        match self {
            Self::Technician(id) => format!("/technicians/{id}/calendar-links"),
            Self::Customer(id) => format!("/customers/{id}/calendar-links"),
        }
    }
}

// Who reads a calendar besides is the concern of those who see everybody of whom it is.
kernel::heard! { "calendar_link." by who sees seen }

kernel::promise! {
    "calendar_link_technician": "", "There is no such technician.";
    "calendar_link_customer": "", "There is no such customer.";
}

kernel::event! {
    pub struct LinkMade = "calendar_link.made", seen by CalendarsShare { link: LinkId, technician: Option<TechnicianId>, reader: Option<CustomerId> }
}
kernel::event! {
    pub struct LinkRenewed = "calendar_link.renewed", seen by CalendarsShare { link: LinkId, technician: Option<TechnicianId>, reader: Option<CustomerId> }
}
kernel::event! {
    pub struct LinkRevoked = "calendar_link.revoked", seen by CalendarsShare { link: LinkId, technician: Option<TechnicianId>, reader: Option<CustomerId> }
}

sql! {
    fn seen(id: Uuid) -> Option<LinkId> = "select id from calendar_link where tenant_id = $1 and id = $2";
    fn find(id: LinkId) -> Option<Link> = "
        select id, technician_id, customer_id, label, renewed_at, version, created_at from calendar_link where tenant_id = $1 and id = $2";
    pub(crate) fn by_secret(token_hash: String) -> Option<Link> = "
        select id, technician_id, customer_id, label, renewed_at, version, created_at from calendar_link where tenant_id = $1 and token_hash = $2";
    fn of_technician(technician: TechnicianId) -> Vec<Link> = "
        select id, technician_id, customer_id, label, renewed_at, version, created_at from calendar_link
        where tenant_id = $1 and technician_id = $2 order by id limit 50";
    fn of_customer(customer: CustomerId) -> Vec<Link> = "
        select id, technician_id, customer_id, label, renewed_at, version, created_at from calendar_link
        where tenant_id = $1 and customer_id = $2 order by id limit 50";
    // Both keep their calendars: whoever reads them reads what is now one customer's.
    fn follow(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update calendar_link set customer_id = $3, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
customers::follows! { "calendar_link" => follow }

/// The address itself.
fn url(scope: &Scope, token: &str) -> String {
    format!("{}/calendar/{token}/visits.ics", scope.house().origin(&scope.host()))
}

async fn of(scope: &Scope, whose: Whose) -> Result<Vec<Link>> {
    match whose {
        Whose::Technician(id) => {
            let (found, links) = scope.read((scheduling::technician::find(id), of_technician(id))).await?;
            found.map(|_| links).ok_or(Error::NotFound)
        }
        Whose::Customer(id) => {
            let (_, links) = scope.read((customers::customer::find(id), of_customer(id))).await?;
            Ok(links)
        }
    }
}

pub async fn of_technician_api(
    access: Access<CalendarsShare>,
    Path(id): Path<TechnicianId>,
) -> Result<Json<Paged<Link>>> {
    let data = of(&access, Whose::Technician(id)).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn of_customer_api(access: Access<CalendarsShare>, Path(id): Path<CustomerId>) -> Result<Json<Paged<Link>>> {
    let data = of(&access, Whose::Customer(id)).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
