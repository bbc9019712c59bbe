//! Every secret that a test sees is written down, so that afterwards the tables and logs can be searched for it; and
//! people's addresses, which belong into tables but into no log. `TRADEWIND_CANARY` names the folder, `find-secrets`
//! searches. Without the variable nothing is kept.
use axum::http::HeaderMap;
use serde_json::Value;
use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock},
};

struct Book {
    secrets: File,
    people: File,
    known: HashSet<String>,
}

/// What is shorter could stand in a text by chance.
const LEAST: usize = 12;

fn folder() -> Option<PathBuf> {
    std::env::var_os("TRADEWIND_CANARY").map(PathBuf::from)
}

fn book() -> Option<&'static Mutex<Book>> {
    static BOOK: OnceLock<Option<Mutex<Book>>> = OnceLock::new();
    let open = || {
        let folder = folder()?;
        let open = |ending: &str| {
            let path = folder.join(format!("{}.{ending}", std::process::id()));
            OpenOptions::new().create(true).append(true).open(path).expect("the folder of TRADEWIND_CANARY")
        };
        Some(Mutex::new(Book { secrets: open("secrets"), people: open("people"), known: HashSet::new() }))
    };
    BOOK.get_or_init(open).as_ref()
}

/// Everything that the house says goes to a file beside the secrets.
pub(crate) fn keep_the_log() {
    let Some(folder) = folder() else { return };
    let file = File::create(folder.join(format!("{}.log", std::process::id()))).expect("a log beside the secrets");
    let _ = tracing_subscriber::fmt().with_env_filter("debug").with_ansi(false).with_writer(Arc::new(file)).try_init();
}

pub(crate) fn note(secret: &str) {
    let Some(book) = book() else { return };
    let mut book = book.lock().unwrap();
    if secret.len() >= LEAST && !secret.contains(['\n', '\0']) && book.known.insert(secret.to_owned()) {
        writeln!(book.secrets, "{secret}").unwrap();
    }
}

fn note_person(address: &str) {
    let Some(book) = book() else { return };
    let mut book = book.lock().unwrap();
    let address = address.trim();
    if address.len() >= LEAST && address.contains('@') && book.known.insert(address.to_owned()) {
        writeln!(book.people, "{}", address.lines().next().unwrap_or_default()).unwrap();
    }
}

/// What was sent: passwords under any name, credentials whole.
pub(crate) fn note_sent(credential: Option<&str>, body: &str) {
    if book().is_none() {
        return;
    }
    let named = |name: &str| ["password", "current", "secret"].iter().any(|word| name.contains(word));
    if let Ok(value) = serde_json::from_str::<Value>(body) {
        walk(&value, &mut |name, text| match name {
            "email" => note_person(text),
            name if named(name) => note(text),
            _ => {}
        });
    }
    credential.into_iter().for_each(note_drawn);
}

/// A form has its values encoded in the body; here they are plain.
pub(crate) fn note_form(fields: &[(&str, &str)]) {
    for (name, value) in fields {
        if *name == "email" {
            note_person(value);
        }
        if ["password", "current"].iter().any(|word| name.contains(word)) {
            note(value);
        }
    }
}

/// What came back, and what letters say.
pub(crate) fn note_seen(headers: &HeaderMap, text: &str) {
    if book().is_none() {
        return;
    }
    // What a toast says is encoded, and now and then as long as a secret.
    let cookies = headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    cookies.filter(|cookie| !cookie.starts_with("tradewind_toast=")).for_each(note_drawn);
    note_drawn(text);
}

fn walk(value: &Value, each: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
            Value::String(text) => each(name, text),
            other => walk(other, each),
        }),
        Value::Array(items) => items.iter().for_each(|item| walk(item, each)),
        _ => {}
    }
}

/// What has the shape of a secret and is none: names of keys that everybody may look up, and a question that a passkey
/// answers once.
const PUBLIC: [&str; 2] = ["\"kid\":\"", "\"challenge\":\""];

fn without_public(text: &str) -> String {
    PUBLIC.iter().fold(text.to_owned(), |text, name| {
        let mut parts = text.split(name);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + part.split_once('"').map_or("", |(_, rest)| rest))
    })
}

/// Finds secrets by their shape: 43 letters and digits as the house draws them, signatures of tokens, secrets of
/// authenticators, recovery codes.
pub(crate) fn note_drawn(text: &str) {
    let text = &without_public(text);
    // A long run is a public key or a signature, and a piece of it between two dashes is nobody's secret.
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).filter(|run| run.len() < 60);
    for word in runs.flat_map(|run| run.split(['-', '_'])) {
        let mixed = || word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_lowercase());
        if word.len() == 43 && mixed() {
            note(word);
        }
    }
    for token in text.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)) {
        let mut parts = token.split('.');
        if let (Some(head), Some(_), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
            && head.starts_with("eyJ")
        {
            note(signature);
        }
        let recovery = token.len() == 19
            && token.split('-').count() == 4
            && token.split('-').all(|four| four.len() == 4 && four.bytes().all(|b| b.is_ascii_alphanumeric()));
        if recovery && token.bytes().any(|b| b.is_ascii_digit()) {
            note(token);
        }
    }
    for rest in text.split("secret=").skip(1) {
        let secret: String = rest.chars().take_while(|c| c.is_ascii_uppercase() || ('2'..='7').contains(c)).collect();
        note(&secret);
    }
}
