//! What a maintenance plan is to bring and is not booked yet: one event that comes round by the plan's own rule, without the days on
//! which nobody comes. A visit that comes otherwise than the rule says is an event of its own, as a booked one is.
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use kernel::Tenant;
use maintenance::{recurrence, visit::Coming};

use super::write::{Event, Lines};

#[derive(Debug)]
pub struct Series {
    /// The first visit that is as the plan says. Counted from any of its visits a rule brings the same days.
    pub first: Event,
    pub zone: TimeZone,
    pub zone_name: String,
    rule: String,
    until: Timestamp,
    /// By the clock of the wall.
    left_out: Vec<DateTime>,
}

/// When a visit begins on that day, where all readers of a calendar understand the same by it: an hour that a change of the clocks
/// skips or repeats they do not.
fn planned(day: Date, coming: &Coming, zone: &TimeZone) -> Option<Timestamp> {
    let at = zone.to_ambiguous_timestamp(day.to_datetime(coming.plan.time));
    if at.is_ambiguous() { None } else { at.compatible().ok() }
}

/// The series of a plan, where any visit is as the plan says; and the visits that are not.
pub fn of(coming: &Coming, company: &Tenant) -> (Option<Series>, Vec<Event>) {
    let plan = &coming.plan;
    let zone = plan.zone();
    let event = |uid: String, starts_at: Timestamp| Event {
        uid,
        sequence: plan.version - 1,
        starts_at,
        ends_at: starts_at.saturating_add(SignedDuration::from_mins(coming.minutes.into())).unwrap_or(starts_at),
        changed_at: plan.updated_at,
        created_at: plan.created_at,
        status: "TENTATIVE",
        summary: format!("{}: {}", company.name, plan.item_name),
        place: Some(plan.place.clone()).filter(|place| !place.is_empty()),
        says: Some("By the maintenance plan. The time is agreed when the visit is booked.".into()),
        url: None,
    };
    let (id, slug) = (plan.id, &company.slug);
    let told = coming.visits.iter().filter_map(|visit| Some((visit.due_on, visit.starts_at?)));
    let (regular, others): (Vec<_>, Vec<_>) = told.partition(|(day, at)| planned(*day, coming, &zone) == Some(*at));
    let others = others.into_iter().map(|(day, at)| event(format!("{id}-{day}@{slug}"), at)).collect();
    let (Some((first, starts_at)), Some((last, until))) = (regular.first().copied(), regular.last().copied()) else {
        return (None, others);
    };
    let days = recurrence::days(&plan.rule, plan.starts_on, first, last);
    let left_out = days.filter(|day| regular.iter().all(|(regular, _)| regular != day));
    let left_out = left_out.map(|day| day.to_datetime(plan.time)).collect();
    let first = event(format!("{id}@{slug}"), starts_at);
    let (rule, zone_name) = (plan.rule.clone(), plan.zone.clone());
    (Some(Series { first, zone, zone_name, rule, until, left_out }), others)
}

impl Series {
    pub fn ends(&self) -> Timestamp {
        self.until.max(self.first.ends_at)
    }

    pub fn write(&self, lines: &mut Lines) {
        self.first.write(lines, &self.zone, &self.zone_name, |lines| {
            lines.plain("RRULE", &format!("{};UNTIL={}", self.rule, self.until.strftime("%Y%m%dT%H%M%SZ")));
            self.left_out.iter().for_each(|day| lines.local("EXDATE", *day, &self.zone_name));
        });
    }
}
