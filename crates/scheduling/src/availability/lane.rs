//! One technician's days, made ready so that each question about a time is answered by looking it up.
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use kernel::tenant::Locale;

use super::{
    roster::{Candidate, Roster},
    spot::Travel,
};
use crate::{
    area,
    credential::Credential,
    rule::item::Need,
    say,
    shift::{Stretch, melt},
};

/// The company's days one after the other, to find a moment's day without asking the calendar each time.
#[derive(Debug, Clone)]
pub struct Days {
    first: Date,
    begins: Vec<Timestamp>,
}

impl Days {
    /// With a day before and two after.
    pub fn new(from: Date, until: Date, locale: &Locale) -> Self {
        let one = Span::new().days(1);
        let (first, last) = (from.saturating_sub(one), until.saturating_add(Span::new().days(2)));
        Self {
            first,
            begins: first.series(one).take_while(|day| *day <= last).map(|day| say::midnight(day, locale)).collect(),
        }
    }
    pub fn index(&self, at: Timestamp) -> usize {
        self.begins.partition_point(|begin| *begin <= at).saturating_sub(1)
    }
    pub fn date(&self, index: usize) -> Date {
        self.first.saturating_add(Span::new().days(index as i64))
    }
    fn len(&self) -> usize {
        self.begins.len()
    }
}

/// A visit that is there already, with what is kept free around it.
#[derive(Debug, Clone)]
pub struct Stop {
    pub starts: Timestamp,
    pub ends: Timestamp,
    /// Minutes from there to the place that is asked about, and from that place on to there.
    leads: i64,
    follows: i64,
}

/// What a time is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub before: i64,
    pub after: i64,
}

impl Visit {
    /// With what is kept free around it.
    pub fn outer(&self) -> Stretch {
        let minutes = SignedDuration::from_mins;
        (
            self.starts.saturating_sub(minutes(self.before)).unwrap_or(self.starts),
            self.ends.saturating_add(minutes(self.after)).unwrap_or(self.ends),
        )
    }
}

/// Nobody drives further than this from one visit to the next without the day's start between them.
const APART: SignedDuration = SignedDuration::from_hours(12);

pub struct Lane<'a> {
    pub who: &'a Candidate,
    pub hours: Vec<Stretch>,
    pub on_call: Vec<Stretch>,
    busy: Vec<Stretch>,
    /// Of these, what a calendar of their own says.
    own: Vec<Stretch>,
    stops: Vec<Stop>,
    /// Minutes from where the day starts to the place, where both are known.
    from_start: Option<i64>,
    /// By day: visits, and minutes of them.
    load: Vec<(i64, i64)>,
    pub lacks: Vec<&'a Need>,
    held: Vec<&'a Credential>,
    /// Whether the place is theirs to go to.
    pub goes_there: bool,
}

impl<'a> Lane<'a> {
    pub fn of(roster: &'a Roster, who: &'a Candidate, days: &Days, travel: &Travel, locale: &Locale) -> Self {
        let place = &roster.place;
        let (first, last) = (days.date(0), days.date(days.len() - 1));
        let own = || roster.taken.iter().filter(|one| one.technician_id == who.id);
        let (mut busy, mut own_busy, mut stops, mut on_call) = (vec![], vec![], vec![], vec![]);
        let mut load = vec![(0, 0); days.len()];
        for one in own() {
            if one.kind == "on_call" {
                on_call.push((one.starts_at, one.ends_at));
                continue;
            }
            let visit = Visit {
                starts: one.starts_at,
                ends: one.ends_at,
                before: one.before.into(),
                after: if one.kind == "completed" { 0 } else { one.after.into() },
            };
            let (starts, ends) = visit.outer();
            busy.push((starts, ends));
            if one.kind == "busy" {
                own_busy.push((starts, ends));
            }
            if one.appointment_id.is_some() {
                let spot = one.spot();
                let (leads, follows) = (travel.minutes(&spot, place), travel.minutes(place, &spot));
                stops.push(Stop { starts, ends, leads, follows });
                if let Some(day) = load.get_mut(days.index(one.starts_at)) {
                    *day = (day.0 + 1, day.1 + one.ends_at.duration_since(one.starts_at).as_mins());
                }
            }
        }
        stops.sort_by_key(|stop| stop.starts);
        let has = |need: &Need| {
            roster
                .held
                .iter()
                .any(|h| h.technician_id == who.id && h.skill_id == need.skill_id && h.level >= need.level)
        };
        let start = who.start();
        let known = start.is_known() && place.point().is_some();
        Lane {
            who,
            from_start: known.then(|| travel.minutes(&start, place)),
            hours: roster.hours().of(who.id, first, last, locale),
            on_call: melt(on_call),
            busy: melt(busy),
            own: melt(own_busy),
            stops,
            load,
            lacks: roster.needs.iter().filter(|need| !has(need)).collect(),
            held: roster.credentials.iter().filter(|one| one.technician_id == who.id).collect(),
            goes_there: roster.goes_there(who.id),
        }
    }

    /// The stretch of the shift that holds the whole visit.
    pub fn shift_of(&self, visit: &Visit) -> Option<Stretch> {
        self.hours.iter().find(|(from, until)| *from <= visit.starts && visit.ends <= *until).copied()
    }
    pub fn is_on_call(&self, visit: &Visit) -> bool {
        self.on_call.iter().any(|(from, until)| *from <= visit.starts && visit.ends <= *until)
    }
    /// The first thing that is in the way.
    pub fn in_the_way(&self, visit: &Visit) -> Option<Stretch> {
        let (starts, ends) = visit.outer();
        let next = self.busy.partition_point(|(_, until)| *until <= starts);
        self.busy.get(next).filter(|(from, _)| *from < ends).copied()
    }
    /// What a calendar of their own has then.
    pub fn busy_by_own_calendar(&self, visit: &Visit) -> Option<Stretch> {
        let (starts, ends) = visit.outer();
        self.own.iter().find(|(from, until)| *from < ends && *until > starts).copied()
    }
    pub fn load_on(&self, day: usize) -> (i64, i64) {
        self.load.get(day).copied().unwrap_or_default()
    }
    pub fn lacks_licence<'r>(&self, roster: &'r Roster, day: Date) -> Option<&'r crate::credential::Asked> {
        roster.asked.iter().find(|asked| !self.held.iter().any(|held| held.meets(asked, day)))
    }

    /// Minutes of the way there and the minutes that there are for it; the same of the way on. None where nothing is known
    /// to come before or after.
    pub fn ways(&self, visit: &Visit) -> [Option<(i64, i64)>; 2] {
        let (starts, ends) = visit.outer();
        let near = |gap: SignedDuration| gap <= APART;
        let next = self.stops.partition_point(|stop| stop.starts < ends);
        let after = self.stops.get(next).filter(|stop| near(stop.starts.duration_since(ends)));
        let earlier = self.stops[..next].iter().rev().filter(|stop| stop.ends <= starts);
        let before = earlier.max_by_key(|stop| stop.ends).filter(|stop| near(starts.duration_since(stop.ends)));
        let there = match before {
            Some(stop) => Some((stop.leads, starts.duration_since(stop.ends).as_mins())),
            // The first of the day, from where the day starts, where that is known.
            None => self
                .from_start
                .zip(self.shift_of(visit))
                .map(|(takes, shift)| (takes, starts.duration_since(shift.0).as_mins().max(0))),
        };
        let on = after.map(|stop| (stop.follows, stop.starts.duration_since(ends).as_mins()));
        [there, on]
    }
}

impl Roster {
    /// Whether the place lies where the company goes; where too little is known of it, nothing speaks against it.
    pub fn is_served(&self) -> bool {
        area::is_served(&self.areas, &self.place)
    }

    pub fn goes_there(&self, technician: crate::TechnicianId) -> bool {
        let mut own = self.covers.iter().filter(|one| one.technician_id == technician).peekable();
        if own.peek().is_none() {
            return self.is_served();
        }
        let area = |id| self.areas.iter().find(|area| area.id == id);
        let known: Vec<bool> = own.filter_map(|one| area(one.area_id)?.holds(&self.place)).collect();
        known.contains(&true) || (known.is_empty() && self.is_served())
    }
}
