//! An export: which list, by whom, how far it is, and for how long its file can be had.
use jiff::Timestamp;
use kernel::{Access, Asker, CostsSee, Error, PricesSee, Result, Scope, Uuid, asker, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use tenancy::files::FileId;

use crate::{ExportsCreate, Format, link, list::Entry};

kernel::id!(ExportId);
kernel::text_enum! {
    pub enum Status {
        Waiting = "waiting": "Waiting",
        Running = "running": "Being written",
        Done = "done": "Ready",
        Failed = "failed": "Not written",
        Cancelled = "cancelled": "Stopped",
        Expired = "expired": "Its file is gone",
    }
}

impl Status {
    pub fn is_at_work(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Export {
        pub id: ExportId,
        /// Which list, such as `customers`.
        pub list: String,
        pub format: Format,
        /// The list's own question.
        pub filter: serde_json::Value,
        pub status: Status,
        /// How many rows are written so far.
        pub rows: i64,
        /// How large the file is.
        pub bytes: Option<i64>,
        /// Why it was not written.
        pub problem: Option<String>,
        #[serde(skip)]
        pub attempts: i32,
        #[serde(skip)]
        pub file_id: Option<FileId>,
        #[serde(skip)]
        pub asker_kind: asker::Kind,
        #[serde(skip)]
        pub asker_id: Uuid,
        #[serde(skip)]
        pub asker_key: Option<Uuid>,
        #[serde(skip)]
        pub reach: Option<String>,
        #[serde(skip)]
        pub prices: bool,
        #[serde(skip)]
        pub costs: bool,
        pub created_at: Timestamp,
        pub finished_at: Option<Timestamp>,
        /// Until then the file can be had.
        pub expires_at: Option<Timestamp>,
    }
}

/// With the link to its file, while there is one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Export")]
pub struct Shown {
    #[serde(flatten)]
    pub export: Export,
    /// Opens until `expires_at`, for people and keys of this company who may read the list as it was written.
    pub download: Option<String>,
}

sql! {
    pub(crate) fn find(id: ExportId) -> Option<Export> = "
        select id, list, format, filter, status, rows, bytes, problem, attempts, file_id, asker_kind, asker_id, asker_key, reach, prices, costs,
               created_at, finished_at, expires_at
        from export where tenant_id = $1 and id = $2";
    pub(crate) fn seen(id: Uuid) -> Option<ExportId> = "select id from export where tenant_id = $1 and id = $2";
}

kernel::event! { pub struct ExportCreated = "export.created", seen by ExportsCreate { export: ExportId, list: String, format: Format } }
kernel::event! { pub struct ExportFinished = "export.finished", seen by ExportsCreate { export: ExportId, list: String, rows: i64 } }
kernel::event! { pub struct ExportFailed = "export.failed", seen by ExportsCreate { export: ExportId, list: String } }
kernel::event! { pub struct ExportCancelled = "export.cancelled", seen by ExportsCreate { export: ExportId, list: String } }
kernel::event! { pub struct ExportDownloaded = "export.downloaded", seen by ExportsCreate { export: ExportId, list: String, rows: i64 } }
kernel::heard! { "export." by who sees seen }

kernel::promise! {
    "export_slot_once": "", "Another export of your company began at the same moment. Try again."
}

impl Export {
    pub fn asker(&self) -> Asker {
        Asker { kind: self.asker_kind, id: self.asker_id, key: self.asker_key }
    }
    pub fn entry(&self) -> Option<&'static Entry> {
        Entry::find(&self.list)
    }
    /// "Customers".
    pub fn label(&self) -> &str {
        self.entry().map_or(&self.list, |entry| entry.label)
    }

    /// The file is there, and its time is not over.
    pub fn is_there(&self, now: Timestamp) -> bool {
        self.status == Status::Done && self.expires_at.is_some_and(|end| end > now)
    }

    /// Whoever reads the list today, reaches no less and sees no less than whom it was written for.
    pub fn opens_to(&self, scope: &Scope) -> bool {
        let reads = self.entry().is_some_and(|entry| scope.may(entry.permission));
        let sees = (!self.prices || scope.can::<PricesSee>()) && (!self.costs || scope.can::<CostsSee>());
        let reaches = scope.within().is_none_or(|within| self.reach.as_ref() == Some(within.told()));
        reads && sees && reaches
    }

    pub(crate) fn shown(self, scope: &Scope) -> Result<Shown> {
        let there = self.is_there(scope.now()) && self.opens_to(scope);
        let download = there.then(|| link::to(scope, &self)).transpose()?;
        Ok(Shown { export: self, download })
    }
}

/// One's own: who asked for it is who looks how far it is.
pub(crate) async fn own(access: &Access<ExportsCreate>, id: ExportId) -> Result<Export> {
    let me = access.actor().id();
    let found = access.read(find(id)).await?.filter(|export| Some(export.asker_id) == me);
    found.ok_or(Error::NotFound)
}
