//! A job that follows an earlier one at the same place: more of it, under warranty, or because it did not hold.
use jiff::Timestamp;
use kernel::{
    Access, Error, Input, Paged, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Shown, Status, WorkOrder, WorkOrderId, create, find};
use crate::permissions::{WorkRead, WorkWrite};

kernel::text_enum! {
    pub enum As { FollowUp = "follow_up": "Follow-up", Warranty = "warranty": "Warranty", Recall = "recall": "Recall" }
}

impl As {
    /// What was sold before is made good: its lines may be free.
    pub fn makes_good(self) -> bool {
        matches!(self, Self::Warranty | Self::Recall)
    }
}

row! {
    /// An earlier job or a later one, as it is named on the other.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Related {
        pub id: WorkOrderId,
        pub number: i64,
        pub title: String,
        pub status: Status,
        /// What the later of the two is to the earlier one.
        #[serde(rename = "as")]
        pub follows_as: As,
        /// It came before.
        pub earlier: bool,
        pub completed_at: Option<Timestamp>,
    }
}

sql! {
    pub(crate) fn related(id: WorkOrderId) -> Vec<Related> = "
        select e.id, e.number, e.title, e.status, w.follows_as, true as earlier, e.completed_at
        from work_order w join work_order e on e.tenant_id = $1 and e.id = w.follows_id where w.tenant_id = $1 and w.id = $2
        union all
        select l.id, l.number, l.title, l.status, l.follows_as, false as earlier, l.completed_at
        from work_order l where l.tenant_id = $1 and l.follows_id = $2
        order by 2 limit 50";
    fn link(id: WorkOrderId, earlier: WorkOrderId, kind: As) -> u64 = "
        update work_order set follows_id = $3, follows_as = $4 where tenant_id = $1 and id = $2";
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// `follow_up`, `warranty` or `recall`.
    #[serde(rename = "as")]
    pub kind: As,
    /// The earlier job's when not given.
    pub title: Option<String>,
}
impl Input for Follow {
    fn check(&mut self, checks: &mut kernel::Checks) {
        checks.optional("title", &mut self.title, 200);
    }
}

/// For the same customer at the same place.
pub async fn follow(tx: &mut TenantTx, id: WorkOrderId, input: &Follow) -> Result<WorkOrder> {
    let earlier = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    match earlier.status {
        Status::Open => return Err(Error::refused("This job has not begun yet; there is nothing to follow.")),
        Status::Cancelled => return Err(Error::refused("This job was cancelled; make a new one instead.")),
        _ => {}
    }
    if input.kind.makes_good() && earlier.status != Status::Completed {
        return Err(Error::refused(
            "Only what is finished has a warranty. Finish this job first, or make it a follow-up.",
        ));
    }
    let words = || format!("{}: {}", input.kind.label(), earlier.title).chars().take(200).collect();
    let new = create::New {
        customer_id: Some(earlier.customer_id),
        location_id: earlier.location_id,
        title: Some(input.title.clone().unwrap_or_else(words)),
        ..create::New::default()
    };
    let made = create(tx, new, &earlier.currency).await?;
    let (_, found) = tx.run((link(made.id, earlier.id, input.kind), find(made.id))).await?;
    super::tell_changed(tx, &earlier);
    found.ok_or(Error::NotFound)
}

pub async fn api_related(access: Access<WorkRead>, Path(id): Path<WorkOrderId>) -> Result<Json<Paged<Related>>> {
    let (found, data) = access.read((find(id), related(id))).await?;
    found.ok_or(Error::NotFound)?;
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn api(
    access: Access<WorkWrite>,
    Path(id): Path<WorkOrderId>,
    Json(input): Json<Follow>,
) -> Result<Repeatable<Created<Shown>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let made = follow(tx, id, &input).await?;
            Ok(Created { location: format!("/api/v1/work-orders/{}", made.id), body: Shown::from(made) })
        })
        .await
}
