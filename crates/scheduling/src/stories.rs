//! How appointments read on a customer's timeline.
use customers::timeline::{Story, Told};

fn story(told: &Told, icon: &'static str, text: &str) -> Option<Story> {
    Some(Story::of(told)?.icon(icon).text(text).href(format!("/appointments/{}", told.subject)))
}

/// With the time of the visit, for whoever reads the timeline without opening it.
fn timed(told: &Told, icon: &'static str, text: &str) -> Option<Story> {
    let starts_at = told.body.get("starts_at").and_then(|at| at.as_str()?.parse().ok());
    Some(story(told, icon, text)?.about(starts_at))
}

fn booked(told: &Told) -> Option<Story> {
    let online = told.body.get("source").and_then(|source| source.as_str()) == Some("online");
    timed(told, "calendar-plus", if online { "Visit booked online" } else { "Visit booked" })
}

customers::story! {
    "appointment.booked" => booked;
    "appointment.moved" => |told| timed(told, "calendar-range", "Visit moved");
    "appointment.confirmed" => |told| story(told, "calendar-check", "Visit confirmed");
    "appointment.en_route" => |told| story(told, "truck", "Technician on the way");
    "appointment.started" => |told| story(told, "wrench", "Technician on site");
    "appointment.completed" => |told| Some(story(told, "check", "Visit done")?.good());
    "appointment.cancelled" => |told| Some(story(told, "calendar-x", "Visit cancelled")?.bad());
    "appointment.no_show" => |told| Some(story(told, "user-x", "Nobody was home")?.bad());
}
