//! What the company says about all visits: whether it is asked first, and until when they may change things.
use jiff::{Timestamp, ToSpan, civil};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, IfMatch, Json, One, Page, Redirect, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::page;
use crate::{AuditRead, SupportManage, shell};

row! {
    /// What the company says about visits of those who run the house.
    #[derive(Debug, Clone, Default, Serialize, JsonSchema)]
    pub struct Rules {
        /// A visit waits until somebody here agrees.
        pub ask_first: bool,
        /// Until then every visit may change things.
        pub writes_until: Option<Timestamp>,
        /// 0 until something is said.
        pub version: i64,
    }
}
impl Versioned for Rules {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! {
    pub struct RulesChanged = "support.rules_changed", seen by AuditRead { tenant: Uuid, ask_first: bool, writes_until: Option<Timestamp> }
}

sql! {
    pub(super) fn find() -> Option<Rules> = "select ask_first, writes_until, version from support_rule where tenant_id = $1";
    fn insert(ask_first: bool, writes_until: Option<Timestamp>, at: Timestamp, created_by: Option<Uuid>) -> u64 = "
        insert into support_rule (tenant_id, ask_first, writes_until, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $4, $5) on conflict (tenant_id) do nothing";
    fn update(seen: i64, ask_first: bool, writes_until: Option<Timestamp>, at: Timestamp) -> u64 = "
        update support_rule set ask_first = $3, writes_until = $4, updated_at = $5, version = version + 1
        where tenant_id = $1 and version = $2";
}

/// The whole of what the company says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// A visit waits until somebody here agrees.
    #[serde(default)]
    ask_first: bool,
    /// To the end of this day every visit may change things; none, and each only looks unless it is allowed more.
    writes_until: Option<civil::Date>,
}
impl Input for Change {
    fn check(&mut self, _: &mut Checks) {}
}

async fn change(access: &Access<SupportManage>, seen: i64, change: Change) -> Result<Rules> {
    let today = access.local_now().date();
    let writes_until = match change.writes_until {
        Some(day) if day < today => {
            return Err(Error::field("/writes_until", "past", "Choose today or a later day."));
        }
        Some(day) if day > today.saturating_add(90.days()) => {
            return Err(Error::field("/writes_until", "far", "Choose a day within the next 90 days."));
        }
        Some(day) => day
            .tomorrow()
            .and_then(|next| next.to_zoned(access.tenant().locale.zone.clone()))
            .map(|at| Some(at.timestamp()))
            .map_err(|_| Error::field("/writes_until", "day", "Choose a day of the calendar."))?,
        None => None,
    };
    let tenant = access.tenant().id;
    let rules = access
        .retrying(async |tx: &mut TenantTx| {
            let now = tx.run(find()).await?.unwrap_or_default();
            let (at, ask_first) = (tx.now(), change.ask_first);
            let done = match (now.version == seen, seen) {
                (false, _) => 0,
                (true, 0) => tx.run(insert(ask_first, writes_until, at, tx.user())).await?,
                (true, _) => tx.run(update(seen, ask_first, writes_until, at)).await?,
            };
            if done != 1 {
                return Err(Error::Stale(Some(now.version)));
            }
            tx.tell(&RulesChanged { tenant, ask_first, writes_until });
            Ok(Rules { ask_first, writes_until, version: seen + 1 })
        })
        .await?;
    access.house().forget_principals();
    Ok(rules)
}

pub async fn api(access: Access<AuditRead>) -> Result<One<Rules>> {
    Ok(One(access.read(find()).await?.unwrap_or_default()))
}

pub async fn change_api(
    access: Access<SupportManage>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Rules>> {
    change(&access, version.required()?, input).await.map(One)
}

/// The form's own shape: a box that is ticked or absent.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ticked {
    ask_first: Option<String>,
    writes_until: Option<civil::Date>,
}
impl Input for Ticked {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn post(access: Access<SupportManage>, form: Form<Ticked>) -> Result<Either<Redirect, Page>> {
    let version = form.version();
    let outcome = form
        .then(async |input: Ticked| {
            let given = Change { ask_first: input.ask_first.is_some(), writes_until: input.writes_until };
            change(&access, version?, given).await
        })
        .await?;
    Ok(match outcome {
        Ok(_) => Either::Done(Redirect::to("/settings/support").toast("Saved.")),
        Err(typed) => {
            Either::Again(Page { status: 422, ..page::draw(&access, None, Some(shell::filled(typed))).await? })
        }
    })
}
