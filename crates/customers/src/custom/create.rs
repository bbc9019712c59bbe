//! Adding a field.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::SettingsWrite;

use super::{Field, FieldCreated, FieldId, Kind, MOST, all, forget};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCustomField")]
pub struct New {
    pub label: String,
    pub kind: Kind,
    /// Made from the label when not given: small letters, figures and `_`.
    pub key: Option<String>,
    /// For `choice`, at most 50.
    #[serde(default)]
    pub choices: Vec<String>,
    #[serde(default)]
    pub required: bool,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("label", &mut self.label, 60, "the field a name");
        let given = self.key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let key = given.map_or_else(|| fold(&self.label).replace(' ', "_"), str::to_owned);
        let key: String = if given.is_some() { key } else { key.chars().filter(char::is_ascii).take(40).collect() };
        let fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let good =
            (1..=40).contains(&key.len()) && key.chars().all(fit) && key.starts_with(|c: char| c.is_ascii_lowercase());
        if !self.label.is_empty() {
            let at = if given.is_some() { "key" } else { "label" };
            checks.that(
                good,
                at,
                "key",
                "Begin with a letter; a key is small letters, figures and _, such as gate_code.",
            );
        }
        self.key = Some(key);
        check_choices(checks, &mut self.choices);
        let enough = self.kind != Kind::Choice || !self.choices.is_empty();
        checks.that(enough, "choices", "required", "Say what can be chosen.");
        if self.kind != Kind::Choice {
            self.choices.clear();
        }
        checks.that(
            !(self.required && self.kind == Kind::Flag),
            "required",
            "flag",
            "Yes or no is always answered; leave this out.",
        );
    }
}

pub(super) fn check_choices(checks: &mut Checks, choices: &mut Vec<String>) {
    checks.that(choices.len() <= 50, "choices", "too_many", "There are at most 50 to choose from.");
    for (n, choice) in choices.iter_mut().take(50).enumerate() {
        checks.text(&format!("choices/{n}"), choice, 80, "each choice a name");
    }
    let mut seen = std::collections::HashSet::new();
    choices.retain(|choice| seen.insert(choice.clone()));
}

sql! {
    fn insert(id: FieldId, key: String, label: String, kind: Kind, choices: Vec<String>, required: bool, position: i32, at: Timestamp, created_by: Option<uuid::Uuid>) = "
        insert into custom_field (tenant_id, id, key, label, kind, choices, required, position, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
}

pub async fn create(tx: &mut TenantTx, new: New) -> Result<Field> {
    let there = tx.run(all()).await?;
    if there.len() >= MOST {
        return Err(Error::refused("There are 40 fields already. Delete one that is no longer needed first."));
    }
    let New { label, kind, key, choices, required } = new;
    let (id, key, now) = (FieldId::new(), key.unwrap_or_default(), tx.now());
    let position = there.last().map_or(1, |last| (last.position + 1).min(1000));
    tx.queue(insert(id, key.clone(), label.clone(), kind, choices.clone(), required, position, now, tx.user()));
    tx.tell(&FieldCreated { field: id });
    Ok(Field { id, key, label, kind, choices, required, position, version: 1, created_at: now, updated_at: now })
}

pub async fn api(access: Access<SettingsWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Field>>> {
    let made = access
        .once(async |tx: &mut TenantTx| {
            let field = create(tx, new.clone()).await?;
            Ok(Created { location: "/api/v1/custom-fields".into(), body: field })
        })
        .await;
    forget(&access);
    made
}
