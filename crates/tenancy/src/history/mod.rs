//! What each record was: every change of it with the values before and after, and the record as it was at a moment.
mod list;
mod past;
mod put_back;
mod show;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use kernel::{Result, Scope, row, sight::Remembered, sql};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use list::api as list_api;
pub use past::{AsOf, Past, id_in, shaped, with};
pub use put_back::{api as put_back_api, post as put_back_post};
pub use show::{card, page};

kernel::id!(ChangeId);

row! {
    /// One change of one record, with who made it.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    #[schemars(rename = "RecordChange")]
    pub struct Change {
        pub id: ChangeId,
        pub at: Timestamp,
        /// Such as `customer` or `invoice_line`.
        pub record: String,
        pub record_id: Uuid,
        /// The record it is a part of: a line's invoice.
        pub part_of: Option<Uuid>,
        /// `insert`, `update`, `delete`; `found` is how it was when changes began to be kept.
        pub deed: String,
        /// What was there before: the fields that changed, or all of what was removed.
        pub before: Remembered,
        /// What is there since: the fields that changed, or all of what is new.
        pub after: Remembered,
        /// What was done, such as `customer.updated`.
        pub action: Option<String>,
        pub actor_kind: Option<String>,
        pub actor_name: Option<String>,
        /// Through what they came: `session`, `key`, `token`, `visit`, `public` or `job`.
        pub via: Option<String>,
        pub address: Option<String>,
    }
}

sql! {
    // A transaction's number may come again after a restore into another server: of several the nearest in time is meant.
    fn of_record(record: Uuid, before: Uuid, limit: i64) -> Vec<Change> = "
        select c.id, c.at, c.record, c.record_id, c.part_of, c.deed, c.before, c.after, w.action, w.actor_kind, w.actor_name, w.via, w.address
        from (
            (select o.id, o.at, o.record, o.record_id, o.part_of, o.deed, o.before, o.after, o.tx from record_change o
            where o.tenant_id = $1 and o.record_id = $2 and o.id < $3 order by o.n desc limit $4)
            union all
            (select p.id, p.at, p.record, p.record_id, p.part_of, p.deed, p.before, p.after, p.tx from record_change p
            where p.tenant_id = $1 and p.part_of = $2 and p.id < $3 order by p.id desc limit $4)) c
        left join lateral (
            select a.action, a.actor_kind, a.actor_name, a.via, a.address from audit a
            where a.tenant_id = $1 and a.tx = c.tx order by abs(extract(epoch from a.at - c.at)), a.id limit 1) w on true
        order by c.id desc limit $4";
    fn find(id: ChangeId) -> Option<Change> = "
        select c.id, c.at, c.record, c.record_id, c.part_of, c.deed, c.before, c.after, null as action, null as actor_kind, null as actor_name, null as via, null as address
        from record_change c where c.tenant_id = $1 and c.id = $2";
}

/// How a field of a kind of record is put back: through the verb that changes it, so that its rules hold.
pub struct PutBack {
    pub record: &'static str,
    pub permission: &'static str,
    pub fields: &'static [&'static str],
    /// The record and the fields as they shall be again; what was empty is "".
    pub run: Verb,
}

type Verb = fn(Scope, Uuid, Map<String, Value>) -> BoxFuture<'static, Result<()>>;

#[kernel::__::linkme::distributed_slice]
#[linkme(crate = kernel::__::linkme)]
pub static PUT_BACK: [PutBack];

/// `tenancy::put_back! { "customer", CustomersWrite, ["name", "email"], async |scope, id, change: Change| … }`: the change is
/// read from the fields as if somebody had sent it, and checked.
#[macro_export]
macro_rules! put_back {
    ($record:literal, $permission:ty, [$($field:literal),* $(,)?], $input:ty, $run:expr) => {
        const _: () = {
            #[kernel::__::linkme::distributed_slice($crate::history::PUT_BACK)]
            #[linkme(crate = kernel::__::linkme)]
            static ENTRY: $crate::history::PutBack = $crate::history::PutBack {
                record: $record,
                permission: <$permission as kernel::Permission>::NAME,
                fields: &[$($field),*],
                run: |scope, id, fields| Box::pin(async move {
                    let input: $input = kernel::serde_json::from_value(fields.into()).map_err(|e| kernel::Error::Bug(format!("putting back a {}: {e}", $record)))?;
                    let input = kernel::Input::checked(input)?;
                    $run(scope, id, input).await
                }),
            };
        };
    };
}

/// `invoice_line` as a person says it.
fn said(name: &str) -> String {
    let words = match name {
        "work_order" => "job".to_owned(),
        "line_item" => "line".to_owned(),
        "timeline_entry" => "note".to_owned(),
        name => name.trim_end_matches("_id").trim_end_matches("_minor").trim_end_matches("_ppm").replace('_', " "),
    };
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Where the record itself is shown.
fn home(record: &str, id: Uuid) -> Option<(&'static str, String)> {
    match record {
        "customer" => Some(("Customers", format!("/customers/{id}"))),
        "work_order" => Some(("Jobs", format!("/jobs/{id}"))),
        "invoice" => Some(("Invoices", format!("/invoices/{id}"))),
        "service_account" => Some(("Service accounts", format!("/settings/service-accounts/{id}"))),
        _ => None,
    }
}
