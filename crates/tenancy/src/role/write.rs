//! A company's own roles: made from a copy, changed, taken away when nobody has them any more.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, PERMISSIONS, Permission, PricesSee, Reach, Result, Scope, TenantTx,
    http::{Created, IfMatch, Json, NoContent, One, Path, Repeatable},
    reach::Noun,
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::{CATALOGUE, OneRole, RoleChanged, RoleCreated, RoleDeleted, RoleId, RoleName, areas, find, nouns};
use crate::{MembersWrite, member};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// What people call it: "Office apprentice".
    #[serde(default)]
    pub label: String,
    /// The name of the role it begins as.
    pub copy_of: RoleName,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("label", &mut self.label, 60, "a name for the role");
    }
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Change {
    pub label: Option<String>,
    /// All it may do from now on.
    pub permissions: Option<Vec<String>>,
    /// Whose records it sees, of each kind that is named.
    pub reach: Option<BTreeMap<String, Reach>>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(label) = &mut self.label {
            checks.text("label", label, 60, "a name for the role");
        }
        for name in self.permissions.iter().flatten() {
            let known = PERMISSIONS.iter().any(|p| p.name == name);
            if !checks.that(known, "permissions", "unknown", format!("`{name}` is not a permission.")) {
                break;
            }
        }
        for noun in self.reach.iter().flat_map(BTreeMap::keys) {
            if !checks.that(Noun::find(noun).is_some(), "reach", "unknown", format!("`{noun}` has no reach.")) {
                break;
            }
        }
    }
}

sql! {
    fn insert(id: RoleId, name: RoleName, label: String, seeded: String, at: Timestamp, by: Option<Uuid>) = "
        insert into role (tenant_id, id, name, label, system, seeded, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, false, $5, $6, $6, $7)";
    fn update(id: RoleId, version: i64, label: String, at: Timestamp) -> u64 = "
        update role set label = $4, version = version + 1, updated_at = $5 where tenant_id = $1 and id = $2 and version = $3 and not system";
    fn delete(id: RoleId) -> u64 = "delete from role where tenant_id = $1 and id = $2 and not system";
    fn bare(role: RoleName) -> u64 = "delete from role_permission where tenant_id = $1 and role = $2";
    fn wide(role: RoleName) -> u64 = "delete from role_reach where tenant_id = $1 and role = $2";
    fn grant(role: RoleName, permissions: Vec<String>) = "
        insert into role_permission (tenant_id, role, permission) select $1::uuid, $2, p.name from unnest($3::text[]) p(name)";
    fn narrow(role: RoleName, nouns: Vec<String>, reaches: Vec<String>) = "
        insert into role_reach (tenant_id, role, noun, reach) select $1::uuid, $2, h.noun, h.reach from unnest($3::text[], $4::text[]) h(noun, reach)";
}

/// Queues what a role holds: its permissions and where it does not reach all.
fn keep(tx: &mut TenantTx, role: &OneRole) {
    let part = role.reach.iter().filter(|(_, reach)| **reach != Reach::All);
    let (nouns, reaches) = part.map(|(noun, reach)| (noun.clone(), reach.to_string())).unzip();
    tx.queue((grant(role.name.clone(), role.permissions.clone()), narrow(role.name.clone(), nouns, reaches)));
}

fn free(label: &str, all: &[OneRole], but: Option<RoleId>) -> Result<()> {
    match all.iter().find(|role| fold(&role.label) == fold(label) && Some(role.id) != but) {
        Some(other) => Err(Error::field("/label", "taken", format!("There is a role called {} already.", other.label))),
        None => Ok(()),
    }
}

/// What contradicts itself would be found out by whoever is given the role.
fn makes_sense(role: &OneRole) -> Result<()> {
    let reach = |noun: &str| role.reach.get(noun).copied().unwrap_or(Reach::All);
    for noun in nouns() {
        if let Some(shown) =
            noun.shows.iter().filter_map(|name| Noun::find(name)).find(|n| reach(n.name) < reach(noun.name))
        {
            return Err(Error::field(
                "/reach",
                "narrower",
                format!(
                    "Who sees “{}” sees theirs under “{}” too: let it reach at least as far.",
                    noun.label, shown.label
                ),
            ));
        }
    }
    let holds = |name: &str| role.permissions.iter().any(|held| held == name);
    let blind = PERMISSIONS.iter().find(|p| areas::WITH_PRICES.contains(&p.name) && holds(p.name));
    if let Some(blind) = blind.filter(|_| !holds(PricesSee::NAME)) {
        return Err(Error::field(
            "/permissions",
            "prices",
            format!(
                "“{}” cannot be done without seeing prices. Let the role see prices and totals, or take it off.",
                blind.sentence
            ),
        ));
    }
    let part = role.reach.values().any(|reach| *reach != Reach::All);
    let whole = PERMISSIONS.iter().find(|p| p.whole && role.permissions.iter().any(|name| name == p.name));
    match whole.filter(|_| part) {
        Some(whole) => Err(Error::field(
            "/permissions",
            "whole",
            format!(
                "“{}” shows the whole company. Take it off, or let the role see everybody's records.",
                whole.sentence
            ),
        )),
        None => Ok(()),
    }
}

pub async fn create(scope: &Scope, tx: &mut TenantTx, new: &New) -> Result<OneRole> {
    member::one_at_a_time(tx).await?;
    let all = find::all_in(tx).await?;
    let source = all.iter().find(|role| role.name == new.copy_of);
    let source = source.ok_or_else(|| Error::field("/copy_of", "missing", "Choose a role to begin with."))?;
    source.given_by(scope)?;
    free(&new.label, &all, None)?;
    let id = RoleId::new();
    let name = RoleName(format!("own_{}", id.0.simple()));
    let (at, by) = (tx.now(), tx.user());
    tx.queue(insert(id, name.clone(), new.label.clone(), CATALOGUE.clone(), at, by));
    keep(tx, &OneRole { name, ..source.clone() });
    tx.tell(&RoleCreated { role: id, label: new.label.clone() });
    find::by_id(tx, id).await
}

pub async fn change(scope: &Scope, tx: &mut TenantTx, id: RoleId, version: i64, change: &Change) -> Result<OneRole> {
    member::one_at_a_time(tx).await?;
    let all = find::all_in(tx).await?;
    let now = all.iter().find(|role| role.id == id).cloned().ok_or(Error::NotFound)?;
    yours(scope, &now)?;
    if now.version != version {
        return Err(Error::Stale(Some(now.version)));
    }
    let mut next = now.clone();
    if let Some(label) = &change.label {
        free(label, &all, Some(id))?;
        next.label.clone_from(label);
    }
    if let Some(permissions) = &change.permissions {
        next.permissions.clone_from(permissions);
        // Without it nobody could sign out or change their password.
        next.permissions.push("account.own".into());
        next.permissions.sort();
        next.permissions.dedup();
    }
    next.reach.extend(change.reach.clone().into_iter().flatten());
    next.given_by(scope)?;
    makes_sense(&next)?;
    let at = tx.now();
    if tx.run(update(id, version, next.label.clone(), at)).await? == 0 {
        return Err(Error::Stale(None));
    }
    tx.run((bare(next.name.clone()), wide(next.name.clone()))).await?;
    keep(tx, &next);
    let told = RoleChanged { role: id, label: next.label.clone() };
    let of = |role: &OneRole| serde_json::json!({ "label": role.label, "permissions": role.permissions, "reach": role.reach });
    tx.tell_with(&told, Some(serde_json::json!({ "before": of(&now), "after": of(&next) })));
    find::by_id(tx, id).await
}

pub async fn remove(scope: &Scope, tx: &mut TenantTx, id: RoleId) -> Result<OneRole> {
    member::one_at_a_time(tx).await?;
    let role = find::by_id(tx, id).await?;
    yours(scope, &role)?;
    if role.people + role.programs > 0 {
        let count = |n: i64, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let who = [count(role.people, "person", "people"), count(role.programs, "service account", "service accounts")];
        let who: Vec<String> = who.into_iter().flatten().collect();
        return Err(Error::Conflict {
            code: "in_use",
            message: format!("{} still has this role. Give them another first.", who.join(" and ")),
        });
    }
    if tx.run(delete(id)).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.tell(&RoleDeleted { role: id, label: role.label.clone() });
    Ok(role)
}

/// Roles of the house follow the program; and nobody changes what they may do themselves.
fn yours(scope: &Scope, role: &OneRole) -> Result<()> {
    if role.system {
        return Err(Error::refused(format!(
            "{} is a role of the house and stays as it is. Make a copy of it and change that.",
            role.label
        )));
    }
    if scope.principal().is_some_and(|principal| principal.roles.contains(&role.name.0)) {
        return Err(Error::refused("This is your own role. Ask somebody with another role to change it."));
    }
    role.given_by(scope)
}

pub async fn create_api(access: Access<MembersWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<OneRole>>> {
    let work = async |tx: &mut TenantTx| {
        let body = create(&access, tx, &new).await?;
        Ok(Created { location: format!("/api/v1/roles/{}", body.id), body })
    };
    access.once(work).await
}

pub async fn change_api(
    access: Access<MembersWrite>,
    Path(id): Path<RoleId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<OneRole>> {
    let version = version.required()?;
    let done = access.retrying(async |tx: &mut TenantTx| change(&access, tx, id, version, &input).await).await?;
    access.house().forget_principals();
    Ok(One(done))
}

pub async fn remove_api(access: Access<MembersWrite>, Path(id): Path<RoleId>) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| remove(&access, tx, id).await.map(|_| NoContent)).await
}
