//! Taking a signature: the job as it is shown, the sentence, the name and what was drawn, sealed together.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, PricesSee, Result, Scope, TenantTx, Uuid,
    http::{Created, Json, Path, Repeatable},
    serde_json::{Value, json},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Kept, Kind, Sheet, Signature, SignatureId, Strokes, lines_hash, of};
use crate::{
    AppointmentId, line,
    order::{self, Status, WorkOrderId, tell_changed},
    permissions::{WorkRead, WorkWrite},
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub kind: Kind,
    /// Who signs.
    pub name: String,
    /// As drawn, in a field of 1000 by 400: `x,y x,y;x,y`.
    pub strokes: Option<String>,
    /// Instead of a drawing: the name as typed counts as signed.
    pub typed: Option<bool>,
    /// The `shown_hash` of the job as it was shown to whoever signs.
    #[serde(default)]
    pub shown: String,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "the name of whoever signs");
        checks.optional("strokes", &mut self.strokes, 60_000);
        checks.that(self.shown.len() <= 64, "shown", "too_long", "Give the job's `shown_hash`.");
        let one = self.strokes.is_some() || self.typed == Some(true);
        checks.that(one, "strokes", "required", "Sign in the field, or say that the typed name counts.");
    }
}

kernel::event! { pub struct WorkOrderSigned = "work_order.signed", seen by WorkRead { order: WorkOrderId, customer: customers::CustomerId, number: i64, signature: SignatureId } }

const MOST: usize = 20;

sql! {
    fn insert(id: SignatureId, order: WorkOrderId, visit: Option<AppointmentId>, kind: Kind, name: String, words: String, shown: Value, lines_hash: String, strokes: Option<String>, hash: String, taken_by: String, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into signature (tenant_id, id, order_id, appointment_id, kind, name, words, shown, lines_hash, strokes, hash, taken_by, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
}

/// `visit` is the one in which it is signed; the one that counts now, where nobody says.
pub async fn sign(
    scope: &Scope,
    tx: &mut TenantTx,
    order: WorkOrderId,
    new: &New,
    visit: Option<AppointmentId>,
) -> Result<Signature> {
    let order = order::hold(tx, order).await?;
    if order.status == Status::Cancelled {
        return Err(Error::refused(format!("{} was cancelled; there is nothing to sign.", order.called())));
    }
    let (lines, signed, rules) = tx.run((line::of(order.id), of(order.id), taxes::terms::rules())).await?;
    let sheet = Sheet::of(&order, &lines, rules.unwrap_or_default(), scope.can::<PricesSee>());
    if lines.is_empty() {
        return Err(Error::refused("Nothing stands on this job yet that could be signed. Add what is done or used."));
    }
    if signed.len() >= MOST {
        return Err(Error::refused(format!("A job has at most {MOST} signatures.")));
    }
    if sheet.seen()? != new.shown {
        let says =
            "What was shown is not what this job says now; nothing is signed yet. Look at it once more, and sign then.";
        return Err(Error::field("/shown", "changed", says));
    }
    // A drawing and a tick: the drawing counts.
    let strokes = new.strokes.as_deref().map(Strokes::read).transpose()?.map(|strokes| strokes.text());
    // To the microsecond, as the database keeps it.
    let at = Timestamp::from_microsecond(tx.now().as_microsecond()).unwrap_or(tx.now());
    let mut kept = Kept {
        id: SignatureId::new(),
        order_id: order.id,
        appointment_id: visit.or(order.appointment_id),
        kind: new.kind,
        name: new.name.clone(),
        words: new.kind.words().to_owned(),
        shown: json!(sheet),
        lines_hash: lines_hash(&lines),
        strokes,
        hash: String::new(),
        taken_by: scope.actor().name().to_owned(),
        created_at: at,
    };
    kept.hash = kept.sealed()?;
    let row = kept.clone();
    let by = tx.user();
    tx.run(insert(
        row.id,
        row.order_id,
        row.appointment_id,
        row.kind,
        row.name,
        row.words,
        row.shown,
        row.lines_hash,
        row.strokes,
        row.hash,
        row.taken_by,
        at,
        by,
    ))
    .await?;
    tx.tell(&WorkOrderSigned {
        order: order.id,
        customer: order.customer_id,
        number: order.number,
        signature: kept.id,
    });
    tell_changed(tx, &order);
    Ok(Signature::of(kept, &lines))
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(order): Path<WorkOrderId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Signature>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let body = sign(&access, tx, order, &new, None).await?;
            Ok(Created { location: format!("/api/v1/work-orders/{order}"), body })
        })
        .await
}
