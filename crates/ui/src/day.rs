//! The line of a day: five-minute columns from one full hour to another. Every block of time in the product is placed
//! by it, through classes, so the strict content security policy holds.
use maud::{Markup, html};

/// From which minute of the day to which; both rounded out to full hours, at least four, at most a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    from: u16,
    to: u16,
}

/// 7:00 to 18:00, for where there is no shift to take it from.
impl Default for Day {
    fn default() -> Self {
        Day { from: 420, to: 1080 }
    }
}

impl Day {
    /// From the earliest to the latest minute that must be seen.
    pub fn spanning(from: u16, to: u16) -> Day {
        let from = (from.min(1200) / 60) * 60;
        let to = to.min(1440).div_ceil(60) * 60;
        Day { from, to: to.max(from + 240) }
    }
    /// The first minute.
    pub fn from(self) -> u16 {
        self.from
    }
    /// The minute after the last.
    pub fn to(self) -> u16 {
        self.to
    }
    /// How many hours it shows.
    pub fn hours(self) -> u16 {
        (self.to - self.from) / 60
    }
    /// How many columns of five minutes.
    pub fn columns(self) -> u16 {
        self.hours() * 12
    }
    /// The class of an element whose children are placed on this line.
    pub fn class(self) -> String {
        format!("span-{}", self.hours())
    }
    /// The first column of a minute, counted from 1; what is before the line begins with it.
    pub fn column(self, minute: u16) -> u16 {
        (minute.clamp(self.from, self.to) - self.from) / 5 + 1
    }
    /// The classes that place a block from one minute to another; what lies outside is cut, at least one column stays.
    pub fn at(self, start: u16, end: u16) -> String {
        let first = self.column(start).min(self.columns());
        let last = (end.clamp(self.from, self.to) - self.from).div_ceil(5) + 1;
        format!("col-start-{first} col-span-{}", last.saturating_sub(first).max(1))
    }
    /// Whether any of the block can be seen.
    pub fn shows(self, start: u16, end: u16) -> bool {
        start < self.to && end > self.from
    }
    /// Whether a minute is on it.
    pub fn has(self, minute: u16) -> bool {
        (self.from..self.to).contains(&minute)
    }
}

/// How the tenant writes an hour on a ruler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// 7 am, 8, … 12 pm, 1.
    Twelve,
    /// 7, 8, … 12, 13.
    TwentyFour,
}

impl Clock {
    /// A full hour on a ruler; the first and noon carry am or pm.
    pub fn hour(self, hour: u16, first: bool) -> String {
        match self {
            Clock::TwentyFour => (hour % 24).to_string(),
            Clock::Twelve => {
                let half = if hour % 24 < 12 { " am" } else { " pm" };
                format!("{}{}", (hour + 11) % 12 + 1, if first || hour == 12 { half } else { "" })
            }
        }
    }
    /// A time without am or pm, as on the board: 1:15, or 13:15.
    pub fn time(self, minute: u16) -> String {
        let (hour, rest) = (minute / 60, minute % 60);
        match self {
            Clock::TwentyFour => format!("{}:{rest:02}", hour % 24),
            Clock::Twelve => format!("{}:{rest:02}", (hour + 11) % 12 + 1),
        }
    }
}

/// A planned block over the bracket of what was promised: drawer, job panel, phone. Minutes of the day.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// The state that colours it, `confirmed`.
    pub status: &'a str,
    /// When it is planned.
    pub planned: Option<(u16, u16)>,
    /// What was promised.
    pub promised: Option<(u16, u16)>,
    /// It will be missed.
    pub broken: bool,
    /// What it shows, read out: "Planned 10:30 to 12:00, promised 10 to 12".
    pub says: &'a str,
}

/// Draws it, with the hours under it when asked.
pub fn window(day: Day, clock: Clock, window: &Window<'_>, hours: bool) -> Markup {
    html! {
        div.windowline.(crate::status_class(window.status)).(day.class())."mt-2" role="img" aria-label=(window.says) {
            @if let Some((start, end)) = window.planned { span.block.(day.at(start, end)) {} }
            @if let Some((start, end)) = window.promised { span.promise.is-broken[window.broken].(day.at(start, end)) {} }
        }
        @if hours {
            div.hours.(day.class())."mt-1" aria-hidden="true" {
                @for n in (0..day.hours()).step_by(2) { span class={ "col-start-" (n * 12 + 1) " col-span-12" } { (clock.hour(day.from() / 60 + n, false).trim_end_matches(" pm")) } }
            }
        }
    }
}

/// A block on a thin day line.
#[derive(Clone, Copy, Debug)]
pub enum Mark<'a> {
    /// A job in this state.
    Job(&'a str, u16, u16),
    /// A promise, and whether it will be broken.
    Promise(u16, u16, bool),
    /// Away.
    Off(u16, u16),
}

/// One technician's day as a thin line, with words at the right. `says` is read out.
pub fn strip(
    day: Day,
    name: &str,
    href: &str,
    marks: &[Mark<'_>],
    now: Option<u16>,
    words: Markup,
    says: &str,
) -> Markup {
    let short = name.split_whitespace().next().unwrap_or(name);
    html! {
        div.strip {
            a href=(href) { span.wide { (name) } span.narrow { (short) } }
            div."strip-t".(day.class()) role="img" aria-label=(says) {
                @for mark in marks {
                    @match *mark {
                        Mark::Job(state, start, end) => @if day.shows(start, end) { i.b.(crate::status_class(state)).(day.at(start, end)) {} },
                        Mark::Promise(start, end, broken) => @if day.shows(start, end) { i.promise.is-broken[broken].(day.at(start, end)) {} },
                        Mark::Off(start, end) => @if day.shows(start, end) { i.o.(day.at(start, end)) {} },
                    }
                }
                @if let Some(minute) = now.filter(|minute| day.has(*minute)) { i.now.(day.at(minute, minute + 5)) {} }
            }
            span."now-at" { (words) }
        }
    }
}

/// The hours over the thin lines.
pub fn strip_axis(day: Day, clock: Clock) -> Markup {
    html! {
        div.strip."strip-axis" { span {}
            ol.(day.class()) aria-hidden="true" { @for n in 0..day.hours() { li { (clock.hour(day.from() / 60 + n, n == 0)) } } }
            span.last {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_is_the_first_column_and_an_hour_is_twelve() {
        let day = Day::default();
        assert_eq!((day.columns(), day.class()), (132, "span-11".to_owned()));
        assert_eq!(day.at(420, 480), "col-start-1 col-span-12");
        assert_eq!(day.at(630, 720), "col-start-43 col-span-18");
    }

    #[test]
    fn every_block_stays_on_the_line() {
        for (from, to) in [(0, 1440), (420, 1080), (435, 990), (1200, 100), (1439, 1440), (0, 0)] {
            let day = Day::spanning(from, to);
            assert!(day.to() <= 1440 && day.from() < day.to() && (4..=24).contains(&day.hours()), "{day:?}");
            for start in (0..1440).step_by(7) {
                for length in [0, 1, 5, 59, 600, 1439] {
                    let classes = day.at(start, start + length);
                    let mut parts = classes.split(['-', ' ']).filter_map(|part| part.parse::<u16>().ok());
                    let (first, span) = (parts.next().unwrap(), parts.next().unwrap());
                    assert!(
                        first >= 1 && span >= 1 && first + span - 1 <= day.columns(),
                        "{day:?} {start}+{length}: {classes}"
                    );
                }
            }
        }
    }

    #[test]
    fn hours_are_written_as_the_tenant_does() {
        assert_eq!(
            [
                Clock::Twelve.hour(7, true),
                Clock::Twelve.hour(12, false),
                Clock::Twelve.hour(13, false),
                Clock::Twelve.hour(0, true)
            ],
            ["7 am", "12 pm", "1", "12 am"]
        );
        assert_eq!(
            [Clock::TwentyFour.time(795), Clock::Twelve.time(795), Clock::Twelve.time(5)],
            ["13:15", "1:15", "12:05"]
        );
    }
}
