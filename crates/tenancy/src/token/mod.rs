//! Tokens for programs that act as a person: a signed access token for a quarter of an hour, a refresh token for a week.
mod issue;
mod keys;
mod refresh;
mod revoke;

use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Error, Outside, Principal, Result, Scope, TenantTx, http::Text, permission::Granted, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{MemberId, role, secret};

pub use issue::issue;
pub use keys::{Claims, Keys};
pub use refresh::refresh;
pub use revoke::revoke;

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
    /// Good once, at `/api/v1/auth/refresh`, within seven days.
    pub refresh_token: String,
}

row! {
    struct Live {
        name: String,
        email: String,
        role: String,
        seeded: String,
        permissions: Vec<String>,
    }
}

sql! {
    fn live(member: MemberId) -> Option<Live> = "
        select m.name, m.email, m.role, r.seeded,
               array(select p.permission from role_permission p where p.tenant_id = $1 and p.role = m.role) as permissions
        from member m join role r on r.tenant_id = $1 and r.name = m.role
        where m.tenant_id = $1 and m.id = $2 and m.active";
    fn keep(id: RefreshId, member_id: MemberId, family: Uuid, token_hash: String, expires_at: Timestamp, at: Timestamp) = "
        insert into refresh_token (tenant_id, id, member_id, family, token_hash, expires_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    fn clear(member_id: MemberId, before: Timestamp) -> u64 = "
        delete from refresh_token where tenant_id = $1 and member_id = $2 and expires_at < $3";
}

/// The rights are read from the rows each time: a token says who, never what they may do.
pub async fn recognise(scope: &Scope, claims: &Claims) -> Result<Option<Principal>> {
    if claims.tid != scope.tenant().id {
        return Ok(None);
    }
    let member = MemberId(claims.sub);
    let mut found = scope.read(live(member)).await?;
    if found.as_ref().is_some_and(|live| live.seeded != *role::CATALOGUE) {
        role::sync(scope).await?;
        found = scope.read(live(member)).await?;
    }
    Ok(found.map(|live| Principal {
        tenant: claims.tid,
        actor: Actor::User { id: claims.sub, name: live.name },
        email: live.email,
        roles: vec![live.role],
        granted: Granted::of(live.permissions.iter().map(String::as_str)),
        session: None,
        expires: Timestamp::from_second(claims.exp).ok(),
        unshown: vec![],
    }))
}

/// A pair of tokens for a member; the refresh token joins the family it came from.
async fn pair(scope: &Scope, tx: &mut TenantTx, member: MemberId, role: &str, family: Uuid) -> Result<Tokens> {
    let keys = Keys::of(scope.house())?;
    let (now, refresh) = (tx.now(), secret::draw());
    let expires_at = now.saturating_add(REFRESH_LIFE).unwrap_or(now);
    tx.queue(keep(RefreshId::new(), member, family, secret::hash(&refresh), expires_at, now));
    let claims = Claims {
        sub: member.0,
        tid: scope.tenant().id,
        roles: vec![role.to_owned()],
        iat: now.as_second(),
        exp: now.as_second() + keys::LIFE.as_secs(),
        iss: keys::ISSUER.into(),
        aud: keys::AUDIENCE.into(),
        jti: Uuid::now_v7(),
    };
    Ok(Tokens {
        access_token: keys.sign(&claims)?,
        token_type: "Bearer",
        expires_in: keys::LIFE.as_secs(),
        refresh_token: refresh,
    })
}

/// The public halves, for those who verify tokens themselves.
pub async fn jwks(outside: Outside) -> Result<Text> {
    let keys = Keys::of(&outside.house)?;
    let body = serde_json::to_string(&keys.public()).map_err(|e| Error::Bug(e.to_string()))?;
    Ok(Text { media_type: "application/json", cache: "public, max-age=300", body })
}
