//! Roles: rows that hold permissions. Those of the house follow the program's catalogue of permissions.
mod areas;
mod find;
mod name;
mod page;
mod write;

use kernel::{
    PERMISSIONS, Reach, Result, Role, Scope, TenantTx, Within,
    permission::Granted,
    reach::{NOUNS, Noun},
    secret::hex,
    sql,
};
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

use crate::MembersRead;

pub use areas::by_area;
pub use find::{OneRole, all, by_id, by_name, get_api, list_api};
pub use name::RoleName;
pub use page::{change_post, list_page, new_post, page, remove_post};
pub use write::{Change, New, change, change_api, create, create_api, remove, remove_api};

kernel::id!(RoleId);

kernel::event! {
    pub struct RoleCreated = "role.created", seen by MembersRead { role: RoleId, label: String }
}
kernel::event! {
    pub struct RoleChanged = "role.changed", seen by MembersRead { role: RoleId, label: String }
}
kernel::event! {
    pub struct RoleDeleted = "role.deleted", seen by MembersRead { role: RoleId, label: String }
}

/// The roles a person can be given; `customer` waits for the portal.
pub const STAFF: &[Role] =
    &[Role::Owner, Role::Admin, Role::ServiceManager, Role::Dispatcher, Role::Technician, Role::Member, Role::Viewer];

pub fn permissions_of(role: Role) -> Vec<String> {
    let mut names: Vec<String> =
        PERMISSIONS.iter().filter(|p| p.roles.contains(&role)).map(|p| p.name.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// The nouns of which roles may reach a part, in one order.
pub fn nouns() -> impl Iterator<Item = &'static Noun> {
    let mut all: Vec<_> = NOUNS.iter().collect();
    all.sort_by_key(|noun| noun.name);
    all.into_iter()
}

/// What somebody holds and reaches by their role. Who sees a part of the company holds nothing that shows it whole.
pub fn rights(permissions: &[String], reaches: &[String], me: Uuid, team: &[Uuid]) -> (Granted, Option<Arc<Within>>) {
    let granted = Granted::of(permissions.iter().map(String::as_str));
    let within = Within::of(reaches, me, team);
    (if within.is_some() { granted.in_part() } else { granted }, within)
}

/// Says which catalogue the rows were taken from; another program version has another.
pub static CATALOGUE: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for role in Role::ALL {
        hash.update(role.as_str());
        permissions_of(*role).iter().for_each(|name| hash.update(format!(" {name}")));
        nouns().for_each(|noun| hash.update(format!(" {}={}", noun.name, noun.of_role(*role))));
    }
    hex(&hash.finalize()[..8])
});

sql! {
    fn known(names: Vec<String>, label: Vec<String>, seeded: String, ids: Vec<Uuid>, at: jiff::Timestamp) -> u64 = "
        insert into role (tenant_id, id, name, label, system, seeded, created_at, updated_at)
        select $1, r.id, r.name, r.label, true, $4, $6, $6 from unnest($2::text[], $3::text[], $5::uuid[]) as r(name, label, id)
        on conflict (tenant_id, name) do update set seeded = excluded.seeded, label = excluded.label, updated_at = excluded.updated_at";
    fn grant(roles: Vec<String>, permissions: Vec<String>) -> u64 = "
        insert into role_permission (tenant_id, role, permission)
        select $1, g.role, g.permission from unnest($2::text[], $3::text[]) as g(role, permission)
        on conflict (tenant_id, role, permission) do nothing";
    fn withdraw(roles: Vec<String>, permissions: Vec<String>) -> u64 = "
        delete from role_permission p
        using unnest($2::text[], $3::text[]) as g(role, permission)
        where p.tenant_id = $1 and p.role = g.role and p.permission = g.permission";
    fn reach_part(roles: Vec<String>, nouns: Vec<String>, reaches: Vec<String>) -> u64 = "
        insert into role_reach (tenant_id, role, noun, reach)
        select $1, g.role, g.noun, g.reach from unnest($2::text[], $3::text[], $4::text[]) as g(role, noun, reach)
        on conflict (tenant_id, role, noun) do update set reach = excluded.reach";
    fn reach_all(roles: Vec<String>, nouns: Vec<String>) -> u64 = "
        delete from role_reach h using unnest($2::text[], $3::text[]) as g(role, noun)
        where h.tenant_id = $1 and h.role = g.role and h.noun = g.noun";
}

/// Brings a company's system roles to this program's catalogue. Permissions that this version does not know are left
/// alone: a newer one beside it may have put them there.
pub async fn sync(scope: &Scope) -> Result<()> {
    scope.retrying(async |tx: &mut TenantTx| seed(tx).await).await
}

async fn seed(tx: &mut TenantTx) -> Result<()> {
    let pairs = |held: bool| -> (Vec<String>, Vec<String>) {
        let all = Role::ALL.iter().flat_map(|role| PERMISSIONS.iter().map(move |p| (role, p)));
        all.filter(|(role, p)| p.roles.contains(role) == held)
            .map(|(role, p)| (role.to_string(), p.name.to_owned()))
            .unzip()
    };
    let names = Role::ALL.iter().map(|role| role.to_string()).collect();
    let labels = Role::ALL.iter().map(|role| role.label().to_owned()).collect();
    let ids = Role::ALL.iter().map(|_| Uuid::now_v7()).collect();
    let ((granted, what), (lost, which)) = (pairs(true), pairs(false));
    let at = tx.now();
    tx.run((known(names, labels, CATALOGUE.clone(), ids, at), grant(granted, what), withdraw(lost, which))).await?;
    let held: Vec<_> =
        Role::ALL.iter().flat_map(|role| nouns().map(|noun| (*role, noun, noun.of_role(*role)))).collect();
    let (all, part): (Vec<_>, Vec<_>) = held.into_iter().partition(|(.., reach)| *reach == Reach::All);
    let role = |some: &[(Role, &Noun, Reach)]| some.iter().map(|(role, ..)| role.to_string()).collect();
    let noun = |some: &[(Role, &Noun, Reach)]| some.iter().map(|(_, noun, _)| noun.name.to_owned()).collect();
    let reach = part.iter().map(|(.., reach)| reach.to_string()).collect();
    tx.run((reach_all(role(&all), noun(&all)), reach_part(role(&part), noun(&part), reach))).await?;
    Ok(())
}
