//! Fields of a company's own that each of its customers has: a gate code, the size of a filter, since when a contract runs.
mod change;
mod create;
mod drop;
mod fill;
mod kept;
mod known;
mod page;
mod value;

use jiff::Timestamp;
use kernel::{
    Access, Paged, Result,
    http::{Json, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{Change, api as api_change, change};
pub use create::{New, api as api_create, create};
pub use drop::{Clear, api as api_remove, remove};
pub(crate) use fill::{Typed, inputs, typed, values, whole};
pub use kept::Custom;
pub(crate) use known::{forget, known};
pub use page::{page, post, post_change, post_remove};
pub(crate) use value::{changed, settle, told, value_of};

use crate::permissions::CustomersRead;

kernel::id!(FieldId);
kernel::text_enum! {
    pub enum Kind {
        Text = "text": "Text",
        Number = "number": "Number",
        Date = "date": "Date",
        Flag = "flag": "Yes or no",
        Choice = "choice": "One of several",
    }
}

row! {
    /// A field that each customer has.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    #[schemars(rename = "CustomField")]
    pub struct Field {
        pub id: FieldId,
        /// By it programs name the field; it stays.
        pub key: String,
        /// What people call it.
        pub label: String,
        pub kind: Kind,
        /// For `choice`: what can be chosen.
        pub choices: Vec<String>,
        /// Asked for whenever a customer is added or changed by hand or by the API.
        pub required: bool,
        /// Fields stand in this order.
        pub position: i32,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Field {
    fn version(&self) -> i64 {
        self.version
    }
}

/// With more, nobody fills them in.
pub(crate) const MOST: usize = 40;

sql! {
    pub fn all() -> Vec<Field> = "
        select id, key, label, kind, choices, required, position, version, created_at, updated_at
        from custom_field where tenant_id = $1 order by position, id limit 40";
    pub fn find(id: FieldId) -> Option<Field> = "
        select id, key, label, kind, choices, required, position, version, created_at, updated_at
        from custom_field where tenant_id = $1 and id = $2";
}

kernel::event! { pub struct FieldCreated = "custom_field.created", seen by CustomersRead { field: FieldId } }
kernel::event! { pub struct FieldChanged = "custom_field.changed", seen by CustomersRead { field: FieldId } }
kernel::event! { pub struct FieldDeleted = "custom_field.deleted", seen by CustomersRead { field: FieldId } }
kernel::heard! { "custom_field." by everybody }

kernel::promise! { "custom_field_key_once": "/key", "There is a field of this name already." }

/// All: at most 40, so there is one page of them.
pub async fn api_list(access: Access<CustomersRead>) -> Result<Json<Paged<Field>>> {
    let data = access.read(all()).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
