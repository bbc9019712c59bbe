//! Photos of a job: before, after or other; drawn anew without where they were taken, which is kept beside them where the company wants
//! it; seen by whoever sees the job.
pub mod keep;
pub mod pieces;
pub(crate) mod show;
pub mod terms;

use customers::location::Point;
use jiff::Timestamp;
use kernel::{http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use tenancy::files::FileId;

pub use keep::{Picture, keep};

use crate::order::WorkOrderId;

kernel::id!(PhotoId);

kernel::text_enum! {
    pub enum Label { Before = "before": "Before", After = "after": "After", Other = "other": "Other" }
}

/// Bytes of one that comes at once. Phones make pictures of 3 to 8 MB.
pub const MOST_BYTES: usize = 10 << 20;

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Photo {
        pub id: PhotoId,
        #[serde(skip)]
        pub file_id: FileId,
        pub label: Label,
        pub caption: String,
        /// Where it was taken, in degrees, if the company keeps it (`/api/v1/photo-terms`) and the camera said it.
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub created_at: Timestamp,
    }
}
impl Versioned for Photo {
    /// A photo does not change.
    fn version(&self) -> i64 {
        1
    }
}

impl Photo {
    pub fn place(&self) -> Option<Point> {
        self.latitude.zip(self.longitude)
    }
    /// "Before · Contactor".
    pub fn words(&self) -> String {
        match self.label {
            Label::Other => self.caption.clone(),
            label if self.caption == label.label() => self.caption.clone(),
            label => format!("{} · {}", label.label(), self.caption),
        }
    }
}

sql! {
    pub fn of(order: WorkOrderId) -> Vec<Photo> = "
        select id, file_id, label, caption, latitude, longitude, created_at from photo where tenant_id = $1 and order_id = $2 order by id limit 100";
    pub(crate) fn find(order: WorkOrderId, id: PhotoId) -> Option<Photo> = "
        select id, file_id, label, caption, latitude, longitude, created_at from photo where tenant_id = $1 and order_id = $2 and id = $3";
    fn count(order: WorkOrderId) -> i64 = "select count(*) from photo where tenant_id = $1 and order_id = $2";
    pub(crate) fn file_of(order: WorkOrderId, id: PhotoId) -> Option<FileId> = "
        select file_id from photo where tenant_id = $1 and order_id = $2 and id = $3";
}
