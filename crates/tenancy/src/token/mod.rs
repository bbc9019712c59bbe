//! Tokens for programs that act as a person: a signed access token for a quarter of an hour, a refresh token for a week.
mod claims;
mod client;
pub(crate) mod family;
mod issue;
mod keys;
mod refresh;
mod revoke;
mod ring;
mod rotate;
mod seal;

use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Error, Outside, Principal, Result, Scope, http::Text, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{MemberId, role};
use family::FamilyId;

pub use claims::Claims;
pub use client::Client;
pub use issue::issue;
pub use keys::Keys;
pub use refresh::refresh;
pub use revoke::revoke;
pub use rotate::{Stored, duty, list, opens, rotate, when_due, withdraw};

kernel::id!(RefreshId);

const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is given for a password, or for the last refresh token.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tokens {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// Good once, at `/api/v1/auth/refresh`, within seven days. Sent again by the same program within ten seconds, it gives the same.
    pub refresh_token: String,
}

row! {
    struct Live {
        name: String,
        email: String,
        role: String,
        seeded: String,
        permissions: Vec<String>,
        reaches: Vec<String>,
        team: Vec<Uuid>,
    }
}

sql! {
    fn live(member: MemberId, family: FamilyId) -> Option<Live> = "
        select m.name, m.email, m.role, r.seeded,
               array(select p.permission from role_permission p where p.tenant_id = $1 and p.role = m.role) as permissions,
               array(select h.noun || '=' || h.reach from role_reach h where h.tenant_id = $1 and h.role = m.role order by h.noun) as reaches,
               array(select t.id from member t where t.tenant_id = $1 and t.team_id = m.team_id) as team
        from member m
        join role r on r.tenant_id = $1 and r.name = m.role
        join token_family f on f.tenant_id = $1 and f.id = $3
        where m.tenant_id = $1 and m.id = $2 and m.active and f.member_id = m.id and f.revoked_at is null";
    fn keep(id: RefreshId, member_id: MemberId, family: FamilyId, token_hash: String, expires_at: Timestamp, at: Timestamp) = "
        insert into refresh_token (tenant_id, id, member_id, family, token_hash, expires_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
}

/// The rights are read from the rows each time: a token says who, never what they may do; and it ends with its family.
pub async fn recognise(scope: &Scope, claims: &Claims) -> Result<Option<Principal>> {
    if claims.tid != scope.tenant().id {
        return Ok(None);
    }
    let (member, family) = (MemberId(claims.sub), FamilyId(claims.sid));
    let mut found = scope.read(live(member, family)).await?;
    if found.as_ref().is_some_and(|live| live.seeded != *role::CATALOGUE) {
        role::sync(scope).await?;
        found = scope.read(live(member, family)).await?;
    }
    let Some(live) = found else { return Ok(None) };
    let (granted, within) = role::rights(&live.permissions, &live.reaches, claims.sub, &live.team);
    Ok(Some(Principal {
        tenant: claims.tid,
        actor: Actor::User { id: claims.sub, name: live.name },
        email: live.email,
        roles: vec![live.role],
        granted,
        within,
        // A family is to tokens what a session is to a browser.
        session: Some(claims.sid),
        key: None,
        expires: Timestamp::from_second(claims.exp).ok(),
        unshown: vec![],
    }))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

/// An access token for a member, beside the refresh token that was made for them.
async fn pair(
    scope: &Scope,
    keys: &Keys,
    member: MemberId,
    role: &str,
    family: FamilyId,
    refresh: String,
) -> Result<Tokens> {
    let now = scope.now();
    let claims = Claims {
        sub: member.0,
        tid: scope.tenant().id,
        roles: vec![role.to_owned()],
        iat: now.as_second(),
        exp: now.as_second() + claims::LIFE.as_secs(),
        iss: claims::ISSUER.into(),
        aud: claims::AUDIENCE.into(),
        jti: Uuid::now_v7(),
        sid: family.0,
    };
    Ok(Tokens {
        access_token: keys.sign(&claims, now).await?,
        token_type: "Bearer",
        expires_in: claims::LIFE.as_secs(),
        refresh_token: refresh,
    })
}

/// The public halves, for those who verify tokens themselves.
pub async fn jwks(outside: Outside) -> Result<Text> {
    let keys = Keys::of(&outside.house)?;
    let body = serde_json::to_string(&keys.public(outside.house.clock().now()).await?)
        .map_err(|e| Error::Bug(e.to_string()))?;
    Ok(Text { media_type: "application/json", cache: "public, max-age=300", body })
}
