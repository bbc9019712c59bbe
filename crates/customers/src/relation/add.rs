//! Connecting two customers.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Kind, MOST, Relation, RelationAdded, RelationId, of_customer};
use crate::{
    CustomerId,
    customer::{find, held},
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewRelation")]
pub struct New {
    /// The other.
    pub customer_id: CustomerId,
    /// What the other is to this customer.
    pub kind: Kind,
    pub note: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("note", &mut self.note, 200);
    }
}

sql! {
    fn insert(id: RelationId, customer: CustomerId, kind: Kind, other: CustomerId, note: Option<String>, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into customer_relation (tenant_id, id, customer_id, kind, other_id, note, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

pub async fn add(tx: &mut TenantTx, id: CustomerId, new: New) -> Result<Relation> {
    // Held first: two at once would each find a place left, and a merge that is under way is waited for.
    let read = (held(vec![id.0, new.customer_id.0]), find(id), find(new.customer_id));
    let (_, one, other) = tx.run(read).await?;
    if one.id == other.id {
        return Err(Error::field(
            "/customer_id",
            "itself",
            "A customer is not connected with itself. Choose another one.",
        ));
    }
    for customer in [&one, &other] {
        let known = tx.run(of_customer(customer.id)).await?;
        if known.len() >= MOST {
            return Err(Error::refused(format!("{} is connected with 100 others already.", customer.name)));
        }
        if customer.id == id && known.iter().any(|known| known.customer_id == other.id && known.kind == new.kind) {
            return Err(Error::field("/kind", "twice", "They are connected in this way already."));
        }
    }
    let (relation, now) = (RelationId::new(), tx.now());
    let (from, kind, to) = match new.kind {
        kind if !kind.is_kept() => (other.id, kind.inverse(), one.id),
        kind if kind == kind.inverse() => (one.id.min(other.id), kind, one.id.max(other.id)),
        kind => (one.id, kind, other.id),
    };
    tx.queue(insert(relation, from, kind, to, new.note.clone(), now, tx.user()));
    tx.tell(&RelationAdded { customer: one.id, other: other.id, relation });
    Ok(Relation {
        id: relation,
        kind: new.kind,
        customer_id: other.id,
        number: other.number,
        name: other.name,
        place: other.place,
        note: new.note,
        created_at: now,
    })
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Relation>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let relation = add(tx, id, new.clone()).await?;
            Ok(Created { location: format!("/api/v1/customers/{id}/relations"), body: relation })
        })
        .await
}
