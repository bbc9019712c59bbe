//! Lines, options and words as people type them, read as what the rules take.
use catalog::ItemId;
use jiff::civil::Date;
use kernel::{Checks, Currency, Error, Input, Money, Result, sight, sum::LineTax};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    edit::EditInput,
    option::{LineInput, OptionInput},
};
use crate::OptionId;
use billing::{
    tax_choice::KEPT,
    written::{typed_amount, typed_number},
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LineForm {
    /// Where a new line goes.
    pub option_id: Option<OptionId>,
    /// Of the price book.
    pub item_id: Option<ItemId>,
    pub description: Option<String>,
    pub detail: Option<String>,
    pub quantity: Option<String>,
    pub unit_price: Option<String>,
    /// A tax of the price book, `kept` for those the line has, nothing for none.
    pub tax: Option<String>,
    /// Percent, where the price book has no taxes.
    pub tax_rate: Option<String>,
    pub tax_name: Option<String>,
    pub optional: Option<bool>,
}

impl Input for LineForm {
    /// The fields are texts here; `line` reads them and lets the line's own checks speak. What is not heeded is bounded.
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("description", &mut self.description, 300);
        checks.optional("detail", &mut self.detail, 1000);
        checks.optional("quantity", &mut self.quantity, 40);
        checks.optional("unit_price", &mut self.unit_price, 40);
        checks.optional("tax", &mut self.tax, 60);
        checks.optional("tax_rate", &mut self.tax_rate, 40);
        checks.optional("tax_name", &mut self.tax_name, 60);
    }
}

impl LineForm {
    pub fn keeps(&self) -> bool {
        self.tax.as_deref() == Some(KEPT)
    }

    pub fn line(&self, currency: Currency) -> Result<LineInput> {
        let quantity = self.quantity.as_deref().map(|text| typed_number("/quantity", text, 3, "1.5"));
        let price = self.unit_price.as_deref().map(|text| typed_amount("/unit_price", text, currency));
        let rate = self.tax_rate.as_deref().map(|text| typed_number("/tax_rate", text, 4, "8.25"));
        let chosen = self.tax.as_deref().filter(|tax| *tax != KEPT);
        let missing = |_| Error::field("/tax", "missing", "There is no such tax in the price book.");
        let tax_rate_id = chosen.map(|id| id.parse().map_err(missing)).transpose()?;
        let by_hand = rate.transpose()?.map(|rate_ppm| {
            vec![LineTax { name: self.tax_name.clone().unwrap_or_default(), rate_ppm, compound: false }]
        });
        // An item is taxed as the price book has it; what is written by hand and says nothing has no tax.
        let asks = tax_rate_id.is_some() || self.item_id.is_some();
        let mut line = LineInput {
            id: None,
            item_id: self.item_id,
            description: self.description.clone(),
            detail: self.detail.clone(),
            kind: None,
            quantity_milli: quantity.transpose()?,
            unit_price: price.transpose()?,
            taxes: by_hand.or(if asks { None } else { Some(vec![]) }),
            tax_rate_id,
            optional: self.optional.unwrap_or(false),
        };
        let mut checks = Checks::default();
        line.check(&mut checks);
        checks.done().map_err(renamed)?;
        Ok(line)
    }
}

/// The form's field is called as people call it.
pub fn renamed(error: Error) -> Error {
    let Error::Invalid(mut errors) = error else { return error };
    for error in &mut errors {
        match error.pointer.as_str() {
            "/quantity_milli" => error.pointer = "/quantity".into(),
            "/taxes/0/rate_ppm" => error.pointer = "/tax_rate".into(),
            "/taxes/0/name" => error.pointer = "/tax_name".into(),
            "/tax_rate_id" => error.pointer = "/tax".into(),
            _ => {}
        }
    }
    Error::Invalid(errors)
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OptionForm {
    pub name: Option<String>,
    pub description: Option<String>,
    pub recommended: Option<bool>,
    /// Percent.
    pub discount: Option<String>,
    pub discount_amount: Option<String>,
}

impl Input for OptionForm {
    /// As with `LineForm`.
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("name", &mut self.name, 60);
        checks.optional("description", &mut self.description, 1000);
        checks.optional("discount", &mut self.discount, 40);
        checks.optional("discount_amount", &mut self.discount_amount, 40);
    }
}

impl OptionForm {
    pub fn option(&self, currency: Currency) -> Result<OptionInput> {
        let percent = self.discount.as_deref().map(|text| typed_number("/discount", text, 4, "10"));
        let besides = self.discount_amount.as_deref().map(|text| typed_amount("/discount_amount", text, currency));
        let mut option = OptionInput {
            id: None,
            name: self.name.clone(),
            description: self.description.clone(),
            recommended: self.recommended.unwrap_or(false),
            discount_ppm: percent.transpose()?.unwrap_or(0),
            discount_amount: besides.transpose()?,
            lines: vec![],
        };
        let mut checks = Checks::default();
        option.check(&mut checks);
        checks.done()?;
        Ok(option)
    }
}

/// What stands around the options: an empty field takes the words away.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WordsForm {
    pub title: String,
    pub note: String,
    pub terms: String,
    pub valid_until: Option<Date>,
    /// Percent.
    pub deposit: Option<String>,
    pub deposit_amount: Option<String>,
}

impl Input for WordsForm {
    /// As with `LineForm`.
    fn check(&mut self, _: &mut Checks) {}
}

impl WordsForm {
    pub fn edit(&self, currency: Currency) -> Result<EditInput> {
        let percent = self.deposit.as_deref().map(|text| typed_number("/deposit", text, 4, "30"));
        let besides = self.deposit_amount.as_deref().map(|text| typed_amount("/deposit_amount", text, currency));
        EditInput {
            location_id: None,
            title: Some(self.title.clone()),
            note: Some(self.note.clone()),
            terms: Some(self.terms.clone()),
            valid_until: self.valid_until,
            deposit_ppm: Some(percent.transpose()?.unwrap_or(0)),
            // Who is shown no amount takes none away by leaving its field empty.
            deposit_amount: besides.transpose()?.or(sight::prices().then_some(Money::new(0, currency))),
            options: None,
        }
        .checked()
    }
}
