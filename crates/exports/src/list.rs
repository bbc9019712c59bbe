//! What a list must say of itself to be taken along: its name, its question, its pages and what stands in its columns.
use futures_util::future::BoxFuture;
use kernel::{Error, Paged, Permission, Result, Scope};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::future::Future;

use crate::Cell;

/// A heading, and what stands under it.
pub type Column<R> = (&'static str, fn(&R) -> Cell);

pub trait List: 'static {
    /// As `POST /api/v1/exports` names it.
    const NAME: &'static str;
    const LABEL: &'static str;
    /// Its page.
    const HREF: &'static str;
    /// What one needs to read it.
    type Read: Permission;
    /// The list's own question, with the `limit` and `cursor` that it has there.
    type Filter: DeserializeOwned + Send;
    /// A row as the API tells it.
    type Row: Serialize + Send;
    const COLUMNS: &'static [Column<Self::Row>];

    /// One page, found by where the last one ended.
    fn page(
        scope: &Scope,
        filter: Self::Filter,
        cursor: Option<String>,
    ) -> impl Future<Output = Result<Paged<Self::Row>>> + Send;
}

/// Rows as the format at hand wants them. They were written with the eyes of whoever asked.
#[derive(Debug)]
pub enum Rows {
    Told(Vec<Vec<u8>>),
    Cells(Vec<Vec<Cell>>),
}

impl Rows {
    pub fn len(&self) -> usize {
        match self {
            Self::Told(rows) => rows.len(),
            Self::Cells(rows) => rows.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A page of rows, and where the next one begins.
pub type Part = (Rows, Option<String>);

/// A list as the register knows it.
pub struct Entry {
    pub name: &'static str,
    pub label: &'static str,
    pub href: &'static str,
    pub permission: &'static str,
    pub headings: fn() -> Vec<&'static str>,
    pub check: fn(&Value) -> Result<()>,
    /// As tables want it, or (`told`) as the API tells it.
    pub page: fn(Scope, Value, Option<String>, bool) -> BoxFuture<'static, Result<Part>>,
}

#[linkme::distributed_slice]
pub static LISTS: [Entry];

impl Entry {
    pub const fn of<L: List>() -> Self {
        Self {
            name: L::NAME,
            label: L::LABEL,
            href: L::HREF,
            permission: L::Read::NAME,
            headings: || L::COLUMNS.iter().map(|(heading, _)| *heading).collect(),
            check: |filter| read::<L::Filter>(filter).map(drop),
            page: |scope, filter, cursor, told| {
                Box::pin(async move {
                    let found = L::page(&scope, read(&filter)?, cursor).await?;
                    let rows = match told {
                        true => {
                            let told: Result<_, _> = found.data.iter().map(serde_json::to_vec).collect();
                            Rows::Told(told.map_err(|e| Error::Bug(format!("a row of {}: {e}", L::NAME)))?)
                        }
                        false => {
                            let cells = |row| L::COLUMNS.iter().map(|(_, cell)| cell(row)).collect();
                            Rows::Cells(found.data.iter().map(cells).collect())
                        }
                    };
                    Ok((rows, found.next_cursor))
                })
            },
        }
    }

    pub fn find(name: &str) -> Option<&'static Self> {
        LISTS.iter().find(|entry| entry.name == name)
    }

    /// Those that whoever asks may read, by name.
    pub fn all(scope: &Scope) -> Vec<&'static Self> {
        let mut all: Vec<_> = LISTS.iter().filter(|entry| scope.may(entry.permission)).collect();
        all.sort_by_key(|entry| entry.label);
        all
    }
}

/// `exports::list! { Customers }` beside `impl exports::list::List for Customers`.
#[macro_export]
macro_rules! list {
    ($list:ty) => {
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::list::LISTS)]
            #[linkme(crate = $crate::__::linkme)]
            static ENTRY: $crate::list::Entry = $crate::list::Entry::of::<$list>();
        };
    };
}

/// The question, or which part of it is none.
fn read<F: DeserializeOwned>(filter: &Value) -> Result<F> {
    for paging in ["limit", "cursor"] {
        if filter.get(paging).is_some() {
            let says = "An export has the whole list: leave out `limit` and `cursor`.";
            return Err(Error::field(&format!("/filter/{paging}"), "unknown", says));
        }
    }
    serde_path_to_error::deserialize(filter).map_err(|e| {
        let path = e.path().to_string();
        let at = if path == "." { "/filter".to_owned() } else { format!("/filter/{}", path.replace('.', "/")) };
        Error::field(&at, "filter", format!("The list does not understand this: {}.", e.into_inner()))
    })
}
