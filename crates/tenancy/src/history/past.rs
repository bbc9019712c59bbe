//! A record as it was at a moment, put together from its changes.
use jiff::Timestamp;
use kernel::{Error, Permission, Result, Scope, TenantTx, row, sql};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use crate::AuditRead;

row! { struct State { record: String, deed: String, state: Value } }
row! { struct Part { state: Value } }

sql! {
    fn state(record: Uuid, at: Timestamp) -> Option<State> = "
        select k.record, k.deed, coalesce((
            select jsonb_object_agg(x.key, x.value) from (
                select distinct on (e.key) e.key, e.value from record_change c cross join lateral jsonb_each(c.after) e
                where c.tenant_id = $1 and c.record_id = $2 and c.at <= $3 order by e.key, c.n desc) x), '{}') as state
        from (select record, deed from record_change where tenant_id = $1 and record_id = $2 and at <= $3 order by n desc limit 1) k";
    fn parts(whole: Uuid, record: String, at: Timestamp) -> Vec<Part> = "
        select coalesce((
            select jsonb_object_agg(x.key, x.value) from (
                select distinct on (e.key) e.key, e.value from record_change c cross join lateral jsonb_each(c.after) e
                where c.tenant_id = $1 and c.record_id = p.record_id and c.at <= $4 order by e.key, c.n desc) x), '{}') as state
        from (
            select distinct on (record_id) record_id, deed from record_change
            where tenant_id = $1 and part_of = $2 and record = $3 and at <= $4 order by record_id, n desc) p
        where p.deed <> 'delete' order by p.record_id";
}

/// What a request for a record may ask besides.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// As it was at this moment; takes the right to read who did what.
    pub as_of: Option<Timestamp>,
}

/// A moment to look back to.
pub struct Past<'a> {
    tx: &'a mut TenantTx,
    pub at: Timestamp,
}

impl<'a> Past<'a> {
    /// Looks back for somebody who may read what was changed or taken away since.
    pub async fn of<T: Send>(
        scope: &Scope,
        at: Timestamp,
        look: impl AsyncFnOnce(&mut Past<'_>) -> Result<T> + Send,
    ) -> Result<T> {
        if !scope.can::<AuditRead>() {
            return Err(Error::Forbidden(AuditRead::NAME));
        }
        if at > scope.now() {
            return Err(Error::field("/as_of", "future", "Ask for a moment that has passed."));
        }
        scope.read_with(async move |tx: &mut TenantTx| look(&mut Past { tx, at }).await).await
    }

    /// The kind of the record and its fields, if it was there.
    pub async fn find(&mut self, id: Uuid) -> Result<Option<(String, Value)>> {
        let found = self.tx.run(state(id, self.at)).await?;
        Ok(found.filter(|found| found.deed != "delete").map(|found| (found.record, found.state)))
    }

    /// The record's fields; there must have been one.
    pub async fn one(&mut self, record: &str, id: Uuid) -> Result<Value> {
        match self.find(id).await? {
            Some((kind, state)) if kind == record => Ok(state),
            _ => Err(Error::NotFound),
        }
    }

    /// What it was called.
    pub async fn name(&mut self, id: Option<Uuid>) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let found = self.find(id).await?;
        Ok(found.and_then(|(_, state)| state.get("name").and_then(Value::as_str).map(str::to_owned)))
    }

    /// The parts that it had: an invoice's lines.
    pub async fn parts<T: DeserializeOwned>(&mut self, record: &str, whole: Uuid) -> Result<Vec<T>> {
        let found = self.tx.run(parts(whole, record.to_owned(), self.at)).await?;
        found.into_iter().map(|part| shaped(part.state)).collect()
    }

    /// For what is only ever added to.
    pub fn tx(&mut self) -> &mut TenantTx {
        self.tx
    }
}

/// The fields as the struct that is told today. A field that is newer than the moment is one it cannot say.
pub fn shaped<T: DeserializeOwned>(state: Value) -> Result<T> {
    serde_json::from_value(state).map_err(|error| {
        tracing::info!(%error, "a record of the past lacks what it has today");
        Error::refused("At that moment this record did not have all that it has today. Its history shows what it had.")
    })
}

/// Another field of the state: a name that is kept elsewhere.
pub fn with<T: serde::Serialize>(mut state: Value, field: &str, value: T) -> Value {
    state[field] = serde_json::to_value(value).unwrap_or_default();
    state
}

/// The id in a field of the state.
pub fn id_in(state: &Value, field: &str) -> Option<Uuid> {
    state.get(field).and_then(Value::as_str).and_then(|id| id.parse().ok())
}
