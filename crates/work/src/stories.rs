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

/// "Visit 2 of J-1042 booked".
fn visit(told: &Told, did: &str) -> Option<Story> {
    let (number, nth) = (told.body.get("number")?.as_i64()?, told.body.get("nth")?.as_i64()?);
    job(told, did).map(|story| story.text(format!("Visit {nth} of job {} {did}", crate::order::called(number))))
}

fn starts_at(told: &Told) -> Option<jiff::Timestamp> {
    told.word("starts_at").parse().ok()
}

fn ended(told: &Told) -> &'static str {
    match told.word("again_for") {
        "" => "done",
        _ => "done, somebody has to come again",
    }
}

customers::story! {
    "work_order.created" => |told| job(told, "opened").map(|story| story.icon("clipboard-list"));
    "work_order.visit_booked" => |told| visit(told, "booked").map(|story| story.icon("calendar-plus").about(starts_at(told)));
    "work_order.visit_ended" => |told| visit(told, ended(told)).map(|story| story.icon("calendar-check"));
    "work_order.started" => |told| job(told, "started");
    "work_order.held" => |told| job(told, "put on hold").map(|story| story.icon("pause"));
    "work_order.resumed" => |told| job(told, "goes on").map(|story| story.icon("play"));
    "work_order.reopened" => |told| job(told, "reopened").map(|story| story.icon("rotate-ccw"));
    "work_order.signed" => |told| job(told, "signed by the customer").map(|story| story.icon("signature").good());
    "work_order.completed" => |told| job(told, "finished").map(|story| story.icon("circle-check").good());
    "work_order.cancelled" => |told| job(told, "cancelled").map(|story| story.icon("circle-x").bad())
}
