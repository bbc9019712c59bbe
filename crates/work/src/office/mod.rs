//! The office's pages of jobs: the list, one job, and the verbs on it.
pub mod lines;
pub mod list;
pub mod show;
pub mod time;
pub mod verbs;

/// For addresses.
pub(crate) fn encode(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
