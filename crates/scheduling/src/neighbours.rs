//! What scheduling asks of its neighbours: the service in the price book, whether an address is the customer's, a new member.
use catalog::ItemId;
use customers::{CustomerId, LocationId};
use kernel::{Error, Result, Role, Scope, TenantTx, row, sql};
use tenancy::MemberId;

row! {
    /// What can be booked, as much of it as a calendar needs.
    #[derive(Debug, Clone)]
    pub struct Service {
        pub id: ItemId,
        pub name: String,
        pub description: Option<String>,
        pub minutes: i32,
        pub online: bool,
        pub price_minor: i64,
        pub currency: String,
    }
}

sql! {
    pub fn service_of(item: Option<ItemId>) -> Option<Service> = "
        select id, name, description, duration_minutes as minutes, online, price_minor, currency
        from item where tenant_id = $1 and id = $2 and status = 'active'";
    /// Services for a form of the office.
    pub fn services() -> Vec<Service> = "
        select id, name, description, duration_minutes as minutes, online, price_minor, currency
        from item where tenant_id = $1 and status = 'active' and kind = 'service' order by name_key, id limit 500";
    /// Services that customers book themselves.
    pub fn services_online() -> Vec<Service> = "
        select id, name, description, duration_minutes as minutes, online, price_minor, currency
        from item where tenant_id = $1 and status = 'active' and online and duration_minutes > 0 order by name_key, id limit 60";
    fn location_of(customer: CustomerId, location: Option<LocationId>) -> Option<LocationId> = "
        select id from location where tenant_id = $1 and customer_id = $2 and id = $3";
}

pub async fn service(tx: &mut TenantTx, item: Option<ItemId>) -> Result<Option<Service>> {
    if item.is_none() {
        return Ok(None);
    }
    let found = tx.run(service_of(item)).await?;
    found.map(Some).ok_or_else(|| Error::field("/item_id", "missing", "There is no such service in the price book."))
}

/// An address of another customer is refused as one that is not there.
pub async fn belongs(tx: &mut TenantTx, customer: CustomerId, location: Option<LocationId>) -> Result<()> {
    match location.is_none() || tx.run(location_of(customer, location)).await?.is_some() {
        true => Ok(()),
        false => Err(Error::field("/location_id", "missing", "There is no such address of this customer.")),
    }
}

/// A new member with the role technician. A link to choose a password is made under Settings, People.
pub async fn new_member(
    scope: &Scope,
    tx: &mut TenantTx,
    name: &str,
    email: &str,
    phone: Option<&str>,
) -> Result<MemberId> {
    let new = tenancy::member::New {
        name: name.to_owned(),
        email: email.to_owned(),
        phone: phone.map(str::to_owned),
        role: Role::Technician,
        password: None,
    };
    Ok(tenancy::member::add(scope, tx, &new, None).await?.member.id)
}
