//! What a customer is shown, as one text that is hashed, kept and drawn from: the page, the PDF and the approval cannot differ.
use customers::CustomerId;
use jiff::civil::Date;
use kernel::{Currency, Error, Money, Result, secret::hash, sum::Rules};
use serde::{Deserialize, Serialize};

use crate::{
    EstimateId, EstimateLineId, OptionId,
    estimate::option::{self, Kept, KeptOption},
    sum::{Part, Reckoned},
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    pub estimate: EstimateId,
    pub number: String,
    pub revision: i32,
    pub company: String,
    pub customer: CustomerId,
    /// Name and address, a line each.
    pub addressed_to: String,
    pub title: String,
    pub note: Option<String>,
    pub terms: Option<String>,
    pub valid_until: Option<Date>,
    pub currency: String,
    pub rules: Rules,
    /// Why it has no tax, or not all.
    pub tax_note: Option<String>,
    pub deposit_ppm: i64,
    pub deposit_minor: i64,
    pub options: Vec<Offered>,
}

/// An option with its lines, and what it comes to without the ones that may be ticked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offered {
    pub option: KeptOption,
    pub lines: Vec<Kept>,
    pub total_minor: i64,
}

/// An option with what was ticked of it: its lines, its sums, and the hash that stands for having seen them.
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    pub option: &'a KeptOption,
    pub lines: Vec<&'a Kept>,
    pub ticked: Vec<EstimateLineId>,
    pub sums: Reckoned,
    pub deposit_minor: i64,
    pub hash: String,
}

impl Content {
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::Bug(format!("what an estimate shows is no JSON: {e}")))
    }
    pub fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|e| Error::Bug(format!("what an estimate showed does not read: {e}")))
    }
    pub fn currency(&self) -> Currency {
        Currency::of(&self.currency).unwrap_or(Currency::USD)
    }
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency())
    }
    pub fn deposit(&self) -> Part {
        Part { ppm: self.deposit_ppm, minor: self.deposit_minor }
    }
    pub fn kept(&self) -> (Vec<KeptOption>, Vec<Kept>) {
        let lines = self.options.iter().flat_map(|offered| offered.lines.iter().cloned());
        (self.options.iter().map(|offered| offered.option.clone()).collect(), lines.collect())
    }

    /// What it comes to with these lines ticked. What is no line of the option that may be ticked, is refused.
    pub fn choose(&self, option: OptionId, ticked: &[EstimateLineId], of: &str) -> Result<Choice<'_>> {
        let gone = || Error::refused("That is not on this estimate. Load the page again to see what there is.");
        let offered = self.options.iter().find(|offered| offered.option.id == option).ok_or_else(gone)?;
        let may = |id: &EstimateLineId| offered.lines.iter().any(|line| line.optional && line.id == *id);
        if !ticked.iter().all(may) {
            return Err(gone());
        }
        let lines: Vec<&Kept> =
            offered.lines.iter().filter(|line| !line.optional || ticked.contains(&line.id)).collect();
        let sums = option::total(self.rules, &offered.option, lines.iter().copied())?;
        let deposit_minor = self.deposit().of(sums.total_minor);
        let mut ticked = ticked.to_vec();
        ticked.sort();
        ticked.dedup();
        let names: Vec<String> = ticked.iter().map(ToString::to_string).collect();
        let said = format!("{of}\n{option}\n{}\n{}\n{deposit_minor}", names.join(","), sums.total_minor);
        Ok(Choice { option: &offered.option, lines, ticked, sums, deposit_minor, hash: hash(&said) })
    }

    /// What of this is otherwise than `before`, in sentences for the customer.
    pub fn news(&self, before: &Self, language: &str) -> Vec<String> {
        let mut news = vec![];
        let mut say = |is: bool, says: String| {
            if is {
                news.push(says);
            }
        };
        let money = |minor| self.money(minor).display(language);
        for offered in &self.options {
            let name = &offered.option.name;
            let was = before.options.iter().find(|was| was.option.id == offered.option.id);
            match was {
                None => say(true, format!("{name} is new, for {}.", money(offered.total_minor))),
                Some(was) => {
                    let (old, new) = (was.total_minor, offered.total_minor);
                    say(old != new, format!("{name} is {} now; it was {}.", money(new), money(old)));
                    let same = serde_json::to_value(&was.lines).ok() == serde_json::to_value(&offered.lines).ok();
                    say(old == new && !same, format!("The lines of {name} are others."));
                }
            }
        }
        for was in &before.options {
            let stays = self.options.iter().any(|offered| offered.option.id == was.option.id);
            say(!stays, format!("{} is no longer offered.", was.option.name));
        }
        say(before.deposit() != self.deposit(), "The deposit is another.".into());
        say(before.terms != self.terms, "The terms are others.".into());
        say(before.note != self.note || before.title != self.title, "The words are others.".into());
        say(before.valid_until != self.valid_until, "It is good until another day.".into());
        news
    }
}
