//! Beside the paper: how it stands, what can be done, what became of it, and the dialogs for it.
use billing::written;
use kernel::{Result, Scope};
use maud::{Markup, html};
use tenancy::shell;
use ui::{Filled, button, dialog_open, dismiss, field, form, icon, link_button};

use super::{Estimate, Status, page::state, show::Open};
use crate::{
    decision::{Decision, Kind, Told},
    permissions::EstimatesWrite,
    reader::link,
};

/// The one thing to do next, as a button.
pub fn main_act(scope: &Scope, estimate: &Estimate, class: &str) -> Markup {
    let head = &estimate.head;
    let ready = estimate.options.iter().all(|option| option.lines.iter().any(|line| !line.optional));
    match head.status {
        _ if !scope.can::<EstimatesWrite>() => html! {},
        Status::Draft if ready => {
            html! { (button("Send estimate").primary().large().class(class).icon("send").opens_dialog("send")) }
        }
        Status::Declined | Status::Expired | Status::Withdrawn => {
            posting(head, "revise", button("Revise").primary().large().class(class).icon("pen-line"))
        }
        Status::Sent | Status::Viewed => {
            html! { (button("Approve for them").primary().large().class(class).icon("signature").opens_dialog("approve")) }
        }
        Status::Approved => match head.made_work_order_id {
            Some(order) => {
                html! { (link_button("See the job", format!("/jobs/{order}")).primary().large().class(class).icon("wrench")) }
            }
            None => html! {},
        },
        Status::Draft => html! {},
    }
}

fn posting(head: &super::Listed, verb: &str, button: ui::Button) -> Markup {
    html! {
        form.contents method="post" action={ "/estimates/" (head.id) "/" (verb) } data-form {
            (form::key()) input type="hidden" name="version" value=(head.version);
            (button)
        }
    }
}

pub fn side(scope: &Scope, estimate: &Estimate, open: &Open) -> Result<Markup> {
    let (tenant, head) = (scope.tenant(), &estimate.head);
    let may = scope.can::<EstimatesWrite>();
    let several = estimate.options.len() > 1 && head.status != Status::Approved;
    let url = match may && head.revision > 0 {
        true => Some(link::url(scope, head.id, head.revision)?),
        false => None,
    };
    Ok(html! {
        section {
            div."flex"."justify-between"."items-center"."mb-2" { (state(head.status)) span.t12.dim { "Saved " (shell::moment(tenant, head.updated_at)) } }
            dl { dt.t12.dim { @if several { "Recommended option" } @else { "Total" } } dd.big { (written::money(tenant, head.total)) } }
            div."mt-3".wide { (main_act(scope, estimate, "w-full")) }
            @if open.filled.is_wrong() && matches!(open.act, "revise" | "withdraw") { @for (_, says) in &open.filled.errors { p.overdue.t13.mt-2 role="alert" { (says) } } }
            @if head.status == Status::Draft { p.t12.dim.mt-2 { "What is sent stays as it was shown. If something is to be otherwise after that, it is revised and sent again." } }
        }
        @if let Some(decision) = &estimate.decision { (decided(scope, estimate, decision)) }
        section {
            div.sect-head { h2 { "About" } }
            div."grid"."gap-1".t13 {
                (about("circle-user", &format!("/customers/{}", head.customer_id), &head.customer_name))
                @if let Some(order) = head.work_order_id { (about("wrench", &format!("/jobs/{order}"), "The job it belongs to")) }
                @if let Some(order) = head.made_work_order_id.filter(|order| Some(*order) != head.work_order_id) { (about("wrench", &format!("/jobs/{order}"), "The job it became")) }
                @if let Some(invoice) = head.deposit_invoice_id { (about("receipt-text", &format!("/invoices/{invoice}"), "The deposit invoice")) }
            }
            @if let Some(at) = head.sent_at { p.t13.soft.mt-2 { "Sent " (shell::moment(tenant, at)) @if head.revision > 1 { ", revision " (head.revision) } @if let Some(at) = head.viewed_at { ". Looked at " (shell::moment(tenant, at)) } "." } }
            @if let Some(url) = &url { div."mt-2" { p.t12.dim { "The customer's page" } (ui::card::copy(url, "the link")) } }
        }
        @if may && head.status == Status::Draft { (words(scope, estimate, open)) }
        @if may {
            section {
                div."flex"."flex-wrap"."gap-2" {
                    @if head.status.is_open() {
                        (posting(head, "revise", button("Revise").quiet().small().icon("pen-line")))
                        (button("Declined").quiet().small().icon("x").opens_dialog("decline"))
                    }
                    @if head.status.is_open() || (head.status == Status::Draft && head.revision > 0) { (posting(head, "withdraw", button("Withdraw").quiet().small().icon("undo-2"))) }
                    (form::verb_form(&format!("/estimates/{}/duplicate", head.id), html! { (button("Duplicate").quiet().small().icon("copy")) }))
                    @if head.status == Status::Draft && head.revision == 0 { (posting(head, "discard", button("Discard draft").quiet().small().icon("trash-2"))) }
                }
            }
        }
    })
}

fn about(sign: &str, href: &str, words: &str) -> Markup {
    html! { a.link."flex"."items-center"."gap-2"."min-h-7" href=(href) { (icon(sign)) (words) } }
}

fn decided(scope: &Scope, estimate: &Estimate, decision: &Decision) -> Markup {
    let tenant = scope.tenant();
    let option = estimate.options.iter().find(|option| Some(option.id) == decision.option_id);
    html! {
        section {
            div.sect-head { h2 { (decision.kind.label()) } }
            p.t13 {
                @if let Some(name) = &decision.name { strong { (name) } ", " }
                (decision.via.label()) ", " (shell::moment(tenant, decision.at)) "."
                @if decision.kind == Kind::Approved { @if let Some(option) = option { @if estimate.options.len() > 1 { " " (option.name) "." } } }
            }
            @if let Some(told) = &decision.told { p.t13.soft { (told) } }
            @if let Some(reason) = &decision.reason { p.t13 { "Why: " (reason) } }
            @if let Some(path) = &decision.signature {
                svg.est-signed viewBox="0 0 600 200" role="img" aria-label="Signature" { path d=(path) {} }
            }
            @if let Some(seal) = &decision.seal { p.t12.dim title=(seal) { "Sealed " (seal.get(..12).unwrap_or_default()) "…, bound to what was shown" } }
        }
    }
}

/// Title, words, validity and deposit of a draft.
fn words(scope: &Scope, estimate: &Estimate, open: &Open) -> Markup {
    let head = &estimate.head;
    let nothing_if_none = |minor: i64, text: String| if minor == 0 { String::new() } else { text };
    let filled = if open.words {
        open.filled.clone()
    } else {
        Filled::of([
            ("title", head.title.clone()),
            ("note", head.note.clone().unwrap_or_default()),
            ("terms", head.terms.clone().unwrap_or_default()),
            ("valid_until", head.valid_until.map(|day| day.to_string()).unwrap_or_default()),
            ("deposit", nothing_if_none(head.deposit_ppm, written::percent(head.deposit_ppm))),
            ("deposit_amount", nothing_if_none(head.deposit_amount.minor, head.deposit_amount.amount())),
        ])
    };
    let currency = scope.tenant().locale.currency;
    let fields = html! {
        input type="hidden" name="version" value=(head.version);
        (field::text(&filled, "title", "What it is about").required().most(200))
        (field::date(&filled, "valid_until", "Good until"))
        (form::pair(html! {
            (field::number(&filled, "deposit", "Deposit").after("%"))
            (field::money(&filled, "deposit_amount", "and an amount", currency.code()))
        }))
        (field::textarea(&filled, "note", "Words above the options").rows(3).most(2000))
        (field::textarea(&filled, "terms", "Terms below them").rows(4).most(5000))
        (form::actions(html! { (button("Save")) }))
    };
    html! { section { div.sect-head { h2 { "Terms and words" } } (form::form(&format!("/estimates/{}/words", head.id), &filled, fields)) } }
}

pub fn dialogs(scope: &Scope, estimate: &Estimate, email: Option<&str>, open: &Open) -> Markup {
    let head = &estimate.head;
    if !scope.can::<EstimatesWrite>() {
        return html! {};
    }
    let blank = Filled::default();
    let filled = |act: &str| if open.act == act { &open.filled } else { &blank };
    let frame = |act: &str, title: &str, verb: ui::Button, inner: Markup| {
        let id = format!("{act}-form");
        let body = html! {
            form.form id=(id) method="post" action={ "/estimates/" (head.id) "/" (act) } data-form {
                (form::key()) input type="hidden" name="version" value=(head.version);
                (form::summary(filled(act)))
                (inner)
            }
        };
        let foot = html! { (dismiss("Not now")) (verb.attr("form", id.as_str())) };
        dialog_open(open.act == act && open.filled.is_wrong(), act, title, body, foot)
    };
    let ways: Vec<(&str, &str)> = Told::ALL.iter().map(|told| (told.as_str(), told.label())).collect();
    html! {
        @if head.status == Status::Draft {
            (frame("send", "Send the estimate", button("Send").primary(), html! {
                (field::select(filled("send"), "letter", "How", &[("true", "By e-mail, with the link"), ("false", "No letter: I hand the link over")]))
                (field::email(filled("send"), "email", "To").value(email.unwrap_or_default()))
                (field::textarea(filled("send"), "words", "In your own words").rows(3).most(2000))
            }))
        }
        @if head.status.is_open() {
            (frame("approve", "Approve in their name", button("Approve").primary(), html! {
                p.soft.t13 { "The job is made at once, and the deposit invoice if there is a deposit." }
                @let options: Vec<(String, String)> = estimate.options.iter().map(|option| (option.id.to_string(), format!("{}, {}", option.name, written::money(scope.tenant(), option.total)))).collect();
                (field::select(filled("approve"), "option_id", "Option", &options))
                @let may: Vec<(String, String)> = estimate.options.iter().flat_map(|option| option.lines.iter().filter(|line| line.optional).map(|line| (line.id.to_string(), if options.len() > 1 { format!("{} ({})", line.description, option.name) } else { line.description.clone() }))).collect();
                @if !may.is_empty() { (field::boxes(filled("approve"), "ticked", "They also want", &may)) }
                (form::pair(html! {
                    (field::text(filled("approve"), "name", "Who said so").required().most(120).value(head.customer_name.clone()))
                    (field::select(filled("approve"), "via", "How", &ways).id("approve-via"))
                }))
                (field::text(filled("approve"), "told", "What was said, when, to whom").required().most(500).id("approve-told"))
            }))
            (frame("decline", "They do not want it", button("Mark as declined").danger(), html! {
                (field::select(filled("decline"), "via", "How did they say so", &ways).id("decline-via"))
                (field::text(filled("decline"), "told", "Who said so, when, to whom").required().most(500).id("decline-told"))
                (field::text(filled("decline"), "reason", "Why").most(1000))
            }))
        }
    }
}
