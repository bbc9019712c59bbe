//! What customers are told of their visits, and whether: booked, reminded, moved, cancelled, on the way, done.
mod ask;
mod change;
mod page;
mod remind;
mod tell;

pub use ask::ask;
pub use change::{Change, Words, change, change_api};
pub use page::{page, post};
pub use remind::remind;
pub use tell::{TOLD, tell};

use kernel::{
    Access, Result, Uuid,
    http::{One, Versioned},
    row, sql, text_enum,
};
use serde_json::Value;

use crate::permissions::BoardRead;

text_enum! {
    pub enum Kind {
        Booked = "booked": "A visit is booked or confirmed",
        Reminder = "reminder": "A visit is ahead",
        Moved = "moved": "A visit has a new time",
        Cancelled = "cancelled": "A visit is cancelled",
        EnRoute = "en_route": "The technician is on the way",
        Completed = "completed": "The work is done: how was it?",
    }
}

row! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Kept { silent: Vec<String>, words: Value, reminder_hours: i32, ask_hours: i32, low_stars: i32, version: i64 }
}

/// One kind of message.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Message {
    pub kind: Kind,
    /// Whether it is sent.
    pub on: bool,
    /// What is said besides, as a paragraph of its own.
    pub words: Option<String>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Messages {
    pub messages: Vec<Message>,
    /// So long before a visit its reminder is sent.
    pub reminder_hours: i32,
    /// So long after a visit its customer is asked how it was; 0: at once.
    pub ask_hours: i32,
    /// So many stars or fewer are few: the office is told.
    pub low_stars: i32,
    /// 0 until something is said.
    pub version: i64,
}
impl Versioned for Messages {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Messages {
    /// Until a company says otherwise, everything is told but for the question how it was.
    pub(crate) fn of(kept: Option<Kept>) -> Self {
        let kept = kept.unwrap_or_else(|| Kept {
            silent: vec![Kind::Completed.to_string()],
            words: Value::Null,
            reminder_hours: 24,
            ask_hours: 2,
            low_stars: 2,
            version: 0,
        });
        let message = |kind: &Kind| Message {
            kind: *kind,
            on: !kept.silent.iter().any(|silent| silent == kind.as_str()),
            words: kept.words.get(kind.as_str()).and_then(Value::as_str).map(str::to_owned),
        };
        Self {
            messages: Kind::ALL.iter().map(message).collect(),
            reminder_hours: kept.reminder_hours,
            ask_hours: kept.ask_hours,
            low_stars: kept.low_stars,
            version: kept.version,
        }
    }

    /// None when it is not sent.
    fn on(&self, kind: Kind) -> Option<&Message> {
        self.messages.iter().find(|message| message.kind == kind && message.on)
    }
}

kernel::event! {
    pub struct MessagesChanged = "scheduling.messages_changed", seen by BoardRead { company: Uuid }
}

sql! {
    pub(crate) fn kept() -> Option<Kept> = "select silent, words, reminder_hours, ask_hours, low_stars, version from visit_message where tenant_id = $1";
}

pub async fn api(access: Access<BoardRead>) -> Result<One<Messages>> {
    Ok(One(Messages::of(access.read(kept()).await?)))
}
