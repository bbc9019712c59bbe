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
    /// Under which customers call.
    #[serde(default)]
    pub phone: Option<String>,
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
        pub run_at: Option<Timestamp>,
        pub updated_at: Timestamp,
    }
}

kernel::promise! {
    "signup_slug_once": "/slug", "Somebody is setting up a company at this address just now. Choose another one."
}

sql! {
    #![control]
    fn find(token_hash: String, since: Timestamp) -> Option<Kept> = "
        select id, draft, state, outcome, run_at, updated_at from ctl.signup where token_hash = $1 and updated_at > $2";
    fn begin(id: Uuid, token_hash: String, at: Timestamp) -> u64 = "
        insert into ctl.signup (id, token_hash, created_at, updated_at) values ($1, $2, $3, $3)";
    fn clear(before: Timestamp) -> u64 = "delete from ctl.signup where updated_at < $1";
    // An address that a draft spoke for and then left alone.
    fn release(slug: Option<String>, id: Uuid, before: Timestamp) -> u64 = "
        update ctl.signup set slug = null where slug = $1 and id <> $2 and run_at is null and updated_at < $3";
    // An answer that was changed takes the sign-up out of the workers' hands until it is asked for again.
    fn save(id: Uuid, draft: serde_json::Value, slug: Option<String>, at: Timestamp) -> u64 = "
        update ctl.signup set draft = $2, slug = $3, state = 'draft', run_at = null, updated_at = $4
        where id = $1 and state in ('draft', 'failed')";
    fn ask(id: Uuid, at: Timestamp) -> u64 = "
        update ctl.signup set state = 'asked', run_at = $2, attempts = 0, outcome = '{}', updated_at = $2
        where id = $1 and state in ('draft', 'failed')";
    fn lose_address(id: Uuid, draft: serde_json::Value, outcome: serde_json::Value, at: Timestamp) -> u64 = "
        update ctl.signup set state = 'failed', draft = $2, slug = null, outcome = $3, run_at = null, updated_at = $4
        where id = $1 and state in ('draft', 'failed')";
    fn spoken(slugs: Vec<String>, id: Uuid, since: Timestamp) -> Vec<String> = "
        select coalesce(slug, '') from ctl.signup where slug = any($1) and id <> $2 and (run_at is not null or updated_at > $3)";
}

/// A sign-up under way.
pub struct Signup {
    pub id: Uuid,
    pub draft: Draft,
    pub state: String,
    pub outcome: serde_json::Value,
    /// When a worker looks at it next.
    pub run_at: Option<Timestamp>,
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
            Ok(Signup {
                id: kept.id,
                draft,
                state: kept.state,
                outcome: kept.outcome,
                run_at: kept.run_at,
                updated_at: kept.updated_at,
            })
        })
        .transpose()
}

/// The sign-up of this browser, and the cookie to set when it begins now.
pub async fn current_or_new(outside: &Outside) -> Result<(Signup, Option<String>)> {
    if let Some(signup) = current(outside).await?.filter(|signup| signup.state != "ready") {
        return Ok((signup, None));
    }
    outside.house.limits().careful("sign-up", &outside.peer)?;
    let (id, token, now) = (Uuid::now_v7(), secret::draw(), outside.house.clock().now());
    let old = now.saturating_sub(LIFE).unwrap_or(now);
    outside.house.control().run((clear(old), begin(id, secret::hash(&token), now))).await?;
    let secure = if outside.house.url(None, "").starts_with("https") { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={token}; Path=/onboarding; Max-Age={}; HttpOnly; SameSite=Lax{secure}", LIFE.as_secs());
    let signup = Signup {
        id,
        draft: Draft::default(),
        state: "draft".into(),
        outcome: serde_json::json!({}),
        run_at: None,
        updated_at: now,
    };
    Ok((signup, Some(cookie)))
}

/// How long an address is kept for a draft that nobody touches.
const HELD: SignedDuration = SignedDuration::from_mins(30);

/// Keeps the answers and the address spoken for. An address that went to another draft meanwhile is asked for again; at
/// its own question (`hold`) it is refused instead.
pub async fn keep(outside: &Outside, signup: &mut Signup) -> Result<()> {
    match hold(outside, signup).await {
        Err(error) if error.is_broken("signup_slug_once") => {
            let slug = signup.draft.slug.take().unwrap_or_default();
            let sentence = format!("{slug} has been taken in the meantime. Choose another address.");
            let (draft, outcome) = (json_of(&signup.draft)?, serde_json::json!({ "sentence": sentence }));
            let now = outside.house.clock().now();
            outside.house.control().run(lose_address(signup.id, draft, outcome, now)).await.map(drop)
        }
        kept => kept,
    }
}

/// Keeps the answers and speaks for the address, unless another sign-up has.
pub async fn hold(outside: &Outside, signup: &Signup) -> Result<()> {
    let now = outside.house.clock().now();
    let (slug, stale) = (signup.draft.slug.clone(), now.saturating_sub(HELD).unwrap_or(now));
    let batch = (release(slug.clone(), signup.id, stale), save(signup.id, json_of(&signup.draft)?, slug, now));
    match outside.house.control().run(batch).await? {
        (_, 0) => Err(Error::refused("Your company is being set up already. Go on to the last step.")),
        _ => Ok(()),
    }
}

/// Those of these addresses that other sign-ups have spoken for.
pub async fn spoken_for(outside: &Outside, slugs: Vec<String>, id: Uuid) -> Result<Vec<String>> {
    let now = outside.house.clock().now();
    outside.house.control().run(spoken(slugs, id, now.saturating_sub(HELD).unwrap_or(now))).await
}

/// Hands it to the workers. Two clicks ask once.
pub async fn ask_for(outside: &Outside, id: Uuid) -> Result<()> {
    outside.house.control().run(ask(id, outside.house.clock().now())).await.map(drop)
}

pub fn json_of(draft: &Draft) -> Result<serde_json::Value> {
    serde_json::to_value(draft).map_err(|e| Error::Bug(e.to_string()))
}

/// Where the logo waits for its company.
pub fn logo_path(house: &kernel::House, id: Uuid) -> std::path::PathBuf {
    house.data_dir().join("signup").join(id.simple().to_string())
}
