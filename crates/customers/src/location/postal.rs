//! Postal codes of an area or of whoever levies a tax: as they are compared, with a star for all that begin so.
use kernel::Checks;

/// More is a country, and has a name.
pub const MOST: usize = 2000;

/// As it is compared: no spaces, no dashes, capitals.
pub fn code(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// Each once, in order.
pub fn tidy(codes: &mut Vec<String>) {
    for one in codes.iter_mut() {
        *one = code(one);
    }
    codes.retain(|code| !code.is_empty());
    codes.sort_unstable();
    codes.dedup();
}

/// Letters and figures, as all posts of the world have it.
fn is_code(code: &str) -> bool {
    let head = code.strip_suffix('*').unwrap_or(code);
    (1..=12).contains(&head.len()) && head.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Names the first that is none.
pub fn check(checks: &mut Checks, codes: &[String]) {
    let wrong = codes.iter().find(|code| !is_code(code));
    let says = wrong.map(|code| format!("“{}” is no postal code.", code.chars().take(20).collect::<String>()));
    checks.that(wrong.is_none(), "postal_codes", "postal_code", says.unwrap_or_default());
}

#[test]
fn postal_codes_are_compared_without_spaces() {
    assert_eq!(code(" sw1a 1aa "), "SW1A1AA");
    assert_eq!(code("62701-1234"), "627011234");
    assert!(is_code("627*") && !is_code("*") && !is_code("6?7"));
}
