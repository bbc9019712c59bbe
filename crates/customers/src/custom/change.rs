//! Changing a field: what it is called, what can be chosen, whether it must be filled in, where it stands. Its kind and key stay.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::SettingsWrite;

use super::{Field, FieldChanged, FieldId, Kind, create::check_choices, find, forget};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "CustomFieldChange")]
pub struct Change {
    pub label: Option<String>,
    /// Who has one that is left out keeps it until they are changed.
    pub choices: Option<Vec<String>>,
    pub required: Option<bool>,
    pub position: Option<i32>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(label) = &mut self.label {
            checks.text("label", label, 60, "the field a name");
        }
        if let Some(choices) = &mut self.choices {
            check_choices(checks, choices);
        }
        let position = i64::from(self.position.unwrap_or(1));
        checks.range("position", position, 1, 1000, "The place is a number from 1 to 1000.");
    }
}

sql! {
    fn update(id: FieldId, seen: i64, label: String, choices: Vec<String>, required: bool, position: i32, at: Timestamp) -> Option<Field> = "
        update custom_field set label = $4, choices = $5, required = $6, position = $7, updated_at = $8, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3
        returning id, key, label, kind, choices, required, position, version, created_at, updated_at";
}

pub async fn change(tx: &mut TenantTx, id: FieldId, seen: i64, change: Change) -> Result<Field> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let (choices, required) = (change.choices.unwrap_or(now.choices), change.required.unwrap_or(now.required));
    let mut checks = Checks::default();
    let choice = now.kind == Kind::Choice;
    checks.that(!choice || !choices.is_empty(), "choices", "required", "Say what can be chosen.");
    checks.that(
        choice || choices.is_empty(),
        "choices",
        "kind",
        "Only a field of the kind “One of several” has choices.",
    );
    let asked = required && now.kind == Kind::Flag;
    checks.that(!asked, "required", "flag", "Yes or no is always answered; leave this out.");
    checks.done()?;
    let label = change.label.unwrap_or(now.label);
    let statement = update(id, seen, label, choices, required, change.position.unwrap_or(now.position), tx.now());
    let field = tx.run(statement).await?.ok_or(Error::Stale(Some(now.version)))?;
    tx.tell(&FieldChanged { field: id });
    Ok(field)
}

pub async fn api(
    access: Access<SettingsWrite>,
    Path(id): Path<FieldId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Field>> {
    let seen = version.required()?;
    let done = access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One);
    forget(&access);
    done
}
