//! What a line calls by name, in the book: a category, a tax, a labor rate; with what the file adds.
use kernel::text::fold;
use uuid::Uuid;

use super::{
    book::Book,
    field::Field,
    line::{Fault, Tax},
};
use crate::{
    category::{self, Category, CategoryId, Status},
    item::Item,
    tax_rate::{TaxRate, TaxRateId, percent},
};

impl Book {
    /// The category of that path, added as far as it is not there.
    pub fn category(&mut self, path: &[String], at: jiff::Timestamp) -> Result<Option<Uuid>, Fault> {
        let mut above: Option<CategoryId> = None;
        for (depth, name) in path.iter().enumerate() {
            let id = match self.names.below.get(&(above, fold(name))) {
                Some(known) => *known,
                None => {
                    let long = name.chars().count();
                    let says = match () {
                        () if long > 80 => {
                            Some(format!("The name of a category has at most 80 characters; this has {long}."))
                        }
                        () if depth >= 5 => Some("Categories go five deep.".into()),
                        () if self.categories.len() as i64 >= category::MOST => {
                            Some("A price book has at most 200 categories.".into())
                        }
                        () => None,
                    };
                    if let Some(says) = says {
                        return Err(Fault::of(Field::Category, says));
                    }
                    let id = CategoryId::new();
                    self.add_category(Category {
                        id,
                        parent_id: above,
                        name: name.clone(),
                        position: self.categories.len() as i32,
                        status: Status::Active,
                        version: 1,
                        created_at: at,
                        updated_at: at,
                    });
                    self.new_categories.insert(id);
                    id
                }
            };
            above = Some(id);
        }
        Ok(above.map(|id| id.0))
    }

    /// `own`: the item's tax as it is, which may be out of use by now.
    pub fn tax(&mut self, tax: &Tax, own: Option<&Item>, at: jiff::Timestamp) -> Result<Option<Uuid>, Fault> {
        let (name, ppm) = match tax {
            Tax::None => return Ok(None),
            Tax::Rate(ppm) => return self.tax_of(*ppm, own).map(Some),
            // What is taxed already keeps its tax.
            Tax::Standard if own.is_some_and(|item| item.tax_rate_id.is_some()) => {
                return Ok(own.and_then(|item| item.tax_rate_id).map(|id| id.0));
            }
            Tax::Standard => {
                let standard = self.taxes.iter().find(|tax| tax.standard).map(|tax| tax.id.0);
                let says = "No tax is the standard one. Choose it under Taxes, or give the name of the tax.";
                return standard.map(Some).ok_or_else(|| Fault::of(Field::Taxed, says));
            }
            Tax::Named(name, ppm) => (name, *ppm),
        };
        let key = fold(name);
        let kept = own.filter(|item| item.tax_name.as_deref().map(fold).as_ref() == Some(&key));
        if let Some(kept) = kept.filter(|item| ppm.is_none_or(|ppm| ppm == item.tax_rate_ppm)) {
            return Ok(kept.tax_rate_id.map(|id| id.0));
        }
        let same_name = self.names.taxes.get(&key).map(Vec::as_slice).unwrap_or_default();
        let same_name: Vec<&TaxRate> = same_name.iter().filter_map(|at| self.taxes.get(*at)).collect();
        let wrong = |says: String| Err(Fault::of(Field::Tax, says));
        match (ppm, same_name.as_slice()) {
            (Some(ppm), all) if all.iter().any(|tax| tax.rate_ppm == ppm) => {
                Ok(all.iter().find(|tax| tax.rate_ppm == ppm).map(|tax| tax.id.0))
            }
            (None, [one]) => Ok(Some(one.id.0)),
            (None, []) => wrong(format!(
                "There is no tax “{name}”. Give its per cent in a column of its own, or add it under Taxes."
            )),
            (None, _) => wrong(format!("There are several taxes “{name}”. Give the per cent in a column of its own.")),
            (Some(ppm), all) if self.named_taxes.contains(&key) => {
                let is: Vec<String> = all.iter().map(|tax| format!("{} %", percent(tax.rate_ppm))).collect();
                wrong(format!("The tax “{name}” is {} here, not {} %.", is.join(" or "), percent(ppm)))
            }
            (Some(ppm), _) => self.new_tax(name, ppm, at),
        }
    }

    /// The one of that rate that was in use before the file, unless the item has one of it.
    fn tax_of(&self, ppm: i64, own: Option<&Item>) -> Result<Uuid, Fault> {
        if let Some(kept) = own.filter(|item| item.tax_rate_ppm == ppm).and_then(|item| item.tax_rate_id) {
            return Ok(kept.0);
        }
        let all = self.taxes.iter().filter(|tax| tax.rate_ppm == ppm && !self.new_taxes.contains(&tax.id));
        let rate = percent(ppm);
        let says = match all.collect::<Vec<_>>().as_slice() {
            [one] => return Ok(one.id.0),
            [] => format!(
                "There is no tax of {rate} % here. Add it under Taxes, or give its name in a column of its own."
            ),
            _ => format!("There are several taxes of {rate} %. Give the name of the tax in a column of its own."),
        };
        Err(Fault::of(Field::TaxPercent, says))
    }

    fn new_tax(&mut self, name: &str, rate_ppm: i64, at: jiff::Timestamp) -> Result<Option<Uuid>, Fault> {
        if name.chars().count() > 80 || self.taxes.len() >= 100 {
            let says = "A tax has a name of at most 80 characters, and there are at most 100 of them.";
            return Err(Fault::of(Field::Tax, says));
        }
        let id = TaxRateId::new();
        let (name, status) = (name.to_owned(), Status::Active);
        self.add_tax(TaxRate {
            id,
            name,
            rate_ppm,
            standard: false,
            status,
            version: 1,
            created_at: at,
            updated_at: at,
        });
        self.new_taxes.insert(id);
        Ok(Some(id.0))
    }

    pub fn labor_rate(&self, name: &str, own: Option<Uuid>) -> Result<Uuid, Fault> {
        let same = self.names.rates.get(&fold(name)).map(Vec::as_slice).unwrap_or_default();
        let mut same = same.iter();
        let found = match same.clone().find(|rate| Some(rate.id) == own) {
            Some(own) => Some(own),
            None => same.find(|rate| rate.status == Status::Active),
        };
        let says = || {
            Fault::of(
                Field::LaborRate,
                format!("There is no labor rate “{name}”. Add it under Labor rates, then check again."),
            )
        };
        found.map(|rate| rate.id).ok_or_else(says)
    }
}
