//! Service areas: where the company goes, by postal codes, around a point, or within an outline.
mod change;
mod create;
mod page;
mod shape;
mod travel_time;

pub use change::{Change, change, change_api};
pub use create::{New, create, create_api};
pub use page::{all, edit, edit_post, new, new_post};
pub(crate) use shape::corners;
pub use shape::{Corner, Kind, Shape};
pub use travel_time::{
    Leg, Legs, api as legs_api, legs, page as legs_page, post as legs_post, set_api as set_legs_api,
};

use customers::location::postal;
use jiff::Timestamp;
use kernel::{
    Access, Error, Paged, Result,
    http::{Json, One, Path, Versioned},
    row, sql,
};

use crate::{availability::Spot, permissions::BoardRead};

kernel::id!(AreaId);

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Area {
        pub id: AreaId,
        pub name: String,
        pub kind: Kind,
        /// Of an area by postal codes; "787*" stands for all that begin so.
        pub postal_codes: Vec<String>,
        /// The middle of a circle.
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub radius_m: Option<i32>,
        /// Corners of an outline, in order around it.
        pub outline: Option<serde_json::Value>,
        /// What is not in use any more counts for nothing.
        pub active: bool,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Area {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Area {
    /// Whether the place lies within; none where too little is known of the place.
    pub fn holds(&self, spot: &Spot) -> Option<bool> {
        match self.kind {
            Kind::PostalCodes => {
                let code = postal::code(spot.postal_code.as_deref()?);
                Some(self.postal_codes.iter().any(|one| match one.strip_suffix('*') {
                    Some(head) => code.starts_with(head),
                    None => code == *one || (one.len() == 5 && code.len() == 9 && code.starts_with(one.as_str())),
                }))
            }
            Kind::Circle => {
                let (point, middle) = (spot.point()?, self.latitude.zip(self.longitude)?);
                let metres = crate::availability::kilometres(point, middle) * 1000.0;
                Some(metres <= f64::from(self.radius_m?))
            }
            Kind::Outline => Some(shape::within(spot.point()?, &shape::corners(self.outline.as_ref()?)?)),
        }
    }
}

/// Whether a place lies where the company goes; where too little is known of it, nothing speaks against it.
pub fn is_served(areas: &[Area], place: &Spot) -> bool {
    let known: Vec<bool> = areas.iter().filter_map(|area| area.holds(place)).collect();
    known.is_empty() || known.contains(&true)
}

kernel::promise! {
    "service_area_name_once": "/name", "There is an area of that name already.";
    "technician_area_area": "/area_ids", "One of these areas is not there any more. Load the page again.";
    "travel_time_from": "/legs", "One of these areas is not there any more. Load the page again.";
    "travel_time_to": "/legs", "One of these areas is not there any more. Load the page again.";
}

kernel::event! {
    pub struct AreaChanged = "service_area.changed", seen by BoardRead { area: AreaId }
}

row! {
    #[derive(Debug, Clone, Copy)]
    pub struct Covers { pub technician_id: crate::TechnicianId, pub area_id: AreaId }
}

sql! {
    pub fn find(id: AreaId) -> Option<Area> = "
        select id, name, kind, postal_codes, latitude, longitude, radius_m, outline, active, version, created_at, updated_at
        from service_area where tenant_id = $1 and id = $2";
    /// All of them: a company has a few dozen at most.
    pub fn list() -> Vec<Area> = "
        select id, name, kind, postal_codes, latitude, longitude, radius_m, outline, active, version, created_at, updated_at
        from service_area where tenant_id = $1 order by name_key limit 200";
    pub fn in_use() -> Vec<Area> = "
        select id, name, kind, postal_codes, latitude, longitude, radius_m, outline, active, version, created_at, updated_at
        from service_area where tenant_id = $1 and active order by name_key limit 200";
    /// Who goes where; whoever is not in here goes everywhere.
    pub fn covers() -> Vec<Covers> = "
        select c.technician_id, c.area_id from technician_area c join service_area a on a.tenant_id = $1 and a.id = c.area_id and a.active
        where c.tenant_id = $1 limit 20000";
}

pub async fn list_api(access: Access<BoardRead>) -> Result<Json<Paged<Area>>> {
    Ok(Json(Paged { data: access.read(list()).await?, next_cursor: None }))
}

pub async fn find_api(access: Access<BoardRead>, Path(id): Path<AreaId>) -> Result<One<Area>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}
