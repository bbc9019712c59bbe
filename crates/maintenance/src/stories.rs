//! How plans read on a customer's timeline. Their visits tell their own stories.
use customers::timeline::{Story, Told};

fn story(told: &Told, icon: &'static str, text: &str) -> Option<Story> {
    Some(Story::of(told)?.icon(icon).text(text).href(format!("/maintenance/{}", told.subject)))
}

fn created(told: &Told) -> Option<Story> {
    // The rest of a plan that was changed from some day on is no new plan to the customer.
    let rest = told.body.get("follows").is_some_and(|follows| !follows.is_null());
    (!rest).then(|| story(told, "repeat", "Maintenance plan begun")).flatten()
}

customers::story! {
    "maintenance_plan.created" => created;
    "maintenance_plan.changed" => |told| story(told, "repeat", "Maintenance plan changed");
    "maintenance_plan.paused" => |told| story(told, "pause", "Maintenance plan paused");
    "maintenance_plan.resumed" => |told| story(told, "play", "Maintenance plan taken up again");
    "maintenance_plan.ended" => |told| Some(story(told, "ban", "Maintenance plan ended")?.bad());
}
