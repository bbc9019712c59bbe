//! Whoever asked for work that is done later, with what they may when it is done.
use kernel::{Actor, Asker, Principal, Result, Scope, asker::Kind, row, sql};
use uuid::Uuid;

use crate::{
    MemberId,
    api_key::{self, ApiKeyId},
    role,
};

row! {
    struct Person {
        name: String,
        email: String,
        role: String,
        permissions: Vec<String>,
        reaches: Vec<String>,
        team: Vec<Uuid>,
    }
}

sql! {
    fn person(id: MemberId) -> Option<Person> = "
        select m.name, m.email, m.role,
               array(select p.permission from role_permission p where p.tenant_id = $1 and p.role = m.role) as permissions,
               array(select h.noun || '=' || h.reach from role_reach h where h.tenant_id = $1 and h.role = m.role order by h.noun) as reaches,
               array(select t.id from member t where t.tenant_id = $1 and t.team_id = m.team_id) as team
        from member m where m.tenant_id = $1 and m.id = $2 and m.active";
}

/// Nobody when they work here no more, or the key opens nothing any more.
pub async fn again(scope: &Scope, asker: &Asker) -> Result<Option<Principal>> {
    let key = match asker.kind {
        Kind::User => return member(scope, MemberId(asker.id)).await,
        Kind::Key => Some(asker.id),
        Kind::Service => asker.key,
    };
    let Some(key) = key else { return Ok(None) };
    let found = api_key::again(scope, ApiKeyId(key)).await?;
    // A key may have been given to another account meanwhile.
    Ok(found.filter(|principal| principal.actor.id() == Some(asker.id)))
}

async fn member(scope: &Scope, id: MemberId) -> Result<Option<Principal>> {
    let Some(person) = scope.read(person(id)).await? else { return Ok(None) };
    let (granted, within) = role::rights(&person.permissions, &person.reaches, id.0, &person.team);
    Ok(Some(Principal {
        tenant: scope.tenant().id,
        actor: Actor::User { id: id.0, name: person.name },
        email: person.email,
        roles: vec![person.role],
        granted,
        within,
        session: None,
        key: None,
        expires: None,
        unshown: vec![],
    }))
}
