//! Times as people say them: on the company's own clock, short.
use jiff::{Timestamp, Zoned, civil, tz::AmbiguousOffset};
use kernel::{Error, Result, tenant::Locale};

/// "9:30 am" or "09:30".
pub fn clock(time: civil::Time, locale: &Locale) -> String {
    match locale.hour_12 {
        true => {
            let half = if time.hour() < 12 { "am" } else { "pm" };
            format!("{}:{:02} {half}", (time.hour() + 11) % 12 + 1, time.minute())
        }
        false => format!("{:02}:{:02}", time.hour(), time.minute()),
    }
}

/// "9:30", without the half of the day: for places that say it otherwise.
pub fn short(time: civil::Time, locale: &Locale) -> String {
    match locale.hour_12 {
        true => format!("{}:{:02}", (time.hour() + 11) % 12 + 1, time.minute()),
        false => format!("{:02}:{:02}", time.hour(), time.minute()),
    }
}

/// "8 am", "12 pm", "8:30 am" or "08:00".
pub fn hour(time: civil::Time, locale: &Locale) -> String {
    match (locale.hour_12, time.minute()) {
        (true, 0) => format!("{} {}", (time.hour() + 11) % 12 + 1, if time.hour() < 12 { "am" } else { "pm" }),
        _ => clock(time, locale),
    }
}

pub fn local(at: Timestamp, locale: &Locale) -> Zoned {
    at.to_zoned(locale.zone.clone())
}

/// "8:00–9:30".
pub fn span(starts: Timestamp, ends: Timestamp, locale: &Locale) -> String {
    format!("{}–{}", short(local(starts, locale).time(), locale), short(local(ends, locale).time(), locale))
}

/// "8 – 10 am", "11 am – 1 pm", "08:00 – 10:00": a promised window.
pub fn window(starts: Timestamp, ends: Timestamp, locale: &Locale) -> String {
    let (from, to) = (local(starts, locale).time(), local(ends, locale).time());
    let same_half = (from.hour() < 12) == (to.hour() < 12);
    match (locale.hour_12 && same_half, from.minute()) {
        (true, 0) => format!("{} – {}", (from.hour() + 11) % 12 + 1, hour(to, locale)),
        (true, _) => format!("{} – {}", short(from, locale), hour(to, locale)),
        _ => format!("{} – {}", hour(from, locale), hour(to, locale)),
    }
}

/// "Wed 24 Jun".
pub fn day(date: civil::Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

/// "Wednesday 24 June".
pub fn long_day(date: civil::Date) -> String {
    date.strftime("%A %-d %B").to_string()
}

/// "Wed 24 Jun, 8:00–9:30".
pub fn when(starts: Timestamp, ends: Timestamp, locale: &Locale) -> String {
    format!("{}, {}", day(local(starts, locale).date()), span(starts, ends, locale))
}

/// "Wed 24 Jun, 8:00 am".
pub fn moment(at: Timestamp, locale: &Locale) -> String {
    let local = local(at, locale);
    format!("{}, {}", day(local.date()), clock(local.time(), locale))
}

/// "45 min", "2 h", "1 h 30 min".
pub fn minutes(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (1, 30) => "90 min".into(),
        (h, m) => format!("{h} h {m} min"),
    }
}

/// The company's midnight at which the day begins; where a clock change swallows midnight, the first moment there is.
pub fn midnight(date: civil::Date, locale: &Locale) -> Timestamp {
    at(date, civil::Time::midnight(), locale)
}

/// That time of that day as somebody chose it. The hour that is skipped where the clocks go forward is none; of the hour that comes
/// twice where they go back, the first is meant.
pub fn chosen(field: &str, date: civil::Date, time: civil::Time, locale: &Locale) -> Result<Timestamp> {
    match locale.zone.to_ambiguous_zoned(date.to_datetime(time)) {
        at if matches!(at.offset(), AmbiguousOffset::Gap { .. }) => {
            let (time, day) = (clock(time, locale), day(date));
            let says = format!("There is no {time} on {day}: the clocks go forward. Choose another time.");
            Err(Error::field(field, "skipped", says))
        }
        at => at
            .compatible()
            .map(|zoned| zoned.timestamp())
            .map_err(|_| Error::field(field, "range", "That is too far away.")),
    }
}

/// That time of that day; one that a clock change skips is told as the clock then shows it, later by the gap.
pub fn at(date: civil::Date, time: civil::Time, locale: &Locale) -> Timestamp {
    date.to_datetime(time).to_zoned(locale.zone.clone()).map(|zoned| zoned.timestamp()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        let locale = Locale { zone: jiff::tz::TimeZone::get("America/New_York").unwrap(), ..Locale::default() };
        let european = Locale { hour_12: false, ..locale.clone() };
        let date = civil::date(2026, 6, 24);
        let moment = |hour, minute| at(date, civil::time(hour, minute, 0, 0), &locale);
        assert_eq!(window(moment(8, 0), moment(10, 0), &locale), "8 – 10 am");
        assert_eq!(window(moment(10, 0), moment(12, 0), &locale), "10 am – 12 pm");
        assert_eq!(window(moment(12, 0), moment(14, 0), &locale), "12 – 2 pm");
        assert_eq!(window(moment(8, 0), moment(10, 0), &european), "08:00 – 10:00");
        assert_eq!(when(moment(8, 0), moment(9, 30), &locale), "Wed 24 Jun, 8:00–9:30");
        assert_eq!([minutes(45), minutes(120), minutes(90), minutes(150)], ["45 min", "2 h", "90 min", "2 h 30 min"]);
        assert_eq!(hour(civil::time(0, 0, 0, 0), &locale), "12 am");
    }
}
