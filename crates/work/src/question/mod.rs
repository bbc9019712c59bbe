//! The questions of a job: copied from its checklists when it takes them along, answered one by one.
pub mod answer;
mod ask;
mod copy;
pub mod draw;
pub mod photo;

pub(crate) use ask::signed;
pub use ask::{Kind, Question};
pub(crate) use copy::{bring, forget};

use jiff::Timestamp;
use kernel::{http::Versioned, row, serde_json::Value, sql};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{PhotoId, checklist::ChecklistId, order::WorkOrderId};

kernel::id!(JobQuestionId);

row! {
    /// As kept.
    #[derive(Debug, Clone, Deserialize)]
    pub struct Kept {
        pub id: JobQuestionId,
        pub order_id: WorkOrderId,
        pub checklist_id: ChecklistId,
        pub checklist_name: String,
        pub position: i32,
        pub asks: Value,
        pub answer: Option<String>,
        pub note: Option<String>,
        pub failed: bool,
        pub photo_id: Option<PhotoId>,
        pub answered_at: Option<Timestamp>,
        pub answered_by: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// A question on a job, with its answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Asked {
    pub id: JobQuestionId,
    pub work_order_id: WorkOrderId,
    pub checklist_id: ChecklistId,
    /// The checklist's name when the job took it along.
    pub checklist: String,
    pub question: Question,
    /// `yes` or `no`, the chosen answer, the text, or the number; none until it is answered.
    pub answer: Option<String>,
    /// What is wrong.
    pub note: Option<String>,
    /// The answer says that something is wrong.
    pub failed: bool,
    /// The photo that answers it.
    pub photo_id: Option<PhotoId>,
    /// It stands in the way of finishing: required and not answered, or wrong and nobody says how.
    pub open: bool,
    pub answered_at: Option<Timestamp>,
    pub answered_by: Option<String>,
    pub version: i64,
}

impl Versioned for Asked {
    fn version(&self) -> i64 {
        self.version
    }
}

impl From<Kept> for Asked {
    fn from(kept: Kept) -> Self {
        // What was asked was checked when it was kept; were it ever unreadable, its words are still told.
        let unread = |value: &Value| Question {
            kind: Kind::Text,
            words: value["words"].as_str().unwrap_or("A question").to_owned(),
            hint: None,
            required: false,
            unit: None,
            least_milli: None,
            most_milli: None,
            choices: vec![],
            fails_on: vec![],
        };
        let question = Question::deserialize(&kept.asks).unwrap_or_else(|_| unread(&kept.asks));
        let answered = kept.answer.is_some() || kept.photo_id.is_some();
        Self {
            open: (question.required && !answered) || (kept.failed && kept.note.is_none()),
            question,
            id: kept.id,
            work_order_id: kept.order_id,
            checklist_id: kept.checklist_id,
            checklist: kept.checklist_name,
            answer: kept.answer,
            note: kept.note,
            failed: kept.failed,
            photo_id: kept.photo_id,
            answered_at: kept.answered_at,
            answered_by: kept.answered_by,
            version: kept.version,
        }
    }
}

impl Asked {
    pub fn is_answered(&self) -> bool {
        self.answer.is_some() || self.photo_id.is_some()
    }
    /// What is still to be done, as it reads in a list.
    fn missing(&self) -> String {
        match self.failed && self.note.is_none() {
            true => format!("{} (say what is wrong)", self.question.words),
            false => self.question.words.clone(),
        }
    }
}

/// What of the questions stands in the way of finishing, as a sentence.
pub fn missing(questions: &[Asked]) -> Option<String> {
    const NAMED: usize = 6;
    let open: Vec<String> = questions.iter().filter(|one| one.open).map(Asked::missing).collect();
    let more = open.len().saturating_sub(NAMED);
    let named = open.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    match (open.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(format!("Still to be answered: {named}.")),
        (false, more) => Some(format!("Still to be answered: {named}; and {more} more.")),
    }
}

sql! {
    /// As they were asked: list by list, in order.
    pub fn of(order: WorkOrderId) -> Vec<Kept> = "
        select id, order_id, checklist_id, checklist_name, position, asks, answer, note, failed, photo_id, answered_at, answered_by, version, created_at, updated_at
        from job_question where tenant_id = $1 and order_id = $2 order by created_at, checklist_name, checklist_id, position limit 1000";
    pub(crate) fn find(order: WorkOrderId, id: JobQuestionId) -> Option<Kept> = "
        select id, order_id, checklist_id, checklist_name, position, asks, answer, note, failed, photo_id, answered_at, answered_by, version, created_at, updated_at
        from job_question where tenant_id = $1 and order_id = $2 and id = $3";
}
