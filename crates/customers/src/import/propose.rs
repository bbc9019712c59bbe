//! What field of the company's own a column could become: told by every cell of it, while the file is read for the first time.
use serde::{Deserialize, Serialize};
use sheets::cell::{day, flag, is_nothing, number, same};
use std::collections::BTreeSet;

use crate::custom::Kind;

/// With more that are different it is no choice.
const MOST_CHOICES: usize = 12;
const LONGEST_CHOICE: usize = 80;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Proposal {
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What a column may still be.
#[derive(Debug)]
pub(super) struct Tally<'a> {
    country: &'a str,
    cells: usize,
    is_flag: bool,
    is_number: bool,
    is_day: bool,
    /// None where there are too many.
    different: Option<BTreeSet<String>>,
}

impl<'a> Tally<'a> {
    pub fn new(country: &'a str) -> Self {
        Self { country, cells: 0, is_flag: true, is_number: true, is_day: true, different: Some(BTreeSet::new()) }
    }

    pub fn count(&mut self, cell: &str) {
        if is_nothing(cell) {
            return;
        }
        self.cells += 1;
        self.is_flag = self.is_flag && flag(cell).is_some();
        self.is_number = self.is_number && is_figure(cell);
        self.is_day = self.is_day && day(cell, self.country).is_some();
        let Some(different) = &mut self.different else { return };
        if !different.contains(cell) {
            different.insert(cell.to_owned());
            if different.len() > MOST_CHOICES || cell.chars().count() > LONGEST_CHOICE {
                self.different = None;
            }
        }
    }

    pub fn propose(self) -> Proposal {
        let plain = |kind| Proposal { kind, choices: vec![] };
        let mut choices: Vec<String> = vec![];
        for one in self.different.iter().flatten() {
            if !choices.iter().any(|there| same(there, one)) {
                choices.push(one.clone());
            }
        }
        match () {
            () if self.cells == 0 => plain(Kind::Text),
            () if self.is_flag => plain(Kind::Flag),
            () if self.is_day => plain(Kind::Date),
            () if self.is_number => plain(Kind::Number),
            // Each of them more than once or twice, else they are just few.
            () if choices.len() > 1 && self.cells >= choices.len() * 3 => Proposal { kind: Kind::Choice, choices },
            () => plain(Kind::Text),
        }
    }
}

/// A code with a nought before it would lose it as a figure, and one that is too long its last digits.
fn is_figure(cell: &str) -> bool {
    let coded = cell.len() > 1 && cell.starts_with('0') && !cell.starts_with("0.");
    number(cell).is_some_and(|figure| figure.len() <= 12) && !coded
}

#[test]
fn a_column_is_known_by_all_of_its_cells() {
    let proposed = |cells: &[&str]| {
        let mut tally = Tally::new("US");
        cells.iter().for_each(|cell| tally.count(cell));
        tally.propose()
    };
    for (cells, kind) in [
        (&["Yes", "no", "", "n/a"][..], Kind::Flag),
        (&["3/1/2026", "Mar 2, 2026"], Kind::Date),
        (&["12", "1,250.50", "-3"], Kind::Number),
        (&["0471", "12"], Kind::Text),
        (&["12", "12 m"], Kind::Text),
        (&["16x20", "20x25"], Kind::Text),
        (&["", "--"], Kind::Text),
    ] {
        assert_eq!(proposed(cells).kind, kind, "{cells:?}");
    }
    let sizes = proposed(&["16x20", "20x25", "16x20", "16X20", "20x25", "16x20"]);
    assert_eq!((sizes.kind, sizes.choices), (Kind::Choice, vec!["16X20".to_owned(), "20x25".into()]));
    let many: Vec<String> = (0..400).map(|n| format!("code {}", n % 13)).collect();
    assert_eq!(proposed(&many.iter().map(String::as_str).collect::<Vec<_>>()).kind, Kind::Text);
}
