//! By which id another system knows a customer: each system counts for itself, so their ids never meet.
use jiff::Timestamp;
use kernel::{
    Access, Paged, Result, TenantTx,
    http::{Json, Path, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{ImportId, Source};
use crate::{
    CustomerId,
    customer::{self, bring::column},
    permissions::CustomersRead,
};

row! {
    #[derive(Debug, Clone)]
    pub(super) struct Elsewhere {
        pub source: Source,
        pub external_id: String,
        pub customer_id: Uuid,
    }
}
row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct ExternalId {
        pub id: Uuid,
        pub source: Source,
        pub external_id: String,
        pub created_at: Timestamp,
    }
}

sql! {
    // Each id is one probe of the key, whatever a plan made for other companies would have preferred.
    pub(super) fn known(source: Source, ids: Vec<String>) -> Vec<Elsewhere> = "
        select e.source, e.external_id, e.customer_id from unnest($3::text[]) a(id) cross join lateral (
            select source, external_id, customer_id from external_id
            where tenant_id = $1 and source = $2 and external_id = a.id offset 0) e";
    // Of every source: asked for one, a plan could read all ids of that one.
    pub(super) fn of(customers: Vec<Uuid>) -> Vec<Elsewhere> = "
        select source, external_id, customer_id from external_id
        where tenant_id = $1 and customer_id = any($2) order by customer_id, external_id";
    fn insert(source: Source, import: ImportId, customers: Vec<Uuid>, ids: Vec<String>, at: Timestamp, rows: Vec<Uuid>) = "
        insert into external_id (tenant_id, source, external_id, customer_id, import_id, created_at, id)
        select $1::uuid, $2::text, n.external_id, n.customer_id, $3::uuid, $6::timestamptz, n.id
        from unnest($4::uuid[], $5::text[], $7::uuid[]) n(customer_id, external_id, id) order by n.external_id
        on conflict (tenant_id, source, external_id) do nothing";
    pub(super) fn forget(import: ImportId, customers: Vec<Uuid>) -> u64 = "
        delete from external_id where tenant_id = $1 and customer_id = any($3) and import_id = $2";
    pub(crate) fn of_one(customer: CustomerId) -> Vec<ExternalId> = "
        select id, source, external_id, created_at from external_id
        where tenant_id = $1 and customer_id = $2 order by source, external_id limit 200";
    fn follow(from: CustomerId, to: CustomerId, only: Option<Vec<Uuid>>) -> Vec<Uuid> = "
        update external_id set customer_id = $3
        where tenant_id = $1 and customer_id = $2 and ($4::uuid[] is null or id = any($4)) returning id";
}
crate::follows! { "external_id" => follow }

impl Versioned for ExternalId {
    /// It does not change: it is taken away, and another told.
    fn version(&self) -> i64 {
        1
    }
}

/// "Jobber 12345 · QuickBooks 77".
pub(crate) fn said(all: &[ExternalId]) -> Option<String> {
    let said =
        all.iter().map(|one| format!("{} {}", one.source.label(), one.external_id)).collect::<Vec<_>>().join(" · ");
    Some(said).filter(|said| !said.is_empty())
}

/// Queues them.
pub(super) fn keep(tx: &mut TenantTx, source: Source, import: ImportId, all: &[(CustomerId, String)]) {
    if !all.is_empty() {
        let customers = column(all, |(customer, _)| (*customer).into());
        let rows = column(all, |_| Uuid::now_v7());
        tx.queue(insert(source, import, customers, column(all, |(_, id)| id.clone()), tx.now(), rows));
    }
}

/// All of them: nobody has more than a few.
pub async fn api(access: Access<CustomersRead>, Path(id): Path<CustomerId>) -> Result<Json<Paged<ExternalId>>> {
    let (_, data) = access.read((customer::find(id), of_one(id))).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
