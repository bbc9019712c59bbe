//! Contacts: the people behind a customer, the first of them the one to ask for.
mod change;
mod create;
mod form;
mod remove;

use jiff::Timestamp;
use kernel::{Result, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

pub use change::{Change, change};
pub(crate) use create::add;
pub use create::{New, create};
pub use form::{edit, new, post, post_edit};
pub use remove::{api_delete, post_remove, remove};

pub use change::api as api_change;
pub use create::api as api_create;

use crate::{CustomerId, customer};

kernel::id!(ContactId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Contact {
        pub id: ContactId,
        pub customer_id: CustomerId,
        pub name: String,
        /// What they are there, such as "Owner" or "Facility manager".
        pub role: Option<String>,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Versioned for Contact {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    pub fn find(id: ContactId) -> Option<Contact> = "
        select id, customer_id, name, role, email, phone, version, created_at, updated_at
        from contact where tenant_id = $1 and id = $2";
    /// In order; no customer has more than are shown.
    pub fn of_customer(customer: CustomerId) -> Vec<Contact> = "
        select id, customer_id, name, role, email, phone, version, created_at, updated_at
        from contact where tenant_id = $1 and customer_id = $2 order by position, id limit 100";
    /// Of a page of customers.
    pub(crate) fn of_customers(customers: Vec<uuid::Uuid>) -> Vec<Contact> = "
        select id, customer_id, name, role, email, phone, version, created_at, updated_at
        from contact where tenant_id = $1 and customer_id = any($2::uuid[]) order by customer_id, position, id limit 20000";
}

/// All contacts of a customer: at most 100, so there is one page of them.
pub async fn api_list(
    access: kernel::Access<crate::CustomersRead>,
    kernel::http::Path(customer): kernel::http::Path<CustomerId>,
) -> Result<kernel::http::Json<kernel::Paged<Contact>>> {
    let (_, data) = access.read((customer::find(customer), of_customer(customer))).await?;
    Ok(kernel::http::Json(kernel::Paged { data, next_cursor: None }))
}
