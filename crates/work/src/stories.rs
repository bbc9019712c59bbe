//! How jobs read on the timeline of a customer.
use customers::timeline::{Story, Told};

fn job(told: &Told, did: &str) -> Option<Story> {
    let number = told.body.get("number")?.as_i64()?;
    Some(
        Story::of(told)?
            .icon("wrench")
            .text(format!("Job {} {did}", crate::order::called(number)))
            .href(format!("/jobs/{}", told.subject)),
    )
}

customers::story! {
    "work_order.created" => |told| job(told, "opened").map(|story| story.icon("clipboard-list"));
    "work_order.started" => |told| job(told, "started");
    "work_order.held" => |told| job(told, "put on hold").map(|story| story.icon("pause"));
    "work_order.resumed" => |told| job(told, "goes on").map(|story| story.icon("play"));
    "work_order.reopened" => |told| job(told, "reopened").map(|story| story.icon("rotate-ccw"));
    "work_order.signed" => |told| job(told, "signed by the customer").map(|story| story.icon("signature").good());
    "work_order.completed" => |told| job(told, "finished").map(|story| story.icon("circle-check").good());
    "work_order.cancelled" => |told| job(told, "cancelled").map(|story| story.icon("circle-x").bad())
}
