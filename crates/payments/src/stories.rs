//! How what happens with cards reads on the timeline of a customer.
use customers::timeline::{Story, Told};

customers::story! {
    "card_on_file.kept" => |told| {
        Some(Story::of(told)?.icon("credit-card").text(format!("Keeps {} for invoices", told.word("called"))))
    };
    "card_on_file.removed" => |told| {
        Some(Story::of(told)?.icon("credit-card").text(format!("{} is kept no longer", told.word("called"))))
    };
    "card_refund.begun" => |told| {
        Some(Story::of(told)?.icon("undo-2").text(format!("{} of invoice {} given back to the card", told.money("amount_minor"), told.word("number"))).href(href(told)))
    };
    "card_refund.failed" => |told| {
        Some(Story::of(told)?.icon("circle-alert").bad().text(format!("{} of invoice {} did not get back to the card", told.money("amount_minor"), told.word("number"))).href(href(told)))
    };
    "card_dispute.opened" => |told| {
        Some(Story::of(told)?.icon("shield-alert").bad().text(format!("{} of invoice {} is disputed", told.money("amount_minor"), told.word("number"))).href(href(told)))
    };
    "card_dispute.closed" => |told| {
        let story = Story::of(told)?.href(href(told));
        let (amount, number) = (told.money("amount_minor"), told.word("number"));
        Some(match told.word("status") == "won" {
            true => story.icon("shield-check").good().text(format!("Dispute over {amount} of invoice {number} won")),
            false => story.icon("shield-alert").bad().text(format!("Dispute over {amount} of invoice {number} lost")),
        })
    };
    "card_charge.failed" => |told| {
        Some(Story::of(told)?.icon("circle-alert").bad().text(format!("{} of invoice {} could not be charged to {}", told.money("amount_minor"), told.word("number"), told.word("called"))).href(href(told)))
    };
}

fn href(told: &Told<'_>) -> String {
    format!("/invoices/{}", told.word("invoice"))
}
