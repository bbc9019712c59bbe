//! What the cells of a column look like, where its heading says nothing.
use kernel::text::digits;

use super::field::Field;

type Looks = (Field, fn(&str) -> bool);

/// Nine cells of ten must agree.
pub(super) fn looks_like(cells: &[&str]) -> Option<Field> {
    let mostly = |like: fn(&str) -> bool| {
        !cells.is_empty() && cells.iter().filter(|cell| like(cell)).count() * 10 >= cells.len() * 9
    };
    let kinds: [Looks; 5] = [
        (Field::Email, is_email),
        (Field::Phone, is_phone),
        (Field::PostalCode, is_postal_code),
        (Field::Street, is_street),
        (Field::Name, is_name),
    ];
    kinds.into_iter().find(|(_, like)| mostly(*like)).map(|(field, _)| field)
}

fn is_email(cell: &str) -> bool {
    cell.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'))
}

fn is_phone(cell: &str) -> bool {
    let signs = cell.chars().all(|c| c.is_ascii_digit() || " +-().x/".contains(c));
    let many = digits(cell).len();
    signs && ((10..=15).contains(&many) || (many >= 7 && cell.contains(['-', '(', '+', ' '])))
}

/// Those of the United States, Canada and most of Europe.
fn is_postal_code(cell: &str) -> bool {
    let plain: String = cell.chars().filter(|c| *c != ' ').collect();
    let digit = |n: usize| plain.as_bytes().get(n).is_some_and(u8::is_ascii_digit);
    let letter = |n: usize| plain.as_bytes().get(n).is_some_and(u8::is_ascii_alphabetic);
    let (code, more) = plain.split_once('-').unwrap_or((&plain, ""));
    let digits_only = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let canadian = plain.len() == 6 && (0..6).all(|n| if n % 2 == 0 { letter(n) } else { digit(n) });
    (code.len() == 5 && digits_only(code) && (more.is_empty() || more.len() == 4) && digits_only(more)) || canadian
}

/// "12 Elm St", "Elm St 1".
fn is_street(cell: &str) -> bool {
    let has = |test: fn(&char) -> bool| cell.chars().any(|c| test(&c));
    let words = cell.split_whitespace().count();
    (2..=8).contains(&words) && has(char::is_ascii_digit) && has(|c| c.is_alphabetic()) && !cell.contains(['@', '='])
}

fn is_name(cell: &str) -> bool {
    let fit = cell.chars().all(|c| c.is_alphabetic() || " .,'&-".contains(c));
    fit && (1..=5).contains(&cell.split_whitespace().count()) && cell.chars().any(char::is_uppercase)
}
