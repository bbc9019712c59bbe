//! What was changed before, each with the way back: the foot of the page on which many prices are changed.
use kernel::{Access, CostsSee, Money};
use maud::{Markup, html};
use ui::{button, card, form};

use super::{How, PriceChange, Round, State};
use crate::{item::book::day, permissions::CatalogWrite, price::panel::section, tax_rate::percent};

/// "Materials in Parts, +5 %, to .99".
fn words(one: &PriceChange, language: &str, costs: bool) -> String {
    let which = match (&one.kind, &one.category) {
        (Some(kind), Some(category)) => format!("{} in {category}", kind.label()),
        (Some(kind), None) => kind.label().to_owned(),
        (None, Some(category)) => category.clone(),
        (None, None) => "The whole price book".into(),
    };
    let word = one.words.as_ref().map(|word| format!(", “{word}”")).unwrap_or_default();
    let sign = if one.by_value < 0 { "−" } else { "+" };
    let much = percent(one.by_value.abs());
    let by = match one.how {
        How::Percent => format!("{sign}{much} %"),
        How::Amount => Money::new(one.by_value, one.own_currency()).display(language),
        How::Markup if costs => format!("cost and {much} %"),
        How::Margin if costs => format!("a margin of {much} %"),
        How::Markup => "by cost".into(),
        How::Margin => "by margin".into(),
    };
    let round =
        if one.round == Round::None { String::new() } else { format!(", {}", one.round.label().to_lowercase()) };
    format!("{which}{word}: {by}{round}")
}

pub(super) fn before(access: &Access<CatalogWrite>, all: &[PriceChange]) -> Markup {
    let (language, costs) = (&access.tenant().locale.language, access.can::<CostsSee>());
    let line = |one: &PriceChange| {
        let sum = format!("{} to {}", one.was().display(language), one.then().display(language));
        let state = match (one.status, one.kept_items) {
            (State::Applied, _) => String::new(),
            (State::Undone, Some(kept)) if kept > 0 => format!(" · taken back, {kept} stayed"),
            (State::Undone, _) => " · taken back".into(),
        };
        let small = format!("{} items from {} · {sum}{state}", one.items, day(one.effective_on));
        card::line(
            "history",
            &words(one, language, costs),
            &small,
            html! {
                @if one.status == State::Applied {
                    (form::verb_form(&format!("/price-book/change-prices/{}/undo", one.id), html! { (button("Take back").small().icon("undo-2")) }))
                }
            },
        )
    };
    html! { @if !all.is_empty() { div."mt-8" { (section("Changed before", html! {}, html! { @for one in all { (line(one)) } })) } } }
}
