//! The list of customers as a file, each with contacts and locations.
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Paged, Result, Scope, row, sql};
use serde::Serialize;
use std::{collections::HashMap, sync::Arc};
use tenancy::MemberId;
use uuid::Uuid;

use crate::{
    Contact, Customer, CustomersRead, Location, contact,
    custom::{self, Field},
    customer::list::{ListQuery, list},
    location,
};

struct Customers;
exports::list! { Customers }

#[derive(Debug, Serialize)]
struct Whole {
    #[serde(flatten)]
    customer: Customer,
    looked_after_by: Option<String>,
    locations: Vec<Location>,
    contacts: Vec<Contact>,
    #[serde(skip)]
    fields: Arc<Vec<Field>>,
}

impl Whole {
    fn at<'a>(&'a self, field: impl FnOnce(&'a Location) -> Option<&'a String>) -> Cell {
        self.locations.first().and_then(field).map_or(Cell::Nothing, |text| text.into())
    }
}

row! { struct Keeper { id: MemberId, name: String } }

sql! {
    fn keepers(ids: Vec<Uuid>) -> Vec<Keeper> = "
        select id, name from member where tenant_id = $1 and id = any($2::uuid[]) order by id limit 200";
}

impl List for Customers {
    const NAME: &'static str = "customers";
    const LABEL: &'static str = "Customers";
    const HREF: &'static str = "/customers";
    type Read = CustomersRead;
    type Filter = ListQuery;
    type Row = Whole;
    // The headings are such that the import knows them again.
    const COLUMNS: &'static [Column<Whole>] = &[
        ("Number", |c| c.customer.number.into()),
        ("Name", |c| (&c.customer.name).into()),
        ("Kind", |c| c.customer.kind.label().into()),
        ("Email", |c| (&c.customer.email).into()),
        ("Phone", |c| (&c.customer.phone).into()),
        ("Street", |c| c.at(|at| Some(&at.street))),
        ("Unit", |c| c.at(|at| at.unit.as_ref())),
        ("City", |c| c.at(|at| at.city.as_ref())),
        ("State", |c| c.at(|at| at.region.as_ref())),
        ("Postal code", |c| c.at(|at| at.postal_code.as_ref())),
        ("Country", |c| c.at(|at| Some(&at.country))),
        ("Point", |c| {
            c.locations.first().and_then(Location::point).map_or(Cell::Nothing, |at| location::geo::write(at).into())
        }),
        ("How to get in", |c| c.at(|at| at.access_notes.as_ref())),
        ("Other locations", |c| Cell::lines(c.locations.iter().skip(1).map(Location::address))),
        ("Contacts", |c| Cell::lines(c.contacts.iter().map(named))),
        ("Notes", |c| (&c.customer.notes).into()),
        ("External id", |c| (&c.customer.external_id).into()),
        ("Tags", |c| if c.customer.tags.is_empty() { Cell::Nothing } else { c.customer.tags.join(", ").into() }),
        ("Your own fields", |c| Cell::lines(c.fields.iter().filter_map(|field| said(field, &c.customer)))),
        ("Status", |c| c.customer.status.label().into()),
        ("Looked after by", |c| (&c.looked_after_by).into()),
        ("Added", |c| c.customer.created_at.into()),
        ("Changed", |c| c.customer.updated_at.into()),
        ("Record", |c| Cell::word(c.customer.id)),
    ];

    async fn page(scope: &Scope, filter: ListQuery, cursor: Option<String>) -> Result<Paged<Whole>> {
        let found = list(scope, &ListQuery { limit: Some(200), cursor, ..filter }).await?;
        let ids: Vec<Uuid> = found.data.iter().map(|customer| customer.id.0).collect();
        let mut keeping: Vec<Uuid> =
            found.data.iter().filter_map(|customer| customer.assigned_to).map(|id| id.0).collect();
        keeping.sort();
        keeping.dedup();
        let read = (contact::of_customers(ids.clone()), location::of_customers(ids), keepers(keeping));
        let (contacts, locations, keepers) = scope.read(read).await?;
        let mut contacts = by_customer(contacts, |contact| contact.customer_id.0);
        let mut locations = by_customer(locations, |location| location.customer_id.0);
        let names: HashMap<MemberId, String> = keepers.into_iter().map(|keeper| (keeper.id, keeper.name)).collect();
        let fields = custom::known(scope).await?;
        let whole = |customer: Customer| Whole {
            fields: fields.clone(),
            looked_after_by: customer.assigned_to.and_then(|id| names.get(&id).cloned()),
            locations: locations.remove(&customer.id.0).unwrap_or_default(),
            contacts: contacts.remove(&customer.id.0).unwrap_or_default(),
            customer,
        };
        Ok(Paged { data: found.data.into_iter().map(whole).collect(), next_cursor: found.next_cursor })
    }
}

/// "Gate code: 4411".
fn said(field: &Field, customer: &Customer) -> Option<String> {
    customer.custom.0.get(&field.key).map(|value| format!("{}: {}", field.label, custom::told(value)))
}

/// In the order in which they came.
fn by_customer<T>(all: Vec<T>, whose: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut by: HashMap<Uuid, Vec<T>> = HashMap::new();
    for one in all {
        by.entry(whose(&one)).or_default().push(one);
    }
    by
}

/// "Ana Rivera (Owner), (217) 555-0142, ana@example.com".
fn named(contact: &Contact) -> String {
    let name = match &contact.role {
        Some(role) => format!("{} ({role})", contact.name),
        None => contact.name.clone(),
    };
    [Some(name), contact.phone.clone(), contact.email.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
