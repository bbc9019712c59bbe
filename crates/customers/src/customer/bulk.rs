//! One deed for many customers: tagged, untagged, archived, brought back. What cannot be done to one is left and said.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};

use super::{Customer, CustomerArchived, CustomerId, CustomerRestored, CustomerTagged, Status, archive, held};
use crate::{
    permissions::CustomersWrite,
    tag::{self, MOST_OF_ONE, check_name, known_or_made, settle},
};

kernel::text_enum! {
    pub enum Deed {
        Tag = "tag": "Tag",
        Untag = "untag": "Untag",
        Archive = "archive": "Archive",
        Restore = "restore": "Bring back",
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// At most 200.
    pub ids: Vec<CustomerId>,
    #[serde(rename = "do")]
    pub deed: Deed,
    /// The name of the tag; for `tag` and `untag`. A new name becomes a tag.
    pub tag: Option<String>,
}

/// So many customers at a time.
const MOST: usize = 200;

pub(super) fn check_ids(checks: &mut Checks, ids: &[CustomerId]) {
    checks.that(!ids.is_empty(), "ids", "required", "Choose at least one customer.");
    checks.that(ids.len() <= MOST, "ids", "too_many", "Choose at most 200 customers at a time.");
}

impl Input for Bulk {
    fn check(&mut self, checks: &mut Checks) {
        check_ids(checks, &self.ids);
        if matches!(self.deed, Deed::Tag | Deed::Untag) {
            let mut name = self.tag.take().unwrap_or_default();
            check_name(checks, "tag", &mut name);
            self.tag = Some(name);
        }
    }
}

/// What changed, and what did not.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[schemars(rename = "BulkOutcome")]
pub struct Outcome {
    pub changed: Vec<CustomerId>,
    pub left: Vec<Left>,
    #[serde(skip)]
    pub(super) numbers: Vec<i64>,
}

/// A customer who was left as they are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Left {
    pub id: CustomerId,
    pub why: String,
}

sql! {
    fn having(tag: tag::TagId, customers: Vec<Uuid>) -> Vec<CustomerId> = "
        select customer_id from customer_tag where tenant_id = $1 and customer_id = any($3) and tag_id = $2";
    fn take_off(tag: tag::TagId, customers: Vec<Uuid>) -> u64 = "
        delete from customer_tag where tenant_id = $1 and customer_id = any($3) and tag_id = $2";
}

pub(super) fn uuids<'a>(customers: impl IntoIterator<Item = &'a CustomerId>) -> Vec<Uuid> {
    customers.into_iter().map(|id| id.0).collect()
}

/// Those of them who are there, locked. Of some who are not, that is said; if nobody is, there is nothing to be done.
pub(super) async fn there(tx: &mut TenantTx, ids: &[CustomerId]) -> Result<(Vec<Customer>, Vec<Left>)> {
    let ids: BTreeSet<CustomerId> = ids.iter().copied().collect();
    let there = tx.run(held(uuids(&ids))).await?;
    if there.is_empty() {
        return Err(Error::NotFound);
    }
    let known: HashSet<CustomerId> = there.iter().map(|customer| customer.id).collect();
    let nobody = ids.iter().filter(|id| !known.contains(id));
    let left = nobody.map(|id| Left { id: *id, why: "There is no customer with this id.".into() }).collect();
    Ok((there, left))
}

pub async fn bulk(tx: &mut TenantTx, input: &Bulk) -> Result<Outcome> {
    let (there, mut left) = there(tx, &input.ids).await?;
    let name = input.tag.clone().unwrap_or_default();
    let changed = match input.deed {
        Deed::Tag => tag_all(tx, &name, there, &mut left).await?,
        Deed::Untag => untag_all(tx, &name, there, &mut left).await?,
        Deed::Archive => set_all(tx, Status::Archived, there, &mut left).await?,
        Deed::Restore => set_all(tx, Status::Active, there, &mut left).await?,
    };
    let numbers = changed.iter().map(|customer| customer.number).collect();
    Ok(Outcome { changed: changed.into_iter().map(|customer| customer.id).collect(), left, numbers })
}

/// Those to whom nothing stands against it; of the others, why.
pub(super) fn able(
    all: Vec<Customer>,
    left: &mut Vec<Left>,
    against: impl Fn(&Customer) -> Option<String>,
) -> Vec<CustomerId> {
    let mut able = vec![];
    for customer in all {
        let merged = customer.merged_into.map(|_| "Was merged with another customer.".to_owned());
        match merged.or_else(|| against(&customer)) {
            Some(why) => left.push(Left { id: customer.id, why }),
            None => able.push(customer.id),
        }
    }
    able
}

async fn tag_all(tx: &mut TenantTx, name: &str, all: Vec<Customer>, left: &mut Vec<Left>) -> Result<Vec<Customer>> {
    let Some(tag) = known_or_made(tx, &[name.to_owned()]).await?.pop() else { return Ok(vec![]) };
    let ids: Vec<CustomerId> = all.iter().map(|customer| customer.id).collect();
    let have: HashSet<CustomerId> = tx.run(having(tag.id, uuids(&ids))).await?.into_iter().collect();
    let able = able(all, left, |customer| match () {
        () if have.contains(&customer.id) => Some(format!("Has the tag {} already.", tag.name)),
        () if customer.tags.len() >= MOST_OF_ONE => Some("Has 20 tags already.".into()),
        () => None,
    });
    tx.run(tag::add(uuids(&able), vec![tag.id.0], tx.now(), tx.user())).await?;
    tell_tagged(tx, &able, 1, 0).await
}

async fn untag_all(tx: &mut TenantTx, name: &str, all: Vec<Customer>, left: &mut Vec<Left>) -> Result<Vec<Customer>> {
    let tag = tx.run(tag::called(vec![fold(name)])).await?.pop();
    let tag = tag.ok_or_else(|| Error::field("/tag", "unknown", "There is no tag of this name."))?;
    let ids: Vec<CustomerId> = all.iter().map(|customer| customer.id).collect();
    let have: HashSet<CustomerId> = tx.run(having(tag.id, uuids(&ids))).await?.into_iter().collect();
    let why = format!("Does not have the tag {}.", tag.name);
    let able = able(all, left, |customer| (!have.contains(&customer.id)).then(|| why.clone()));
    tx.run(take_off(tag.id, uuids(&able))).await?;
    tell_tagged(tx, &able, 0, 1).await
}

async fn tell_tagged(tx: &mut TenantTx, ids: &[CustomerId], given: i64, taken: i64) -> Result<Vec<Customer>> {
    let changed = settle(tx, ids).await?;
    for Customer { id, number, .. } in &changed {
        tx.tell(&CustomerTagged { customer: *id, number: *number, given, taken });
    }
    Ok(changed)
}

async fn set_all(tx: &mut TenantTx, status: Status, all: Vec<Customer>, left: &mut Vec<Left>) -> Result<Vec<Customer>> {
    let why = format!("Is {} already.", status.label().to_lowercase());
    let able = able(all, left, |customer| (customer.status == status).then(|| why.clone()));
    let now = tx.now();
    let archived_at = (status == Status::Archived).then_some(now);
    let statements: Vec<_> = able.iter().map(|id| archive::set(*id, status, archived_at, now)).collect();
    let changed: Vec<Customer> = tx.run(statements).await?.into_iter().flatten().collect();
    for Customer { id, number, .. } in &changed {
        match status {
            Status::Archived => tx.tell(&CustomerArchived { customer: *id, number: *number }),
            Status::Active => tx.tell(&CustomerRestored { customer: *id, number: *number }),
            Status::Merged => {}
        }
    }
    Ok(changed)
}

pub async fn api(access: Access<CustomersWrite>, Json(input): Json<Bulk>) -> Result<Repeatable<Json<Outcome>>> {
    access.once(async |tx: &mut TenantTx| bulk(tx, &input).await.map(Json)).await
}
