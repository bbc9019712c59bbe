//! A line of the paper, and the row in which one is written.
use maud::{Markup, html};
use ui::{button, form, link_button};

use super::Open;
use crate::{
    invoice::{lines::Line, paper},
    tax_choice::tax_choice,
    words::Words,
    written,
};

pub(super) fn line_row(tenant: &kernel::Tenant, base: &str, line: &Line, editable: bool) -> Markup {
    let says = paper::said_of(tenant, line, Words::SCREEN);
    html! {
        tr {
            td {
                @if editable { a.link-plain href={ (base) "?line=" (line.id) "#lines" } title="Change this line" { (line.description) } } @else { (line.description) }
                @for line in says.lines() { small { (line) } }
            }
            td.r { (written::quantity(line.quantity_milli)) }
            td.r.rate { (written::figure(tenant, line.unit_price)) }
            td.r { (written::figure(tenant, line.amount)) }
        }
    }
}

/// The row in which a line is written: the form stands in the first cell, quantity and rate belong to it by its id.
pub(super) fn line_form(tenant: &kernel::Tenant, base: &str, line: Option<&Line>, open: &Open) -> Markup {
    let (action, form_id) = match line {
        Some(line) => (format!("{base}/lines/{}", line.id), "line-form"),
        None => (format!("{base}/lines"), "line-form"),
    };
    let typed = |name: &str, kept: String| {
        if open.filled.values.contains_key(name) { open.filled.value(name).to_owned() } else { kept }
    };
    let kept = |of: fn(&Line) -> String| line.map(of).unwrap_or_default();
    let description = typed("description", kept(|l| l.description.clone()));
    let detail = typed("detail", kept(|l| l.detail.clone().unwrap_or_default()));
    let quantity = typed("quantity", line.map_or("1".into(), |l| written::quantity(l.quantity_milli)));
    let price = typed("unit_price", kept(|l| l.unit_price.amount()));
    let discount = typed("discount", kept(|l| if l.discount.minor == 0 { String::new() } else { l.discount.amount() }));
    html! {
        tr.is-edit {
            td {
                form id=(form_id) method="post" action=(action) data-form {
                    (form::key())
                    @for (_, says) in &open.filled.errors { p.overdue.t12 role="alert" { (says) } }
                    input.w-full name="description" value=(description) placeholder="What was done or supplied" aria-label="Description" maxlength="300" autocomplete="off" autofocus;
                    div."mt-4" { input.w-full name="detail" value=(detail) placeholder="More words, small below it" aria-label="More words" maxlength="1000" autocomplete="off"; }
                    div."flex"."flex-wrap"."gap-4"."items-center"."mt-4" {
                        label.t12 { "Discount " input.a name="discount" value=(discount) inputmode="decimal" autocomplete="off"; }
                        (tax_choice(line.map(|line| line.taxes.as_slice()), &open.taxes, &open.filled))
                    }
                    div."flex"."gap-2"."mt-4" {
                        (button("Save line").primary().small())
                        (link_button("Cancel", base).small())
                        @if line.is_some() { (button("Remove").danger().small().attr("formaction", format!("{action}/remove"))) }
                    }
                }
            }
            td.r { input.q form=(form_id) name="quantity" value=(quantity) inputmode="decimal" autocomplete="off" aria-label="Quantity"; }
            td.r.rate { input.a form=(form_id) name="unit_price" value=(price) inputmode="decimal" autocomplete="off" aria-label="Rate"; }
            td.r { @if let Some(line) = line { (written::figure(tenant, line.amount)) } }
        }
    }
}
