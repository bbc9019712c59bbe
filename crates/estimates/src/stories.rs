//! How estimates' events read on the timeline of a customer.
use customers::timeline::{Story, Told};

customers::story! {
    "estimate.sent" => |told| {
        Some(Story::of(told)?.icon("send").text(format!("Estimate {} sent, {}", told.word("number"), told.money("total_minor"))).href(href(told)))
    };
    "estimate.viewed" => |told| {
        Some(Story::of(told)?.icon("eye").text(format!("Estimate {} looked at", told.word("number"))).href(href(told)))
    };
    "estimate.approved" => |told| {
        Some(Story::of(told)?.icon("signature").good().text(format!("Estimate {} approved, {}", told.word("number"), told.money("total_minor"))).href(href(told)))
    };
    "estimate.declined" => |told| {
        Some(Story::of(told)?.icon("x").bad().text(format!("Estimate {} declined", told.word("number"))).href(href(told)))
    };
    "estimate.expired" => |told| {
        Some(Story::of(told)?.icon("clock").text(format!("Estimate {} is no longer good", told.word("number"))).href(href(told)))
    };
    "estimate.withdrawn" => |told| {
        Some(Story::of(told)?.icon("undo-2").text(format!("Estimate {} withdrawn", told.word("number"))).href(href(told)))
    };
}

fn href(told: &Told<'_>) -> String {
    format!("/estimates/{}", told.word("estimate"))
}
