//! Two customers who look like one: found by what they share, shown to whoever may merge, and not again once they are said to be
//! two.
mod apart;
mod keys;
mod list;
mod look;
mod page;
mod weigh;

use jiff::Timestamp;
use kernel::{Result, TenantTx, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

pub use apart::{apart, api as api_apart, post as post_apart, set_apart};
pub use list::api as api_list;
pub(crate) use look::subscriber;
pub use look::{Look, Sweep, api as api_look, post as post_look};
pub use page::page;

use crate::{CustomerId, permissions::CustomersRead};

kernel::id!(DuplicateId);

row! {
    /// Two customers who may be one.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Duplicate {
        pub id: DuplicateId,
        pub one_id: CustomerId,
        pub one_number: i64,
        pub one_name: String,
        pub one_place: Option<String>,
        pub other_id: CustomerId,
        pub other_number: i64,
        pub other_name: String,
        pub other_place: Option<String>,
        /// 50 and more; the higher, the likelier.
        pub score: i32,
        /// What speaks for it: `email`, `phone`, `address`, `postal_code`, `name`, `similar_name`.
        pub reasons: Vec<String>,
        pub created_at: Timestamp,
    }
}
impl Versioned for Duplicate {
    /// It is open, or gone from the list.
    fn version(&self) -> i64 {
        1
    }
}

row! {
    /// Whom a customer looks like, for their page.
    pub(crate) struct Suggested {
        pub(crate) other_id: CustomerId,
        pub(crate) number: i64,
        pub(crate) name: String,
        reasons: Vec<String>,
    }
}
impl Suggested {
    pub(crate) fn why(&self) -> String {
        why(&self.reasons)
    }
}

/// "Same email, similar name".
fn why(reasons: &[String]) -> String {
    let words = reasons.iter().map(|reason| match reason.as_str() {
        "email" => "same email",
        "phone" => "same phone",
        "address" => "same address",
        "postal_code" => "same postal code",
        "name" => "same name",
        _ => "similar name",
    });
    let all = words.collect::<Vec<_>>().join(", ");
    let mut letters = all.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

sql! {
    pub(crate) fn of_customer(customer: CustomerId) -> Vec<Suggested> = "
        select c.id as other_id, c.number, c.name, d.reasons from (
            (select other_id as id, score, reasons from duplicate
            where tenant_id = $1 and one_id = $2 and decision = 'open' limit 100)
            union all
            (select one_id as id, score, reasons from duplicate
            where tenant_id = $1 and other_id = $2 and decision = 'open' limit 100)) d
        join customer c on c.tenant_id = $1 and c.id = d.id and c.status = 'active'
        order by d.score desc, c.id limit 5";
    fn forget_open(customer: CustomerId) -> u64 = "
        delete from duplicate where tenant_id = $1 and (one_id = $2 or other_id = $2) and decision = 'open'";
    fn unlike(customer: CustomerId) -> u64 = "
        delete from customer_likeness where tenant_id = $1 and customer_id = $2";
}

/// Whoever became part of another looks like nobody any more.
pub(crate) async fn forget(tx: &mut TenantTx, customer: CustomerId) -> Result<()> {
    tx.run((forget_open(customer), unlike(customer))).await.map(drop)
}

kernel::event! { pub struct DuplicateDismissed = "duplicate.dismissed", seen by CustomersRead { duplicate: DuplicateId, customer: CustomerId, other: CustomerId } }

sql! {
    fn seen(id: kernel::Uuid) -> Option<DuplicateId> = "select id from duplicate where tenant_id = $1 and id = $2";
}
kernel::heard! { "duplicate." by who sees seen }
