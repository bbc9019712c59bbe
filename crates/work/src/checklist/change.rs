//! Changing a checklist: its name, where it is asked, its questions. Jobs that have taken it along keep what they were asked.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    serde_json::{Value, json},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Checklist, ChecklistChanged, ChecklistId, Status, check_questions, find};
use crate::{permissions::ChecklistsWrite, question::Question};

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    pub every_job: Option<bool>,
    /// All of them, in order.
    pub questions: Option<Vec<Question>>,
    /// `archived` is asked no more on jobs that begin from now on.
    pub status: Option<Status>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 80, "a name, such as AC tune-up");
        }
        if let Some(questions) = &mut self.questions {
            check_questions(checks, questions);
        }
    }
}

sql! {
    fn update(id: ChecklistId, version: i64, name: Option<String>, key: Option<String>, every_job: Option<bool>, questions: Option<Value>, status: Option<Status>, at: Timestamp) -> u64 = "
        update checklist set name = coalesce($4, name), name_key = coalesce($5, name_key), every_job = coalesce($6, every_job),
               questions = coalesce($7, questions), status = coalesce($8, status), version = version + 1, updated_at = $9
        where tenant_id = $1 and id = $2 and version = $3";
}

pub async fn change(tx: &mut TenantTx, id: ChecklistId, version: i64, change: &Change) -> Result<Checklist> {
    let key = change.name.as_deref().map(fold);
    let questions = change.questions.as_ref().map(|questions| json!(questions));
    let row = update(id, version, change.name.clone(), key, change.every_job, questions, change.status, tx.now());
    let (changed, found) = tx.run((row, find(id))).await?;
    let found = found.ok_or(Error::NotFound)?;
    if changed == 0 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&ChecklistChanged { checklist: id });
    Ok(found.into())
}

pub async fn api(
    access: Access<ChecklistsWrite>,
    Path(id): Path<ChecklistId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Checklist>> {
    let version = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, version, &input).await).await.map(One)
}
