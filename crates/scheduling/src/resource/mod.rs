//! Whatever can be planned: technicians, under their own ids, and the vehicles and tools that go along with them.
mod change;
mod create;
mod list;
mod page;

pub use change::{Change, change, change_api};
pub use create::{New, create, create_api};
pub use list::{find_api, in_use, list_api};
pub use page::{all, edit, edit_post, new, new_post};

use jiff::Timestamp;
use kernel::{http::Versioned, row, sql, text_enum};

use crate::permissions::BoardRead;

kernel::id!(ResourceId);

text_enum! {
    pub enum Kind { Technician = "technician": "Technician", Vehicle = "vehicle": "Vehicle", Tool = "tool": "Tool" }
}

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Resource {
        /// A technician's own id, or a vehicle's or tool's.
        pub id: ResourceId,
        pub kind: Kind,
        pub name: String,
        /// Such as the plate, or where it is kept.
        pub note: Option<String>,
        /// What is not in use any more cannot be planned.
        pub active: bool,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Resource {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "resource_name_once": "/name", "There is one of that name already. Give each its own, such as a number.";
    "appointment_resource_resource": "/resource_ids", "One of those who go along is not there any more.";
}

kernel::event! {
    pub struct ResourceCreated = "resource.created", seen by BoardRead { resource: ResourceId }
}
kernel::event! {
    pub struct ResourceChanged = "resource.changed", seen by BoardRead { resource: ResourceId }
}

/// Everybody and everything in use, to be ticked; but for the technician who goes anyway.
pub(crate) fn boxes(filled: &ui::Filled, all: &[Resource], lead: Option<kernel::Uuid>) -> maud::Markup {
    let all: Vec<(String, String)> =
        all.iter().filter(|one| Some(one.id.0) != lead).map(|one| (one.id.to_string(), one.name.clone())).collect();
    ui::field::boxes(filled, "resource_ids", "Goes along", &all)
}

sql! {
    pub fn find(id: ResourceId) -> Option<Resource> = "
        select id, kind, name, note, active, version, created_at, updated_at from resource where tenant_id = $1 and id = $2";
}
