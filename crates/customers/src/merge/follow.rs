//! Whose rows follow a customer who was merged: each context says of its own tables how they go over, and they go in the
//! transaction of the merge. A test of the house holds every table with a `customer_id` to it.
use kernel::{Statement, sql};
use uuid::Uuid;

use crate::CustomerId;

/// Gives the rows of one customer to another, and says which they are; all of them, or of those named the ones that still are
/// the first one's. No statement may touch more than its own table.
pub type Go = fn(CustomerId, CustomerId, Option<Vec<Uuid>>) -> Statement<Vec<Uuid>>;

pub struct Follower {
    /// The table, with the column where that is not `customer_id`: `customer_relation.other_id`.
    pub name: &'static str,
    pub go: Go,
}
impl Follower {
    pub fn table(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }
    pub fn column(&self) -> &'static str {
        self.name.split_once('.').map_or("customer_id", |(_, column)| column)
    }
}
#[linkme::distributed_slice]
pub static FOLLOWERS: [Follower];

/// `customers::follows! { "invoice" => follow }`, where
/// `fn follow(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid>` is a statement.
#[macro_export]
macro_rules! follows {
    ($($name:literal => $go:path);+ $(;)?) => {$(
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::merge::FOLLOWERS)]
            #[linkme(crate = $crate::__::linkme)]
            static FOLLOWER: $crate::merge::Follower = $crate::merge::Follower { name: $name, go: $go };
        };
    )+};
}

/// In the order of their names, so that two merges take their locks alike.
pub(super) fn all() -> Vec<&'static Follower> {
    let mut all: Vec<&Follower> = FOLLOWERS.iter().collect();
    all.sort_by_key(|follower| follower.name);
    all
}

sql! {
    // Behind those of who stays: their first location and contact stay the first.
    fn contacts(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update contact set customer_id = $3, position = position + case when $4::uuid[] is null then 1000 else -1000 end, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
    fn locations(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update location set customer_id = $3, position = position + case when $4::uuid[] is null then 1000 else -1000 end, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
    fn equipment(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update equipment set customer_id = $3, version = version + 1
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
    fn timeline(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update timeline_entry set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
    fn consents(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update consent set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}

crate::follows! {
    "contact" => contacts;
    "location" => locations;
    "equipment" => equipment;
    "timeline_entry" => timeline;
    "consent" => consents;
}
