//! At the side of the paper: how it stands, what settles it, and the deliberate acts.
use customers::customer;
use kernel::{Money, Result, Scope};
use maud::{Markup, html};
use ui::{Filled, button, field, form, form::verb_form, icon, link_button};

use super::Open;
use crate::{
    credit, credit_note,
    deposit::held::{self, Held},
    invoice::{Invoice, Listed, Status, page::shown_state},
    letter::{self, Sent},
    payment::Payment,
    permissions::{InvoicesWrite, PaymentsWrite},
    reader::link,
    write_off::{self, WriteOff},
    written,
};

/// What stands beside an issued invoice: its credit notes, what is written off, and what credit its customer has.
#[derive(Default)]
pub struct Beside {
    notes: Vec<credit_note::Row>,
    written_off: Option<WriteOff>,
    credit: i64,
    letters: Vec<Sent>,
    link: Option<String>,
    /// What others show of it.
    others: Vec<Markup>,
    /// Deposits of the customer that a draft may take off.
    deposits: Vec<Held>,
    pub(super) email: String,
}

impl Beside {
    pub(super) async fn of(scope: &Scope, invoice: &Invoice) -> Result<Self> {
        if invoice.head.status == Status::Draft {
            let all = scope.read(held::of_customer(invoice.head.customer_id)).await?;
            let taken = |held: &Held| invoice.lines.iter().any(|line| line.deposit_id == Some(held.id));
            let deposits = all.into_iter().filter(|held| !taken(held)).collect();
            return Ok(Self { deposits, ..Self::default() });
        }
        let (id, customer) = (invoice.head.id, invoice.head.customer_id);
        let owed = (write_off::standing(id), credit::sum_of(customer), credit_note::notes_of(id));
        let ((written_off, credit, notes), letters, who) =
            scope.read((owed, letter::of_invoice(id), customer::find(customer))).await?;
        // The page behind it has the prices.
        let link = if scope.can::<kernel::PricesSee>() { Some(link::path(scope, id)?) } else { None };
        let others = tenancy::shell::panels(scope, "invoice.side", id.0, &format!("/invoices/{id}")).await;
        let email = who.email.unwrap_or_default();
        Ok(Self { notes, written_off, credit, letters, link, others, email, ..Self::default() })
    }
}

pub(super) fn side(scope: &Scope, invoice: &Invoice, act: &Markup, open: &Open) -> Markup {
    let (tenant, head) = (scope.tenant(), &invoice.head);
    let draft = head.status == Status::Draft;
    let due = if draft { head.total } else { head.balance };
    let saved = head
        .updated_at
        .to_zoned(tenant.locale.zone.clone())
        .strftime(if tenant.locale.hour_12 { "%-d %b, %-I:%M %P" } else { "%-d %b, %H:%M" })
        .to_string();
    html! {
        section {
            div."flex"."justify-between"."items-center"."mb-2" { (ui::status(shown_state(head))) span.t12.dim { "Saved " (saved) } }
            dl { dt.t12.dim { @if draft { "Due" } @else { "Still open" } } dd.big { (written::money(tenant, due)) } }
            div."mt-3".wide { (act) }
            @if open.act == "issue" { @for (_, says) in &open.filled.errors { p.overdue.t13.mt-2 role="alert" { (says) } } }
            @if draft { p.t12.dim.mt-2 { @if invoice.lines.is_empty() { "Add the first line; then it can be issued." } @else { "Takes the next number and locks the lines. If something is wrong after that, void it and write another." } } }
            @if !matches!(head.status, Status::Draft | Status::Void) && scope.can::<InvoicesWrite>() { div."mt-2".wide { (button("Send by e-mail").icon("send").class("w-full").opens_dialog("send")) } }
            @if let Some(reason) = &head.void_reason { p.t13.mt-2 { "Voided: " (reason) } }
        }
        @if !invoice.payments.is_empty() {
            section { div.sect-head { h2 { "Payments" } } ul.t13."grid"."gap-2" { @for payment in &invoice.payments { (paid(scope, payment)) } } }
        }
        @for panel in &open.beside.others { (panel) }
        @if draft && scope.can::<InvoicesWrite>() { (deposits(scope, head, &open.beside.deposits)) }
        (settles(scope, head, &open.beside))
        section {
            div.sect-head { h2 { "About" } }
            div."grid"."gap-1".t13 {
                a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/customers/" (head.customer_id) } { (icon("circle-user")) (head.customer_name) }
                @if let Some(order) = head.work_order_id { a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/jobs/" (order) } { (icon("wrench")) "The job" } }
                a.link."flex"."items-center"."gap-2"."min-h-7" href={ "/invoices/" (head.id) "/pdf" } target="_blank" { (icon("file-text")) "PDF, as the customer gets it" }
                @if let Some(path) = &open.beside.link { a.link."flex"."items-center"."gap-2"."min-h-7" href=(path) target="_blank" { (icon("external-link")) "As the customer sees it online" } }
            }
        }
        @if draft && scope.can::<InvoicesWrite>() { (words(invoice, open)) }
        @if scope.can::<InvoicesWrite>() { (endings(head, !open.beside.notes.is_empty())) }
    }
}

fn paid(scope: &Scope, payment: &Payment) -> Markup {
    let today = scope.local_now().date();
    html! {
        li."flex"."justify-between"."items-baseline"."gap-2" {
            span {
                (written::money(scope.tenant(), payment.amount)) " " span.dim { (payment.method.label().to_lowercase()) @if let Some(reference) = &payment.reference { ", " (reference) } }
                @if payment.reversed_on.is_some() { " " (ui::tag("Taken back")) }
                @else if scope.can::<kernel::PricesSee>() { " " a.link.t12 href={ "/payments/" (payment.id) "/receipt" } target="_blank" { "Receipt" } }
                @if payment.reversed_on.is_none() && payment.may_be_taken_back() && scope.can::<PaymentsWrite>() { " " (button("Take back").quiet().small().opens_dialog(format!("back-{}", payment.id))) }
            }
            time.dim.num.t12 datetime=(payment.received_on) { (written::short_day(payment.received_on, today)) }
        }
    }
}

/// What the customer paid before, each with its own button.
fn deposits(scope: &Scope, head: &Listed, left: &[Held]) -> Markup {
    let money = |held: &Held| written::money(scope.tenant(), Money::new(held.left_minor, head.total.currency));
    html! {
        @if !left.is_empty() {
            section {
                div.sect-head { h2 { "Deposits" } }
                ul.t13."grid"."gap-2" { @for held in left {
                    @let number = held.number.as_deref().unwrap_or_default();
                    li."flex"."justify-between"."items-center"."gap-2" {
                        span { a.link href={ "/invoices/" (held.id) } { (number) } " " span.num { (money(held)) } }
                        (verb_form(&format!("/invoices/{}/deposits/{}", head.id, held.id), html! { (button("Take off").small().attr("aria-label", format!("Take off deposit {number}"))) }))
                    }
                } }
            }
        }
    }
}

/// Terms, reference and note of a draft.
fn words(invoice: &Invoice, open: &Open) -> Markup {
    let head = &invoice.head;
    let filled = if open.words {
        open.filled.clone()
    } else {
        Filled::of([
            ("terms_days", head.terms_days.to_string()),
            ("reference", head.reference.clone().unwrap_or_default()),
            ("note", head.note.clone().unwrap_or_default()),
        ])
    };
    let fields = html! {
        input type="hidden" name="version" value=(head.version);
        (field::number(&filled, "terms_days", "Days to pay").after("days"))
        (field::text(&filled, "reference", "Their order number").most(100))
        (field::textarea(&filled, "note", "Words below the total").rows(3).most(2000))
        (form::actions(html! { (button("Save")) }))
    };
    html! { section { div.sect-head { h2 { "Terms and words" } } (form::form(&format!("/invoices/{}/words", head.id), &filled, fields)) } }
}

/// Credit notes, what is written off, and the customer's credit that could be used.
fn settles(scope: &Scope, head: &Listed, beside: &Beside) -> Markup {
    let tenant = scope.tenant();
    let today = scope.local_now().date();
    let credit = kernel::Money::new(beside.credit, tenant.locale.currency);
    let open = matches!(head.status, Status::Issued | Status::PartPaid);
    let verb = |path: &str, button: ui::Button| {
        html! {
            form.contents method="post" action={ "/invoices/" (head.id) (path) } data-form {
                (form::key()) input type="hidden" name="version" value=(head.version);
                (button)
            }
        }
    };
    html! {
        @if !beside.letters.is_empty() {
            section { div.sect-head { h2 { "Letters" } } ul.t13."grid"."gap-2" { @for letter in &beside.letters {
                @let day = letter.created_at.to_zoned(tenant.locale.zone.clone()).date();
                li."flex"."justify-between"."items-baseline"."gap-2" {
                    span { (letter.kind.label()) " " span.dim { (letter.sent_to) } }
                    time.dim.num.t12 datetime=(day) { (written::short_day(day, today)) }
                }
            } } }
        }
        @if !beside.notes.is_empty() {
            section { div.sect-head { h2 { "Credit notes" } } ul.t13."grid"."gap-2" { @for note in &beside.notes {
                li."flex"."justify-between"."items-baseline"."gap-2" {
                    span { @if scope.can::<kernel::PricesSee>() { a.link href={ "/credit-notes/" (note.id) "/pdf" } target="_blank" { (note.number) } } @else { (note.number) } " " (written::money(tenant, note.total())) " " span.dim { (note.reason) } }
                    time.dim.num.t12 datetime=(note.issued_on) { (written::short_day(note.issued_on, today)) }
                }
            } } }
        }
        @if let Some(off) = &beside.written_off {
            section {
                div.sect-head { h2 { "Written off" } }
                p.t13 { (written::money(tenant, head.written_off)) ": " (off.reason) }
                @if scope.can::<InvoicesWrite>() { div."mt-2" { (verb("/write-off/reverse", button("Take back").quiet().small().icon("rotate-ccw"))) } }
            }
        }
        @if open && beside.credit > 0 && scope.can::<PaymentsWrite>() {
            section {
                div.sect-head { h2 { "Credit" } }
                p.t13."mb-2" { (head.customer_name) " has " a.link href={ "/customers/" (head.customer_id) "/credit" } { (written::money(tenant, credit)) } " of credit." }
                (verb("/credit", button("Use it here").small().icon("circle-dollar-sign")))
            }
        }
    }
}

fn endings(head: &Listed, credited: bool) -> Markup {
    let settled = credited || head.credited.minor > 0;
    html! {
        @match head.status {
            Status::Draft => section {
                form.contents method="post" action={ "/invoices/" (head.id) "/discard" } data-form {
                    (form::key()) input type="hidden" name="version" value=(head.version);
                    (button("Discard draft").quiet().small().icon("trash-2"))
                }
            },
            Status::Issued | Status::PartPaid | Status::Paid => section."flex"."flex-wrap"."gap-2" {
                (link_button("Credit note", format!("/invoices/{}/credit-note", head.id)).quiet().small().icon("undo-2"))
                @if head.status != Status::Paid { (button("Write off").quiet().small().icon("ban").opens_dialog("write-off")) }
                @if head.status != Status::PartPaid && !settled { (button("Void invoice").quiet().small().icon("ban").opens_dialog("void")) }
            },
            Status::WrittenOff | Status::Void => {},
        }
    }
}
