//! What was answered so far: in the registry, under a secret that only the browser's cookie knows.
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Outside, Result, row, sql};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::secret;

const COOKIE: &str = "tradewind_signup";
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Draft {
    pub company: Option<Company>,
    pub you: Option<You>,
    pub slug: Option<String>,
    pub plan: Option<String>,
}
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Company {
    pub name: String,
    pub industry: String,
    pub website: Option<String>,
    pub time_zone: String,
    /// ISO 3166; currency and language follow from it.
    pub country: String,
    /// The media type of the logo, whose bytes lie in the data directory.
    pub logo: Option<String>,
}
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct You {
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    /// Never the password itself.
    pub password_hash: String,
}

impl Draft {
    /// The first question without an answer, from 0; 4 when all four are answered.
    pub fn step(&self) -> usize {
        [self.company.is_some(), self.you.is_some(), self.slug.is_some(), self.plan.is_some()]
            .iter()
            .take_while(|answered| **answered)
            .count()
    }
}

row! {
    pub struct Kept {
        pub id: Uuid,
        pub draft: serde_json::Value,
        pub state: String,
        pub outcome: serde_json::Value,
        pub updated_at: Timestamp,
    }
}

sql! {
    #![control]
    fn find(token_hash: String, since: Timestamp) -> Option<Kept> = "
        select id, draft, state, outcome, updated_at from ctl.signup where token_hash = $1 and updated_at > $2";
    fn begin(id: Uuid, token_hash: String, at: Timestamp) -> u64 = "
        insert into ctl.signup (id, token_hash, created_at, updated_at) values ($1, $2, $3, $3)";
    fn clear(before: Timestamp) -> u64 = "delete from ctl.signup where updated_at < $1";
    fn save(id: Uuid, draft: serde_json::Value, at: Timestamp) -> u64 = "
        update ctl.signup set draft = $2, updated_at = $3 where id = $1 and state in ('draft', 'failed')";
    fn take(id: Uuid, stale: Timestamp, at: Timestamp) -> u64 = "
        update ctl.signup set state = 'provisioning', updated_at = $3
        where id = $1 and (state in ('draft', 'failed') or (state = 'provisioning' and updated_at < $2))";
    fn end(id: Uuid, state: String, draft: serde_json::Value, outcome: serde_json::Value, at: Timestamp) -> u64 = "
        update ctl.signup set state = $2, draft = $3, outcome = $4, updated_at = $5 where id = $1";
}

/// A sign-up under way.
pub struct Signup {
    pub id: Uuid,
    pub draft: Draft,
    pub state: String,
    pub outcome: serde_json::Value,
    pub updated_at: Timestamp,
}

pub async fn current(outside: &Outside) -> Result<Option<Signup>> {
    let Some(token) = outside.cookie(COOKIE) else { return Ok(None) };
    let now = outside.house.clock().now();
    let found =
        outside.house.control().run(find(secret::hash(&token), now.saturating_sub(LIFE).unwrap_or(now))).await?;
    found
        .map(|kept| {
            let draft =
                serde_json::from_value(kept.draft).map_err(|e| Error::Bug(format!("a sign-up's draft: {e}")))?;
            Ok(Signup { id: kept.id, draft, state: kept.state, outcome: kept.outcome, updated_at: kept.updated_at })
        })
        .transpose()
}

/// The sign-up of this browser, and the cookie to set when it begins now.
pub async fn current_or_new(outside: &Outside) -> Result<(Signup, Option<String>)> {
    if let Some(signup) = current(outside).await?.filter(|signup| signup.state != "done") {
        return Ok((signup, None));
    }
    outside.house.limits().careful("sign-up", &outside.peer)?;
    let (id, token, now) = (Uuid::now_v7(), secret::draw(), outside.house.clock().now());
    let old = now.saturating_sub(LIFE).unwrap_or(now);
    outside.house.control().run((clear(old), begin(id, secret::hash(&token), now))).await?;
    let secure = if outside.house.url(None, "").starts_with("https") { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={token}; Path=/onboarding; Max-Age={}; HttpOnly; SameSite=Lax{secure}", LIFE.as_secs());
    let signup =
        Signup { id, draft: Draft::default(), state: "draft".into(), outcome: serde_json::json!({}), updated_at: now };
    Ok((signup, Some(cookie)))
}

pub async fn keep(outside: &Outside, signup: &Signup) -> Result<()> {
    let draft = serde_json::to_value(&signup.draft).map_err(|e| Error::Bug(e.to_string()))?;
    match outside.house.control().run(save(signup.id, draft, outside.house.clock().now())).await? {
        0 => Err(Error::refused("Your company is being set up already. Go on to the last step.")),
        _ => Ok(()),
    }
}

/// True for the one request that may set the company up: two clicks make one company.
pub async fn claim(outside: &Outside, id: Uuid) -> Result<bool> {
    let now = outside.house.clock().now();
    let stale = now.saturating_sub(SignedDuration::from_secs(60)).unwrap_or(now);
    Ok(outside.house.control().run(take(id, stale, now)).await? == 1)
}

pub async fn done(house: &kernel::House, id: Uuid, outcome: serde_json::Value) -> Result<()> {
    house.control().run(end(id, "done".into(), serde_json::json!({}), outcome, house.clock().now())).await.map(drop)
}

pub async fn failed(house: &kernel::House, id: Uuid, draft: &Draft, sentence: &str) -> Result<()> {
    let draft = serde_json::to_value(draft).map_err(|e| Error::Bug(e.to_string()))?;
    let outcome = serde_json::json!({ "sentence": sentence });
    house.control().run(end(id, "failed".into(), draft, outcome, house.clock().now())).await.map(drop)
}

/// Where the logo waits for its company.
pub fn logo_path(house: &kernel::House, id: Uuid) -> std::path::PathBuf {
    house.data_dir().join("signup").join(id.simple().to_string())
}
