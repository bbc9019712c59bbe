//! Adding a contact to a customer.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    phone, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Contact, ContactId, of_customer};
use crate::{
    CustomerId,
    customer::{self, CustomerUpdated, create::check_phone, words},
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub name: String,
    pub role: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 200, "the contact's name");
        checks.optional("role", &mut self.role, 80);
        checks.email("email", &mut self.email);
        check_phone(checks, "phone", &mut self.phone);
    }
}

sql! {
    fn insert(id: ContactId, customer: CustomerId, name: String, role: Option<String>, email: Option<String>, phone: Option<String>, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into contact (tenant_id, id, customer_id, name, role, email, phone, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
}

impl New {
    /// Its telephone number as this country writes it.
    pub(crate) fn with_number_of(mut self, country: &str) -> Self {
        self.phone = self.phone.map(|typed| phone::written(&typed, country));
        self
    }
    pub(crate) fn of(self, customer: CustomerId, now: Timestamp) -> Contact {
        Contact {
            id: ContactId::new(),
            customer_id: customer,
            name: self.name,
            role: self.role,
            email: self.email,
            phone: self.phone,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Queues the row; words and event are the caller's.
pub(crate) fn add(tx: &mut TenantTx, contact: Contact) {
    let Contact { id, customer_id, name, role, email, phone, .. } = contact;
    let statement = insert(id, customer_id, name, role, email, phone, tx.now(), tx.user());
    tx.queue(statement);
}

pub async fn create(tx: &mut TenantTx, customer: CustomerId, new: New) -> Result<Contact> {
    let (customer, contacts) = tx.run((customer::find(customer), of_customer(customer))).await?;
    if contacts.len() >= 100 {
        return Err(Error::refused("A customer has at most 100 contacts. Remove one that is no longer needed first."));
    }
    let contact = new.with_number_of(tx.country()).of(customer.id, tx.now());
    add(tx, contact.clone());
    words::renew(tx, &customer).await?;
    tx.tell(&CustomerUpdated { customer: customer.id, number: customer.number });
    Ok(contact)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(customer): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Contact>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let contact = create(tx, customer, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/customers/{customer}/contacts"), body: contact })
        })
        .await
}
