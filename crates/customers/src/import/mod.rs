//! Bringing customers in from a file: choose, match the columns, look at what would happen, run, mend what was refused, and
//! undo all of it.
mod amend;
mod apply;
mod cell;
pub mod check;
mod columns;
mod decide;
mod deed;
mod difference;
pub mod elsewhere;
mod errors;
mod field;
mod format;
mod holds;
pub mod kept;
mod lay;
mod line;
pub mod link;
mod looks;
mod offer;
pub mod pause;
mod progress;
mod propose;
mod reverse;
mod run;
pub mod show;
mod take_back;
mod typed;
pub mod undo;
pub mod upload;

use jiff::Timestamp;
use kernel::{row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

pub use errors::download;
pub use format::Source;
pub use progress::fragment;
pub use run::ImportLines;
pub use take_back::UndoImport;

use crate::permissions::CustomersImport;
use holds::Holds;
use propose::Proposal;

kernel::id!(ImportId);
kernel::text_enum! {
    pub enum Status {
        Uploaded = "uploaded": "Columns to match",
        Checking = "checking": "Being checked",
        Checked = "checked": "Ready to import",
        Running = "running": "Running",
        Paused = "paused": "Paused",
        Cancelled = "cancelled": "Stopped",
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

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Import {
        pub id: ImportId,
        pub file_name: String,
        /// The system it comes from: its ids count for themselves.
        pub source: Source,
        #[serde(skip)]
        pub columns: String,
        #[serde(skip)]
        pub mapping: String,
        #[serde(skip)]
        pub proposed: String,
        #[serde(skip)]
        pub country: String,
        pub status: Status,
        pub lines: i32,
        #[serde(skip)]
        pub longest: i32,
        /// The last line that was worked on.
        pub cursor: i32,
        pub made: i32,
        pub changed: i32,
        pub same: i32,
        pub wrong: i32,
        /// Customers with whom it is undone.
        pub taken_back: i32,
        /// Customers who were changed since and stay as they are.
        pub kept: i32,
        /// Customers there are to undo it for, once that is asked.
        #[serde(skip)]
        pub deeds: i32,
        #[serde(skip)]
        pub undone_to: Option<Uuid>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

/// What the lines that are looked at together may take in memory.
const WEIGHT: usize = 64 << 20;

impl Import {
    fn columns(&self) -> Vec<String> {
        serde_json::from_str(&self.columns).unwrap_or_default()
    }
    /// What each column holds; none for those that are left out.
    fn mapping(&self) -> Vec<Option<Holds>> {
        serde_json::from_str(&self.mapping).unwrap_or_default()
    }
    /// Which field of the company's own each column could become.
    fn proposed(&self) -> Vec<Proposal> {
        serde_json::from_str(&self.proposed).unwrap_or_default()
    }
    /// Of so many lines those that fit into memory at once, however long they are.
    fn fitting(&self, lines: usize) -> usize {
        fitting(self.longest, lines)
    }
    fn worked_on(&self) -> i32 {
        self.made + self.changed + self.same + self.wrong
    }
    fn is_at_work(&self) -> bool {
        self.reads_lines() || self.status == Status::Undoing
    }
    fn reads_lines(&self) -> bool {
        matches!(self.status, Status::Checking | Status::Running)
    }
    fn did_something(&self) -> bool {
        self.made + self.changed > 0
    }
}

fn fitting(longest: i32, lines: usize) -> usize {
    let fit = WEIGHT / usize::try_from(longest).unwrap_or(0).max(1);
    lines.min(fit).max(1)
}

#[test]
fn of_long_lines_there_are_few_at_once() {
    // Lines of usual files, of a megabyte, longer than all that fits, and of files from before it was known.
    let fit = [300, 1 << 20, i32::MAX, 0].map(|longest| fitting(longest, 2000));
    assert_eq!(fit, [2000, 64, 1, 2000]);
}

row! {
    /// A line of the file. `line` counts as a spreadsheet does: the heading is line 1.
    #[derive(Debug, Clone)]
    pub(crate) struct Line {
        pub line: i32,
        pub cells: String,
        pub outcome: Outcome,
        pub reason: Option<String>,
    }
}

impl Line {
    fn cells(&self) -> Vec<String> {
        serde_json::from_str(&self.cells).unwrap_or_default()
    }
}

sql! {
    fn find(id: ImportId) -> Option<Import> = "
        select id, file_name, source, columns, mapping, proposed, country, status, lines, longest, cursor, made, changed, same, wrong, taken_back, kept, deeds, undone_to, version, created_at
        from import where tenant_id = $1 and id = $2";
    // Whoever changes its state or works on it has it for themselves until COMMIT.
    fn hold(id: ImportId) -> Option<Import> = "
        select id, file_name, source, columns, mapping, proposed, country, status, lines, longest, cursor, made, changed, same, wrong, taken_back, kept, deeds, undone_to, version, created_at
        from import where tenant_id = $1 and id = $2 for update";
    fn latest() -> Vec<Import> = "
        select id, file_name, source, columns, mapping, proposed, country, status, lines, longest, cursor, made, changed, same, wrong, taken_back, kept, deeds, undone_to, version, created_at
        from import where tenant_id = $1 order by id desc limit 20";
    fn lines_after(import: ImportId, line: i32, most: i64) -> Vec<Line> = "
        select line, cells, outcome, reason from import_row
        where tenant_id = $1 and import_id = $2 and line > $3 order by line limit $4";
    fn lines_of(import: ImportId, outcome: Outcome, line: i32, most: i64) -> Vec<Line> = "
        select line, cells, outcome, reason from import_row
        where tenant_id = $1 and import_id = $2 and outcome = $3 and line > $4 order by line limit $5";
}

kernel::event! { pub struct CustomersImported = "customers.imported", seen by CustomersImport { import: ImportId, made: i32, changed: i32, same: i32, wrong: i32 } }
kernel::event! { pub struct ImportUploaded = "customers.import_uploaded", seen by CustomersImport { import: ImportId, lines: i32 } }
kernel::event! { pub struct ImportPaused = "customers.import_paused", seen by CustomersImport { import: ImportId } }
kernel::event! { pub struct ImportResumed = "customers.import_resumed", seen by CustomersImport { import: ImportId } }
kernel::event! { pub struct ImportCancelled = "customers.import_cancelled", seen by CustomersImport { import: ImportId } }
kernel::event! { pub struct ImportUndoBegun = "customers.import_undo_begun", seen by CustomersImport { import: ImportId } }
kernel::event! { pub struct ImportUndone = "customers.import_undone", seen by CustomersImport { import: ImportId, taken_back: i32, kept: i32 } }
