//! How billing's events read on the timeline of a customer.
use customers::timeline::{Story, Told};
use kernel::{Currency, Money};

customers::story! {
    "invoice.issued" => |told| {
        Some(Story::of(told)?.icon("receipt-text").text(format!("Invoice {} issued, {}", word(told, "number"), money(told, "total_minor"))).href(href(told, "invoice")))
    };
    "invoice.voided" => |told| {
        Some(Story::of(told)?.icon("ban").text(format!("Invoice {} voided", word(told, "number"))).href(href(told, "invoice")))
    };
    "payment.recorded" => |told| {
        Some(Story::of(told)?.icon("circle-dollar-sign").good().text(format!("{} paid on invoice {}", money(told, "amount_minor"), word(told, "number"))).href(href(told, "invoice")))
    };
    "invoice.sent" => |told| {
        Some(Story::of(told)?.icon("send").text(format!("Invoice {} sent to {}", word(told, "number"), word(told, "sent_to"))).href(href(told, "invoice")))
    };
    "invoice.reminded" => |told| {
        Some(Story::of(told)?.icon("bell").text(format!("Reminded of invoice {}", word(told, "number"))).href(href(told, "invoice")))
    };
    "statement.sent" => |told| {
        Some(Story::of(told)?.icon("send").text(format!("Statement sent to {}", word(told, "sent_to"))).href(format!("/customers/{}/statement", word(told, "customer"))))
    };
    "credit_note.issued" => |told| {
        Some(Story::of(told)?.icon("undo-2").text(format!("Credit note {} for {}, {}", word(told, "number"), word(told, "invoice_number"), money(told, "total_minor"))).href(href(told, "invoice")))
    };
    "credit.used" => |told| {
        Some(Story::of(told)?.icon("circle-dollar-sign").text(format!("Credit of {} used on {}", money(told, "amount_minor"), word(told, "number"))).href(href(told, "invoice")))
    };
    "credit.refunded" => |told| {
        Some(Story::of(told)?.icon("undo-2").text(format!("{} of credit paid out", money(told, "amount_minor"))).href(format!("/customers/{}/credit", word(told, "customer"))))
    };
    "invoice.written_off" => |told| {
        Some(Story::of(told)?.icon("ban").bad().text(format!("{} of {} written off", money(told, "amount_minor"), word(told, "number"))).href(href(told, "invoice")))
    };
    "invoice.write_off_reversed" => |told| {
        Some(Story::of(told)?.icon("rotate-ccw").text(format!("{} is open again", word(told, "number"))).href(href(told, "invoice")))
    };
    "payment.reversed" => |told| {
        Some(Story::of(told)?.icon("undo-2").bad().text(format!("Payment of {} on invoice {} taken back", money(told, "amount_minor"), word(told, "number"))).href(href(told, "invoice")))
    };
}

fn word<'a>(told: &'a Told, field: &str) -> &'a str {
    told.body.get(field).and_then(|value| value.as_str()).unwrap_or("")
}

fn money(told: &Told, field: &str) -> String {
    let minor = told.body.get(field).and_then(serde_json::Value::as_i64).unwrap_or(0);
    Money::new(minor, Currency::of(word(told, "currency")).unwrap_or(Currency::USD)).display("en")
}

fn href(told: &Told, field: &str) -> String {
    format!("/invoices/{}", word(told, field))
}
