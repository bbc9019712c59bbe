//! Addresses with what was asked for in them.

/// For a part of an address: letters, digits and `-._~` stand for themselves.
pub fn encode(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    let mut encoded = String::with_capacity(text.len() + 8);
    for b in text.bytes() {
        match keep(b) {
            true => encoded.push(char::from(b)),
            false => encoded.extend(['%', hex(b >> 4), hex(b & 15)]),
        }
    }
    encoded
}

fn hex(four: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(four)])
}

/// The path with these fields as its query; what is not said or empty is left out.
pub fn address<'a>(path: &str, fields: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let said = fields.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    let query: Vec<String> = said.map(|(name, value)| format!("{name}={}", encode(&value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[test]
fn what_was_typed_cannot_break_out_of_an_address() {
    let fields = [("q", Some("a&b=\"<é>".to_owned())), ("status", None), ("tag", Some(String::new()))];
    assert_eq!(address("/invoices", fields), "/invoices?q=a%26b%3D%22%3C%C3%A9%3E");
    assert_eq!(address("/invoices", []), "/invoices");
}
