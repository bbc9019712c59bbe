//! Adds somebody: with a password to begin with, or with a link to choose one.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Input, Result, Scope, TenantTx,
    http::{Created, Json, Versioned},
    sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Member, MemberCreated, MemberId, email_key};
use crate::{MembersWrite, password, role::RoleName};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub role: RoleName,
    /// To begin with; without it the answer carries a link where they choose one.
    pub password: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 100, "a name");
        checks.must_be_email("email", &mut self.email, "Give an e-mail address.");
        checks.optional("phone", &mut self.phone, 40);
        if let Some(password) = &self.password {
            password::check(checks, "password", password);
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Added {
    #[serde(flatten)]
    pub member: Member,
    /// Where they choose a password; good for seven days, shown this once, and beside the letter that goes to them. None
    /// when a password was given.
    pub invitation: Option<String>,
}
impl Versioned for Added {
    fn version(&self) -> i64 {
        self.member.version
    }
}

sql! {
    fn insert(id: MemberId, email: String, email_key: String, name: String, phone: Option<String>, role: RoleName, password_hash: Option<String>, at: Timestamp, by: Option<Uuid>) = "
        insert into member (tenant_id, id, email, email_key, name, phone, role, password_hash, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
}

/// `password_hash` is of `new.password`, made before the transaction began: it takes its time.
pub async fn add(scope: &Scope, tx: &mut TenantTx, new: &New, password_hash: Option<String>) -> Result<Added> {
    super::one_at_a_time(tx).await?;
    super::may_deal_with(scope, tx, &new.role).await?;
    super::within_plan(scope, tx).await?;
    let (id, at, by) = (MemberId::new(), tx.now(), tx.user());
    let invited = password_hash.is_none();
    tx.queue(insert(
        id,
        new.email.clone(),
        email_key(&new.email),
        new.name.clone(),
        new.phone.clone(),
        new.role.clone(),
        password_hash,
        at,
        by,
    ));
    tx.tell(&MemberCreated { member: id, role: new.role.clone() });
    let member = tx.run(super::find(id)).await?.ok_or(kernel::Error::NotFound)?;
    let invitation = match invited {
        true => Some(super::invite::offer(scope, tx, &member).await?),
        false => None,
    };
    Ok(Added { member, invitation })
}

/// Not kept with an idempotency key: the answer may hold a link that lets somebody in. The address being unique, a
/// second sending changes nothing.
pub async fn api(access: Access<MembersWrite>, Json(new): Json<New>) -> Result<Created<Added>> {
    let hash = hashed(&new).await?;
    let body = access.retrying(async |tx: &mut TenantTx| add(&access, tx, &new, hash.clone()).await).await?;
    Ok(Created { location: format!("/api/v1/members/{}", body.member.id), body })
}

pub(super) async fn hashed(new: &New) -> Result<Option<String>> {
    match &new.password {
        Some(password) => password::hash(password.clone()).await.map(Some),
        None => Ok(None),
    }
}
