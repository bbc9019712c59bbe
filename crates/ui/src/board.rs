//! The dispatch board: a tray of what has nobody, a lane for each technician, a panel for one job.
//!
//! Drawn here, moved by the island `board`. What it sends on a drop, to [`Carried::move_url`] or the board's:
//! `POST`, `If-Match: "<version>"`, `Idempotency-Key`, and
//! `{"appointment": id, "technician": lane id or null, "date": "2026-06-24", "start": "13:15", "minutes": 60, "force": false}`.
//! A 2xx refetches the lanes; a 409 problem shows its `detail` at the drop and the job glides back, unless the
//! problem says `"ask": true`, and then "Move anyway" sends it again with `"force": true`; 412 says that somebody was quicker
//! and refetches. "Undo" sends `"starts_at"` and the lane as they were.
mod draw;
pub mod week;

use crate::day::{Clock, Day};
use crate::icon;
use maud::{Markup, html};

/// What can be picked up: the facts the island needs while it is carried.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// The appointment.
    pub id: String,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// How long it takes.
    pub minutes: u16,
    /// The promised window, minutes of the day; drawn on the lanes while it is carried.
    pub promised: Option<(u16, u16)>,
    /// Lanes that cannot take it, and why in two words: `("lane id", "no EPA 608")`.
    pub cannot: Vec<(String, String)>,
    /// Another address than the board's.
    pub move_url: Option<String>,
    /// When it begins as it is, to be put back there: `2026-06-24T13:15:00Z`.
    pub at: Option<String>,
    /// Stays where it is: finished, or not this person's to move.
    pub fixed: bool,
}

impl Carried {
    fn cannot_words(&self) -> Option<String> {
        let clean = |words: &str| words.replace(['|', ';'], " ");
        (!self.cannot.is_empty()).then(|| {
            self.cannot
                .iter()
                .map(|(lane, why)| format!("{}|{}", clean(lane), clean(why)))
                .collect::<Vec<_>>()
                .join(";")
        })
    }
    fn promised_words(&self) -> Option<String> {
        self.promised.map(|(start, end)| format!("{start}-{end}"))
    }
}

/// A job on a lane.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// What is carried.
    pub carried: Carried,
    /// `confirmed`, `en_route` …
    pub status: String,
    /// Minutes of the day.
    pub start: u16,
    /// Minutes of the day.
    pub end: u16,
    /// "Rivera".
    pub name: String,
    /// "AC tune-up".
    pub kind: String,
    /// Instead of the times, when there is better to say: "arrived 9:22".
    pub says: Option<String>,
    /// The promise will be missed.
    pub at_risk: bool,
    /// What tells it from the same job elsewhere on the board: on a later day, or on the lane of somebody who goes along.
    pub part: Option<String>,
    /// Who planned it over something else, and why.
    pub overlap: Option<String>,
    /// Open in the panel.
    pub selected: bool,
    /// A colleague who looks at it.
    pub seen_by: Option<String>,
    /// Where its panel is: a page whose `#pane` is shown beside the board.
    pub href: String,
}

/// What stands on a lane.
#[derive(Clone, Debug)]
pub enum Item {
    /// A job, with the bracket of its promise under it.
    Job(Box<Job>),
    /// The way there.
    Travel {
        /// Minutes of the day.
        start: u16,
        /// Minutes of the day.
        end: u16,
        /// Longer than the gap.
        tight: bool,
    },
    /// Lunch, vacation, training, before the shift.
    Off {
        /// Minutes of the day.
        start: u16,
        /// Minutes of the day.
        end: u16,
        /// An icon, or empty.
        icon: String,
        /// "Lunch".
        words: String,
        /// Outside of the shift: not shown on a phone.
        shift: bool,
    },
}

/// A technician's day.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    /// The technician.
    pub id: String,
    /// "Marco Bianchi".
    pub name: String,
    /// "HVAC · 7.1/8 h".
    pub says: String,
    /// How full the day is, 0 to 1 and over; `None` when off.
    pub load: Option<f64>,
    /// Leads a team.
    pub lead: bool,
    /// In order of time.
    pub items: Vec<Item>,
}

/// A job that has nobody yet.
#[derive(Clone, Debug, Default)]
pub struct Slip {
    /// What is carried.
    pub carried: Carried,
    /// "Hutchins".
    pub name: String,
    /// "AC not cooling, baby at home".
    pub says: String,
    /// "Today 12–2 · 60 min".
    pub when: String,
    /// What is needed: "EPA 608".
    pub needs: Vec<String>,
    /// Its window begins soon, or has.
    pub late: bool,
    /// Where its panel is.
    pub href: String,
}

/// A colleague who looks at the same day.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// "Sam Keller".
    pub name: String,
    /// The appointment that is open beside their board.
    pub job: Option<String>,
}

/// Who else is here: "Sam and Jo are here", with their letters. The island asks for it anew every few seconds, and for the
/// lanes when `data-looks` has changed.
pub fn viewers(all: &[Viewer]) -> Markup {
    let firsts: Vec<&str> = all.iter().filter_map(|one| one.name.split_whitespace().next()).collect();
    let words = match firsts.as_slice() {
        [] => String::new(),
        [one] => format!("{one} is here"),
        [one, other] => format!("{one} and {other} are here"),
        [one, others @ ..] => format!("{one} and {} others are here", others.len()),
    };
    let looks = all.iter().filter_map(|one| Some(format!("{} {}", one.name, one.job.as_deref()?)));
    let looks: Vec<String> = looks.collect();
    html! {
        span."bd-live" #board-here role="status" data-looks=(looks.join(";")) {
            @if !all.is_empty() {
                span.wide { (words) }
                span.avatars aria-hidden="true" { @for one in all.iter().take(4) { (crate::avatar(&crate::initials(&one.name), None, "is-here")) } }
            }
        }
    }
}

/// The board under construction.
#[derive(Clone, Debug)]
pub struct Board {
    /// The hours it shows.
    pub day: Day,
    /// How hours are written.
    pub clock: Clock,
    /// The day, `2026-06-24`.
    pub date: String,
    /// "Wed 24 Jun".
    pub date_words: String,
    /// The minute it is now, in the tenant's zone, when this is today.
    pub now: Option<u16>,
    /// Where moves are posted.
    pub move_url: String,
    /// Where [`Board::lanes`] and the tray can be had again, and what changes them: `("/board/lanes?day=…", "appointment.*")`.
    pub live: Option<(String, String)>,
    /// "4 jobs · 6 h".
    pub tray_says: String,
}

/// The bar's day: before, name, after, today. `(before, after, today)` are addresses.
pub fn day_turner(date: &str, words: &str, (before, after, today): (&str, &str, &str)) -> Markup {
    html! {
        a.btn.btn-icon.btn-quiet href=(before) aria-label="Previous day" data-key="[" { (icon("chevron-left")) }
        h2."bd-date" { time datetime=(date) { (words) } }
        a.btn.btn-icon.btn-quiet href=(after) aria-label="Next day" data-key="]" { (icon("chevron-right")) }
        a.btn."btn-s" href=(today) { "Today" }
    }
}

/// The panel of one job beside the board.
pub fn pane(title: &str, quiet: &str, status: &str, close: &str, body: Markup, foot: Markup) -> Markup {
    html! {
        aside.pane #pane aria-labelledby="pane-h" {
            div."pane-b" {
                section {
                    div."flex"."items-center"."justify-between"."mb-2" { (crate::status(status)) a.btn."btn-s".btn-icon.btn-quiet href=(close) aria-label="Close job panel" { (icon("x")) } }
                    h2 #pane-h { (title) } p.dim.t13 { (quiet) }
                }
                (body)
            }
            @if !foot.0.is_empty() { div."pane-f" { (foot) } }
        }
    }
}
