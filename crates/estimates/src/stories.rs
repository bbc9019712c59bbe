//! How estimates' events read on the timeline of a customer.
use customers::timeline::{Story, Told};
use kernel::{Currency, Money};

customers::story! {
    "estimate.sent" => |told| {
        Some(Story::of(told)?.icon("send").text(format!("Estimate {} sent, {}", word(told, "number"), money(told))).href(href(told)))
    };
    "estimate.viewed" => |told| {
        Some(Story::of(told)?.icon("eye").text(format!("Estimate {} looked at", word(told, "number"))).href(href(told)))
    };
    "estimate.approved" => |told| {
        Some(Story::of(told)?.icon("signature").good().text(format!("Estimate {} approved, {}", word(told, "number"), money(told))).href(href(told)))
    };
    "estimate.declined" => |told| {
        Some(Story::of(told)?.icon("x").bad().text(format!("Estimate {} declined", word(told, "number"))).href(href(told)))
    };
    "estimate.expired" => |told| {
        Some(Story::of(told)?.icon("clock").text(format!("Estimate {} is no longer good", word(told, "number"))).href(href(told)))
    };
    "estimate.withdrawn" => |told| {
        Some(Story::of(told)?.icon("undo-2").text(format!("Estimate {} withdrawn", word(told, "number"))).href(href(told)))
    };
}

fn word<'a>(told: &'a Told, field: &str) -> &'a str {
    told.body.get(field).and_then(|value| value.as_str()).unwrap_or("")
}

fn money(told: &Told) -> String {
    let minor = told.body.get("total_minor").and_then(kernel::serde_json::Value::as_i64).unwrap_or(0);
    Money::new(minor, Currency::of(word(told, "currency")).unwrap_or(Currency::USD)).display("en")
}

fn href(told: &Told) -> String {
    format!("/estimates/{}", word(told, "estimate"))
}
