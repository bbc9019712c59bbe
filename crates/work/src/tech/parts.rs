//! Parts and work on the phone: lines to count up and down, and the price book to find the next one.
use kernel::{PricesSee, Scope};
use maud::{Markup, html};
use ui::{
    button, field,
    form::{Filled, key},
    tech::sheet,
};

use super::{Visit, job::Drawn};
use crate::{
    line::{Line, quantity},
    order::show::Whole,
};

pub(super) fn line(scope: &Scope, visit: &Visit, whole: &Whole, line: &Line) -> Markup {
    let says = match scope.can::<PricesSee>() {
        true => line.money(line.unit_price_minor).display(&scope.tenant().locale.language),
        false => String::new(),
    };
    match whole.order.status.is_over() {
        true => {
            html! { li.part { span { b { (line.description) } small.num { (says) } } span.num { (quantity(line.quantity_milli)) } } }
        }
        false => {
            let action = format!("/tech/jobs/{}/lines/{}/step", visit.id, line.id);
            ui::tech::part(&action, &line.description, &says, &quantity(line.quantity_milli))
        }
    }
}

pub(super) fn more(scope: &Scope, drawn: &Drawn, filled: &Filled) -> Markup {
    let id = drawn.visit.id;
    let action = format!("/tech/jobs/{id}/lines");
    let (language, priced) = (&scope.tenant().locale.language, scope.can::<PricesSee>());
    let asked = drawn.found.as_ref().map_or("", |(asked, _)| asked);
    html! {
        section aria-label="Price book" {
            form method="get" action={ "/tech/jobs/" (id) } role="search" {
                div.flex.gap-2 {
                    input.input.flex-1 type="search" name="q" value=(asked) placeholder="Find in the price book" aria-label="Find in the price book" autocomplete="off";
                    (button("Find").icon("search").class("btn-touch"))
                }
            }
            @if let Some((asked, items)) = &drawn.found {
                @if items.is_empty() { p.soft.t13.pt-2 { "Nothing in the price book begins with “" (asked) "”." } }
                @else { div.pt-2 { (sheet(html! { @for item in items {
                    li.part { span { b { (item.name) } small.num { @if priced { (item.price().display(language)) } @if let Some(code) = &item.code { @if priced { " · " } (code) } } }
                        form method="post" action=(action) data-form { (key()) input type="hidden" name="item_id" value=(item.id);
                            (button("Add").icon("plus").class("btn-touch").attr("aria-label", format!("Add {}", item.name))) } }
                } })) } }
            }
            details.fold open[filled.errors.iter().any(|(name, _)| ["description", "quantity", "unit_price"].contains(&name.as_str()))] {
                summary { (ui::icon_class("chevron-right", "i-s")) "Something else" }
                form.form method="post" action=(action) data-form novalidate { (key())
                    (field::text(filled, "description", "What is it?").required().most(300))
                    (ui::form::pair(html! {
                        (field::number(filled, "quantity", "How many").value("1"))
                        @if priced { (field::number(filled, "unit_price", "Price of one").after(scope.tenant().locale.currency.code()).required()) }
                    }))
                    @if !priced { p.soft.t13 { "The office gives it its price." } }
                    (button("Add to the job").class("btn-touch"))
                }
            }
        }
    }
}
