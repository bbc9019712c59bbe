//! A question of a checklist: its kind, its bounds, and what an answer to it means.
use kernel::{Checks, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::line::{quantity, thousandths};

kernel::text_enum! {
    pub enum Kind {
        YesNo = "yes_no": "Yes or no",
        Text = "text": "Text",
        Number = "number": "Number",
        Choice = "choice": "One of several",
        Photo = "photo": "Photo",
        Reading = "reading": "Reading",
    }
}

/// What is asked, as it stands in a checklist and on the jobs that took it along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub kind: Kind,
    /// What is asked.
    pub words: String,
    pub hint: Option<String>,
    /// A job is not finished before it is answered.
    #[serde(default)]
    pub required: bool,
    /// Of a number or a reading: "psi".
    pub unit: Option<String>,
    /// Thousandths: 1500 is 1.5. A number must not be less; a reading that is less has failed.
    pub least_milli: Option<i64>,
    /// Likewise, no more.
    pub most_milli: Option<i64>,
    /// Of one of several: 2 to 20 answers.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Answers that ask for a note of what is wrong: `yes` or `no`, or some of the choices.
    #[serde(default)]
    pub fails_on: Vec<String>,
}

/// A million, in thousandths.
const MOST: i64 = 1_000_000_000;

impl Question {
    pub(crate) fn check(&mut self, checks: &mut Checks) {
        checks.text("words", &mut self.words, 200, "the question");
        checks.optional("hint", &mut self.hint, 300);
        checks.optional("unit", &mut self.unit, 20);
        let counts = matches!(self.kind, Kind::Number | Kind::Reading);
        let says = "Only a number or a reading has a unit and bounds.";
        let plain = self.unit.is_none() && self.least_milli.is_none() && self.most_milli.is_none();
        checks.that(counts || plain, "kind", "bounds", says);
        for (field, bound) in [("least_milli", self.least_milli), ("most_milli", self.most_milli)] {
            checks.range(field, bound.unwrap_or(0), -MOST, MOST, "A bound is at most a million.");
        }
        let ordered = self.least_milli.zip(self.most_milli).is_none_or(|(least, most)| least <= most);
        checks.that(ordered, "most_milli", "order", "The upper bound is below the lower one.");
        for (n, choice) in self.choices.iter_mut().enumerate() {
            checks.within("choices", |checks| checks.text(&n.to_string(), choice, 80, "an answer"));
        }
        let several = (2..=20).contains(&self.choices.len());
        let fits = if self.kind == Kind::Choice { several } else { self.choices.is_empty() };
        checks.that(fits, "choices", "choices", "One of several has 2 to 20 answers; other questions have none.");
        let twice = self.choices.iter().enumerate().any(|(n, one)| self.choices[..n].contains(one));
        checks.that(!twice, "choices", "twice", "Each answer stands there once.");
        for (n, word) in self.fails_on.iter_mut().enumerate() {
            checks.within("fails_on", |checks| checks.text(&n.to_string(), word, 80, "an answer"));
        }
        let known = |word: &String| match self.kind {
            Kind::YesNo => matches!(word.as_str(), "yes" | "no"),
            Kind::Choice => self.choices.contains(word),
            _ => false,
        };
        let says =
            "Name answers that there are: yes or no, or some of the choices. A reading fails outside of its bounds.";
        checks.that(self.fails_on.len() <= 20 && self.fails_on.iter().all(known), "fails_on", "unknown", says);
    }

    /// The answer as it is kept, and whether it says that something is wrong.
    pub(crate) fn judge(&self, answer: &str) -> Result<(String, bool)> {
        let answer = answer.trim();
        let wrong = |says: &str| Err(Error::field("/answer", "answer", says));
        match self.kind {
            Kind::YesNo if !matches!(answer, "yes" | "no") => wrong("Answer yes or no."),
            Kind::Choice if !self.choices.iter().any(|one| one == answer) => wrong("Choose one of the answers."),
            Kind::YesNo | Kind::Choice => Ok((answer.to_owned(), self.fails_on.iter().any(|one| one == answer))),
            Kind::Text if answer.chars().count() > 2000 => wrong("At most 2000 characters."),
            Kind::Text => Ok((answer.to_owned(), false)),
            Kind::Photo => wrong("This is answered with a photo."),
            Kind::Number | Kind::Reading => {
                let Some(milli) = signed(answer) else {
                    return wrong("Give a number with at most three decimals, such as 18 or -2.5.");
                };
                let out = self.least_milli.is_some_and(|least| milli < least)
                    || self.most_milli.is_some_and(|most| milli > most);
                match out && self.kind == Kind::Number {
                    true => wrong(&format!("This is to be {}.", self.bounds())),
                    false => Ok((quantity(milli), out)),
                }
            }
        }
    }

    /// "12 to 20 °F", "at least 12 °F"; empty without bounds.
    pub fn bounds(&self) -> String {
        let unit = self.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        match (self.least_milli, self.most_milli) {
            (Some(least), Some(most)) => format!("{} to {}{unit}", quantity(least), quantity(most)),
            (Some(least), None) => format!("at least {}{unit}", quantity(least)),
            (None, Some(most)) => format!("at most {}{unit}", quantity(most)),
            (None, None) => String::new(),
        }
    }

    /// An answer as people read it.
    pub fn said(&self, answer: &str) -> String {
        match (self.kind, answer) {
            (Kind::YesNo, "yes") => "Yes".into(),
            (Kind::YesNo, "no") => "No".into(),
            _ => match &self.unit {
                Some(unit) => format!("{answer} {unit}"),
                None => answer.to_owned(),
            },
        }
    }
}

/// "-2.5" in thousandths.
pub(crate) fn signed(text: &str) -> Option<i64> {
    let text = text.trim();
    match text.strip_prefix(['-', '−']) {
        Some(rest) => thousandths(rest).map(|milli| -milli),
        None => thousandths(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Input;

    #[derive(Deserialize, JsonSchema)]
    struct One(Question);
    impl Input for One {
        fn check(&mut self, checks: &mut Checks) {
            self.0.check(checks);
        }
    }

    fn question(json: serde_json::Value) -> Question {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_answer_is_kept_as_it_is_meant() {
        let split = question(
            serde_json::json!({ "kind": "reading", "words": "Split", "unit": "°F", "least_milli": 14_000, "most_milli": 22_500 }),
        );
        assert_eq!(split.bounds(), "14 to 22.5 °F");
        for (typed, kept, failed) in
            [("18", "18", false), (" 22,5 ", "22.5", false), ("22.501", "22.501", true), ("-3", "-3", true)]
        {
            assert_eq!(split.judge(typed).unwrap(), (kept.to_owned(), failed), "{typed}");
        }
        assert!(split.judge("warm").is_err() && split.judge("1.2345").is_err());
        let count = Question { kind: Kind::Number, ..split.clone() };
        assert!(count.judge("23").is_err(), "a number has hard bounds");
        let ready = question(serde_json::json!({ "kind": "yes_no", "words": "Safe?", "fails_on": ["no"] }));
        assert_eq!(ready.judge("no").unwrap(), ("no".to_owned(), true));
        assert!(ready.judge("maybe").is_err());
    }

    #[test]
    fn a_question_says_what_is_wrong_with_it() {
        let wrong = |json| One(question(json)).checked().err().map(|error| error.problem().errors[0].message.clone());
        let says = wrong(serde_json::json!({ "kind": "choice", "words": "Which?", "choices": ["One"] }));
        assert_eq!(says.as_deref(), Some("One of several has 2 to 20 answers; other questions have none."));
        let says = wrong(serde_json::json!({ "kind": "text", "words": "Which?", "unit": "psi" }));
        assert_eq!(says.as_deref(), Some("Only a number or a reading has a unit and bounds."));
        assert!(wrong(serde_json::json!({ "kind": "yes_no", "words": "Safe?", "fails_on": ["perhaps"] })).is_some());
        assert_eq!(wrong(serde_json::json!({ "kind": "photo", "words": "The plate" })), None);
    }
}
