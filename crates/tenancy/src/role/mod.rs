//! Roles: rows that hold permissions. Those of the house follow the program's catalogue of permissions.
mod page;

use kernel::{PERMISSIONS, Result, Role, Scope, TenantTx, sql};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use uuid::Uuid;

pub use page::page;

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

/// Says which catalogue the rows were taken from; another program version has another.
pub static CATALOGUE: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for role in Role::ALL {
        hash.update(role.as_str());
        permissions_of(*role).iter().for_each(|name| hash.update(format!(" {name}")));
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
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
    Ok(())
}
