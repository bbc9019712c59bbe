//! A cell for a field of the company's own: other systems write days, figures and yes or no otherwise than our form does.
use serde_json::Value;
use sheets::cell::{day, flag, is_nothing, number, same};

use crate::custom::{Field, Kind};

/// As a person would have filled it in; what cannot be understood stays as it is, for the field to refuse. None for a cell
/// that says nothing.
pub(super) fn typed(field: &Field, cell: &str, country: &str) -> Option<Value> {
    let choice = || field.choices.iter().find(|choice| same(choice, cell));
    // "None" may be one of several.
    if let (Kind::Choice, Some(choice)) = (field.kind, choice()) {
        return Some(choice.clone().into());
    }
    let said: Option<Value> = match field.kind {
        _ if is_nothing(cell) => return None,
        Kind::Flag => flag(cell).map(Value::from),
        Kind::Number => number(cell).map(Value::from),
        Kind::Date => day(cell, country).map(|day| day.to_string().into()),
        Kind::Text | Kind::Choice => None,
    };
    Some(said.unwrap_or_else(|| cell.into()))
}
