//! Changing a contact: what is absent stays, what is empty goes.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{IfMatch, Json, One, Path},
    phone, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Contact, ContactId, find};
use crate::{
    customer::{
        self, CustomerUpdated,
        change::{given, keeping_empty, merged},
        create::check_phone,
        words,
    },
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    #[serde(deserialize_with = "given")]
    pub role: Option<String>,
    #[serde(deserialize_with = "given")]
    pub email: Option<String>,
    #[serde(deserialize_with = "given")]
    pub phone: Option<String>,
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 200, "the contact's name");
        }
        keeping_empty(&mut self.role, |value| checks.optional("role", value, 80));
        keeping_empty(&mut self.email, |value| checks.email("email", value));
        keeping_empty(&mut self.phone, |value| check_phone(checks, "phone", value));
    }
}

sql! {
    fn update(id: ContactId, seen: i64, name: String, role: Option<String>, email: Option<String>, phone: Option<String>, at: Timestamp) -> Option<Contact> = "
        update contact set name = $4, role = $5, email = $6, phone = $7, updated_at = $8, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, customer_id, name, role, email, phone, version, created_at, updated_at";
}

pub async fn change(tx: &mut TenantTx, id: ContactId, seen: i64, change: Change) -> Result<Contact> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let statement = update(
        id,
        seen,
        change.name.unwrap_or(now.name),
        merged(now.role, change.role),
        merged(now.email, change.email),
        merged(now.phone, change.phone.map(|typed| phone::written(&typed, tx.country()))),
        tx.now(),
    );
    let (contact, customer) = tx.run((statement, customer::find(now.customer_id))).await?;
    let contact = contact.ok_or(Error::Stale(Some(now.version)))?;
    words::renew(tx, &customer).await?;
    tx.tell(&CustomerUpdated { customer: customer.id, number: customer.number });
    Ok(contact)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<ContactId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Contact>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

tenancy::put_back! { "contact", CustomersWrite, ["name", "role", "email", "phone"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        scope.write_with(async move |tx: &mut TenantTx| {
            let now = tx.run(find(ContactId(id))).await?.ok_or(Error::NotFound)?;
            change(tx, now.id, now.version, input).await.map(drop)
        }).await
    }
}
