//! The forms of the invoice's page: lines and words here; what becomes of it, and payments, below.
mod ends;
mod pay;

use kernel::{
    Checks, Currency, Error, Input, Result, Scope, TenantTx,
    access::Access,
    http::{Form, Nothing, Path, Redirect, Repeatable, Typed},
    sum::LineTax,
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{Answer, ended};

pub use ends::{discard_it, issue_it, send_it, void_it, write_off_back, write_off_it};
pub use pay::{pay, take_back};

use super::{
    edit::{EditInput, change_lines, edit},
    lines::{self, Kept, LineInput},
    of_deposit,
    show::{Open, draw},
};
use crate::{
    InvoiceId, LineId,
    permissions::InvoicesWrite,
    tax_choice::KEPT,
    written::{typed_amount, typed_number},
};

type Done = Answer;

/// A line as people type it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineForm {
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub detail: Option<String>,
    #[serde(default)]
    pub quantity: Option<String>,
    #[serde(default)]
    pub unit_price: Option<String>,
    #[serde(default)]
    pub discount: Option<String>,
    /// A tax of the price book, `kept` for those the line has, nothing for none.
    #[serde(default)]
    pub tax: Option<String>,
    /// Percent, where the price book has no taxes.
    #[serde(default)]
    pub tax_rate: Option<String>,
    #[serde(default)]
    pub tax_name: Option<String>,
}

impl Input for LineForm {
    /// Whole only with the company's currency: `LineForm::line` checks it.
    fn check(&mut self, _: &mut Checks) {}
}

impl LineForm {
    fn keeps(&self) -> bool {
        self.tax.as_deref() == Some(KEPT)
    }

    fn line(self, currency: Currency) -> Result<LineInput> {
        let amount = |field: &str, text: &str| typed_amount(field, text, currency);
        let number = |field: &str, text: Option<&str>, digits: usize, otherwise: i64, example: &str| {
            text.map_or(Ok(otherwise), |text| typed_number(field, text, digits, example))
        };
        let price =
            self.unit_price.as_deref().ok_or_else(|| Error::field("/unit_price", "required", "Give a rate."))?;
        let mut line = LineInput {
            id: None,
            description: self.description,
            detail: self.detail,
            quantity_milli: number("/quantity", self.quantity.as_deref(), 3, 1000, "1.5")?,
            unit_price: amount("/unit_price", price)?,
            discount: self.discount.as_deref().map(|text| amount("/discount", text)).transpose()?,
            taxes: vec![],
            tax_rate_id: None,
            deposit_id: None,
        };
        match self.tax.as_deref().filter(|tax| *tax != KEPT) {
            Some(id) => {
                let missing = |_| Error::field("/tax", "missing", "There is no such tax in the price book.");
                line.tax_rate_id = Some(id.parse().map_err(missing)?);
            }
            None => {
                let rate_ppm = number("/tax_rate", self.tax_rate.as_deref(), 4, 0, "8.25")?;
                let tax = LineTax { name: self.tax_name.unwrap_or_default(), rate_ppm, compound: false };
                line.taxes = Some(tax).filter(|tax| tax.rate_ppm > 0).into_iter().collect();
            }
        }
        let mut checks = Checks::default();
        line.check(&mut checks);
        checks.done()?;
        Ok(line)
    }
}

fn back(id: InvoiceId) -> String {
    format!("/invoices/{id}")
}

/// To the invoice, or the page again with what is wrong.
async fn end(scope: &Scope, id: InvoiceId, outcome: Result<Repeatable<Redirect>, Typed>, open: Open) -> Done {
    ended(outcome, |filled| draw(scope, id, Open { filled, ..open })).await
}

pub async fn add_line(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<LineForm>) -> Done {
    let currency = access.tenant().locale.currency;
    let outcome = form
        .then(async |input| {
            let line = input.line(currency)?;
            access
                .once(async |tx| {
                    let line = settled(tx, id, line.clone()).await?;
                    change_lines(tx, id, None, |found, kept| {
                        kept.push(Kept::of_input(kept.len(), line, found.currency())?);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(format!("{}#lines", back(id))))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { add: true, ..Open::default() }).await
}

pub async fn change_line(
    access: Access<InvoicesWrite>,
    Path((id, line_id)): Path<(InvoiceId, LineId)>,
    form: Form<LineForm>,
) -> Done {
    let currency = access.tenant().locale.currency;
    let outcome = form
        .then(async |input| {
            let keeps = input.keeps();
            let line = input.line(currency)?;
            access
                .once(async |tx| {
                    let line = settled(tx, id, line.clone()).await?;
                    change_lines(tx, id, None, |found, kept| {
                        let at = kept.iter().position(|kept| kept.id == line_id).ok_or_else(gone)?;
                        let mut line = LineInput { id: Some(line_id), deposit_id: kept[at].deposit_id, ..line };
                        let mut checks = Checks::default();
                        line.check(&mut checks);
                        checks.done()?;
                        let mut changed = Kept::of_input(at, line, found.currency())?;
                        if keeps {
                            changed.taxes = kept[at].taxes.clone();
                            changed.tax_rate_id = kept[at].tax_rate_id;
                        }
                        kept.splice(at..=at, [changed]);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(format!("{}#lines", back(id))))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { line: Some(line_id), ..Open::default() }).await
}

pub async fn remove_line(
    access: Access<InvoicesWrite>,
    Path((id, line_id)): Path<(InvoiceId, LineId)>,
    form: Form<LineForm>,
) -> Done {
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    change_lines(tx, id, None, |_, kept| {
                        kept.retain(|line| line.id != line_id);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(format!("{}#lines", back(id))).toast("Line removed"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { line: Some(line_id), ..Open::default() }).await
}

/// What is left of a deposit, as a line that takes it off.
pub async fn take_off(
    access: Access<InvoicesWrite>,
    Path((id, deposit)): Path<(InvoiceId, InvoiceId)>,
    form: Form<Nothing>,
) -> Done {
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    let line = of_deposit::line_of(tx, id, deposit).await?;
                    change_lines(tx, id, None, |found, kept| {
                        if kept.iter().any(|kept| kept.deposit_id == Some(deposit)) {
                            return Err(Error::refused("This deposit is taken off already."));
                        }
                        kept.push(Kept::of_input(kept.len(), line, found.currency())?);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(format!("{}#lines", back(id))))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { act: "issue", ..Open::default() }).await
}

/// With what its tax comes to where the customer is served.
async fn settled(tx: &mut TenantTx, id: InvoiceId, mut line: LineInput) -> Result<LineInput> {
    if line.asks() {
        let basis = lines::basis_of(tx, id).await?;
        line.settle(0, &basis)
            .map_err(|_| Error::field("/tax", "missing", "There is no such tax in the price book."))?;
    }
    Ok(line)
}

fn gone() -> Error {
    Error::refused("This line was removed meanwhile. Load the page again to see what is there now.")
}

/// Terms and words as typed: an empty field takes the words away.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordsForm {
    #[serde(default)]
    pub terms_days: Option<i32>,
    #[serde(default)]
    pub reference: String,
    #[serde(default)]
    pub note: String,
}

impl Input for WordsForm {
    fn check(&mut self, checks: &mut Checks) {
        let terms = "Terms are 0 to 365 days.";
        checks.range("terms_days", i64::from(self.terms_days.unwrap_or(0)), 0, 365, terms);
        for (field, text, max) in [("note", &self.note, 2000), ("reference", &self.reference, 100)] {
            checks.that(text.chars().count() <= max, field, "too_long", format!("At most {max} characters."));
        }
    }
}

pub async fn words(access: Access<InvoicesWrite>, Path(id): Path<InvoiceId>, form: Form<WordsForm>) -> Done {
    let version = form.version()?;
    let outcome = form
        .then(async |input| {
            let input = EditInput {
                terms_days: input.terms_days,
                reference: Some(input.reference),
                note: Some(input.note),
                lines: None,
            };
            access
                .once(async |tx| {
                    edit(tx, id, version, input.clone()).await?;
                    Ok(Redirect::to(back(id)).toast("Saved"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { words: true, ..Open::default() }).await
}
