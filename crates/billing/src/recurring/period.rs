//! The periods that are billed: days of the calendar, counted in months from where they began. No database and no clock in here.
use jiff::{Span, civil::Date};

/// From its first day to its last one, both in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub starts_on: Date,
    pub ends_on: Date,
}

/// Where periods of so many months begin. Each is counted from the anchor, so that the 31st falls on the last day of a shorter month
/// and is the 31st again after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    pub anchor: Date,
    pub months: i64,
}

impl Rounds {
    pub fn nth(&self, n: i64) -> Date {
        self.anchor.saturating_add(Span::new().months(n.saturating_mul(self.months)))
    }
    pub fn period(&self, n: i64) -> Period {
        Period { starts_on: self.nth(n), ends_on: self.nth(n + 1).yesterday().unwrap_or(Date::MAX) }
    }
    /// The number of the period that this day falls in; below nothing before the anchor.
    pub fn at(&self, day: Date) -> i64 {
        let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
        let n = (months(day) - months(self.anchor)).div_euclid(self.months);
        match self.nth(n) > day {
            true => n - 1,
            false => n,
        }
    }
    /// The first period that begins on that day or after it.
    pub fn from(&self, day: Date) -> i64 {
        let n = self.at(day);
        if self.nth(n) >= day { n } else { n + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_thirty_first_comes_back() {
        let rounds = Rounds { anchor: date(2027, 1, 31), months: 1 };
        let days: Vec<Date> = (0..5).map(|n| rounds.nth(n)).collect();
        assert_eq!(
            days,
            [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]
        );
        assert_eq!(rounds.period(1), Period { starts_on: date(2027, 2, 28), ends_on: date(2027, 3, 30) });
        assert_eq!(
            (rounds.at(date(2027, 2, 27)), rounds.at(date(2027, 2, 28)), rounds.at(date(2027, 1, 30))),
            (0, 1, -1)
        );
        assert_eq!((rounds.from(date(2027, 2, 28)), rounds.from(date(2027, 3, 1))), (1, 2));
    }
}
