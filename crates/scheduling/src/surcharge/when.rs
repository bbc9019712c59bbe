//! Which surcharge a time comes to: of several that hold, the dearest alone.
use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime},
};
use kernel::{Currency, Money, money::scale, tenant::Locale};
use schemars::JsonSchema;
use serde::Serialize;

use super::Kept;
use crate::{holiday::holiday, say};

/// What comes on top of the price at a time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SlotSurcharge")]
pub struct Extra {
    pub name: String,
    pub amount: Money,
}

impl Extra {
    /// "+ $75.00 After hours".
    pub fn words(&self, language: &str) -> String {
        format!("+ {} {}", self.amount.display(language), self.name)
    }
}

impl Kept {
    /// By the day on which the window began, for what goes on after midnight.
    fn holds(&self, at: DateTime, country: &str) -> bool {
        let (time, over_night) = (at.time(), self.ends <= self.starts);
        let began = match over_night {
            false => (self.starts <= time && time < self.ends).then_some(at.date()),
            true if time >= self.starts => Some(at.date()),
            true => (time < self.ends).then(|| at.date().saturating_sub(Span::new().days(1))),
        };
        began.is_some_and(|day| self.on(day, country))
    }
    fn on(&self, day: Date, country: &str) -> bool {
        let weekday = i32::from(day.weekday().to_monday_one_offset());
        self.weekdays.contains(&weekday) || (self.holidays && holiday(country, day).is_some())
    }
    fn minor(&self, price_minor: i64) -> i64 {
        match (self.amount_minor, self.rate_ppm) {
            (Some(minor), _) => minor,
            (None, rate) => scale(price_minor, rate.unwrap_or(0), 1_000_000),
        }
    }
}

/// What a visit at that time costs more, of a service that costs so much. Those in another currency are of another time.
pub fn dearest(all: &[Kept], at: Timestamp, price_minor: i64, locale: &Locale) -> Option<Extra> {
    let (here, currency) = (say::local(at, locale).datetime(), locale.currency);
    let holds = |one: &&Kept| Currency::of(&one.currency) == Some(currency) && one.holds(here, &locale.country);
    let found = all.iter().filter(holds).map(|one| (one.minor(price_minor), one)).filter(|(minor, _)| *minor > 0);
    // The first by name of those that cost the same, so that it is always the same one.
    let (minor, one) = found.min_by_key(|(minor, one)| (-minor, one.name.clone()))?;
    Some(Extra { name: one.name.clone(), amount: Money::new(minor, currency) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surcharge::SurchargeId;
    use jiff::civil::{Time, date, time};

    fn kept(name: &str, weekdays: &[i32], (starts, ends): (Time, Time), minor: i64) -> Kept {
        Kept {
            id: SurchargeId::new(),
            name: name.into(),
            weekdays: weekdays.to_vec(),
            holidays: false,
            starts,
            ends,
            amount_minor: Some(minor),
            rate_ppm: None,
            currency: "USD".into(),
            active: true,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_began() {
        let night = kept("Night", &[5], (time(22, 0, 0, 0), time(6, 0, 0, 0)), 100);
        // The 26th of June 2026 is a Friday.
        for (day, hour, holds) in
            [(26, 21, false), (26, 22, true), (27, 5, true), (27, 6, false), (27, 23, false), (26, 3, false)]
        {
            assert_eq!(night.holds(date(2026, 6, day).at(hour, 0, 0, 0), "US"), holds, "{day} {hour}");
        }
        let midnight = time(0, 0, 0, 0);
        let whole = kept("Weekend", &[6, 7], (midnight, midnight), 100);
        for (day, holds) in [(26, false), (27, true), (28, true), (29, false)] {
            for hour in [0, 12, 23] {
                assert_eq!(whole.holds(date(2026, 6, day).at(hour, 0, 0, 0), "US"), holds, "{day} {hour}");
            }
        }
    }

    #[test]
    fn a_holiday_is_one_of_the_companys_country() {
        let day = (time(8, 0, 0, 0), time(17, 0, 0, 0));
        let holidays = Kept { holidays: true, ..kept("Holiday", &[], day, 100) };
        // Christmas 2026 is a Friday.
        let noon = |month, day| date(2026, month, day).at(12, 0, 0, 0);
        assert!(holidays.holds(noon(12, 25), "US") && holidays.holds(noon(7, 14), "FR"));
        assert!(!holidays.holds(noon(7, 14), "US") && !holidays.holds(noon(12, 28), "US"));
    }

    #[test]
    fn a_part_of_the_price_is_rounded_once() {
        let part = Kept {
            amount_minor: None,
            rate_ppm: Some(125_000),
            ..kept("Part", &[], (time(8, 0, 0, 0), time(9, 0, 0, 0)), 1)
        };
        assert_eq!([part.minor(9_900), part.minor(4), part.minor(3), part.minor(0)], [1_238, 1, 0, 0]);
    }
}
