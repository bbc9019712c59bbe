//! What a cell says: nothing, one thing or several.
use kernel::text::{digits, fold};
use sheets::cell::is_nothing;

const SIGNS: [char; 5] = [',', ';', '|', '\n', '\r'];

/// "ana@x.example, luis@x.example"; one that is none stays whole, so that it is refused as it was written.
pub(super) fn emails(cell: &str) -> Vec<String> {
    let parts = said(cell.split(|c: char| SIGNS.contains(&c) || c.is_whitespace()));
    let parts: Vec<String> = parts.into_iter().filter(|part| !is_nothing(part)).collect();
    match parts.iter().all(|part| part.contains('@')) {
        true => parts,
        false => said([cell].into_iter()),
    }
}

/// "(217) 555-0101, (217) 555-0102"; an extension belongs to its number.
pub(super) fn phones(cell: &str) -> Vec<String> {
    let mut numbers: Vec<String> = vec![];
    let parts = said(cell.split(SIGNS)).into_iter().filter(|part| !is_nothing(part));
    for part in parts.flat_map(|part| said(part.split('/'))) {
        match numbers.last_mut() {
            Some(last) if digits(&part).len() < 7 => {
                last.push_str(", ");
                last.push_str(&part);
            }
            _ => numbers.push(part),
        }
    }
    numbers
}

fn said<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// An address that stands in one cell.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Address {
    pub street: String,
    pub unit: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
}

/// "12 Elm St, Apt 4, Springfield, IL 62701": what cannot be told apart stays with the street.
pub(super) fn address(cell: &str) -> Address {
    let mut parts = said(cell.split([',', '\n', '\r']));
    let mut address = Address::default();
    let country = |part: &String| matches!(fold(part).as_str(), "us" | "usa" | "united states" | "canada" | "ca");
    if parts.len() > 2 && parts.last().is_some_and(country) {
        address.country = parts.pop();
    }
    if parts.len() > 1 && parts.last().is_some_and(|last| last.bytes().any(|b| b.is_ascii_digit())) {
        let last = parts.pop().unwrap_or_default();
        let mut words: Vec<&str> = last.split_whitespace().collect();
        let code = words.iter().rposition(|word| !word.bytes().any(|b| b.is_ascii_digit())).map_or(0, |n| n + 1);
        address.postal_code = Some(words.split_off(code).join(" "));
        let is_region = |word: &&str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase());
        address.region = words.pop_if(|word| is_region(&&**word)).map(str::to_owned);
        if words.is_empty() {
            if parts.len() > 1 {
                address.city = parts.pop();
            }
        } else if address.region.is_none() && parts.len() > 1 {
            address.region = Some(words.join(" "));
            address.city = parts.pop();
        } else {
            address.city = Some(words.join(" "));
        }
    }
    let mut parts = parts.into_iter();
    address.street = parts.next().unwrap_or_default();
    address.unit = Some(parts.collect::<Vec<_>>().join(", ")).filter(|unit| !unit.is_empty());
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_values_are_parted() {
        assert_eq!(phones("(217) 555-0101, (217) 555-0102"), ["(217) 555-0101", "(217) 555-0102"]);
        assert_eq!(phones("217 555 0101, ext 5"), ["217 555 0101, ext 5"]);
        assert_eq!(phones("+1 217-555-0101/+1 217-555-0102\n"), ["+1 217-555-0101", "+1 217-555-0102"]);
        assert_eq!(emails("a@x.example; b@x.example\nc@x.example"), ["a@x.example", "b@x.example", "c@x.example"]);
        assert_eq!(emails("not one"), ["not one"]);
        assert_eq!(phones("n/a, (217) 555-0101; --"), ["(217) 555-0101"]);
        assert_eq!(emails("n/a, a@x.example"), ["a@x.example"]);
    }

    #[test]
    fn an_address_in_one_cell_is_taken_apart() {
        let some = |text: &str| Some(text.to_owned());
        let elm = Address {
            street: "12 Elm St".into(),
            unit: some("Apt 4"),
            city: some("Springfield"),
            region: some("IL"),
            postal_code: some("62701"),
            country: None,
        };
        assert_eq!(address("12 Elm St, Apt 4, Springfield, IL 62701"), elm);
        assert_eq!(address("12 Elm St\nApt 4\nSpringfield IL 62701"), elm);
        assert_eq!(address("12 Elm St\nApt 4\nSpringfield, IL 62701\nUSA"), Address { country: some("USA"), ..elm });
        let ontario = address("1 King St W, Toronto, ON M5H 1A1, Canada");
        assert_eq!((ontario.region, ontario.postal_code, ontario.city), (some("ON"), some("M5H 1A1"), some("Toronto")));
        assert_eq!(address("12 Elm St").street, "12 Elm St");
        assert_eq!(address("12 Elm St, Springfield").unit, some("Springfield"));
    }
}
