//! The paper of an estimate on the screen: its options with their lines, and in a draft the forms in their place.
use billing::{
    invoice::paper::{Sum, with_taxes},
    letterhead,
    tax_choice::tax_choice,
    words::Words,
    written,
};
use documents::Emphasis;
use kernel::Tenant;
use maud::{Markup, html};
use tenancy::shell;
use ui::{button, form, icon_class, link_button};

use crate::decision::{Decision, Kind};

use super::{
    Estimate,
    option::{EstimateLine, EstimateOption, MOST_OPTIONS},
    show::Open,
};

pub fn sheet(tenant: &Tenant, estimate: &Estimate, address: &str, editable: bool, open: &Open) -> Markup {
    let head = &estimate.head;
    let (brand, head_lines) = (shell::brand(tenant), letterhead::lines(tenant));
    let base = format!("/estimates/{}", head.id);
    let approved = estimate.decision.as_ref().filter(|said| said.kind == Kind::Approved);
    html! {
        article.paper aria-labelledby="paper-h" {
            div.paper-head {
                div { div.paper-brand { (brand.mark()) (brand.company) } @if !head_lines.is_empty() { p.p2.t12."mt-3" { @for (n, line) in head_lines.iter().enumerate() { @if n > 0 { br; } (line) } } } }
                div.paper-kind { h2 #paper-h { "Estimate" } p.p2.t13.num { (head.number.as_deref().unwrap_or("Number is given when it is sent")) @if head.revision > 1 { br; "Revision " (head.revision) } } }
            }
            div.paper-meta {
                div { h3 { "For" } p { @for (n, line) in address.lines().enumerate() { @if n > 0 { br; } (line) } } }
                div { h3 { "About" } p { (head.title) } }
                div { @if let Some(day) = head.valid_until { h3 { "Good until" } p { (written::day(day)) } } }
            }
            @if let Some(note) = &head.note { p.t13."mb-4" { @for (n, line) in note.lines().enumerate() { @if n > 0 { br; } (line) } } }
            @for (n, option) in estimate.options.iter().enumerate() {
                @let several = estimate.options.len() > 1;
                (of_option(tenant, &base, option, (n, several, head.tax_rules.inclusive), approved, editable, open))
            }
            @if editable && estimate.options.len() < MOST_OPTIONS {
                (form::verb_form(&format!("{base}/options"), html! { button.addline type="submit" { (icon_class("plus", "i-s")) "Add an option" } }))
            }
            @if let Some(note) = &head.tax_note { p.p2.t12.mt-6 { (note) } }
            @if let Some(terms) = &head.terms { div.p2.t12.mt-6 { h3.strong { "Terms" } p { @for (n, line) in terms.lines().enumerate() { @if n > 0 { br; } (line) } } } }
        }
    }
}

fn of_option(
    tenant: &Tenant,
    base: &str,
    option: &EstimateOption,
    (nth, several, within): (usize, bool, bool),
    chosen: Option<&Decision>,
    editable: bool,
    open: &Open,
) -> Markup {
    let head_id = format!("option-{nth}");
    let chosen = chosen.filter(|said| said.option_id == Some(option.id));
    let wanted = |line: &EstimateLine| chosen.is_some_and(|said| said.ticked.contains(&line.id.0));
    html! {
        section.est-option id={ "o-" (option.id) } aria-labelledby=(head_id) {
            @if editable && open.option == Some(option.id) { (option_form(base, option, several, open)) }
            @else {
                div.est-option-h {
                    div {
                        h3 id=(head_id) { (option.name) @if chosen.is_some() { " " span.est-best { (icon_class("circle-check", "i-s")) "Approved" } } @if option.recommended { " " span.est-best { (icon_class("star", "i-s")) "Recommended" } } }
                        @if let Some(says) = &option.description { p.p2.t13 { (says) } }
                    }
                    @if editable {
                        div.est-verbs {
                            (link_button("Change", format!("{base}?option={}#o-{}", option.id, option.id)).small().attr("aria-label", format!("Change {}", option.name)))
                            (form::verb_form(&format!("{base}/options/{}/copy", option.id), html! { (button("Copy").small().attr("aria-label", format!("Copy {}", option.name))) }))
                        }
                    }
                }
            }
            table.lines {
                caption.vh { "Lines of " (option.name) }
                thead { tr { th scope="col" { "Description" } th.r scope="col" { "Qty" } th.r.rate scope="col" { "Rate" } th.r scope="col" { "Amount" } } }
                tbody {
                    @for line in &option.lines {
                        @if editable && open.line == Some(line.id) { (line_form(tenant, base, option, Some(line), open)) } @else { (line_row(tenant, base, option, line, (editable, wanted(line)))) }
                    }
                    @if editable && open.add == Some(option.id) { (line_form(tenant, base, option, None, open)) }
                }
            }
            @if editable && open.add != Some(option.id) { a.addline href={ (base) "?add=" (option.id) "#o-" (option.id) } data-key=[(nth == 0).then_some("/")] { (icon_class("plus", "i-s")) "Add a line" @if nth == 0 { " " kbd aria-hidden="true" { "/" } } } }
            @if editable && open.add == Some(option.id) { (price_book(tenant, base, option, open)) }
            (totals(tenant, option, within))
        }
    }
}

fn line_row(
    tenant: &Tenant,
    base: &str,
    option: &EstimateOption,
    line: &EstimateLine,
    (editable, wanted): (bool, bool),
) -> Markup {
    html! {
        tr {
            td {
                @if editable { a.link-plain href={ (base) "?line=" (line.id) "#o-" (option.id) } title="Change this line" { (line.description) } } @else { (line.description) }
                @if line.optional { " " span.est-tick { @if wanted { "ticked" } @else { "if you like" } } }
                @if let Some(detail) = &line.detail { @for line in detail.lines() { small { (line) } } }
            }
            td.r { (written::quantity(line.quantity_milli)) }
            td.r.rate { (written::figure(tenant, line.unit_price)) }
            td.r.is-optional[line.optional && !wanted] { (written::figure(tenant, line.amount)) }
        }
    }
}

fn totals(tenant: &Tenant, option: &EstimateOption, within: bool) -> Markup {
    let figure = |money| written::figure(tenant, money);
    let total = Sum { label: "Total".into(), value: written::money(tenant, option.total), emphasis: Emphasis::Due };
    html! {
        dl.totals {
            div { dt { "Subtotal" } dd { (figure(option.subtotal)) } }
            @if option.discount.minor != 0 { div { dt { "Discount" @if option.discount_ppm != 0 && option.discount_amount.minor == 0 { " " (written::percent(option.discount_ppm)) " %" } } dd { "−" (figure(option.discount)) } } }
            @for sum in with_taxes(total, &option.taxes, within, Words::SCREEN, figure) { div.due[sum.emphasis == Emphasis::Due] { dt { (sum.label) } dd { (sum.value) } } }
            @if option.deposit.minor != 0 { div { dt { "Deposit on approval" } dd { (written::money(tenant, option.deposit)) } } }
        }
    }
}

/// What the price book has, to be added with a press.
fn price_book(tenant: &Tenant, base: &str, option: &EstimateOption, open: &Open) -> Markup {
    let asked = open.found.as_ref().map_or("", |(asked, _)| asked.as_str());
    html! {
        div.est-book {
            form role="search" method="get" action={ (base) "#o-" (option.id) } {
                input type="hidden" name="add" value=(option.id);
                label.t12 { "Or from the price book " input name="q" value=(asked) type="search" autocomplete="off" placeholder="Name or code" aria-label="Look in the price book"; }
                (button("Find").small())
            }
            @if let Some((asked, items)) = &open.found {
                @if items.is_empty() { p.p2.t13 { "Nothing in the price book begins with “" (asked) "”." } }
                @for item in items {
                    div.est-found {
                        span { (item.name) small.p2 { " " (item.price().display(&tenant.locale.language)) } }
                        (form::verb_form(&format!("{base}/lines"), html! {
                            input type="hidden" name="option_id" value=(option.id); input type="hidden" name="item_id" value=(item.id);
                            (button("Add").small().icon("plus").attr("aria-label", format!("Add {}", item.name)))
                        }))
                    }
                }
            }
        }
    }
}

/// The row in which a line is written: the form stands in the first cell, quantity and rate belong to it by its id.
fn line_form(tenant: &Tenant, base: &str, option: &EstimateOption, line: Option<&EstimateLine>, open: &Open) -> Markup {
    let action = line.map_or_else(|| format!("{base}/lines"), |line| format!("{base}/lines/{}", line.id));
    let typed = |name: &str, kept: String| {
        if open.filled.values.contains_key(name) { open.filled.value(name).to_owned() } else { kept }
    };
    let kept = |of: fn(&EstimateLine) -> String| line.map(of).unwrap_or_default();
    let description = typed("description", kept(|l| l.description.clone()));
    let detail = typed("detail", kept(|l| l.detail.clone().unwrap_or_default()));
    let quantity = typed("quantity", line.map_or("1".into(), |l| written::quantity(l.quantity_milli)));
    let price = typed("unit_price", kept(|l| l.unit_price.amount()));
    let optional = match open.filled.is_wrong() {
        true => open.filled.value("optional") == "true",
        false => line.is_some_and(|l| l.optional),
    };
    html! {
        tr.is-edit {
            td {
                form id="line-form" method="post" action=(action) data-form {
                    (form::key())
                    @if line.is_none() { input type="hidden" name="option_id" value=(option.id); }
                    @for (_, says) in &open.filled.errors { p.overdue.t12 role="alert" { (says) } }
                    input.w-full name="description" value=(description) placeholder="What would be done or supplied" aria-label="Description" maxlength="300" autocomplete="off" autofocus;
                    div."mt-4" { input.w-full name="detail" value=(detail) placeholder="More words, small below it" aria-label="More words" maxlength="1000" autocomplete="off"; }
                    div."flex"."flex-wrap"."gap-4"."items-center"."mt-4" {
                        (tax_choice(line.map(|line| line.taxes.as_slice()), &open.taxes, &open.filled))
                        label.t12.est-box { input type="checkbox" name="optional" value="true" checked[optional]; " The customer may tick it" }
                    }
                    div."flex"."gap-2"."mt-4" {
                        (button("Save line").primary().small())
                        (link_button("Cancel", base).small())
                        @if line.is_some() { (button("Remove").danger().small().attr("formaction", format!("{action}/remove"))) }
                    }
                }
            }
            td.r { input.q form="line-form" name="quantity" value=(quantity) inputmode="decimal" autocomplete="off" aria-label="Quantity"; }
            td.r.rate { input.a form="line-form" name="unit_price" value=(price) inputmode="decimal" autocomplete="off" aria-label="Rate"; }
            td.r { @if let Some(line) = line { (written::figure(tenant, line.amount)) } }
        }
    }
}

fn option_form(base: &str, option: &EstimateOption, several: bool, open: &Open) -> Markup {
    let action = format!("{base}/options/{}", option.id);
    let typed = |name: &str, kept: String| {
        if open.filled.values.contains_key(name) { open.filled.value(name).to_owned() } else { kept }
    };
    let none_if = |none: bool, text: String| if none { String::new() } else { text };
    let recommended = match open.filled.is_wrong() {
        true => open.filled.value("recommended") == "true",
        false => option.recommended,
    };
    let percent = none_if(option.discount_ppm == 0, written::percent(option.discount_ppm));
    let besides = none_if(option.discount_amount.minor == 0, option.discount_amount.amount());
    html! {
        form.est-form method="post" action=(action) data-form {
            (form::key())
            @for (_, says) in &open.filled.errors { p.overdue.t12 role="alert" { (says) } }
            label.t12 { "Name" input.w-full name="name" value=(typed("name", option.name.clone())) maxlength="60" autocomplete="off" autofocus; }
            label.t12 { "What is special about it" input.w-full name="description" value=(typed("description", option.description.clone().unwrap_or_default())) maxlength="1000" autocomplete="off"; }
            div."flex"."flex-wrap"."gap-4"."items-center" {
                label.t12 { "Discount % " input.q name="discount" value=(typed("discount", percent)) inputmode="decimal" autocomplete="off"; }
                label.t12 { "and an amount " input.a name="discount_amount" value=(typed("discount_amount", besides)) inputmode="decimal" autocomplete="off"; }
                label.t12.est-box { input type="checkbox" name="recommended" value="true" checked[recommended]; " Recommended" }
            }
            div."flex"."gap-2" {
                (button("Save option").primary().small())
                (link_button("Cancel", base).small())
                @if several { (button("Remove").danger().small().attr("formaction", format!("{action}/remove"))) }
            }
        }
    }
}
