//! What may stand in a field, as a program or a form says it, and how it reads.
use jiff::civil::Date;
use kernel::{Checks, Result};
use serde_json::{Map, Number, Value};

use super::{Custom, Field, Kind};

const LONGEST: usize = 500;
const LARGEST: f64 = 1e12;

/// The given values as they are kept; `null` and "" take one away. Of whoever is new the required fields are asked for.
pub(crate) fn settle(fields: &[Field], given: Map<String, Value>, new: bool) -> Result<Map<String, Value>> {
    let (mut checks, mut kept) = (Checks::default(), Map::new());
    checks.within("custom", |checks| {
        for field in fields.iter().filter(|field| field.required) {
            let missing = given.get(&field.key).map_or(new, is_nothing);
            checks.that(!missing, &field.key, "required", format!("Give {}.", field.label));
        }
        for (key, value) in given {
            match fields.iter().find(|field| field.key == key) {
                None => drop(checks.that(false, &key, "unknown", "There is no field of this name.")),
                Some(_) if is_nothing(&value) => drop(kept.insert(key, Value::Null)),
                Some(field) => match value_of(field, &value) {
                    Ok(value) => drop(kept.insert(key, value)),
                    Err(says) => drop(checks.that(false, &key, field.kind.as_str(), says)),
                },
            }
        }
    });
    checks.done()?;
    Ok(kept)
}

/// The values of somebody who is there: what stays as it is was right when it was said.
pub(crate) fn changed(fields: &[Field], now: &Custom, mut given: Map<String, Value>) -> Result<Custom> {
    given.retain(|key, value| now.0.get(key) != Some(value));
    Ok(now.clone().with(settle(fields, given, false)?))
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// One value as it is kept, or what is wrong with it.
pub(crate) fn value_of(field: &Field, value: &Value) -> std::result::Result<Value, String> {
    let (label, text) = (&field.label, value.as_str().map(str::trim));
    match field.kind {
        Kind::Text => match text {
            Some(text) if text.contains('\0') => Err(format!("{label} holds a character that cannot be kept.")),
            Some(text) if text.chars().count() <= LONGEST => Ok(text.into()),
            Some(_) => Err(format!("{label} has at most {LONGEST} characters.")),
            None => Err(format!("{label} is a text.")),
        },
        Kind::Number => number(value, text).ok_or_else(|| format!("{label} is a number, such as 12.5.")),
        Kind::Date => text
            .and_then(|text| text.parse::<Date>().ok())
            .filter(|day| day.year() >= 1)
            .map(|day| day.to_string().into())
            .ok_or_else(|| format!("{label} is a day, such as 2026-06-23.")),
        Kind::Flag => match (value, text) {
            (Value::Bool(yes), _) => Ok((*yes).into()),
            (_, Some("true" | "yes")) => Ok(true.into()),
            (_, Some("false" | "no")) => Ok(false.into()),
            _ => Err(format!("{label} is yes or no.")),
        },
        Kind::Choice => match text {
            Some(text) if field.choices.iter().any(|choice| choice == text) => Ok(text.into()),
            _ => Err(format!("{label} is one of {}.", field.choices.join(", "))),
        },
    }
}

/// Whole ones stay whole.
fn number(value: &Value, text: Option<&str>) -> Option<Value> {
    let whole = value.as_i64().or_else(|| text.and_then(|text| text.parse().ok()));
    if let Some(whole) = whole.filter(|whole: &i64| whole.unsigned_abs() <= LARGEST as u64) {
        return Some(whole.into());
    }
    let plain = |text: &&str| text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let parted = value.as_f64().or_else(|| text.filter(plain).and_then(|text| text.parse().ok()));
    parted
        .filter(|number: &f64| number.is_finite() && number.abs() <= LARGEST)
        .and_then(Number::from_f64)
        .map(Value::from)
}

/// As a person reads it.
pub(crate) fn told(value: &Value) -> String {
    match value {
        Value::Bool(true) => "Yes".into(),
        Value::Bool(false) => "No".into(),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[test]
fn each_kind_takes_what_it_is_and_says_so() {
    let field = |kind: Kind| Field {
        id: super::FieldId::max(),
        key: "k".into(),
        label: "It".into(),
        kind,
        choices: vec!["A".into(), "B".into()],
        required: false,
        position: 0,
        version: 1,
        created_at: jiff::Timestamp::UNIX_EPOCH,
        updated_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let kept = |kind: Kind, value: Value| value_of(&field(kind), &value).ok();
    use serde_json::json;
    for (kind, given, is) in [
        (Kind::Text, json!(" a "), Some(json!("a"))),
        (Kind::Text, json!(1), None),
        (Kind::Number, json!("12.50"), Some(json!(12.5))),
        (Kind::Number, json!("-3"), Some(json!(-3))),
        (Kind::Number, json!(2.25), Some(json!(2.25))),
        (Kind::Number, json!("1e3"), None),
        (Kind::Number, json!("12 m"), None),
        (Kind::Number, json!("inf"), None),
        (Kind::Number, json!(1e15), None),
        (Kind::Date, json!("2026-06-23"), Some(json!("2026-06-23"))),
        (Kind::Date, json!("23.6.2026"), None),
        (Kind::Flag, json!("true"), Some(json!(true))),
        (Kind::Flag, json!("perhaps"), None),
        (Kind::Choice, json!("B"), Some(json!("B"))),
        (Kind::Choice, json!("C"), None),
    ] {
        assert_eq!(kept(kind, given.clone()), is, "{kind} {given}");
    }
}
