//! Putting a field back as it was before a change.
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Form, Json, Path, Redirect},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Change, ChangeId, PUT_BACK, PutBack, find};
use crate::AuditRead;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The field that shall be again what it was before this change.
    pub field: String,
}

impl Input for Asked {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("field", &mut self.field, 100, "the field to put back");
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FieldPutBack {
    pub record: String,
    pub record_id: Uuid,
    pub field: String,
    /// As it is again.
    pub value: Value,
}

/// Who may put this field of this change back, if anybody can.
pub(super) fn way(scope: &Scope, change: &Change, field: &str) -> Option<&'static PutBack> {
    let known = |way: &&PutBack| way.record == change.record && way.fields.contains(&field);
    let before = change.before.as_object().filter(|_| change.deed == "update")?;
    before.contains_key(field).then(|| PUT_BACK.iter().find(known)).flatten().filter(|way| scope.may(way.permission))
}

async fn put_back(scope: &Scope, id: ChangeId, field: &str) -> Result<FieldPutBack> {
    let change = scope.read(find(id)).await?.ok_or(Error::NotFound)?;
    let way = way(scope, &change, field).ok_or_else(|| {
        Error::field("/field", "stays", "This cannot be put back from here. Change it where it is shown, if you may.")
    })?;
    let value = change.before.get(field).cloned().unwrap_or_default();
    // An empty text takes a value away, as in any change.
    let sent = if value.is_null() { Value::from("") } else { value.clone() };
    (way.run)(scope.clone(), change.record_id, Map::from_iter([(field.to_owned(), sent)])).await?;
    Ok(FieldPutBack { record: change.record, record_id: change.record_id, field: field.to_owned(), value })
}

/// Putting back twice is putting back once, so nothing is kept with an idempotency key.
pub async fn api(
    access: Access<AuditRead>,
    Path(id): Path<ChangeId>,
    Json(asked): Json<Asked>,
) -> Result<Json<FieldPutBack>> {
    put_back(&access, id, &asked.field).await.map(Json)
}

pub async fn post(access: Access<AuditRead>, Path(id): Path<ChangeId>, form: Form<Asked>) -> Result<Redirect> {
    let change = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let back = format!("/history/{}", change.part_of.unwrap_or(change.record_id));
    let scope = &access;
    Ok(match form.then(|asked| async move { put_back(scope, id, &asked.field).await }).await? {
        Ok(done) => Redirect::to(back).toast(&format!("{} is as it was before.", super::said(&done.field))),
        Err(typed) => {
            let why = typed.errors.first().map(|(_, sentence)| sentence.clone());
            Redirect::to(back).toast(why.as_deref().unwrap_or("It could not be put back."))
        }
    })
}
