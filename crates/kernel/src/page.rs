//! Keyset paging: a page is found by where the last one ended, so page one thousand costs what page one costs.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, Result};

/// One page of a list. `next_cursor` is opaque: send it back as `cursor`.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Paged<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> Paged<T> {
    /// From one row more than asked for: that one says that there is a next page.
    pub fn of<K: Serialize>(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| Cursor::write(&key(last)));
        Self { data: rows, next_cursor }
    }
}

/// What is asked of a list that has nothing to be filtered by.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// 1–200, 50 when not given.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

/// Where a page ended, as text that says nothing.
pub struct Cursor;

impl Cursor {
    pub fn write<K: Serialize>(key: &K) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }
    pub fn read<K: DeserializeOwned>(text: &str) -> Result<K> {
        let bad = || Error::field("/cursor", "cursor", "This cursor is not one of ours. Start again without it.");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?).map_err(|_| bad())
    }
    pub fn maybe<K: DeserializeOwned>(text: Option<&str>) -> Result<Option<K>> {
        text.filter(|t| !t.is_empty()).map(Self::read).transpose()
    }
}

/// `limit` of a list: 1–200, 50 when not given.
pub fn limit(asked: Option<i64>) -> Result<usize> {
    match asked.unwrap_or(50) {
        n @ 1..=200 => Ok(n as usize),
        _ => Err(Error::field("/limit", "range", "Ask for 1 to 200 at a time.")),
    }
}
