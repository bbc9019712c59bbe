//! The lines of a job as forms: what a person types, read as what the rules take.
use catalog::{ItemId, item::Kind};
use kernel::{Checks, Cost, Currency, Error, Input, Money, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::line::{add, change, thousandths};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AddForm {
    pub item_id: Option<ItemId>,
    pub description: Option<String>,
    pub kind: Option<Kind>,
    pub quantity: Option<String>,
    pub unit_price: Option<String>,
    pub cost: Option<String>,
}

impl Input for AddForm {
    fn check(&mut self, _: &mut Checks) {
        // The fields are texts here; `line` reads them and lets the line's own checks speak.
    }
}

impl AddForm {
    pub fn line(&self, currency: Currency) -> Result<add::New> {
        add::New {
            item_id: self.item_id,
            description: self.description.clone(),
            kind: self.kind,
            quantity_milli: read_quantity(self.quantity.as_deref())?,
            unit_price: read_price(self.unit_price.as_deref(), currency)?,
            cost: read_cost(self.cost.as_deref(), currency)?,
            taxed: None,
        }
        .checked()
        .map_err(renamed)
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeForm {
    pub description: Option<String>,
    pub quantity: Option<String>,
    pub unit_price: Option<String>,
}

impl Input for ChangeForm {
    fn check(&mut self, _: &mut Checks) {
        // As with `AddForm`.
    }
}

impl ChangeForm {
    pub fn line(&self, currency: Currency) -> Result<change::Change> {
        change::Change {
            description: Some(self.description.clone().unwrap_or_default()),
            quantity_milli: read_quantity(self.quantity.as_deref())?,
            unit_price: read_price(self.unit_price.as_deref(), currency)?,
        }
        .checked()
        .map_err(renamed)
    }
}

fn read_quantity(text: Option<&str>) -> Result<Option<i64>> {
    let read = |text| {
        thousandths(text)
            .ok_or_else(|| Error::field("/quantity", "number", "A quantity is a number, such as 2 or 1.5."))
    };
    text.map(read).transpose()
}

fn read_price(text: Option<&str>, currency: Currency) -> Result<Option<Money>> {
    let read = |text| {
        Money::parse(text, currency)
            .ok_or_else(|| Error::field("/unit_price", "money", "A price is an amount, such as 89 or 12.50."))
    };
    text.map(read).transpose()
}

/// Empty, it is not known.
fn read_cost(text: Option<&str>, currency: Currency) -> Result<Option<Cost>> {
    let read = |text| {
        Cost::parse(text, currency)
            .ok_or_else(|| Error::field("/cost", "money", "A cost is an amount, such as 40 or 12.50."))
    };
    text.filter(|text| !text.trim().is_empty()).map(read).transpose()
}

/// The form's field is called as people call it.
fn renamed(error: Error) -> Error {
    match error {
        Error::Invalid(mut errors) => {
            for error in &mut errors {
                if error.pointer == "/quantity_milli" {
                    error.pointer = "/quantity".into();
                }
            }
            Error::Invalid(errors)
        }
        other => other,
    }
}
