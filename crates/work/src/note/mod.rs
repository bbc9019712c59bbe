//! Notes of a job: from the technician to the office and back. They are added, never changed.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Created, Json, Path, Repeatable, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    AppointmentId,
    order::{self, WorkOrderId, tell_changed},
    permissions::WorkWrite,
};

kernel::id!(NoteId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Note {
        pub id: NoteId,
        /// The visit in which it was written; none from the office.
        pub appointment_id: Option<AppointmentId>,
        pub body: String,
        pub author: String,
        pub created_at: Timestamp,
    }
}
impl Versioned for Note {
    /// What was written stays.
    fn version(&self) -> i64 {
        1
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub body: String,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("body", &mut self.body, 5000, "a few words");
    }
}

sql! {
    /// Oldest first; nobody writes more on one job than is shown.
    pub fn of(order: WorkOrderId) -> Vec<Note> = "
        select id, appointment_id, body, author, created_at from order_note where tenant_id = $1 and order_id = $2 order by id limit 500";
    fn insert(id: NoteId, order: WorkOrderId, visit: Option<AppointmentId>, body: String, author: String, at: Timestamp, by: Option<uuid::Uuid>) = "
        insert into order_note (tenant_id, id, order_id, appointment_id, body, author, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// Also on a job that is over: what is remembered later counts too.
///
/// `visit` is the one in which it is written.
pub async fn write(
    scope: &Scope,
    tx: &mut TenantTx,
    order: WorkOrderId,
    new: New,
    visit: Option<AppointmentId>,
) -> Result<Note> {
    let order = tx.run(order::find(order)).await?.ok_or(Error::NotFound)?;
    let author: String = scope.actor().name().to_owned();
    let note = Note { id: NoteId::new(), appointment_id: visit, body: new.body, author, created_at: tx.now() };
    let by = tx.user();
    tx.queue(insert(note.id, order.id, visit, note.body.clone(), note.author.clone(), note.created_at, by));
    tell_changed(tx, &order);
    Ok(note)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(order): Path<WorkOrderId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Note>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let note = write(&access, tx, order, new.clone(), None).await?;
            Ok(Created { location: format!("/api/v1/work-orders/{order}"), body: note })
        })
        .await
}
