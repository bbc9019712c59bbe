//! The letters of an estimate: it is there, there is a newer one, it ends soon.
use billing::written;
use kernel::{Result, Scope, sight};
use mail::{Letter, Purpose};

use super::content::Content;
use crate::reader::link;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Sent,
    EndsSoon,
}

/// `words` are the company's own, as a paragraph.
pub fn of(scope: &Scope, content: &Content, email: &str, name: &str, why: Why, words: Option<&str>) -> Result<Letter> {
    let company = &scope.tenant().name;
    let until = content.valid_until.map(written::day);
    let (subject, first) = match (why, content.revision) {
        (Why::Sent, 1) => (
            format!("Your estimate from {company}: {}", content.title),
            format!("here is our estimate {}: {}.", content.number, content.title),
        ),
        (Why::Sent, _) => (
            format!("Your new estimate from {company}: {}", content.title),
            format!("we have changed our estimate {}. This one takes the place of the one before.", content.number),
        ),
        (Why::EndsSoon, _) => (
            format!("Your estimate is good until {}", until.as_deref().unwrap_or("soon")),
            format!("a word about our estimate {}: after that day its prices may be others.", content.number),
        ),
    };
    // The letter is the customer's and has its prices, whoever sends it.
    let priced = sight::whole(|| {
        let price = |minor| written::money(scope.tenant(), content.money(minor));
        content
            .options
            .iter()
            .map(|offered| (offered.option.name.clone(), price(offered.total_minor)))
            .collect::<Vec<_>>()
    });
    let mut facts = match priced.as_slice() {
        [(_, only)] => vec![("Total".to_owned(), only.clone())],
        _ => priced,
    };
    facts.extend(until.map(|day| ("Good until".to_owned(), day)));
    let purpose = if why == Why::EndsSoon { Purpose::Reminder } else { Purpose::Transactional };
    let mut letter = Letter::to(email, name, subject).purpose(purpose).about("estimate", content.estimate);
    letter = letter.greeting(format!("Hello {name},")).paragraph(first);
    if let Some(words) = words {
        letter = letter.paragraph(words);
    }
    let path = link::path(scope, content.estimate, content.revision)?;
    let small = "There you see every line, choose, tick what you like, and approve with your name. Questions? Answer this letter.";
    Ok(letter.facts(facts).button("See the estimate", path).small(small))
}
