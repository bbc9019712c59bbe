//! Writing down what a customer said. What was said before stays, with who wrote it and from where it was known.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Input, Result, TenantTx,
    http::{Json, Path, Repeatable},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Channel, ConsentChanged, ConsentId, Consents, Purpose, of_customer};
use crate::{CustomerId, customer::held, permissions::CustomersWrite};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// What is not named stays as it is.
    pub changes: Vec<Word>,
    /// From where it is known, such as "On the phone".
    pub source: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    pub channel: Channel,
    pub purpose: Purpose,
    pub allowed: bool,
}

impl Input for Said {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("source", &mut self.source, 200, "from where you know it, such as: on the phone");
        checks.that(!self.changes.is_empty(), "changes", "required", "Say what may be sent, or may not.");
        checks.that(self.changes.len() <= 12, "changes", "too_many", "Say it once for each channel and purpose.");
    }
}

sql! {
    pub(crate) fn insert(id: ConsentId, customer: CustomerId, channel: Channel, purpose: Purpose, allowed: bool, source: String, author: String, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into consent (tenant_id, id, customer_id, channel, purpose, allowed, source, author, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
}

/// What is as it was said is not written again; of two words about the same, the last counts.
pub async fn say(tx: &mut TenantTx, customer: CustomerId, said: &Said, author: &str) -> Result<Consents> {
    let (there, standing) = tx.run((held(vec![customer.0]), of_customer(customer))).await?;
    let there = there.into_iter().next().ok_or(kernel::Error::NotFound)?;
    let mut now = Consents::of(standing);
    for Word { channel, purpose, allowed } in said.changes.iter().cloned() {
        let Some(before) = now.data.iter_mut().find(|one| one.channel == channel && one.purpose == purpose) else {
            continue;
        };
        if before.allowed == allowed {
            continue;
        }
        let (at, author, source) = (tx.now(), author.to_owned(), said.source.clone());
        before.allowed = allowed;
        before.since = Some(at);
        before.source = Some(source.clone());
        before.author = Some(author.clone());
        tx.queue(insert(ConsentId::new(), there.id, channel, purpose, allowed, source, author, at, tx.user()));
        tx.tell(&ConsentChanged { customer, channel, purpose, allowed });
    }
    Ok(now)
}

pub async fn api(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    Json(input): Json<Said>,
) -> Result<Repeatable<Json<Consents>>> {
    access.once(async |tx: &mut TenantTx| say(tx, id, &input, access.actor().name()).await.map(Json)).await
}
