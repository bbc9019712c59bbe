//! Answering a question of a job. Sent twice, it is answered once; sent otherwise, the last one counts while the job is open.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Asked, JobQuestionId, Kept, find};
use crate::{
    PhotoId,
    order::{WorkOrderId, hold_open, tell_changed},
    permissions::WorkWrite,
};

/// The whole answer: what is left out is taken back.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Answer {
    /// `yes` or `no`, one of the choices, a text, a number such as 18 or -2.5. Empty: not answered.
    pub answer: Option<String>,
    /// What is wrong, where the answer says that something is.
    pub note: Option<String>,
}
impl Input for Answer {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("answer", &mut self.answer, 2000);
        checks.optional("note", &mut self.note, 1000);
    }
}

sql! {
    fn update(order: WorkOrderId, id: JobQuestionId, answer: Option<String>, note: Option<String>, failed: bool, photo: Option<PhotoId>, at: Option<Timestamp>, by: Option<String>, now: Timestamp) -> u64 = "
        update job_question set answer = $4, note = $5, failed = $6, photo_id = $7, answered_at = $8, answered_by = $9, version = version + 1, updated_at = $10
        where tenant_id = $1 and order_id = $2 and id = $3";
}

pub async fn answer(
    scope: &Scope,
    tx: &mut TenantTx,
    order: WorkOrderId,
    id: JobQuestionId,
    given: &Answer,
) -> Result<Asked> {
    let order = hold_open(tx, order).await?;
    let was = tx.run(find(order.id, id)).await?.ok_or(Error::NotFound)?;
    let asked = Asked::from(was.clone());
    let (answer, failed) = match given.answer.as_deref() {
        Some(answer) => {
            let (answer, failed) = asked.question.judge(answer)?;
            (Some(answer), failed)
        }
        None => (None, false),
    };
    // A photo that answers it stays; there is no taking it back, only another.
    let next = Kept { answer, note: given.note.clone(), failed, ..was.clone() };
    keep(scope, tx, &was, next).await?;
    tell_changed(tx, &order);
    tx.run(find(order.id, id)).await?.map(Asked::from).ok_or(Error::NotFound)
}

pub(super) async fn keep(scope: &Scope, tx: &mut TenantTx, was: &Kept, next: Kept) -> Result<()> {
    let content = |one: &Kept| (one.answer.clone(), one.note.clone(), one.photo_id);
    if content(was) == content(&next) {
        return Ok(());
    }
    let now = tx.now();
    let answered = next.answer.is_some() || next.photo_id.is_some();
    let who = answered.then(|| scope.actor().name().to_owned());
    let at = answered.then_some(now);
    let row = update(was.order_id, was.id, next.answer, next.note, next.failed, next.photo_id, at, who, now);
    tx.run(row).await.map(drop)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, JobQuestionId)>,
    Json(given): Json<Answer>,
) -> Result<One<Asked>> {
    access.retrying(async |tx: &mut TenantTx| answer(&access, tx, order, id, &given).await).await.map(One)
}
