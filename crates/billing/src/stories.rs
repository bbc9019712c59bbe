//! How billing's events read on the timeline of a customer.
use customers::timeline::{Story, Told};

customers::story! {
    "invoice.issued" => |told| {
        Some(Story::of(told)?.icon("receipt-text").text(format!("Invoice {} issued, {}", told.word("number"), told.money("total_minor"))).href(href(told, "invoice")))
    };
    "invoice.voided" => |told| {
        Some(Story::of(told)?.icon("ban").text(format!("Invoice {} voided", told.word("number"))).href(href(told, "invoice")))
    };
    "payment.recorded" => |told| {
        Some(Story::of(told)?.icon("circle-dollar-sign").good().text(format!("{} paid on invoice {}", told.money("amount_minor"), told.word("number"))).href(href(told, "invoice")))
    };
    "invoice.sent" => |told| {
        Some(Story::of(told)?.icon("send").text(format!("Invoice {} sent to {}", told.word("number"), told.word("sent_to"))).href(href(told, "invoice")))
    };
    "invoice.reminded" => |told| {
        Some(Story::of(told)?.icon("bell").text(format!("Reminded of invoice {}", told.word("number"))).href(href(told, "invoice")))
    };
    "statement.sent" => |told| {
        Some(Story::of(told)?.icon("send").text(format!("Statement sent to {}", told.word("sent_to"))).href(format!("/customers/{}/statement", told.word("customer"))))
    };
    "credit_note.issued" => |told| {
        Some(Story::of(told)?.icon("undo-2").text(format!("Credit note {} for {}, {}", told.word("number"), told.word("invoice_number"), told.money("total_minor"))).href(href(told, "invoice")))
    };
    "credit.used" => |told| {
        Some(Story::of(told)?.icon("circle-dollar-sign").text(format!("Credit of {} used on {}", told.money("amount_minor"), told.word("number"))).href(href(told, "invoice")))
    };
    "credit.refunded" => |told| {
        Some(Story::of(told)?.icon("undo-2").text(format!("{} of credit paid out", told.money("amount_minor"))).href(format!("/customers/{}/credit", told.word("customer"))))
    };
    "invoice.written_off" => |told| {
        Some(Story::of(told)?.icon("ban").bad().text(format!("{} of {} written off", told.money("amount_minor"), told.word("number"))).href(href(told, "invoice")))
    };
    "invoice.write_off_reversed" => |told| {
        Some(Story::of(told)?.icon("rotate-ccw").text(format!("{} is open again", told.word("number"))).href(href(told, "invoice")))
    };
    "payment.reversed" => |told| {
        Some(Story::of(told)?.icon("undo-2").bad().text(format!("Payment of {} on invoice {} taken back", told.money("amount_minor"), told.word("number"))).href(href(told, "invoice")))
    };
}

fn href(told: &Told<'_>, field: &str) -> String {
    format!("/invoices/{}", told.word(field))
}
