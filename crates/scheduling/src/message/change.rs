//! Says what customers are told, and in which words.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{IfMatch, Json, One},
    sql,
};
use serde_json::Value;

use super::{Kind, Messages, MessagesChanged, kept};
use crate::permissions::TechniciansWrite;

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub kind: Kind,
    pub on: bool,
    /// At most 600 characters; none: nothing besides.
    pub words: Option<String>,
}

/// Left out means unchanged.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Those that change; each at most once.
    #[serde(default)]
    pub messages: Vec<Words>,
    /// 1 to 336.
    pub reminder_hours: Option<i32>,
    /// 0 to 168.
    pub ask_hours: Option<i32>,
    /// 1 to 4.
    pub low_stars: Option<i32>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.messages.len() <= Kind::ALL.len(), "messages", "too_many", "Name each kind once.");
        for (n, one) in self.messages.iter_mut().enumerate().take(Kind::ALL.len()) {
            checks.within(&format!("messages/{n}"), |checks| checks.optional("words", &mut one.words, 600));
        }
        let mut kinds: Vec<Kind> = self.messages.iter().map(|one| one.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        checks.that(kinds.len() == self.messages.len(), "messages", "twice", "Name each kind once.");
        if let Some(hours) = self.reminder_hours {
            checks.range("reminder_hours", hours.into(), 1, 336, "A reminder is sent 1 to 336 hours before.");
        }
        if let Some(hours) = self.ask_hours {
            checks.range("ask_hours", hours.into(), 0, 168, "A customer is asked 0 to 168 hours after the visit.");
        }
        if let Some(stars) = self.low_stars {
            checks.range("low_stars", stars.into(), 1, 4, "Few is 1 to 4 stars.");
        }
    }
}

sql! {
    fn insert(silent: Vec<String>, words: Value, reminder_hours: i32, ask_hours: i32, low_stars: i32, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into visit_message (tenant_id, silent, words, reminder_hours, ask_hours, low_stars, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8) on conflict (tenant_id) do nothing";
    fn update(seen: i64, silent: Vec<String>, words: Value, reminder_hours: i32, ask_hours: i32, low_stars: i32, at: Timestamp) -> u64 = "
        update visit_message set silent = $3, words = $4, reminder_hours = $5, ask_hours = $6, low_stars = $7, updated_at = $8, version = version + 1
        where tenant_id = $1 and version = $2";
}

/// `seen` is the version the caller saw.
pub async fn change(tx: &mut TenantTx, seen: i64, change: &Change) -> Result<Messages> {
    let mut next = Messages::of(tx.run(kept()).await?);
    if next.version != seen {
        return Err(Error::Stale(Some(next.version)));
    }
    for message in &mut next.messages {
        if let Some(to) = change.messages.iter().find(|to| to.kind == message.kind) {
            (message.on, message.words) = (to.on, to.words.clone());
        }
    }
    next.reminder_hours = change.reminder_hours.unwrap_or(next.reminder_hours);
    next.ask_hours = change.ask_hours.unwrap_or(next.ask_hours);
    next.low_stars = change.low_stars.unwrap_or(next.low_stars);
    let silent = next.messages.iter().filter(|one| !one.on).map(|one| one.kind.to_string()).collect();
    let said = next.messages.iter().filter_map(|one| Some((one.kind.to_string(), Value::from(one.words.clone()?))));
    let (words, hours, now, by) = (Value::Object(said.collect()), next.reminder_hours, tx.now(), tx.user());
    let rows = match seen {
        0 => tx.run(insert(silent, words, hours, next.ask_hours, next.low_stars, now, by)).await?,
        _ => tx.run(update(seen, silent, words, hours, next.ask_hours, next.low_stars, now)).await?,
    };
    if rows != 1 {
        return Err(Error::Stale(Some(next.version)));
    }
    tx.tell(&MessagesChanged { company: tx.tenant() });
    next.version += 1;
    Ok(next)
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Messages>> {
    let seen = version.required()?;
    access.retrying(async |tx| change(tx, seen, &input).await).await.map(One)
}
