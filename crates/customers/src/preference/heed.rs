//! What speaks against a visit, in the customer's own eyes: whoever plans it is told, and decides.
use jiff::civil::DateTime;
use kernel::tenant::Locale;
use tenancy::MemberId;

use super::{Day, Preferences, words::clock};

impl Preferences {
    /// Each as a sentence; `at` is on the company's clock, and none where the time was agreed before.
    pub fn against(&self, who: Option<(MemberId, &str)>, at: Option<DateTime>, locale: &Locale) -> Vec<String> {
        let mut all = vec![];
        if let Some((member, name)) = who
            && self.unwanted_technicians.contains(&member)
        {
            all.push(format!("The customer does not want {name} to be sent."));
        }
        let Some(at) = at else { return all };
        let day = Day::from(at.weekday());
        if !self.days.is_empty() && !self.days.contains(&day) {
            all.push(format!("The customer prefers {}; this is a {}.", self.days_said(), day.label()));
        }
        let (begins, early) = (at.time(), self.arrive_from.is_some_and(|from| at.time() < from));
        let late = self.arrive_until.is_some_and(|until| begins > until);
        if let Some(arrival) = self.arrival_said(locale).filter(|_| early || late) {
            all.push(format!("The customer prefers {arrival}; this would begin at {}.", clock(begins, locale)));
        }
        all
    }
}
