//! What a column is said to hold: what every customer has, or a field of the company's own.
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

use sheets::cell::same;

use super::{field::Field, format::own_field};
use crate::custom;

/// Written as "email" or "custom.gate_code".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) enum Holds {
    Known(Field),
    Own(String),
}

const BEFORE: &str = "custom.";

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(field) => field.fmt(f),
            Self::Own(key) => write!(f, "{BEFORE}{key}"),
        }
    }
}
impl FromStr for Holds {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix(BEFORE) {
            Some(key) => Ok(Self::Own(key.into())),
            None => text.parse().map(Self::Known).map_err(|_| format!("no column holds {text}")),
        }
    }
}
impl From<Holds> for String {
    fn from(holds: Holds) -> Self {
        holds.to_string()
    }
}
impl TryFrom<String> for Holds {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Holds {
    pub fn takes_many(&self) -> bool {
        matches!(self, Self::Known(field) if field.takes_many())
    }
    pub fn label(&self, own: &[custom::Field]) -> String {
        match self {
            Self::Known(field) => field.label().into(),
            Self::Own(key) => own.iter().find(|field| field.key == *key).map_or(key, |field| &field.label).clone(),
        }
    }
    pub fn is_there(&self, own: &[custom::Field]) -> bool {
        match self {
            Self::Known(_) => true,
            Self::Own(key) => own.iter().any(|field| field.key == *key),
        }
    }
}

/// What the column would be called as a field: without what another system writes around it.
pub(super) fn name_of(column: &str) -> &str {
    own_field(column).map_or(column, |(_, name)| name).trim()
}

/// For what a company has a field of its own does not stand among the notes.
pub(super) fn with_own(columns: &[String], guessed: Vec<Option<Field>>, own: &[custom::Field]) -> Vec<Option<Holds>> {
    let mut free: Vec<&custom::Field> = own.iter().collect();
    let held = columns.iter().zip(guessed).map(|(column, guessed)| {
        let spare = matches!(guessed, None | Some(Field::Notes | Field::AccessNotes));
        let named = |field: &&custom::Field| same(&field.label, name_of(column)) || field.key == column.trim();
        match free.iter().position(named).filter(|_| spare) {
            Some(at) => Some(Holds::Own(free.swap_remove(at).key.clone())),
            None => guessed.map(Holds::Known),
        }
    });
    held.collect()
}
