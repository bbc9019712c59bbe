//! The words by which an item is found: name, code and description, folded.
use kernel::{sql, text::fold};
use std::collections::BTreeSet;

use super::ItemId;

sql! {
    pub(super) fn add(id: ItemId, words: Vec<String>) = "
        insert into item_word (tenant_id, item_id, word)
        select $1::uuid, $2::uuid, w.word from unnest($3::text[]) w(word)";
    pub(super) fn forget(id: ItemId) -> u64 = "delete from item_word where tenant_id = $1 and item_id = $2";
}

pub(crate) fn of(name: &str, code: Option<&str>, description: Option<&str>) -> Vec<String> {
    let mut words = BTreeSet::new();
    for text in [Some(name), code, description].into_iter().flatten() {
        words.extend(fold(text).split(' ').filter(|w| !w.is_empty()).map(|w| w.chars().take(40).collect::<String>()));
    }
    words.into_iter().take(60).collect()
}

/// The beginnings of words that were asked for, and where the range of each ends.
pub(crate) fn asked(query: &str) -> (Vec<String>, Vec<String>) {
    let folded = fold(query);
    let words: BTreeSet<String> =
        folded.split(' ').filter(|w| !w.is_empty()).map(|w| w.chars().take(40).collect()).collect();
    words.into_iter().take(6).map(|word| (word.clone(), format!("{word}\u{10ffff}"))).unzip()
}
