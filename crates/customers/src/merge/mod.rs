//! A merge: two customers who are one. One stays and gets all that was the other's; the other stays as a row that says where it
//! went. What moved is written down row by row, so that it can go back.
mod card;
mod compare;
mod elsewhere;
mod follow;
mod list;
mod make;
mod pick;
mod take_back;

use jiff::Timestamp;
use kernel::{row, sql};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(crate) use card::card;
pub use compare::{page, post, post_apart};
pub use follow::{FOLLOWERS, Follower};
pub use list::api as api_list;
pub use make::{New, api, make};
pub use pick::{Pick, Picks, Side};
pub use take_back::{api as api_take_back, post as post_take_back, take_back};

use crate::{
    CustomerId,
    custom::Custom,
    customer::{Customer, Status},
};

kernel::id!(MergeId);

row! {
    /// That one customer became part of another.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    #[schemars(rename = "CustomerMerge")]
    pub struct Merge {
        pub id: MergeId,
        /// Who stayed.
        pub customer_id: CustomerId,
        /// Who became part of them.
        pub gone_id: CustomerId,
        pub gone_number: i64,
        pub gone_name: String,
        /// Who merged them.
        pub author: String,
        pub created_at: Timestamp,
        /// Since then both are customers of their own again.
        pub undone_at: Option<Timestamp>,
    }
}

/// What a merge changed of the two rows themselves.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Kept {
    /// Fields of who stays: before, and after.
    fields: BTreeMap<String, (Value, Value)>,
    /// The company's own fields of who stays: before, and after.
    #[serde(default)]
    custom: Option<(Custom, Custom)>,
    gone: Gone,
    /// By which ids other systems knew the one who went.
    #[serde(default)]
    elsewhere: Vec<elsewhere::Known>,
    /// By what the one who went was known again.
    keys: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Gone {
    archived_at: Option<Timestamp>,
    external_id: Option<String>,
}

row! { struct Stored { customer_id: CustomerId, gone_id: CustomerId, kept: Value, undone_at: Option<Timestamp> } }
row! { struct Moved { record: String, row_id: Uuid } }

sql! {
    fn one(id: MergeId) -> Option<Merge> = "
        select m.id, m.customer_id, m.gone_id, c.number as gone_number, c.name as gone_name, m.author, m.created_at, m.undone_at
        from customer_merge m join customer c on c.tenant_id = $1 and c.id = m.gone_id
        where m.tenant_id = $1 and m.id = $2";
    /// What is kept of those that hold, for who stayed.
    fn kept_of(customer: CustomerId) -> Vec<Value> = "
        select kept from customer_merge where tenant_id = $1 and customer_id = $2 and undone_at is null order by id limit 500";
    /// The newest that hold.
    pub(crate) fn of_customer(customer: CustomerId) -> Vec<Merge> = "
        select m.id, m.customer_id, m.gone_id, c.number as gone_number, c.name as gone_name, m.author, m.created_at, m.undone_at
        from customer_merge m join customer c on c.tenant_id = $1 and c.id = m.gone_id
        where m.tenant_id = $1 and m.customer_id = $2 and m.undone_at is null order by m.id desc limit 20";
    /// Whoever looks for who went finds who stayed.
    pub(crate) fn words_of(customer: CustomerId) -> Vec<String> = "
        select c.words from (
            select m.gone_id from customer_merge m where m.tenant_id = $1 and m.customer_id = $2 and m.undone_at is null limit 50) m
        cross join lateral (select c.words from customer c where c.tenant_id = $1 and c.id = m.gone_id offset 0) c";
    fn tags_of(customer: CustomerId) -> Vec<Uuid> = "
        select tag_id from customer_tag where tenant_id = $1 and customer_id = $2 order by tag_id";
    fn untag(customer: CustomerId, tags: Vec<Uuid>) -> u64 = "
        delete from customer_tag where tenant_id = $1 and customer_id = $2 and tag_id = any($3)";
    /// Who goes, and who comes back.
    fn set(id: CustomerId, status: Status, merged_into: Option<CustomerId>, archived_at: Option<Timestamp>, external_id: Option<String>, at: Timestamp) -> u64 = "
        update customer set status = $3, merged_into = $4, archived_at = $5, external_id = $6, updated_at = $7, version = version + 1
        where tenant_id = $1 and id = $2";
}

sql! {
    fn set_custom(id: CustomerId, custom: Custom) -> u64 = "
        update customer set custom = $3, version = version + 1 where tenant_id = $1 and id = $2";
}

/// The fields of a customer that a merge chooses among, as `Change` names them.
fn fields(customer: &Customer) -> Map<String, Value> {
    let Customer { name, kind, email, phone, notes, external_id, assigned_to, .. } = customer;
    let all = [
        ("name", serde_json::json!(name)),
        ("kind", serde_json::json!(kind)),
        ("email", serde_json::json!(email)),
        ("phone", serde_json::json!(phone)),
        ("notes", serde_json::json!(notes)),
        ("external_id", serde_json::json!(external_id)),
        ("assigned_to", serde_json::json!(assigned_to)),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
