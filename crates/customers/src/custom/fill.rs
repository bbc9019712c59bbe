//! The fields on the form of a customer: named `custom.<key>`, beside those that every customer has.
use kernel::Checks;
use maud::{Markup, html};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use ui::{Filled, field, form};

use super::{Custom, Field, Kind, told};

/// What a form says besides its own fields.
pub(crate) type Typed = BTreeMap<String, String>;

const BEFORE: &str = "custom.";

/// Nothing but these may be there besides.
pub(crate) fn typed(checks: &mut Checks, rest: &Typed) -> Map<String, Value> {
    let mut values = Map::new();
    for (name, value) in rest {
        match name.strip_prefix(BEFORE) {
            Some(key) => drop(values.insert(key.to_owned(), value.clone().into())),
            None => drop(checks.that(false, name, "unknown", "There is no such field here.")),
        }
    }
    values
}

/// A form says all there is: what is not there was left empty, or not ticked.
pub(crate) fn whole(fields: &[Field], mut given: Map<String, Value>) -> Map<String, Value> {
    for field in fields {
        let empty = if field.kind == Kind::Flag { Value::Bool(false) } else { Value::Null };
        given.entry(field.key.clone()).or_insert(empty);
    }
    given
}

/// For the form of somebody who is there.
pub(crate) fn values(custom: &Custom) -> impl Iterator<Item = (String, String)> {
    custom.0.iter().map(|(key, value)| {
        let said = match value {
            Value::Bool(true) => "true".into(),
            Value::Bool(false) => String::new(),
            other => told(other),
        };
        (format!("{BEFORE}{key}"), said)
    })
}

pub(crate) fn inputs(filled: &Filled, fields: &[Field]) -> Markup {
    let one = |of: &Field| {
        let name = format!("{BEFORE}{}", of.key);
        let drawn = match of.kind {
            Kind::Text => field::text(filled, &name, &of.label).most(500).autocomplete("off"),
            Kind::Number => field::number(filled, &name, &of.label),
            Kind::Date => field::date(filled, &name, &of.label),
            Kind::Flag => field::checkbox(filled, &name, &of.label),
            Kind::Choice => {
                let mut choices = vec![(String::new(), "Not chosen".to_owned())];
                choices.extend(of.choices.iter().map(|choice| (choice.clone(), choice.clone())));
                // One that can be chosen no more stays until another is.
                let now = filled.value(&name);
                if !now.is_empty() && of.choices.iter().all(|choice| choice != now) {
                    choices.push((now.to_owned(), now.to_owned()));
                }
                field::select(filled, &name, &of.label, &choices)
            }
        };
        if of.required { drawn.required() } else { drawn }
    };
    html! { @if !fields.is_empty() { (form::part("Your own fields", "", html! { @for of in fields { (one(of)) } })) } }
}
