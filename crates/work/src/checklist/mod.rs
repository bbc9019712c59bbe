//! Checklists: what is asked on a job, with the items that bring it or on every job.
pub mod change;
pub mod create;
pub mod items;
pub mod list;
pub mod page;
pub mod questions;
pub mod starter;

use jiff::Timestamp;
use kernel::{Checks, http::Versioned, row, serde_json::Value, sql};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use change::{Change, change};
pub use create::{New, create};

use crate::{permissions::WorkRead, question::Question};

kernel::id!(ChecklistId);

kernel::text_enum! { pub enum Status { Active = "active": "In use", Archived = "archived": "Archived" } }

/// More questions than this nobody answers.
pub const MOST_QUESTIONS: usize = 60;

row! {
    /// As kept.
    #[derive(Debug, Clone)]
    pub struct Kept {
        pub id: ChecklistId,
        pub name: String,
        pub every_job: bool,
        pub questions: Value,
        pub items: i64,
        pub status: Status,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Checklist {
    pub id: ChecklistId,
    pub name: String,
    /// Asked on every job; else with the items that bring it.
    pub every_job: bool,
    /// In order. A job takes them along as they are when it begins, or when the item is added.
    pub questions: Vec<Question>,
    /// How many items of the price book bring it.
    pub items: i64,
    pub status: Status,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
impl Versioned for Checklist {
    fn version(&self) -> i64 {
        self.version
    }
}
impl From<Kept> for Checklist {
    fn from(kept: Kept) -> Self {
        Self {
            questions: Vec::deserialize(&kept.questions).unwrap_or_default(),
            id: kept.id,
            name: kept.name,
            every_job: kept.every_job,
            items: kept.items,
            status: kept.status,
            version: kept.version,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }
}

fn check_questions(checks: &mut Checks, questions: &mut [Question]) {
    let says = "A checklist has at most 60 questions.";
    checks.that(questions.len() <= MOST_QUESTIONS, "questions", "too_many", says);
    checks.within("questions", |checks| {
        for (n, question) in questions.iter_mut().take(MOST_QUESTIONS).enumerate() {
            checks.within(&n.to_string(), |checks| question.check(checks));
        }
    });
}

kernel::promise! {
    "checklist_name_once": "/name", "There is a checklist of this name already.";
    "checklist_item_item": "/checklist_ids", "There is no such item in the price book.";
    "checklist_item_checklist": "/checklist_ids", "One of these checklists is not there."
}

kernel::event! { pub struct ChecklistCreated = "checklist.created", seen by WorkRead { checklist: ChecklistId } }
kernel::event! { pub struct ChecklistChanged = "checklist.changed", seen by WorkRead { checklist: ChecklistId } }
kernel::event! { pub struct ChecklistsOfItem = "checklist.items_set", seen by WorkRead { item: catalog::ItemId } }
kernel::heard! { "checklist." by everybody }

sql! {
    /// In use first.
    pub fn all() -> Vec<Kept> = "
        select c.id, c.name, c.every_job, c.questions, (select count(*) from checklist_item i where i.tenant_id = $1 and i.checklist_id = c.id) as items,
               c.status, c.version, c.created_at, c.updated_at
        from checklist c where c.tenant_id = $1 order by c.status, c.name_key, c.id limit 200";
    pub fn find(id: ChecklistId) -> Option<Kept> = "
        select c.id, c.name, c.every_job, c.questions, (select count(*) from checklist_item i where i.tenant_id = $1 and i.checklist_id = c.id) as items,
               c.status, c.version, c.created_at, c.updated_at
        from checklist c where c.tenant_id = $1 and c.id = $2";
    fn count() -> i64 = "select count(*) from checklist where tenant_id = $1";
}
