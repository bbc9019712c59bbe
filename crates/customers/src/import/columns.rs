//! What each column of a file is said to hold, and the fields of the company's own that are made for some of them.
use kernel::{Checks, Error, Input, Result, TenantTx};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use sheets::cell::same;
use std::collections::HashMap;

use super::{
    Import, Source,
    field::Field,
    holds::{Holds, name_of},
    propose::Proposal,
};
use crate::custom::{self, Kind};

/// By the number of the column, `c0` the first: what it holds, such as `email`, or `custom.gate_code` for a field of the
/// company's own; `new.number` makes the field, named as the column is. Columns that are not named are left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Columns {
    /// The system the file comes from; as it was recognised, when not given.
    pub(super) source: Option<Source>,
    // Of any kind, so that what is no text is named by its column.
    #[serde(flatten)]
    #[schemars(with = "HashMap<String, String>")]
    columns: HashMap<String, Value>,
}

enum Chosen {
    Holds(Holds),
    New(Kind),
}

/// As it is written for a field that is to be made.
pub(super) const NEW: &str = "new.";

fn chosen(value: &Value) -> Option<Chosen> {
    let text = value.as_str()?;
    match text.strip_prefix(NEW) {
        Some(kind) => kind.parse().ok().map(Chosen::New),
        None => text.parse().ok().map(Chosen::Holds),
    }
}

const OFFERED: &str = "Choose one of the fields offered, or leave the column out.";

impl Input for Columns {
    fn check(&mut self, checks: &mut Checks) {
        for (column, holds) in &self.columns {
            let is_column = column.strip_prefix('c').is_some_and(|n| n.parse::<u8>().is_ok());
            checks.that(is_column && chosen(holds).is_some(), column, "column", OFFERED);
        }
    }
}

impl Columns {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
    pub(super) fn makes_fields(&self) -> bool {
        self.columns.values().any(|holds| matches!(chosen(holds), Some(Chosen::New(_))))
    }

    /// With the fields made that are to be.
    pub(super) async fn settle(&self, tx: &mut TenantTx, import: &Import) -> Result<Vec<Option<Holds>>> {
        let (columns, proposed) = (import.columns(), import.proposed());
        let mut own = tx.run(custom::all()).await?;
        let mut mapping = vec![];
        for (n, column) in columns.iter().enumerate() {
            let at = format!("c{n}");
            mapping.push(match self.columns.get(&at).and_then(chosen) {
                Some(Chosen::Holds(holds)) if holds.is_there(&own) => Some(holds),
                Some(Chosen::Holds(_)) => return Err(Error::field(&format!("/{at}"), "column", OFFERED)),
                Some(Chosen::New(kind)) => {
                    Some(Holds::Own(make(tx, &mut own, column, kind, proposed.get(n), &at).await?))
                }
                None => None,
            });
        }
        once(&mapping, &own)?;
        let named = [Field::Name, Field::Company, Field::FirstName, Field::LastName];
        match mapping.iter().flatten().any(|held| matches!(held, Holds::Known(field) if named.contains(field))) {
            true => Ok(mapping),
            false => Err(nameless()),
        }
    }
}

pub(super) fn nameless() -> Error {
    Error::field("", "name", "Say which column holds the customer's name.")
}

fn once(mapping: &[Option<Holds>], own: &[custom::Field]) -> Result<()> {
    let held: Vec<&Holds> = mapping.iter().flatten().filter(|held| !held.takes_many()).collect();
    let twice = held.iter().enumerate().find(|(n, one)| held.iter().take(*n).any(|before| before == *one));
    match twice {
        None => Ok(()),
        Some((_, held)) => {
            let says = format!("{} is chosen for two columns. Choose one of them.", held.label(own));
            Err(Error::field("", "twice", says))
        }
    }
}

/// The key of the field that is named as the column is; one that is there already is taken.
async fn make(
    tx: &mut TenantTx,
    own: &mut Vec<custom::Field>,
    column: &str,
    kind: Kind,
    proposed: Option<&Proposal>,
    at: &str,
) -> Result<String> {
    let label: String = name_of(column).chars().take(60).collect();
    if let Some(field) = own.iter().find(|field| same(&field.label, &label) && field.kind == kind) {
        return Ok(field.key.clone());
    }
    let choices = proposed.filter(|proposed| proposed.kind == kind).map(|proposed| proposed.choices.clone());
    let key = Some(free_key(&label, own));
    let new = custom::New { label, kind, key, choices: choices.unwrap_or_default(), required: false };
    let new = new.checked().map_err(|error| match error {
        Error::Invalid(_) => Error::field(&format!("/{at}"), "field", error.problem().detail),
        other => other,
    })?;
    let field = custom::create(tx, new).await?;
    let key = field.key.clone();
    own.push(field);
    Ok(key)
}

/// In the letters that a key has, and of none that is there.
fn free_key(label: &str, own: &[custom::Field]) -> String {
    let plain: String = kernel::text::fold(label).replace(' ', "_").chars().filter(char::is_ascii).take(36).collect();
    let begins = plain.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = if begins { plain } else { format!("field_{}", plain.chars().take(30).collect::<String>()) };
    let plain = plain.trim_end_matches('_').to_owned();
    let taken = |key: &String| own.iter().any(|field| field.key == *key);
    let more = (2..=99).map(|n| format!("{plain}_{n}"));
    std::iter::once(plain.clone()).chain(more).find(|key| !taken(key)).unwrap_or(plain)
}

#[test]
fn a_key_is_made_of_any_heading() {
    assert_eq!(free_key("Gate code #2", &[]), "gate_code_2");
    assert_eq!(free_key("2nd phone", &[]), "field_2nd_phone");
    assert_eq!(free_key("קוד", &[]), "field");
}
