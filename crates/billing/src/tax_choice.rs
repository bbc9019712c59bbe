//! How a line's tax is chosen in the form of a paper: one of the price book, those it has already, or none.
use catalog::tax_rate::TaxRate;
use kernel::sum::LineTax;
use maud::{Markup, html};
use ui::Filled;

use crate::invoice::paper::taxes_of;

/// The taxes that a line has already.
pub const KEPT: &str = "kept";

/// A tax of the price book, or name and rate where it has none. `line` has the taxes of one that is there already.
pub fn tax_choice(line: Option<&[LineTax]>, taxes: &[TaxRate], filled: &Filled) -> Markup {
    let typed = |name: &str| filled.values.get(name).cloned();
    let has = line.filter(|taxes| !taxes.is_empty());
    if taxes.is_empty() && has.is_none() {
        return html! {
            label.t12 { "Tax % " input.q name="tax_rate" value=(typed("tax_rate").unwrap_or_default()) inputmode="decimal" autocomplete="off"; }
            label.t12 { "Tax name " input name="tax_name" value=(typed("tax_name").unwrap_or_default()) maxlength="60" autocomplete="off"; }
        };
    }
    let standard = || taxes.iter().find(|tax| tax.standard).map(|tax| tax.id.to_string());
    let now = match line {
        Some(_) => has.map(|_| KEPT.to_owned()),
        None => standard(),
    };
    let now = if filled.is_wrong() { typed("tax") } else { now }.unwrap_or_default();
    html! {
        label.t12 { "Tax " select name="tax" {
            option value="" selected[now.is_empty()] { "No tax" }
            @if let Some(has) = has { option value=(KEPT) selected[now == KEPT] { (taxes_of(has)) } }
            @for tax in taxes { @let id = tax.id.to_string(); option value=(id) selected[now == id] { (tax.name) } }
        } }
    }
}
