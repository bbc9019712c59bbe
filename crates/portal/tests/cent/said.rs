//! What one surface says of a paper, and whether all surfaces say the same.
use serde_json::Value;
use std::collections::BTreeMap;

/// A page, a file, an answer or the books: its figures in cents, by what they are.
#[derive(Debug, Clone)]
pub struct Said {
    pub surface: &'static str,
    pub figures: BTreeMap<&'static str, i64>,
}

impl Said {
    pub fn named(mut self, name: &str, called: &'static str) -> Self {
        let minor = self.figures.remove(name).unwrap();
        self.figures.insert(called, minor);
        self
    }
    pub fn of(surface: &'static str, figures: impl IntoIterator<Item = (&'static str, i64)>) -> Self {
        Self { surface, figures: figures.into_iter().collect() }
    }
    /// Some of an object of the API.
    pub fn api(surface: &'static str, body: &Value, names: &[&'static str]) -> Self {
        Self::of(surface, names.iter().map(|name| (*name, of_api(&body[*name]))))
    }
    /// Without what does not stand for the same there.
    pub fn but(mut self, name: &str) -> Self {
        self.figures.remove(name);
        self
    }
}

pub fn of_api(money: &Value) -> i64 {
    let text = money["amount"].as_str().unwrap_or_else(|| panic!("no money: {money}"));
    kernel::Money::parse(text, kernel::Currency::USD).unwrap().minor
}

/// "$1,250.00" and "−12.50" as papers have them; nothing for what is no figure.
pub fn cents(text: &str) -> Option<i64> {
    let text = text.trim();
    let (less, text) = text.strip_prefix(['−', '-']).map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.strip_prefix('$').unwrap_or(text).split_once('.')?;
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == ',') && !text.is_empty();
    if fraction.len() != 2 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let minor: i64 = format!("{}{fraction}", whole.replace(',', "")).parse().ok()?;
    Some(if less { -minor } else { minor })
}

/// "1,250.00", as a paper has it.
pub fn figure(minor: i64) -> String {
    let shown = kernel::Money::new(minor, kernel::Currency::USD).display("en-US");
    shown.replace('$', "")
}

/// Every figure that two surfaces say differently, and every one that nothing else is held against.
pub fn differences(all: &[Said]) -> Vec<String> {
    let mut by_name: BTreeMap<&str, Vec<(&str, i64)>> = BTreeMap::new();
    for said in all {
        for (name, minor) in &said.figures {
            by_name.entry(name).or_default().push((said.surface, *minor));
        }
    }
    let wrong = by_name.iter().filter(|(_, said)| said.len() < 2 || said.iter().any(|one| one.1 != said[0].1));
    wrong.map(|(name, said)| format!("{name}: {said:?}")).collect()
}

/// Compares them, and then once more with a cent planted on each surface in turn. Gives how many figures were held against others.
pub fn all_say_the_same(what: &str, all: &[Said]) -> usize {
    let found = differences(all);
    assert!(found.is_empty(), "{what}: {found:#?}");
    for (at, said) in all.iter().enumerate() {
        for name in said.figures.keys() {
            let mut planted = all.to_vec();
            *planted[at].figures.get_mut(name).unwrap() += 1;
            assert!(!differences(&planted).is_empty(), "a cent more in {name} on {} is not found", said.surface);
        }
    }
    all.iter().map(|said| said.figures.len()).sum()
}

/// The words of a piece of a page.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sums at the foot of each paper on a page: labels and figures of the lists of that class.
pub fn feet_of_page(html: &str, class: &str) -> Vec<Vec<(String, String)>> {
    let pair = |row: &str| {
        let (label, rest) = row.split_once('>')?.1.split_once("</dt>")?;
        let value = rest.split_once("<dd")?.1.split_once('>')?.1.split_once("</dd>")?.0;
        Some((words(label), words(value)))
    };
    let begins = format!("<dl class=\"{class}\"");
    html.split(&begins)
        .skip(1)
        .map(|list| list.split("</dl>").next().unwrap().split("<dt").skip(1).filter_map(pair).collect())
        .collect()
}

/// The same of a PDF's text: a paper has its sums from its subtotal, or from the first of these words, on.
pub fn feet_of_pdf(text: &str, first: &str) -> Vec<Vec<(String, String)>> {
    let tokens: Vec<&str> = text.split(' ').collect();
    let starts: Vec<usize> = (0..tokens.len())
        .filter(|at| tokens[*at] == first && tokens.get(at + 1).is_some_and(|next| cents(next).is_some()))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    let foot = |(from, to): (usize, usize)| {
        let mut foot = vec![];
        let mut label: Vec<&str> = vec![];
        for token in &tokens[from..to] {
            match cents(token) {
                Some(_) => foot.push((std::mem::take(&mut label).join(" "), (*token).to_owned())),
                None => label.push(token),
            }
        }
        foot
    };
    starts.iter().copied().zip(ends).map(foot).collect()
}

/// What the labels of a foot stand for. `sums` are the only ones that are taken; what is left out there is nothing.
pub fn said_of_foot(surface: &'static str, foot: &[(String, String)]) -> Said {
    let mut figures = BTreeMap::from([("discount", 0), ("tax", 0)]);
    for (label, value) in foot {
        let Some(minor) = cents(value) else { continue };
        let percent = label.ends_with('%') || label.ends_with("%, in the total");
        let (name, minor) = match label.as_str() {
            "Subtotal" => ("subtotal", minor),
            "Net" => ("net", minor),
            label if label.starts_with("Discount") => ("discount", minor.abs()),
            "Tax" | "Tax in it" | "Tax, in the total" => ("tax", minor),
            _ if percent => ("tax", minor),
            "Total" | "Given back" => ("total", minor),
            "Due" => ("balance", minor),
            "Deposit on approval" => ("deposit", minor),
            "Credited" => ("credited", -minor),
            label if label.starts_with("Paid ") => ("paid", -minor),
            _ => continue,
        };
        *figures.entry(name).or_default() += minor;
    }
    Said { surface, figures }
}
