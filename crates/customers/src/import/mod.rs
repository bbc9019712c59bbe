//! Bringing customers in from a file: choose, match the columns, look at what would happen, run, mend what was refused.
mod amend;
pub mod check;
mod decide;
mod decode;
mod errors;
mod field;
mod line;
mod progress;
mod read;
mod run;
pub mod show;
pub mod upload;

use jiff::Timestamp;
use kernel::{row, sql};
use schemars::JsonSchema;
use serde::Serialize;

pub use errors::download;
pub use progress::fragment;
pub use run::ImportLines;

use crate::permissions::CustomersImport;
use field::Field;

kernel::id!(ImportId);
kernel::text_enum! {
    pub enum Status {
        Uploaded = "uploaded": "Columns to match",
        Checking = "checking": "Being checked",
        Checked = "checked": "Ready to import",
        Running = "running": "Running",
        Done = "done": "Done",
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
        #[serde(skip)]
        pub columns: String,
        #[serde(skip)]
        pub mapping: String,
        #[serde(skip)]
        pub country: String,
        pub status: Status,
        pub lines: i32,
        /// The last line that was worked on.
        pub cursor: i32,
        pub made: i32,
        pub changed: i32,
        pub same: i32,
        pub wrong: i32,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

impl Import {
    fn columns(&self) -> Vec<String> {
        serde_json::from_str(&self.columns).unwrap_or_default()
    }
    /// What each column holds; none for those that are left out.
    fn mapping(&self) -> Vec<Option<Field>> {
        serde_json::from_str(&self.mapping).unwrap_or_default()
    }
    fn worked_on(&self) -> i32 {
        self.made + self.changed + self.same + self.wrong
    }
    fn is_at_work(&self) -> bool {
        matches!(self.status, Status::Checking | Status::Running)
    }
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
        select id, file_name, columns, mapping, country, status, lines, cursor, made, changed, same, wrong, version, created_at
        from import where tenant_id = $1 and id = $2";
    fn latest() -> Vec<Import> = "
        select id, file_name, columns, mapping, country, status, lines, cursor, made, changed, same, wrong, version, created_at
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
