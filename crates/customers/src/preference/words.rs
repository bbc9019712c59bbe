//! Preferences as a person says them, for the card, for who books and for who goes there.
use jiff::civil::Time;
use kernel::tenant::Locale;

use super::{Day, Preferences, language};

/// "8 am", "8:30 am", "08:30".
pub(super) fn clock(time: Time, locale: &Locale) -> String {
    let how = match (locale.hour_12, time.minute()) {
        (true, 0) => "%-I %P",
        (true, _) => "%-I:%M %P",
        (false, _) => "%H:%M",
    };
    time.strftime(how).to_string()
}

/// "45 min", "2 h", "1 h 30 min".
fn stretch(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

impl Preferences {
    /// "Monday, Friday".
    pub(super) fn days_said(&self) -> String {
        self.days.iter().map(|day| Day::label(*day)).collect::<Vec<_>>().join(", ")
    }

    /// "from 8 am to 12 pm", "after 5 pm", "before 12 pm".
    pub(super) fn arrival_said(&self, locale: &Locale) -> Option<String> {
        let clock = |time| clock(time, locale);
        match (self.arrive_from, self.arrive_until) {
            (Some(from), Some(until)) => Some(format!("from {} to {}", clock(from), clock(until))),
            (Some(from), None) => Some(format!("after {}", clock(from))),
            (None, Some(until)) => Some(format!("before {}", clock(until))),
            (None, None) => None,
        }
    }

    /// When somebody comes, and who: what counts when a visit is planned.
    pub fn of_visits(&self, locale: &Locale) -> Vec<(&'static str, String)> {
        let unwanted = (!self.unwanted_names.is_empty()).then(|| self.unwanted_names.join(", "));
        let days = (!self.days.is_empty()).then(|| self.days_said());
        let all = [
            ("Technician", self.preferred_name.clone()),
            ("Not to be sent", unwanted),
            ("Days", days),
            ("Arrival", self.arrival_said(locale)),
        ];
        all.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
    }

    /// What whoever goes there should know: a sign, and a sentence.
    pub fn of_the_way(&self, locale: &Locale) -> Vec<(&'static str, String)> {
        let notice = self.notice_minutes.map(|minutes| format!("Call {} before arriving", stretch(minutes)));
        let speaks = self.language.as_deref().map(|tag| format!("Speaks {}", language(tag)));
        let agree = self.approval_above().filter(|_| kernel::sight::prices());
        let agree = agree.map(|above| format!("Agree on work above {} first", above.display(&locale.language)));
        let all = [("phone-call", notice), ("languages", speaks), ("badge-check", agree)];
        all.into_iter().filter_map(|(sign, words)| words.map(|words| (sign, words))).collect()
    }

    /// All of it.
    pub(super) fn facts(&self, locale: &Locale) -> Vec<(&'static str, String)> {
        let quiet = self.quiet_from.zip(self.quiet_until);
        let quiet = quiet.map(|(from, until)| format!("from {} to {}", clock(from, locale), clock(until, locale)));
        let rest = [
            ("Reached by", self.reach_by.map(|by| by.label().to_owned())),
            ("No calls", quiet),
            ("Language", self.language.as_deref().map(language)),
            ("Notice", self.notice_minutes.map(|minutes| format!("{} before arriving", stretch(minutes)))),
            ("Agree on work above", self.approval_above().map(|above| above.display(&locale.language))),
        ];
        let rest = rest.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        self.of_visits(locale).into_iter().chain(rest).collect()
    }
}
