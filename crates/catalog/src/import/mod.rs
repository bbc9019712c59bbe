//! A price book that comes as a file: choose it, match its columns, look at what would happen, let it happen, and undo all of it.
mod book;
mod called;
pub mod check;
mod columns;
mod decide;
mod deed;
mod draw;
mod errors;
mod field;
mod line;
pub mod lines;
mod meant;
mod parts;
mod run;
pub mod show;
pub mod undo;
pub mod upload;
mod write;

use jiff::Timestamp;
use kernel::{Access, CostsSee, Error, Permission, PricesSee, Result, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

pub use errors::download;
pub use run::ImportItems;
pub use show::fragment;

use crate::permissions::{CatalogRead, CatalogWrite};
use field::Field;

kernel::id!(ItemImportId);
kernel::text_enum! {
    pub enum State {
        Uploaded = "uploaded": "Columns to match",
        Checking = "checking": "Being checked",
        Checked = "checked": "Ready to import",
        Running = "running": "Running",
        Done = "done": "Done",
        Undoing = "undoing": "Being undone",
        Undone = "undone": "Undone",
    }
}
kernel::text_enum! {
    /// What becomes of a line.
    pub enum Outcome {
        Waiting = "waiting": "Waiting",
        New = "new": "New",
        Changed = "changed": "Changed",
        Same = "same": "Nothing to change",
        Wrong = "wrong": "Refused",
    }
}

/// In one transaction each: a price book is a few thousand items.
const MOST_LINES: i32 = 25_000;
const MOST_BYTES: u64 = 32 << 20;

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct ItemImport {
        pub id: ItemImportId,
        pub file_name: String,
        #[serde(skip)]
        pub columns: String,
        #[serde(skip)]
        pub mapping: String,
        pub status: State,
        pub lines: i32,
        /// Items that are new, or would be.
        pub made: i32,
        pub changed: i32,
        /// Lines that say what is so anyway.
        pub same: i32,
        /// Lines that are refused.
        pub wrong: i32,
        /// Items for which it is undone.
        pub taken_back: i32,
        /// Items that were changed since and stay as they are.
        pub kept: i32,
        /// Why it could not be done as it was looked at.
        pub problem: Option<String>,
        #[serde(skip)]
        pub categories: Vec<Uuid>,
        #[serde(skip)]
        pub created_by: Option<Uuid>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}
impl Versioned for ItemImport {
    fn version(&self) -> i64 {
        self.version
    }
}

impl ItemImport {
    fn columns(&self) -> Vec<String> {
        serde_json::from_str(&self.columns).unwrap_or_default()
    }
    /// What each column holds; none for those that are left out.
    fn mapping(&self) -> Vec<Option<Field>> {
        serde_json::from_str(&self.mapping).unwrap_or_default()
    }
    fn is_at_work(&self) -> bool {
        matches!(self.status, State::Checking | State::Running | State::Undoing)
    }
}

row! {
    /// A line of the file. `line` counts as a spreadsheet does: the heading is line 1.
    #[derive(Debug, Clone)]
    struct Line {
        line: i32,
        cells: String,
        outcome: Outcome,
        about: Option<String>,
        reason: Option<String>,
    }
}
impl Line {
    fn cells(&self) -> Vec<String> {
        serde_json::from_str(&self.cells).unwrap_or_default()
    }
}

sql! {
    fn find(id: ItemImportId) -> Option<ItemImport> = "
        select id, file_name, columns, mapping, status, lines, made, changed, same, wrong, taken_back, kept, problem, categories, created_by, version, created_at
        from item_import where tenant_id = $1 and id = $2";
    // Whoever changes its state or works on it has it for themselves until COMMIT.
    fn hold(id: ItemImportId) -> Option<ItemImport> = "
        select id, file_name, columns, mapping, status, lines, made, changed, same, wrong, taken_back, kept, problem, categories, created_by, version, created_at
        from item_import where tenant_id = $1 and id = $2 for update";
    /// All of them, or only those of one person; the rule is that of `seen`.
    fn latest(all: bool, whose: Option<Uuid>) -> Vec<ItemImport> = "
        select id, file_name, columns, mapping, status, lines, made, changed, same, wrong, taken_back, kept, problem, categories, created_by, version, created_at
        from item_import where tenant_id = $1 and ($2 or created_by = $3) order by id desc limit 20";
    fn lines_after(import: ItemImportId, line: i32, most: i64) -> Vec<Line> = "
        select line, cells, outcome, about, reason from item_import_row
        where tenant_id = $1 and import_id = $2 and line > $3 order by line limit $4";
    fn lines_of(import: ItemImportId, outcome: Outcome, line: i32, most: i64) -> Vec<Line> = "
        select line, cells, outcome, about, reason from item_import_row
        where tenant_id = $1 and import_id = $2 and outcome = $3 and line > $4 order by line limit $5";
    fn go(id: ItemImportId, status: State, at: Timestamp) -> u64 = "
        update item_import set status = $3, problem = null, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = $2";
}

kernel::event! { pub struct ItemImportUploaded = "price_book.import_uploaded", seen by CatalogWrite { item_import: ItemImportId, lines: i32 } }
kernel::event! { pub struct ItemImportBegun = "price_book.import_begun", seen by CatalogWrite { item_import: ItemImportId } }
kernel::event! { pub struct ItemsImported = "price_book.imported", seen by CatalogRead { item_import: ItemImportId, made: i32, changed: i32, same: i32, wrong: i32 } }
kernel::event! { pub struct ItemImportUndoBegun = "price_book.import_undo_begun", seen by CatalogWrite { item_import: ItemImportId } }
kernel::event! { pub struct ItemImportUndone = "price_book.import_undone", seen by CatalogRead { item_import: ItemImportId, taken_back: i32, kept: i32 } }

/// What is in a file may be prices and costs: it is shown to whoever brought it, and to those who may see both. For everybody else it is not there.
fn seen(access: &Access<CatalogWrite>, import: Option<ItemImport>) -> Result<ItemImport> {
    let import = import.ok_or(Error::NotFound)?;
    let own = import.created_by.is_some() && import.created_by == access.user();
    match own || sees_all(access) {
        true => priced(access).map(|()| import),
        false => Err(Error::NotFound),
    }
}

fn sees_all(access: &Access<CatalogWrite>) -> bool {
    access.can::<PricesSee>() && access.can::<CostsSee>()
}

/// Prices are set by those who may see them.
fn priced(access: &Access<CatalogWrite>) -> Result<()> {
    match access.can::<PricesSee>() {
        true => Ok(()),
        false => Err(Error::Forbidden(<PricesSee as Permission>::NAME)),
    }
}
