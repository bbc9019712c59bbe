//! Saying what a file is, and of which place: what is absent stays, what is empty goes. The bytes never change.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CustomerFile, CustomerFileId, FileChanged, add::at, find};
use crate::{
    CustomerId, LocationId,
    customer::{
        self,
        change::{given, keeping_empty, merged},
    },
    location,
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    /// What it is. At most 120 characters.
    #[serde(deserialize_with = "given")]
    pub caption: Option<String>,
    /// One of the customer's own; `null` where it belongs to none in particular.
    #[serde(deserialize_with = "chosen")]
    pub location_id: Option<Option<LocationId>>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        keeping_empty(&mut self.caption, |value| checks.optional("caption", value, 120));
    }
}

sql! {
    fn update(id: CustomerFileId, seen: i64, caption: Option<String>, location: Option<LocationId>, at: Timestamp) -> Option<CustomerFile> = "
        update customer_file set caption = $4, location_id = $5, updated_at = $6, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3 and removed_at is null
        returning id, customer_id, location_id, name, caption, media_type, size, author, version, created_at, updated_at";
    fn whose(id: Uuid) -> Option<CustomerId> = "
        select customer_id from customer_file where tenant_id = $1 and id = $2 and removed_at is null";
}

/// `seen` is the version that whoever changes it has before them; none takes it as it is.
pub async fn change(
    tx: &mut TenantTx,
    customer: CustomerId,
    id: CustomerFileId,
    seen: Option<i64>,
    change: Change,
) -> Result<CustomerFile> {
    let read = (customer::find(customer), find(customer, id), location::of_customer(customer));
    let (_, now, places) = tx.run(read).await?;
    let now = now.ok_or(Error::NotFound)?;
    let place = match change.location_id {
        None => now.location_id,
        Some(None) => None,
        Some(given) => Some(at(given, &places)?),
    };
    let statement = update(id, seen.unwrap_or(now.version), merged(now.caption, change.caption), place, tx.now());
    let file = tx.run(statement).await?.ok_or(Error::Stale(Some(now.version)))?;
    tx.tell(&FileChanged { customer, file: id });
    Ok(file)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path((customer, id)): Path<(CustomerId, CustomerFileId)>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<CustomerFile>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, customer, id, Some(seen), input.clone()).await).await.map(One)
}

tenancy::put_back! { "customer_file", CustomersWrite, ["caption"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        scope.write_with(async move |tx: &mut TenantTx| {
            let customer = tx.run(whose(id)).await?.ok_or(Error::NotFound)?;
            change(tx, customer, CustomerFileId(id), None, input).await.map(drop)
        }).await
    }
}
