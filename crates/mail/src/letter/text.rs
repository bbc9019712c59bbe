//! A letter as plain text.
use super::{Letterhead, Part};

pub fn write(head: &Letterhead, parts: &[Part]) -> String {
    let mut blocks: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::Greeting(words) | Part::Paragraph(words) | Part::Small(words) => words.clone(),
            Part::Facts(pairs) => {
                pairs.iter().map(|(label, words)| format!("{label}: {words}")).collect::<Vec<_>>().join("\n")
            }
            Part::Button { label, href } => format!("{label}:\n{}", head.link(href)),
        })
        .collect();
    let foot: Vec<&str> = [head.company.as_str(), head.foot.as_str()].into_iter().filter(|l| !l.is_empty()).collect();
    // Two dashes and a space are how mail programs know a signature.
    blocks.push(format!("-- \n{}", foot.join("\n")));
    if let Some(link) = &head.unsubscribe {
        blocks.push(format!("No more mails of this kind:\n{link}"));
    }
    blocks.join("\n\n") + "\n"
}
