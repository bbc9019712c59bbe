//! The roles of a company: those of the house and its own, with what they may, how far they reach and who has them.
use kernel::{
    Access, Error, Reach, Result, Role, Scope, TenantTx,
    http::{Json, One, Path, Versioned},
    permission::Granted,
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

use super::{RoleId, RoleName, nouns};
use crate::MembersRead;

row! {
    struct Row {
        id: RoleId,
        name: RoleName,
        label: String,
        system: bool,
        people: i64,
        programs: i64,
        permissions: Vec<String>,
        reaches: Vec<String>,
        version: i64,
    }
}

/// A role: what whoever has it may do, and whose rows they see.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OneRole {
    pub id: RoleId,
    /// As members name it.
    pub name: RoleName,
    pub label: String,
    /// A role of the house, which follows the program; a copy of it can be changed.
    pub system: bool,
    /// How many people have it, whether or not they may sign in now.
    pub people: i64,
    /// How many service accounts have it.
    pub programs: i64,
    pub permissions: Vec<String>,
    /// For each kind of record, whose they see.
    pub reach: BTreeMap<String, Reach>,
    pub version: i64,
}
impl Versioned for OneRole {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    fn rows() -> Vec<Row> = "
        select r.id, r.name, r.label, r.system,
          (select count(*) from member m where m.tenant_id = $1 and m.role = r.name) as people,
          (select count(*) from service_account a where a.tenant_id = $1 and a.role = r.name) as programs,
          array(select p.permission from role_permission p where p.tenant_id = $1 and p.role = r.name order by 1) as permissions,
          array(select h.noun || '=' || h.reach from role_reach h where h.tenant_id = $1 and h.role = r.name order by 1) as reaches, r.version
        from role r where r.tenant_id = $1 order by r.system desc, r.label, r.id limit 200";
}

impl From<Row> for OneRole {
    fn from(row: Row) -> Self {
        let held: BTreeMap<&str, Reach> = row
            .reaches
            .iter()
            .filter_map(|pair| pair.split_once('='))
            .map(|(noun, reach)| (noun, reach.parse().unwrap_or(Reach::Own)))
            .collect();
        let reach = nouns().map(|noun| (noun.name.to_owned(), held.get(noun.name).copied().unwrap_or(Reach::All)));
        Self {
            reach: reach.collect(),
            id: row.id,
            name: row.name,
            label: row.label,
            system: row.system,
            people: row.people,
            programs: row.programs,
            permissions: row.permissions,
            version: row.version,
        }
    }
}

impl OneRole {
    /// The system role it is.
    pub fn of_house(&self) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| self.system && self.name.is(*role))
    }
    fn granted(&self) -> Granted {
        Granted::of(self.permissions.iter().map(String::as_str))
    }

    /// Nobody gives or takes what they do not hold or see, and an owner is made by an owner alone.
    pub fn given_by(&self, scope: &Scope) -> Result<()> {
        let Some(principal) = scope.principal() else { return Ok(()) };
        let owner = principal.roles.iter().any(|held| held == Role::Owner.as_str());
        let holds_all = self.granted().names().all(|name| principal.granted.has(name));
        let sees_all = self.reach.iter().all(|(noun, reach)| {
            *reach != Reach::All || scope.within().is_none_or(|within| within.members(noun).is_none())
        });
        match self.of_house() {
            Some(Role::Owner) if !owner => Err(Error::refused("Only an owner can make, change or remove an owner.")),
            Some(Role::Customer) => {
                Err(Error::field("/role", "role", "Choose one of the roles for people who work here."))
            }
            _ if !holds_all || !sees_all => Err(Error::refused(format!(
                "{} may do or see things that you may not, so you cannot give, take or change that role.",
                self.label
            ))),
            _ => Ok(()),
        }
    }
}

/// All of them; a company has a handful.
pub async fn all(scope: &Scope) -> Result<Vec<OneRole>> {
    Ok(scope.read(rows()).await?.into_iter().map(OneRole::from).filter(for_staff).collect())
}

pub async fn all_in(tx: &mut TenantTx) -> Result<Vec<OneRole>> {
    Ok(tx.run(rows()).await?.into_iter().map(OneRole::from).filter(for_staff).collect())
}

/// `customer` waits for the portal.
fn for_staff(role: &OneRole) -> bool {
    role.of_house() != Some(Role::Customer)
}

pub async fn by_name(tx: &mut TenantTx, name: &RoleName) -> Result<OneRole> {
    let found = all_in(tx).await?.into_iter().find(|role| role.name == *name);
    found.ok_or_else(|| Error::field("/role", "role", "Choose one of the roles for people who work here."))
}

pub async fn by_id(tx: &mut TenantTx, id: RoleId) -> Result<OneRole> {
    all_in(tx).await?.into_iter().find(|role| role.id == id).ok_or(Error::NotFound)
}

pub async fn list_api(access: Access<MembersRead>) -> Result<Json<Roles>> {
    Ok(Json(Roles { data: all(&access).await? }))
}

pub async fn get_api(access: Access<MembersRead>, Path(id): Path<RoleId>) -> Result<One<OneRole>> {
    all(&access).await?.into_iter().find(|role| role.id == id).map(One).ok_or(Error::NotFound)
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Roles {
    pub data: Vec<OneRole>,
}
