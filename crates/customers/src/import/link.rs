//! Saying by which id another system knows a customer, and taking it back: what an import learns by itself, a program tells.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, NoContent, Path, Repeatable},
    row, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Source,
    elsewhere::{ExternalId, of_one},
};
use crate::{
    CustomerId, CustomersRead,
    customer::{find, held},
    permissions::CustomersWrite,
};

/// As many as are listed.
const MOST: usize = 200;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewExternalId")]
pub struct New {
    /// The other system; `other` has no ids of its own here: those stand in the customer's `external_id`.
    pub source: Source,
    pub external_id: String,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        let named = self.source != Source::Other;
        checks.that(
            named,
            "source",
            "other",
            "Name the system. An id of any other one stands in the customer's external_id.",
        );
        checks.text("external_id", &mut self.external_id, 100, "the id");
    }
}

row! { struct Gone { source: Source } }

sql! {
    fn insert(id: Uuid, customer: CustomerId, source: Source, external_id: String, at: Timestamp) = "
        insert into external_id (tenant_id, id, customer_id, source, external_id, created_at) values ($1, $2, $3, $4, $5, $6)";
    fn delete(customer: CustomerId, id: Uuid) -> Option<Gone> = "
        delete from external_id where tenant_id = $1 and customer_id = $2 and id = $3 returning source";
}

kernel::promise! { "external_id_pkey": "/external_id", "A customer has this id in that system already." }

kernel::event! { pub struct ExternalIdAdded = "customer.external_id_added", seen by CustomersRead { customer: CustomerId, source: Source } }
kernel::event! { pub struct ExternalIdRemoved = "customer.external_id_removed", seen by CustomersRead { customer: CustomerId, source: Source } }

pub async fn add(tx: &mut TenantTx, customer: CustomerId, new: New) -> Result<ExternalId> {
    // Held, so that nobody merges them meanwhile.
    let (_, _, known) = tx.run((held(vec![customer.0]), find(customer), of_one(customer))).await?;
    if known.len() >= MOST {
        return Err(Error::refused("A customer has at most 200 ids in other systems."));
    }
    let one = ExternalId { id: Uuid::now_v7(), source: new.source, external_id: new.external_id, created_at: tx.now() };
    tx.run(insert(one.id, customer, one.source, one.external_id.clone(), one.created_at)).await?;
    tx.tell(&ExternalIdAdded { customer, source: one.source });
    Ok(one)
}

pub async fn remove(tx: &mut TenantTx, customer: CustomerId, id: Uuid) -> Result<()> {
    let (_, gone) = tx.run((find(customer), delete(customer, id))).await?;
    let Gone { source } = gone.ok_or(Error::NotFound)?;
    tx.tell(&ExternalIdRemoved { customer, source });
    Ok(())
}

pub async fn api_add(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<ExternalId>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let one = add(tx, id, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/customers/{id}/external-ids"), body: one })
        })
        .await
}

pub async fn api_remove(
    access: Access<CustomersWrite>,
    Path((id, external)): Path<(CustomerId, Uuid)>,
) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(tx, id, external).await.map(|()| NoContent)).await
}
