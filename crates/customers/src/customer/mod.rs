//! A customer: a household or a company that work is done for.
pub(crate) mod another;
pub mod archive;
pub mod assign;
pub(crate) mod beneath;
pub(crate) mod bring;
pub mod browse;
pub mod bulk;
pub mod change;
pub mod choose;
pub mod create;
pub(crate) mod form;
pub mod list;
pub mod near;
pub(crate) mod number;
pub(crate) mod palette;
pub mod reach;
pub mod search;
pub mod show;
pub mod vcard;
pub(crate) mod words;

use jiff::Timestamp;
use kernel::{Error, Result, http::Versioned, row, sql, tx::LookedAt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::MemberId;

pub use change::{Change, change};
pub use create::{New, create};
pub use reach::find_by_reach;

use crate::{custom::Custom, merge::MergeId, permissions::CustomersRead};

kernel::id!(CustomerId);
kernel::text_enum! {
    pub enum Kind {
        Person = "person": "Person or household",
        Company = "company": "Company",
    }
}
kernel::text_enum! {
    pub enum Status {
        Active = "active": "Active",
        Archived = "archived": "Archived",
        Merged = "merged": "Merged",
    }
}

row! {
    /// A customer as kept and as told. `place` is the first service location in one line.
    #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
    pub struct Customer {
        pub id: CustomerId,
        /// Counts up within the company; people say it on the phone.
        pub number: i64,
        pub kind: Kind,
        pub name: String,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub notes: Option<String>,
        /// The id of this customer in another system.
        pub external_id: Option<String>,
        pub place: Option<String>,
        pub city: Option<String>,
        pub status: Status,
        /// Who looks after them.
        pub assigned_to: Option<MemberId>,
        /// Names of its tags, in order.
        #[serde(default)]
        pub tags: Vec<String>,
        /// What stands in the company's own fields, by their keys.
        #[serde(default)]
        pub custom: Custom,
        /// The customer of whom this one is a part since they were merged.
        pub merged_into: Option<CustomerId>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Customer {
    /// Whoever became part of another is asked for there.
    pub(crate) fn here(self) -> Result<Self> {
        match self.merged_into {
            None => Ok(self),
            Some(into) => Err(Error::Merged {
                into: into.0,
                page: format!("/customers/{into}"),
                message: format!("{} was merged with another customer, who has all of it now.", self.name),
            }),
        }
    }
}

impl Versioned for Customer {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    fn row(id: CustomerId) -> Customer = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at
        from customer where tenant_id = $1 and id = $2";
    fn row_if_any(id: CustomerId) -> Option<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at
        from customer where tenant_id = $1 and id = $2";
    // A list of ids, not a probe for each: should a plan that was made for other companies take a wrong index, it reads the
    // rows of this one once.
    // One by one: of a company that the statistics do not know yet, `any` would read every customer.
    /// Whoever of these there is, merged or not.
    pub(crate) fn those(ids: Vec<uuid::Uuid>) -> Vec<Customer> = "
        select c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.assigned_to, c.tags, c.custom, c.merged_into, c.version, c.created_at, c.updated_at
        from unnest($2::uuid[]) asked(id) cross join lateral (
            select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at
            from customer where tenant_id = $1 and id = asked.id limit 1) c
        order by c.id";
    /// Locked, in the order of their ids, so that two who take several never wait for each other.
    pub(crate) fn held(ids: Vec<uuid::Uuid>) -> Vec<Customer> = "
        select id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at
        from customer where tenant_id = $1 and id = any($2) order by id for update";
}

/// One who is here: who was merged with another is answered with where they are.
pub fn find(id: CustomerId) -> LookedAt<Customer, Customer> {
    row(id).looked_at(Customer::here)
}
/// The same, or none.
pub fn maybe(id: CustomerId) -> LookedAt<Option<Customer>, Option<Customer>> {
    row_if_any(id).looked_at(|found| found.map(Customer::here).transpose())
}

kernel::event! { pub struct CustomerCreated = "customer.created", seen by CustomersRead { customer: CustomerId, number: i64 } }
kernel::event! { pub struct CustomerUpdated = "customer.updated", seen by CustomersRead { customer: CustomerId, number: i64 } }
kernel::event! { pub struct CustomerArchived = "customer.archived", seen by CustomersRead { customer: CustomerId, number: i64 } }
kernel::event! { pub struct CustomerMerged = "customer.merged", seen by CustomersRead { customer: CustomerId, number: i64, gone: CustomerId, gone_number: i64, merge: MergeId } }
kernel::event! { pub struct CustomerUnmerged = "customer.unmerged", seen by CustomersRead { customer: CustomerId, number: i64, gone: CustomerId, gone_number: i64, merge: MergeId } }
kernel::event! { pub struct CustomerTagged = "customer.tagged", seen by CustomersRead { customer: CustomerId, number: i64, given: i64, taken: i64 } }
kernel::event! { pub struct CustomerRestored = "customer.restored", seen by CustomersRead { customer: CustomerId, number: i64 } }

sql! {
    pub(crate) fn seen(id: uuid::Uuid) -> Option<CustomerId> = "select id from customer where tenant_id = $1 and id = $2";
}
kernel::reach! { "customer" = "Customers, their places, history and invoices":
    own "Whom they look after, or have a visit or a job with",
    team "Whom somebody of their team looks after, or has a visit or a job with",
    all "Every customer",
    roles [Technician = Own], shows []
}
kernel::heard! { "customer." by who sees seen; "customers." by who sees seen }

kernel::promise! {
    "customer_assigned_to": "/assigned_to", "There is nobody here with that id.";
    "customer_external_id_once": "/external_id", "Another customer already has this id of the other system.";
    "customer_is_here": "/customer_id", "This customer was merged with another. Choose the one who stayed.";
    "customer_number_once": "", "Another customer was added at the same moment. Save again."
}
