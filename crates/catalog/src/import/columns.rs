//! What each column of a file is said to hold.
use kernel::{Checks, Error, Input, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

use super::{ItemImport, field::Field};

/// By the number of the column, `c0` the first: what it holds, such as `price`. Columns that are not named are left out; with none,
/// all are as they were guessed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Columns {
    // Of any kind, so that what is no text is named by its column.
    #[serde(flatten)]
    #[schemars(with = "HashMap<String, String>")]
    columns: HashMap<String, Value>,
}

const OFFERED: &str = "Choose one of the fields offered, or leave the column out.";

fn field(value: &Value) -> Option<Field> {
    value.as_str()?.parse().ok()
}

impl Input for Columns {
    fn check(&mut self, checks: &mut Checks) {
        for (column, holds) in &self.columns {
            let is_column = column.strip_prefix('c').is_some_and(|n| n.parse::<u8>().is_ok());
            checks.that(is_column && field(holds).is_some(), column, "column", OFFERED);
        }
    }
}

impl Columns {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// `costs`: whether whoever asks may see them.
    pub(super) fn settle(&self, import: &ItemImport, costs: bool) -> Result<Vec<Option<Field>>> {
        let mapping: Vec<Option<Field>> = match self.is_empty() {
            true => import.mapping(),
            false => (0..import.columns().len()).map(|n| self.columns.get(&format!("c{n}")).and_then(field)).collect(),
        };
        let held: Vec<Field> = mapping.iter().flatten().copied().collect();
        if let Some(n) = mapping.iter().position(|held| *held == Some(Field::Cost)).filter(|_| !costs) {
            let says = "Costs are brought in by those who may see them. Leave this column out.";
            return Err(Error::field(&format!("/c{n}"), "forbidden", says));
        }
        if let Some((_, twice)) = held.iter().enumerate().find(|(n, one)| held[..*n].contains(one)) {
            let says = format!("{} is chosen for two columns. Choose one of them.", twice.label());
            return Err(Error::field("", "twice", says));
        }
        match held.contains(&Field::Name) {
            true => Ok(mapping),
            false => Err(nameless()),
        }
    }
}

pub(super) fn nameless() -> Error {
    Error::field("", "name", "Say which column holds the item's name.")
}
