//! When somebody works: the week, unless the day differs from it. Spans are half open, and on the company's own clock.
use jiff::{Span, Timestamp, civil::Date};
use kernel::tenant::Locale;

use super::Shift;
use crate::{exception::Exception, say, technician::TechnicianId};

pub type Stretch = (Timestamp, Timestamp);

#[derive(Debug, Clone, Copy)]
pub struct Hours<'a> {
    pub shifts: &'a [Shift],
    pub exceptions: &'a [Exception],
}

impl Hours<'_> {
    /// Begin and end of all that begins on that day; what ends in the next day begins on this one.
    pub fn on(&self, technician: TechnicianId, date: Date, locale: &Locale) -> Vec<Stretch> {
        let mut differs =
            self.exceptions.iter().filter(|e| e.technician_id == technician && e.on_day == date).peekable();
        let times: Vec<_> = match differs.peek() {
            Some(_) => differs.filter_map(|e| e.starts.zip(e.ends)).collect(),
            None => {
                let weekday = i32::from(date.weekday().to_monday_one_offset());
                let of_day = self.shifts.iter().filter(|s| s.technician_id == technician && s.weekday == weekday);
                of_day
                    .filter(|s| s.valid_from.is_none_or(|from| from <= date))
                    .filter(|s| s.valid_until.is_none_or(|until| date <= until))
                    .map(|s| (s.starts, s.ends))
                    .collect()
            }
        };
        times
            .into_iter()
            .map(|(starts, ends)| {
                let ends_on = if ends <= starts { date.saturating_add(Span::new().days(1)) } else { date };
                (say::at(date, starts, locale), say::at(ends_on, ends, locale))
            })
            .filter(|(starts, ends)| starts < ends)
            .collect()
    }

    /// What begins from the day before `from` to `until`, melted into one another.
    pub fn of(&self, technician: TechnicianId, from: Date, until: Date, locale: &Locale) -> Vec<Stretch> {
        let first = from.saturating_sub(Span::new().days(1));
        let days = first.series(Span::new().days(1)).take_while(|day| *day <= until);
        melt(days.flat_map(|day| self.on(technician, day, locale)).collect())
    }

    /// Whether that whole time lies within somebody's hours.
    pub fn cover(&self, technician: TechnicianId, starts: Timestamp, ends: Timestamp, locale: &Locale) -> bool {
        let day = say::local(starts, locale).date();
        self.of(technician, day, day, locale).iter().any(|(from, until)| *from <= starts && ends <= *until)
    }
}

/// In order, and those that touch or overlap as one.
pub(crate) fn melt(mut spans: Vec<Stretch>) -> Vec<Stretch> {
    spans.sort_unstable();
    let mut out: Vec<Stretch> = vec![];
    for (starts, ends) in spans {
        match out.last_mut() {
            Some(last) if starts <= last.1 => last.1 = last.1.max(ends),
            _ => out.push((starts, ends)),
        }
    }
    out
}
