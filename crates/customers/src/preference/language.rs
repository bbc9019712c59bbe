//! Languages by name, for who chooses one; any other that is written as BCP 47 has it is kept as well.
use kernel::Checks;

/// What is spoken most in the houses that trades go to; the rest is written by programs.
pub(super) const KNOWN: [(&str, &str); 22] = [
    ("ar", "Arabic"),
    ("zh", "Chinese"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("ht", "Haitian Creole"),
    ("hi", "Hindi"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("fa", "Persian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("pa", "Punjabi"),
    ("ru", "Russian"),
    ("ase", "Sign language (ASL)"),
    ("so", "Somali"),
    ("es", "Spanish"),
    ("tl", "Tagalog"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
];

/// "Spanish" of `es`, "Spanish (es-MX)" of `es-MX`; of what is not known its own letters.
pub fn language(tag: &str) -> String {
    let first = tag.split('-').next().unwrap_or(tag);
    match KNOWN.iter().find(|(known, _)| *known == first) {
        Some((known, name)) if *known == tag => (*name).to_owned(),
        Some((_, name)) => format!("{name} ({tag})"),
        None => tag.to_owned(),
    }
}

/// As BCP 47 has it: two or three letters, then parts of one to eight letters or digits; written in the usual case.
pub(super) fn check(checks: &mut Checks, value: &mut Option<String>) {
    checks.optional("language", value, 35);
    let Some(text) = value else { return };
    let mut parts = text.split(['-', '_']);
    let first =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if checks.that(first && rest, "language", "language", "A language is written like es or pt-BR.") {
        *text = text.split(['-', '_']).enumerate().map(|(n, part)| cased(n, part)).collect::<Vec<_>>().join("-");
    }
}

/// `zh-Hant-TW`: a region in capitals, a script with one.
fn cased(n: usize, part: &str) -> String {
    match (n, part.len()) {
        (1.., 2) => part.to_ascii_uppercase(),
        (1.., 4) if part.is_ascii() => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
        _ => part.to_ascii_lowercase(),
    }
}

#[test]
fn a_language_is_read_however_it_is_written() {
    let read = |text: &str| {
        let (mut checks, mut value) = (Checks::default(), Some(text.to_owned()));
        check(&mut checks, &mut value);
        checks.done().ok().and(value)
    };
    for (written, is) in [("ES", "es"), ("pt_br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), (" ase ", "ase")] {
        assert_eq!(read(written).as_deref(), Some(is));
    }
    for bad in ["Spanish", "e", "es-", "es--MX", "1x", "es-toolongpart"] {
        assert_eq!(read(bad), None, "{bad}");
    }
    assert_eq!([language("es"), language("es-MX"), language("xx")], ["Spanish", "Spanish (es-MX)", "xx"]);
}
