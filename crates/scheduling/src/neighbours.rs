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
        pub deposit_minor: Option<i64>,
    }
}

row! {
    /// Somebody who works here.
    #[derive(Debug, Clone)]
    pub struct Person { pub id: MemberId, pub name: String }
}

sql! {
    pub fn service_of(item: Option<ItemId>) -> Option<Service> = "
        select i.id, i.name, i.description, i.duration_minutes as minutes, i.online, i.price_minor, i.currency, s.deposit_minor
        from item i left join item_scheduling s on s.tenant_id = $1 and s.item_id = i.id where i.tenant_id = $1 and i.id = $2 and i.status = 'active'";
    /// Services for a form of the office.
    pub fn services() -> Vec<Service> = "
        select i.id, i.name, i.description, i.duration_minutes as minutes, i.online, i.price_minor, i.currency, s.deposit_minor
        from item i left join item_scheduling s on s.tenant_id = $1 and s.item_id = i.id where i.tenant_id = $1 and i.status = 'active' and i.kind = 'service' order by i.name_key, i.id limit 500";
    /// Services that customers book themselves.
    pub fn services_online() -> Vec<Service> = "
        select i.id, i.name, i.description, i.duration_minutes as minutes, i.online, i.price_minor, i.currency, s.deposit_minor
        from item i left join item_scheduling s on s.tenant_id = $1 and s.item_id = i.id where i.tenant_id = $1 and i.status = 'active' and i.online and i.duration_minutes > 0 order by i.name_key, i.id limit 60";
    /// People of the company who have no lane yet.
    pub fn not_on_the_board() -> Vec<Person> = "
        select m.id, m.name from member m
        where m.tenant_id = $1 and m.active and m.role <> 'customer'
          and not exists (select 1 from technician t where t.tenant_id = $1 and t.member_id = m.id)
        order by m.name, m.id limit 200";
    pub fn person(id: MemberId) -> Option<Person> = "select id, name from member where tenant_id = $1 and id = $2 and active";
    fn locations_of(customer: CustomerId, given: Option<LocationId>) -> Vec<LocationId> = "
        select id from location where tenant_id = $1 and customer_id = $2 and ($3::uuid is null or id = $3) limit 2";
}

pub async fn service(tx: &mut TenantTx, item: Option<ItemId>) -> Result<Option<Service>> {
    if item.is_none() {
        return Ok(None);
    }
    let found = tx.run(service_of(item)).await?;
    found.map(Some).ok_or_else(|| Error::field("/item_id", "missing", "There is no such service in the price book."))
}

/// The address that is meant: the given one if it is the customer's, or the only one there is. An address of another
/// customer is refused as one that is not there.
pub async fn place(tx: &mut TenantTx, customer: CustomerId, given: Option<LocationId>) -> Result<Option<LocationId>> {
    let known = tx.run(locations_of(customer, given)).await?;
    match (given, known.as_slice()) {
        (Some(_), []) => Err(Error::field("/location_id", "missing", "There is no such address of this customer.")),
        (_, [only]) => Ok(Some(*only)),
        _ => Ok(None),
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
        role: Role::Technician.into(),
        password: None,
    };
    Ok(tenancy::member::add(scope, tx, &new, None).await?.member.id)
}
