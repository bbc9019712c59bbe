//! Changing a customer: what is absent stays, what is empty goes.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid, chosen,
    http::{IfMatch, Json, One, Path},
    phone, sql,
    text::{digits, fold},
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use tenancy::MemberId;

use super::{Customer, CustomerId, CustomerUpdated, Kind, create::check_phone, maybe, reach, words};
use crate::{
    custom::{self, Custom},
    permissions::CustomersWrite,
};

/// `null` and "" both take a value away; a field that is not sent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    pub kind: Option<Kind>,
    #[serde(deserialize_with = "given")]
    pub email: Option<String>,
    #[serde(deserialize_with = "given")]
    pub phone: Option<String>,
    #[serde(deserialize_with = "given")]
    pub notes: Option<String>,
    #[serde(deserialize_with = "given")]
    pub external_id: Option<String>,
    /// Who looks after them; `null` is nobody.
    #[serde(deserialize_with = "chosen")]
    pub assigned_to: Option<Option<MemberId>>,
    /// Of the company's own fields those that change; `null` takes a value away.
    pub custom: Map<String, Value>,
}

pub(crate) fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|value| Some(value.unwrap_or_default()))
}

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 200, "a name");
        }
        keeping_empty(&mut self.email, |value| checks.email("email", value));
        keeping_empty(&mut self.phone, |value| check_phone(checks, "phone", value));
        keeping_empty(&mut self.notes, |value| checks.optional("notes", value, 10_000));
        keeping_empty(&mut self.external_id, |value| checks.optional("external_id", value, 100));
    }
}

/// The checks turn an empty text into none; here it means "take it away", which is not "leave it".
pub(crate) fn keeping_empty(value: &mut Option<String>, check: impl FnOnce(&mut Option<String>)) {
    let sent = value.is_some();
    check(value);
    if sent && value.is_none() {
        *value = Some(String::new());
    }
}

pub(crate) fn merged(now: Option<String>, sent: Option<String>) -> Option<String> {
    match sent {
        None => now,
        Some(text) if text.is_empty() => None,
        Some(text) => Some(text),
    }
}

sql! {
    fn update(id: CustomerId, seen: i64, kind: Kind, name: String, name_key: String, email: Option<String>, email_key: Option<String>, phone: Option<String>, phone_key: Option<String>, notes: Option<String>, external_id: Option<String>, at: Timestamp, assigned_to: Option<MemberId>, custom: Custom) -> Option<Customer> = "
        update customer set kind = $4, name = $5, name_key = $6, email = $7, email_key = $8, phone = $9, phone_key = $10, notes = $11, external_id = $12, updated_at = $13, assigned_to = $14, custom = $15, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, number, kind, name, email, phone, notes, external_id, place, city, status, assigned_to, tags, custom, merged_into, version, created_at, updated_at";
}

pub async fn change(tx: &mut TenantTx, id: CustomerId, seen: i64, change: Change) -> Result<Customer> {
    let now = tx.run(maybe(id)).await?.ok_or(Error::NotFound)?;
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    let before = now.clone();
    let custom = match change.custom.is_empty() {
        true => now.custom,
        false => custom::changed(&tx.run(custom::all()).await?, &now.custom, change.custom)?,
    };
    let name = change.name.unwrap_or(now.name);
    let typed = change.phone.map(|typed| phone::written(&typed, tx.country()));
    let (email, phone) = (merged(now.email, change.email), merged(now.phone, typed));
    let statement = update(
        id,
        seen,
        change.kind.unwrap_or(now.kind),
        name.clone(),
        fold(&name),
        email.clone(),
        email.map(|email| email.to_lowercase()),
        phone.clone(),
        phone.as_deref().map(digits),
        merged(now.notes, change.notes),
        merged(now.external_id, change.external_id),
        tx.now(),
        change.assigned_to.unwrap_or(now.assigned_to),
        custom,
    );
    let customer = tx.run(statement).await?.ok_or(Error::Stale(None))?;
    words::renew(tx, &customer).await?;
    reach::keep(tx, &before, &customer).await?;
    tx.tell(&CustomerUpdated { customer: id, number: customer.number });
    Ok(customer)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Customer>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}

tenancy::put_back! { "customer", CustomersWrite, ["name", "kind", "email", "phone", "notes", "external_id"], Change,
    async |scope: Scope, id: Uuid, input: Change| {
        scope.write_with(async move |tx: &mut TenantTx| {
            let now = tx.run(maybe(CustomerId(id))).await?.ok_or(Error::NotFound)?;
            change(tx, now.id, now.version, input).await.map(drop)
        }).await
    }
}
