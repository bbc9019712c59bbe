//! Adding a customer, with a first location and a first contact if they are known.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    phone, sql,
    text::{digits, fold},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use tenancy::MemberId;

use super::{Customer, CustomerCreated, CustomerId, Kind, Status, number, reach, words};
use crate::{
    contact::{self, Contact},
    custom::{self, Custom},
    location::{self, Location},
    permissions::CustomersWrite,
    tag,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub name: String,
    /// A person (or household) when not given.
    pub kind: Option<Kind>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub notes: Option<String>,
    pub external_id: Option<String>,
    /// Who looks after them. Who sees their own customers alone looks after those they add.
    pub assigned_to: Option<MemberId>,
    /// Names of tags, at most 20; one that is not known yet is made.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What stands in the company's own fields, by their keys.
    #[serde(default)]
    pub custom: Map<String, Value>,
    /// Where the work is done.
    pub location: Option<location::New>,
    /// Whom to ask for.
    pub contact: Option<contact::New>,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 200, "a name");
        checks.email("email", &mut self.email);
        check_phone(checks, "phone", &mut self.phone);
        checks.optional("notes", &mut self.notes, 10_000);
        checks.optional("external_id", &mut self.external_id, 100);
        tag::check_names(checks, &mut self.tags);
        if let Some(location) = &mut self.location {
            checks.within("location", |checks| location.check(checks));
        }
        if let Some(contact) = &mut self.contact {
            checks.within("contact", |checks| contact.check(checks));
        }
    }
}

/// In any way of writing; only what cannot be a number is refused. What is kept is said in the verbs (`kernel::phone::written`).
pub(crate) fn check_phone(checks: &mut Checks, field: &str, value: &mut Option<String>) {
    checks.optional(field, value, 40);
    if let Some(text) = value {
        let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()./x#*ext,".contains(c));
        checks.that(
            plain && (3..=20).contains(&digits(text).len()),
            field,
            "phone",
            "That is not a phone number, such as (217) 555-0142.",
        );
    }
}

sql! {
    fn insert(id: CustomerId, number: i64, kind: Kind, name: String, name_key: String, email: Option<String>, email_key: Option<String>, phone: Option<String>, phone_key: Option<String>, notes: Option<String>, external_id: Option<String>, place: Option<String>, city: Option<String>, city_key: Option<String>, words: String, at: Timestamp, created_by: Option<uuid::Uuid>, assigned_to: Option<MemberId>, custom: Custom) = "
        insert into customer (tenant_id, id, number, kind, name, name_key, email, email_key, phone, phone_key, notes, external_id, place, city, city_key, words, created_at, updated_at, created_by, assigned_to, custom)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18, $19, $20)";
}

/// Takes the next number, which costs a round trip.
pub async fn create(tx: &mut TenantTx, new: New) -> Result<Customer> {
    let number = number::take(tx, 1).await?;
    add_with_tags(tx, new, number).await
}

/// Who has none waits for nothing.
async fn add_with_tags(tx: &mut TenantTx, new: New, number: i64) -> Result<Customer> {
    let tags = new.tags.clone();
    let customer = add(tx, new, number);
    let tagged = tag::give_more(tx, &[(customer.id, tags)]).await?.pop();
    Ok(tagged.unwrap_or(customer))
}

impl New {
    /// Telephone numbers as this country writes them.
    fn with_numbers_of(mut self, country: &str) -> Self {
        self.phone = self.phone.map(|typed| phone::written(&typed, country));
        self.contact = self.contact.map(|contact| contact.with_number_of(country));
        self
    }
    pub(crate) fn into_customer(self, id: CustomerId, number: i64, now: Timestamp) -> Customer {
        Customer {
            id,
            number,
            kind: self.kind.unwrap_or(Kind::Person),
            name: self.name,
            email: self.email,
            phone: self.phone,
            notes: self.notes,
            external_id: self.external_id,
            place: self.location.as_ref().map(location::New::line),
            city: self.location.and_then(|location| location.city),
            status: Status::Active,
            assigned_to: self.assigned_to,
            tags: vec![],
            custom: Custom::default().with(self.custom),
            merged_into: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// With a number in hand there is nothing to ask: all of it leaves together with COMMIT.
pub(crate) fn add(tx: &mut TenantTx, new: New, number: i64) -> Customer {
    let (id, now, new) = (CustomerId::new(), tx.now(), new.with_numbers_of(tx.country()));
    let location: Vec<Location> = new.location.clone().map(|new| new.at(id, now)).into_iter().collect();
    let contact: Vec<Contact> = new.contact.clone().map(|new| new.of(id, now)).into_iter().collect();
    let mut customer = new.into_customer(id, number, now);
    if customer.assigned_to.is_none() && tx.within().is_some_and(|within| within.members("customer").is_some()) {
        customer.assigned_to = tx.user().map(MemberId);
    }
    let words = words::of(&customer, &contact, &location, &[]);
    tx.queue(insert(
        id,
        number,
        customer.kind,
        customer.name.clone(),
        fold(&customer.name),
        customer.email.clone(),
        customer.email.as_deref().map(str::to_lowercase),
        customer.phone.clone(),
        customer.phone.as_deref().map(digits),
        customer.notes.clone(),
        customer.external_id.clone(),
        customer.place.clone(),
        customer.city.clone(),
        customer.city.as_deref().map(fold),
        words.join(" "),
        now,
        tx.user(),
        customer.assigned_to,
        customer.custom.clone(),
    ));
    location.into_iter().for_each(|location| location::add(tx, location));
    contact.into_iter().for_each(|contact| contact::add(tx, contact));
    tx.queue(words::add(id, words));
    reach::make(tx, &customer);
    tx.tell(&CustomerCreated { customer: id, number });
    customer
}

pub async fn api(access: Access<CustomersWrite>, Json(mut new): Json<New>) -> Result<Repeatable<Created<Customer>>> {
    new.custom = custom::settle(&custom::known(&access).await?, new.custom, true)?;
    let mut tries = 0;
    loop {
        let number = number::reserve(&access).await?;
        let made = access
            .once(async |tx: &mut TenantTx| {
                let customer = add_with_tags(tx, new.clone(), number).await?;
                Ok(Created { location: format!("/api/v1/customers/{}", customer.id), body: customer })
            })
            .await;
        tries += 1;
        match &made {
            Err(error) if error.is_broken("customer_number_once") && tries < 4 => number::forget(&access).await?,
            _ => return made,
        }
    }
}
