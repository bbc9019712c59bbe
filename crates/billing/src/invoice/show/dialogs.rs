//! The dialogs of the page: each a form that says what it does.
use kernel::Scope;
use maud::{Markup, html};
use ui::{Filled, button, dialog, dialog_open, dismiss, field, form};

use super::Open;
use crate::{
    invoice::{Invoice, Status},
    payment::Method,
    permissions::{InvoicesWrite, PaymentsWrite},
    written,
};

pub(super) fn dialogs(scope: &Scope, invoice: &Invoice, open: &Open) -> Markup {
    let (tenant, head) = (scope.tenant(), &invoice.head);
    let blank = Filled::default();
    let filled = |act: &str| if open.act == act { &open.filled } else { &blank };
    let base = format!("/invoices/{}", head.id);
    let foot = |id: &str, verb: ui::Button| html! { (dismiss("Not now")) (verb.attr("form", id)) };
    let methods: Vec<(&str, &str)> = Method::BY_HAND.iter().map(|method| (method.as_str(), method.label())).collect();
    let today = scope.local_now().date();
    let ask_reason = |id: &str, action: String, filled: &Filled, says: &str| {
        html! {
            form id=(id) method="post" action=(action) data-form {
                (form::key()) input type="hidden" name="version" value=(head.version);
                (form::summary(filled))
                p.soft.t13."mb-2" { (says) }
                (field::text(filled, "reason", "Why").required().most(300).id(format!("{id}-reason")))
            }
        }
    };
    html! {
        @if matches!(head.status, Status::Issued | Status::PartPaid) && scope.can::<PaymentsWrite>() {
            (dialog_open(open.act == "pay", "pay", "Record payment", html! {
                form #pay-form method="post" action={ (base) "/payments" } data-form {
                    (form::key()) (form::summary(filled("pay")))
                    (form::pair(html! {
                        (field::money(filled("pay"), "amount", "Amount", head.balance.currency.code()).value(head.balance.amount()).required())
                        (field::date(filled("pay"), "received_on", "Came in on").value(today.to_string()).required())
                    }))
                    (field::select(filled("pay"), "method", "How", &methods))
                    (field::text(filled("pay"), "reference", "Number of the cheque, reference of the transfer").most(100))
                    (field::checkbox(filled("pay"), "keep_rest", "Keep what is too much as credit"))
                    p.soft.t13 { "Open on " (head.number.as_deref().unwrap_or("")) ": " (written::money(tenant, head.balance)) }
                }
            }, foot("pay-form", button("Record payment").primary())))
        }
        @if matches!(head.status, Status::Issued | Status::Paid) && scope.can::<InvoicesWrite>() {
            (dialog_open(open.act == "void", "void", "Void invoice", ask_reason("void-form", format!("{base}/void"), filled("void"), "It keeps its number and counts for nothing. This cannot be taken back."), foot("void-form", button("Void invoice").danger())))
        }
        @if !matches!(head.status, Status::Draft | Status::Void) && scope.can::<InvoicesWrite>() {
            (dialog_open(open.act == "send", "send", "Send by e-mail", html! {
                form #send-form method="post" action={ (base) "/send" } data-form {
                    (form::key()) (form::summary(filled("send")))
                    (field::email(filled("send"), "email", "To").value(if open.act == "send" { open.filled.value("email").to_owned() } else { open.beside.email.clone() }).required())
                    (field::textarea(filled("send"), "words", "In your words").rows(3).most(2000))
                    p.soft.t13 { "With the PDF attached." }
                }
            }, foot("send-form", button("Send").primary())))
        }
        @if matches!(head.status, Status::Issued | Status::PartPaid) && scope.can::<InvoicesWrite>() {
            (dialog_open(open.act == "write-off", "write-off", "Write off", ask_reason("write-off-form", format!("{base}/write-off"), filled("write-off"), &format!("{} becomes a loss. It can be taken back when somebody pays after all.", written::money(tenant, head.balance))), foot("write-off-form", button("Write off").danger())))
        }
        @for payment in invoice.payments.iter().filter(|payment| payment.may_be_taken_back() && scope.can::<PaymentsWrite>()) {
            @let id = format!("back-{}", payment.id);
            @let says = format!("{} counts for nothing then, and {} is open again.", written::money(tenant, payment.amount), head.number.as_deref().unwrap_or("the invoice"));
            (dialog(&id, "Take payment back", ask_reason(&format!("{id}-form"), format!("{base}/payments/{}/reverse", payment.id), filled("back"), &says), foot(&format!("{id}-form"), button("Take back").danger())))
        }
    }
}
