//! The rules by which somebody may be sent, each answered for itself: for offers, for placing a visit, and to say why.
use jiff::{Span, Timestamp, civil::Date};
use kernel::{tenant::Locale, text_enum};

use super::{
    lane::{Days, Lane, Visit},
    roster::Roster,
};
use crate::{say, skill, technician::TechnicianId};

text_enum! {
    pub enum Rule {
        Skills = "skills": "Skills",
        Licences = "licences": "Licences",
        Area = "area": "Area",
        Shift = "shift": "Hours",
        Free = "free": "Free",
        Travel = "travel": "On the way",
        DayLimit = "day_limit": "Size of the day",
        Notice = "notice": "Notice",
        Horizon = "horizon": "How far ahead",
    }
}

/// One rule, whether it holds, and why.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Finding {
    pub rule: Rule,
    pub holds: bool,
    /// A sentence for people.
    pub says: String,
}

/// What somebody else than the chosen one would have broken; nothing where they could have come as well.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Other {
    pub technician_id: TechnicianId,
    pub findings: Vec<Finding>,
}

/// When customers may book: not before, not after, and what the rules say of it.
#[derive(Debug, Clone)]
struct Offered {
    from: Timestamp,
    now: Timestamp,
    notice: i64,
    last: Date,
    days: i32,
}

/// The rules of one question over its days.
pub struct Judge<'a> {
    pub roster: &'a Roster,
    pub days: Days,
    pub locale: &'a Locale,
    /// Whoever is on call counts as there.
    pub urgent: bool,
    offered: Option<Offered>,
}

impl<'a> Judge<'a> {
    pub fn new(roster: &'a Roster, days: Days, locale: &'a Locale, urgent: bool) -> Self {
        Self { roster, days, locale, urgent, offered: None }
    }

    /// With the rules for those who book themselves; the office may send somebody at once.
    pub fn for_customers(mut self, now: Timestamp) -> Self {
        let rules = &self.roster.rules;
        let notice = self.roster.notice();
        let today = say::local(now, self.locale).date();
        self.offered = Some(Offered {
            from: now.saturating_add(notice).unwrap_or(now),
            now,
            notice: notice.as_mins(),
            last: today.saturating_add(Span::new().days(rules.horizon_days)),
            days: rules.horizon_days,
        });
        self
    }

    pub fn lanes(&self) -> Vec<Lane<'a>> {
        let travel = self.roster.travel();
        let of = |who| Lane::of(self.roster, who, &self.days, &travel, self.locale);
        self.roster.candidates.iter().map(of).collect()
    }

    pub fn visit(&self, starts: Timestamp, ends: Timestamp) -> Visit {
        let (before, after) = self.roster.buffers();
        Visit { starts, ends, before: before.into(), after: after.into() }
    }

    /// What holds on every day or on none: no time needs to be tried where it does not.
    pub fn may_come(&self, lane: &Lane<'_>) -> bool {
        lane.lacks.is_empty() && lane.goes_there
    }

    pub fn holds(&self, rule: Rule, lane: &Lane<'_>, visit: &Visit) -> bool {
        match rule {
            Rule::Skills => lane.lacks.is_empty(),
            Rule::Licences => {
                self.roster.asked.is_empty()
                    || lane.lacks_licence(self.roster, self.days.date(self.days.index(visit.starts))).is_none()
            }
            Rule::Area => lane.goes_there,
            Rule::Shift => lane.shift_of(visit).is_some() || (self.urgent && lane.is_on_call(visit)),
            Rule::Free => lane.in_the_way(visit).is_none(),
            Rule::Travel => lane.ways(visit).into_iter().flatten().all(|(takes, there)| takes <= there),
            Rule::DayLimit => {
                let (jobs, minutes) = lane.load_on(self.days.index(visit.starts));
                let more = visit.ends.duration_since(visit.starts).as_mins();
                lane.who.day_jobs.is_none_or(|most| jobs < most.into())
                    && lane.who.day_minutes.is_none_or(|most| minutes + more <= most.into())
            }
            Rule::Notice => self.offered.as_ref().is_none_or(|offered| visit.starts >= offered.from),
            Rule::Horizon => {
                self.offered.as_ref().is_none_or(|offered| say::local(visit.starts, self.locale).date() <= offered.last)
            }
        }
    }

    pub fn all_hold(&self, lane: &Lane<'_>, visit: &Visit) -> bool {
        // What is quickest to say no first.
        use Rule::{Area, DayLimit, Free, Horizon, Licences, Notice, Shift, Skills, Travel};
        [Notice, Horizon, Free, Shift, DayLimit, Licences, Travel, Skills, Area]
            .into_iter()
            .all(|rule| self.holds(rule, lane, visit))
    }

    pub fn find(&self, rule: Rule, lane: &Lane<'_>, visit: &Visit) -> Finding {
        let holds = self.holds(rule, lane, visit);
        Finding { rule, holds, says: self.says(rule, holds, lane, visit) }
    }

    /// Every rule, in the order in which people ask.
    pub fn why(&self, lane: &Lane<'_>, visit: &Visit) -> Vec<Finding> {
        let asked = |rule: &&Rule| self.offered.is_some() || !matches!(rule, Rule::Notice | Rule::Horizon);
        Rule::ALL.iter().filter(asked).map(|rule| self.find(*rule, lane, visit)).collect()
    }

    /// What speaks against somebody, the first few.
    pub fn against(&self, lane: &Lane<'_>, visit: &Visit) -> Other {
        let broken = Rule::ALL.iter().filter(|rule| !self.holds(**rule, lane, visit));
        let findings = broken.take(3).map(|rule| self.find(*rule, lane, visit)).collect();
        Other { technician_id: lane.who.id, findings }
    }

    fn says(&self, rule: Rule, holds: bool, lane: &Lane<'_>, visit: &Visit) -> String {
        let (name, locale, roster) = (&lane.who.name, self.locale, self.roster);
        match (rule, holds) {
            (Rule::Skills, true) if roster.needs.is_empty() => "This needs no skill in particular.".into(),
            (Rule::Skills, true) => {
                let needs: Vec<&str> = roster.needs.iter().map(|need| need.name.as_str()).collect();
                format!("{name} has {}.", needs.join(", "))
            }
            (Rule::Skills, false) => {
                let lacks: Vec<String> = lane.lacks.iter().map(|need| self.lack(lane, need)).collect();
                format!("{name} has no {}, which this service needs.", lacks.join(", "))
            }
            (Rule::Licences, true) if roster.asked.is_empty() => "This asks for no licence.".into(),
            (Rule::Licences, true) => {
                let asked: Vec<String> = roster.asked.iter().map(|one| one.words()).collect();
                format!("{name} is licensed: {}.", asked.join("; "))
            }
            (Rule::Licences, false) => {
                let day = self.days.date(self.days.index(visit.starts));
                let asked = lane.lacks_licence(roster, day).map(|one| one.words()).unwrap_or_default();
                format!("{name} has no licence on {} that this service asks for: {asked}.", say::day(day))
            }
            (Rule::Area, true) if roster.areas.is_empty() => "You go everywhere.".into(),
            (Rule::Area, true) => format!("{name} goes there."),
            (Rule::Area, false) if !roster.is_served() => "That address lies outside of your service areas.".into(),
            (Rule::Area, false) => format!("That address lies outside of the areas of {name}."),
            (Rule::Shift, true) => match lane.shift_of(visit) {
                Some((from, until)) => format!("{name} works {}.", say::span(from, until, locale)),
                None => format!("{name} is on call."),
            },
            (Rule::Shift, false) => format!("{name} has no shift {}.", say::when(visit.starts, visit.ends, locale)),
            (Rule::Free, true) => format!("{name} is free."),
            (Rule::Free, false) => match (lane.busy_by_own_calendar(visit), lane.in_the_way(visit)) {
                (Some((from, until)), _) => {
                    format!("{name} is busy in their own calendar {}.", say::when(from, until, locale))
                }
                (None, Some((from, until))) => format!("{name} is taken {}.", say::when(from, until, locale)),
                (None, None) => format!("{name} is taken."),
            },
            (Rule::Travel, _) => self.ways(lane, visit),
            (Rule::Notice | Rule::Horizon, holds) => self.offered.as_ref().map_or_else(String::new, |offered| {
                let notice = say::minutes(offered.notice);
                match (rule, holds) {
                    (Rule::Notice, true) => format!("Customers book at least {notice} ahead, and it is."),
                    (Rule::Notice, false) if visit.starts < offered.now => "That time is over.".into(),
                    (Rule::Notice, false) => format!("That is too soon: customers book at least {notice} ahead."),
                    (_, true) => format!("It is within the {} days that are offered.", offered.days),
                    (_, false) => format!("That is further ahead than the {} days that are offered.", offered.days),
                }
            }),
            (Rule::DayLimit, true) => {
                let (jobs, minutes) = lane.load_on(self.days.index(visit.starts));
                match jobs {
                    0 => "It would be the first of the day.".into(),
                    1 => format!("{name} has one visit that day, {}.", say::minutes(minutes)),
                    _ => format!("{name} has {jobs} visits that day, {}.", say::minutes(minutes)),
                }
            }
            (Rule::DayLimit, false) => {
                let (jobs, minutes) = lane.load_on(self.days.index(visit.starts));
                let most = lane.who.day_jobs.filter(|most| jobs >= i64::from(*most));
                match most {
                    Some(most) => format!("{name} takes {most} visits a day, and has them."),
                    None => format!(
                        "{name} takes {} of visits a day, and has {}.",
                        say::minutes(lane.who.day_minutes.unwrap_or(0).into()),
                        say::minutes(minutes)
                    ),
                }
            }
        }
    }

    /// "EPA 608", or "EPA 608 as an expert" of whoever has it, but not as well.
    fn lack(&self, lane: &Lane<'_>, need: &crate::rule::item::Need) -> String {
        let has = |one: &&super::roster::Holds| one.technician_id == lane.who.id && one.skill_id == need.skill_id;
        match self.roster.held.iter().find(has) {
            Some(_) => format!("{} ({})", need.name, skill::level_word(need.level).to_lowercase()),
            None => need.name.clone(),
        }
    }

    fn ways(&self, lane: &Lane<'_>, visit: &Visit) -> String {
        let name = &lane.who.name;
        let [there, on] = lane.ways(visit);
        let late = |way: Option<(i64, i64)>| way.filter(|(takes, has)| takes > has);
        if let Some((takes, has)) = late(there) {
            return format!(
                "{name} cannot be there in time: the way takes {}, and there are {}.",
                say::minutes(takes),
                say::minutes(has)
            );
        }
        if let Some((takes, has)) = late(on) {
            return format!(
                "{name} would be late for the next visit: the way takes {}, and there are {}.",
                say::minutes(takes),
                say::minutes(has)
            );
        }
        match there {
            Some((takes, _)) if takes > 0 => format!("{name} has {} to drive.", say::minutes(takes)),
            _ => format!("Nothing is in {name}'s way."),
        }
    }
}
