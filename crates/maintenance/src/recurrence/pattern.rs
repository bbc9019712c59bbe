//! The rule in plain words: as a form asks for it, and as people read it.
use jiff::civil::Date;
use kernel::text_enum;

text_enum! {
    pub enum Unit { Weeks = "weeks": "weeks", Months = "months": "months", Years = "years": "years" }
}
text_enum! {
    /// Where in the month.
    pub enum Place {
        Date = "date": "On the date of the first visit",
        First = "1": "On the first",
        Second = "2": "On the second",
        Third = "3": "On the third",
        Fourth = "4": "On the fourth",
        Last = "-1": "On the last",
    }
}

/// What a form says of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    pub every: i64,
    pub unit: Unit,
    pub place: Place,
    /// Of weeks, and where a place in the month is named; none: that of the first visit.
    pub weekday: Option<i32>,
}

const DAYS: [(&str, &str); 7] = [
    ("MO", "Monday"),
    ("TU", "Tuesday"),
    ("WE", "Wednesday"),
    ("TH", "Thursday"),
    ("FR", "Friday"),
    ("SA", "Saturday"),
    ("SU", "Sunday"),
];

fn nth(weekday: i32) -> (&'static str, &'static str) {
    DAYS[usize::try_from(weekday - 1).unwrap_or(0).min(6)]
}
fn of(day: Date) -> i32 {
    i32::from(day.weekday().to_monday_one_offset())
}

/// The days of the week, 1 is Monday, with their names.
pub fn weekdays() -> Vec<(String, String)> {
    let named = DAYS.iter().zip(1..).map(|((_, name), n)| (n.to_string(), (*name).to_owned()));
    [(String::new(), "That of the first visit".to_owned())].into_iter().chain(named).collect()
}

impl Pattern {
    pub fn rule(&self, starts_on: Date) -> String {
        let (code, _) = nth(self.weekday.unwrap_or(of(starts_on)));
        let every = self.every;
        // The 31st of a month that has 30 days is its last.
        let of_month = |day: i8| match day {
            29..=31 => {
                format!("BYMONTHDAY={};BYSETPOS=-1", (28..=day).map(|d| d.to_string()).collect::<Vec<_>>().join(","))
            }
            _ => format!("BYMONTHDAY={day}"),
        };
        let place = match self.place {
            Place::Date => of_month(starts_on.day()),
            place => format!("BYDAY={place}{code}"),
        };
        match self.unit {
            Unit::Weeks => format!("FREQ=WEEKLY;INTERVAL={every};BYDAY={code}"),
            Unit::Months => format!("FREQ=MONTHLY;INTERVAL={every};{place}"),
            Unit::Years => format!("FREQ=YEARLY;INTERVAL={every};BYMONTH={};{place}", starts_on.month()),
        }
    }

    /// The pattern that makes this rule; none, where a form cannot say it.
    pub fn of(rule: &str, starts_on: Date) -> Option<Self> {
        let value =
            |name| rule.split(';').find_map(|part| part.split_once('=').filter(|(n, _)| *n == name)).map(|(_, v)| v);
        let every = value("INTERVAL").map_or(Some(1), |n| n.parse().ok())?;
        let unit = match value("FREQ")? {
            "WEEKLY" => Unit::Weeks,
            "MONTHLY" => Unit::Months,
            "YEARLY" => Unit::Years,
            _ => return None,
        };
        let by_day = value("BYDAY").unwrap_or_default();
        let (place, code) = by_day.split_at(by_day.len().saturating_sub(2).min(by_day.len()));
        let weekday = DAYS.iter().zip(1..).find(|((known, _), _)| *known == code).map(|(_, n)| n);
        let place = place.parse().unwrap_or(Place::Date);
        let pattern = Self { every, unit, place, weekday };
        let parts = |rule: &str| {
            let mut parts: Vec<String> =
                rule.split(';').filter(|part| *part != "INTERVAL=1").map(str::to_owned).collect();
            parts.sort();
            parts
        };
        // A rule that names no day means that of its beginning; which is every month's only up to the 28th.
        let bare = !rule.contains("BY") && !rule.contains("WKST") && (unit == Unit::Weeks || starts_on.day() <= 28);
        (bare || parts(&pattern.rule(starts_on)) == parts(rule)).then_some(pattern)
    }
}

/// "Every 6 months on the first Tuesday"; a rule that has no such words is shown as it stands.
pub fn words(rule: &str, starts_on: Date) -> String {
    let Some(pattern) = Pattern::of(rule, starts_on) else { return format!("By the rule {rule}") };
    let every = match (pattern.every, pattern.unit) {
        (1, Unit::Weeks) => "Every week".to_owned(),
        (1, Unit::Months) => "Every month".to_owned(),
        (1, Unit::Years) => "Every year".to_owned(),
        (n, unit) => format!("Every {n} {unit}"),
    };
    let weekday = nth(pattern.weekday.unwrap_or(of(starts_on))).1;
    let month = starts_on.strftime("%B");
    let place = match pattern.place {
        Place::Date => None,
        place => Some(format!("{} {weekday}", place.label().trim_start_matches("On ").to_lowercase())),
    };
    match (pattern.unit, place) {
        (Unit::Weeks, _) => format!("{every} on {weekday}"),
        (Unit::Months, Some(place)) => format!("{every} on {place}"),
        (Unit::Months, None) if starts_on.day() == 31 => format!("{every} on the last day"),
        (Unit::Months, None) => format!("{every} on the {}", ordinal(starts_on.day())),
        (Unit::Years, Some(place)) => format!("{every} on {place} of {month}"),
        (Unit::Years, None) => format!("{every} on {} {month}", starts_on.day()),
    }
}

fn ordinal(n: i8) -> String {
    let end = match (n % 10, n) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}
