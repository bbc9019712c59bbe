//! Those who run the house look into a company: each visit with its reason and its end, what they looked at, and what the
//! company says about it. This is the company's half; the house's own is in `operator`, and one without the other opens
//! nothing.
mod ask;
mod decide;
mod end;
mod enter;
mod leave;
mod list;
mod looked;
mod page;
mod recognise;
mod rules;
mod writing;

use jiff::{SignedDuration, Timestamp};
use kernel::{http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::AuditRead;

pub(crate) use ask::ask;
pub use decide::{agree_api, agree_post, refuse_api, refuse_post};
pub(crate) use end::{By, end};
pub use end::{end_api, end_post};
pub use enter::{page as enter_page, post as enter_post};
pub use leave::{leave, over};
pub use list::{list_api, show_api};
pub(crate) use looked::looked;
pub use page::{page, show_page};
pub(crate) use recognise::recognise;
pub use rules::{api as rules_api, change_api as change_rules_api, post as rules_post};
pub use writing::{api as writing_api, post as writing_post};

kernel::id!(VisitId);

kernel::event! {
    /// Somebody of those who run the house wants to look in.
    pub struct VisitAsked = "support.asked", seen by AuditRead { visit: VisitId, minutes: i32 }
}
kernel::event! {
    pub struct VisitAgreed = "support.agreed", seen by AuditRead { visit: VisitId }
}
kernel::event! {
    pub struct VisitRefused = "support.refused", seen by AuditRead { visit: VisitId }
}
kernel::event! {
    /// They are in, each time anew.
    pub struct OperatorEntered = "operator.entered", seen by AuditRead { visit: VisitId, until: Timestamp }
}
kernel::event! {
    pub struct OperatorLeft = "operator.left", seen by AuditRead { visit: VisitId, by: String }
}
kernel::event! {
    pub struct WritingAllowed = "support.writing_allowed", seen by AuditRead { visit: VisitId }
}
kernel::event! {
    pub struct WritingEnded = "support.writing_ended", seen by AuditRead { visit: VisitId }
}

/// A visit that is not begun within a day is over.
pub(crate) const LAPSE: SignedDuration = SignedDuration::from_hours(24);

row! {
    /// A visit of one of those who run the house.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Visit {
        pub id: VisitId,
        pub operator_id: Uuid,
        pub operator_name: String,
        pub reason: String,
        /// How long it lasts from when it begins.
        pub minutes: i32,
        /// None while the company was asked and has not answered.
        pub agreed_at: Option<Timestamp>,
        /// Until when it may begin.
        pub lapses_at: Timestamp,
        pub entered_at: Option<Timestamp>,
        pub until: Option<Timestamp>,
        /// Whether it may change things.
        pub writes: bool,
        pub ended_at: Option<Timestamp>,
        /// `operator`, `company`, `refused` or `disabled`.
        pub ended_by: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}
impl Versioned for Visit {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::text_enum! {
    pub enum Standing {
        Waiting = "waiting": "Waits for your answer",
        Ready = "ready": "May begin",
        Open = "open": "Looking in",
        Over = "over": "Over",
    }
}

impl Visit {
    pub fn standing(&self, now: Timestamp) -> Standing {
        match (self.ended_at, self.until, self.agreed_at) {
            (Some(_), _, _) => Standing::Over,
            (None, Some(until), _) if until > now => Standing::Open,
            (None, Some(_), _) => Standing::Over,
            (None, None, _) if self.lapses_at <= now => Standing::Over,
            (None, None, Some(_)) => Standing::Ready,
            (None, None, None) => Standing::Waiting,
        }
    }
}

sql! {
    pub(crate) fn find(id: VisitId) -> Option<Visit> = "
        select id, operator_id, operator_name, reason, minutes, agreed_at, lapses_at, entered_at, until, writes, ended_at, ended_by, version, created_at
        from support_visit where tenant_id = $1 and id = $2";
}
