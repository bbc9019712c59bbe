//! A new checklist, with its questions or to be given them afterwards.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Created, Json, Repeatable},
    serde_json::{Value, json},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Checklist, ChecklistCreated, ChecklistId, check_questions, count, find};
use crate::{permissions::ChecklistsWrite, question::Question};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub name: String,
    /// Asked on every job; else with the items that bring it.
    #[serde(default)]
    pub every_job: bool,
    /// In order, at most 60.
    #[serde(default)]
    pub questions: Vec<Question>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name, such as AC tune-up");
        check_questions(checks, &mut self.questions);
    }
}

const MOST: i64 = 200;

sql! {
    fn insert(id: ChecklistId, name: String, key: String, every_job: bool, questions: Value, at: Timestamp, by: Option<Uuid>) = "
        insert into checklist (tenant_id, id, name, name_key, every_job, questions, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<Checklist> {
    if tx.run(count()).await? >= MOST {
        return Err(Error::refused(format!("A company has at most {MOST} checklists. Change one of those there are.")));
    }
    let id = ChecklistId::new();
    let (at, by, key) = (tx.now(), tx.user(), fold(&new.name));
    tx.tell(&ChecklistCreated { checklist: id });
    let row = insert(id, new.name, key, new.every_job, json!(new.questions), at, by);
    let (_, found) = tx.run((row, find(id))).await?;
    found.map(Checklist::from).ok_or(Error::NotFound)
}

pub async fn api(access: Access<ChecklistsWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Checklist>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let made = create(tx, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/checklists/{}", made.id), body: made })
        })
        .await
}
