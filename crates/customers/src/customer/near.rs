//! What somebody meant who mistyped: when nothing has the words asked for, the company's words that lie a slip away are tried.
use kernel::{Result, Scope, row, sql};
use std::collections::BTreeSet;

use super::{
    Customer, Status,
    search::{Among, search_among, search_words},
    words,
};

row! {
    struct Near { nth: i64, word: String }
}

sql! {
    // From each range so many different words, one step in the index for each, however often a word is there.
    fn vocabulary(lo: Vec<String>, hi: Vec<String>, most: Vec<i64>) -> Vec<Near> = "
        select r.nth, w.word from unnest($2::text[], $3::text[], $4::bigint[]) with ordinality r(lo, hi, most, nth)
        cross join lateral (
            with recursive step(word, n) as (
                (select w.word, 1::bigint from customer_word w
                where w.tenant_id = $1 and w.word >= r.lo and w.word < r.hi order by w.word limit 1)
                union all
                select (select w.word from customer_word w
                    where w.tenant_id = $1 and w.word > s.word and w.word < r.hi order by w.word limit 1), s.n + 1
                from step s where s.word is not null and s.n < r.most)
            select step.word from step where step.word is not null) w";
}

pub struct Hits {
    pub data: Vec<Customer>,
    /// What was looked for instead, when nothing has what was asked for.
    pub instead: Option<String>,
}

/// Customers as `search` finds them; failing that, those who have the words that were probably meant.
pub async fn search_or_near(
    scope: &Scope,
    asked: &str,
    status: Status,
    city: Option<String>,
    most: i64,
) -> Result<Hits> {
    near_among(scope, asked, &Among { status, city, tag: None }, most).await
}

pub(super) async fn near_among(scope: &Scope, asked: &str, among: &Among, most: i64) -> Result<Hits> {
    let data = search_among(scope, asked, among, most).await?;
    if !data.is_empty() {
        return Ok(Hits { data, instead: None });
    }
    for meant in meant(scope, words::asked(asked, &scope.tenant().locale.country)).await? {
        let data = search_words(scope, meant.clone(), &meant.join(" "), among, most).await?;
        if !data.is_empty() {
            return Ok(Hits { data, instead: Some(meant.join(" ")) });
        }
    }
    Ok(Hits { data, instead: None })
}

/// Shorter words have too many neighbours, and numbers are right or wrong.
const SHORTEST: usize = 4;
/// A slip among the first letters of a word leads to other places of the index; a later one stays near.
const FIRST: usize = 3;
/// Different words that are read: with the same beginning, and with each other beginning.
const SAME: i64 = 300;
const OTHER: i64 = 8;
/// Mistyped words that are mended in one search, and what is tried for it.
const MENDED: usize = 2;
const TRIED: usize = 3;

fn can_be_mended(word: &str) -> bool {
    word.len() >= SHORTEST && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// The words that were probably meant, the most probable first; none when every word is known as it is.
async fn meant(scope: &Scope, asked: Vec<String>) -> Result<Vec<Vec<String>>> {
    let open: Vec<usize> = (0..asked.len()).filter(|at| can_be_mended(&asked[*at])).take(MENDED).collect();
    // For each word first itself, whether it is known, then the ranges around it.
    let mut ranges: Vec<(usize, String, i64)> = vec![];
    for at in &open {
        let word = &asked[*at];
        ranges.push((*at, word.clone(), 1));
        ranges.push((*at, word[..FIRST].to_owned(), SAME));
        ranges.extend(beginnings(word).into_iter().map(|other| (*at, other, OTHER)));
    }
    if ranges.is_empty() {
        return Ok(vec![]);
    }
    let lo = ranges.iter().map(|(_, from, _)| from.clone()).collect();
    let hi = ranges.iter().map(|(_, from, _)| words::end(from)).collect();
    let most = ranges.iter().map(|(_, _, most)| *most).collect();
    let found = scope.read(vocabulary(lo, hi, most)).await?;

    let mut near: Vec<Vec<String>> = asked.iter().map(|word| vec![word.clone()]).collect();
    for at in open {
        let typed = &asked[at];
        let of_this = found.iter().filter(|near| ranges.get(near.nth as usize - 1).is_some_and(|range| range.0 == at));
        let others: BTreeSet<&str> = of_this.map(|near| near.word.as_str()).collect();
        if others.iter().any(|word| word.starts_with(typed.as_str())) {
            continue;
        }
        let mut ranked: Vec<(usize, usize, &str)> = others
            .into_iter()
            .filter_map(|word| Some((slips(typed, word)?, strsim::osa_distance(typed, word), word)))
            .collect();
        ranked.sort_unstable();
        match ranked.is_empty() {
            // One word that nobody has: whatever is done to the others, nothing has all of them.
            true => return Ok(vec![]),
            false => near[at] = ranked.into_iter().take(TRIED).map(|(_, _, word)| word.to_owned()).collect(),
        }
    }
    // The best for each, then the next best of one after the other.
    let best: Vec<String> = near.iter().map(|words| words[0].clone()).collect();
    let mut all = vec![best.clone()];
    for (at, words) in near.iter().enumerate() {
        all.extend(words.iter().skip(1).map(|word| {
            let mut other = best.clone();
            other[at].clone_from(word);
            other
        }));
    }
    all.truncate(TRIED);
    all.retain(|words| *words != asked);
    Ok(all)
}

/// How many slips lie between what was typed and the beginning of a word: letters left out, put in, mistaken or swapped. None
/// when too many: one up to seven letters, two in longer words.
fn slips(typed: &str, word: &str) -> Option<usize> {
    let letters: Vec<char> = word.chars().collect();
    let long = typed.len();
    let head = |length: usize| letters.iter().take(length).collect::<String>();
    let least = (long - 1..=long + 1).map(|length| strsim::osa_distance(typed, &head(length))).min()?;
    (least <= if long < 8 { 1 } else { 2 }).then_some(least)
}

/// The beginnings of words that differ from this one by a slip among its first letters.
fn beginnings(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = word.chars().collect();
    let with = |at: usize, gone: usize, put: &[char]| -> String {
        letters[..at].iter().chain(put).chain(&letters[at + gone..]).take(FIRST + 1).collect()
    };
    let mut all = BTreeSet::new();
    for at in 0..FIRST {
        all.insert(with(at, 1, &[]));
        all.insert(with(at, 2, &[letters[at + 1], letters[at]]));
        for letter in 'a'..='z' {
            all.insert(with(at, 1, &[letter]));
            all.insert(with(at, 0, &[letter]));
        }
    }
    all.retain(|other| !other.starts_with(&word[..FIRST]));
    all
}

#[test]
fn a_slip_is_told_from_another_word() {
    for (typed, word) in [
        ("smiht", "smith"),
        ("smyth", "smith"),
        ("simth", "smithers"),
        ("mith", "smith"),
        ("ssmith", "smith"),
        ("rivrea", "rivera"),
        ("sprngfeild", "springfield"),
    ] {
        assert!(slips(typed, word).is_some(), "{typed} {word}");
    }
    assert_eq!((slips("smith", "stone"), slips("john", "jean"), slips("smith", "smith")), (None, None, Some(0)));
}

#[test]
fn every_slip_among_the_first_letters_has_its_range() {
    for (typed, word) in [
        ("msith", "smith"),
        ("simth", "smith"),
        ("mith", "smith"),
        ("xsmith", "smith"),
        ("tmith", "smith"),
        ("smtih", "smith"),
        ("sith", "smith"),
    ] {
        let all = beginnings(typed);
        let led = all.iter().any(|other| word.starts_with(other.as_str())) || word.starts_with(&typed[..FIRST]);
        assert!(led, "{typed} leads to {all:?}");
    }
    assert!(beginnings("smith").len() < 200);
}
