//! Estimates: what the work would cost, in one way or several; sent, approved by the customer, and become a job and a deposit invoice.
pub mod decision;
pub mod estimate;
mod finder;
mod numbers;
mod panels;
mod permissions;
pub mod reader;
pub mod revision;
mod stories;
pub mod sum;

pub use permissions::*;

kernel::id!(EstimateId, OptionId, EstimateLineId);

use kernel::Module;

pub fn module() -> Module {
    Module::new("estimates")
        .keeps_amounts(|scope| Box::pin(estimate::any(scope)))
        .get("/api/v1/estimates", estimate::list::api, "List estimates, newest first")
        .post("/api/v1/estimates", estimate::draft::api, "Write an estimate")
        .get("/api/v1/estimates/{id}", estimate::api, "One estimate with options, lines and sums")
        .patch("/api/v1/estimates/{id}", estimate::edit::api, "Change a draft")
        .delete("/api/v1/estimates/{id}", estimate::discard::api, "Throw a draft away that was never sent")
        .post("/api/v1/estimates/{id}/duplicate", estimate::duplicate::api, "The same once more, as a draft")
        .post(
            "/api/v1/estimates/{id}/send",
            revision::send::api,
            "Freeze it as a revision and send the customer the link",
        )
        .post("/api/v1/estimates/{id}/revise", revision::revise::api, "Take a sent estimate up again as a draft")
        .post("/api/v1/estimates/{id}/withdraw", revision::withdraw::api, "Take a sent estimate back")
        .post("/api/v1/estimates/{id}/approve", decision::office::api_approve, "Approve in the customer's name")
        .post("/api/v1/estimates/{id}/decline", decision::office::api_decline, "Decline in the customer's name")
        .get("/api/v1/estimates/{id}/revisions", revision::api, "What was sent, newest first, as it was shown")
        .get("/api/v1/estimates/{id}/pdf", revision::paper::api, "The estimate as PDF")
        .get("/estimates/{id}/pdf", revision::paper::api, "The estimate as PDF")
        .get("/estimate/{token}/pdf", revision::paper::by_link, "The estimate as PDF, by the link")
        .get("/estimates", estimate::page::page, "List of estimates")
        .get("/estimates/rows", estimate::page::rows, "More rows of the list")
        .get("/estimates/part", estimate::page::part, "The list alone")
        .get("/estimates/new", estimate::new::page, "Whom a new estimate is for")
        .post("/estimates/new/{id}", estimate::new::post, "Write an estimate")
        .get("/estimates/{id}", estimate::show::page, "Page of an estimate")
        .get("/estimates/{id}/part", estimate::show::part, "Paper and side alone")
        .post("/estimates/{id}/lines", estimate::post::add_line, "Add a line")
        .post("/estimates/{id}/lines/{line}", estimate::post::change_line, "Change a line")
        .post("/estimates/{id}/lines/{line}/remove", estimate::post::remove_line, "Remove a line")
        .post("/estimates/{id}/options", estimate::post::add_option, "Add an option")
        .post("/estimates/{id}/options/{option}", estimate::post::change_option, "Change an option's name and discount")
        .post("/estimates/{id}/options/{option}/copy", estimate::post::copy_option, "Copy an option")
        .post("/estimates/{id}/options/{option}/remove", estimate::post::remove_option, "Remove an option")
        .post("/estimates/{id}/words", estimate::post::words, "Change title, words, validity and deposit")
        .post("/estimates/{id}/discard", estimate::post::discard_it, "Discard the draft")
        .post("/estimates/{id}/duplicate", estimate::post::duplicate_it, "Duplicate the estimate")
        .post("/estimates/{id}/send", estimate::deeds::send_it, "Send the estimate")
        .post("/estimates/{id}/revise", estimate::deeds::revise_it, "Take it up again as a draft")
        .post("/estimates/{id}/withdraw", estimate::deeds::withdraw_it, "Withdraw the estimate")
        .post("/estimates/{id}/approve", estimate::deeds::approve_it, "Approve in the customer's name")
        .post("/estimates/{id}/decline", estimate::deeds::decline_it, "Decline in the customer's name")
        .get("/estimate/{token}", reader::show::page, "An estimate, by the link in the letter")
        .get("/estimate/{token}/sums", reader::show::sums, "What an option comes to with what is ticked")
        .get("/estimate/{token}/sign", reader::sign::page, "What was chosen, to be approved")
        .post("/estimate/{token}/approve", reader::answer::approve_it, "The customer approves")
        .post("/estimate/{token}/decline", reader::answer::decline_it, "The customer declines")
        .post("/estimate/{token}/seen", reader::seen::post, "The customer looks at it")
        .every("estimates.turn", 3600, revision::turn::turn)
        .nav::<EstimatesRead>(55, "Estimates", "/estimates", "file-pen-line", 'e')
        .panel::<EstimatesRead>("customer.rail", 28, panels::customer)
        .panel::<EstimatesRead>("work_order.rail", 25, panels::work_order)
        .panel::<EstimatesRead>("today.money", 20, numbers::card_of)
        .finder::<EstimatesRead>("Estimates", finder::find)
        .action::<EstimatesWrite>("New estimate", "/estimates/new", "file-pen-line", true)
}
