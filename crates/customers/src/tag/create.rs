//! Making a tag: by itself, or because a customer is given one that nobody has had yet.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::{Colour, MOST, Tag, TagCreated, TagId, called, check_name};
use crate::permissions::CustomersWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
    /// Grey when not given.
    pub colour: Option<Colour>,
}

impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        check_name(checks, "name", &mut self.name);
    }
}

sql! {
    fn count() -> i64 = "select count(*) from tag where tenant_id = $1";
    fn insert(id: TagId, name: String, name_key: String, colour: Colour, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into tag (tenant_id, id, name, name_key, colour, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $6, $7)";
    // Somebody may make the same at this moment: then theirs is taken.
    fn insert_missing(id: TagId, name: String, name_key: String, at: Timestamp, created_by: Option<uuid::Uuid>) -> u64 = "
        insert into tag (tenant_id, id, name, name_key, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $5, $6) on conflict (tenant_id, name_key) do nothing";
}

async fn room(tx: &mut TenantTx, more: usize) -> Result<()> {
    match tx.run(count()).await? + more as i64 > MOST {
        true => {
            Err(Error::refused("A company has at most 200 tags. Delete one that is no longer used, under Settings."))
        }
        false => Ok(()),
    }
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<Tag> {
    room(tx, 1).await?;
    let (id, now) = (TagId::new(), tx.now());
    let colour = new.colour.unwrap_or(Colour::Grey);
    tx.queue(insert(id, new.name.clone(), fold(&new.name), colour, now, tx.user()));
    tx.tell(&TagCreated { tag: id });
    Ok(Tag { id, name: new.name, colour, version: 1, created_at: now, updated_at: now })
}

/// The tags of these names, however they are written; those that are missing are made.
pub(crate) async fn known_or_made(tx: &mut TenantTx, names: &[String]) -> Result<Vec<Tag>> {
    // Of several ways of writing one, the first.
    let asked: BTreeMap<String, &String> = names.iter().rev().map(|name| (fold(name), name)).collect();
    let keys: Vec<String> = asked.keys().cloned().collect();
    let known = tx.run(called(keys.clone())).await?;
    if known.len() == keys.len() {
        return Ok(known);
    }
    let missing = asked.iter().filter(|(key, _)| known.iter().all(|tag| fold(&tag.name) != **key));
    let (now, user) = (tx.now(), tx.user());
    let new: Vec<(TagId, &String, &String)> = missing.map(|(key, name)| (TagId::new(), *name, key)).collect();
    room(tx, new.len()).await?;
    let statements: Vec<_> =
        new.iter().map(|(id, name, key)| insert_missing(*id, (*name).clone(), (*key).clone(), now, user)).collect();
    let made = tx.run(statements).await?;
    for ((id, ..), _) in new.iter().zip(made).filter(|(_, rows)| *rows == 1) {
        tx.tell(&TagCreated { tag: *id });
    }
    tx.run(called(keys)).await
}

pub async fn api(access: Access<CustomersWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Tag>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let tag = create(tx, new.clone()).await?;
            Ok(Created { location: "/api/v1/tags".into(), body: tag })
        })
        .await
}
