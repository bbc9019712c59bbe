//! One e-mail: to whom, about what, and how it fared.
pub(crate) mod deliver;
mod list;
mod page;
mod retry;
mod send;
mod settle;
mod strays;
mod test;

use jiff::Timestamp;
use kernel::{Uuid, event, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

use crate::EmailRead;
pub use list::{Asked, Whole, api, api_one};
pub use page::{html_page, list_page, list_part, one_page, one_part};
pub use retry::{api as retry_api, post as retry_post, retry};
pub use send::send;
pub use strays::strays;
pub use test::{api as test_api, post as test_post};

kernel::id!(EmailId, AttachmentId);

kernel::text_enum! {
    /// Why it is sent. Reminders and marketing can be unsubscribed from; what somebody waits for always goes.
    pub enum Purpose {
        Transactional = "transactional": "About business",
        Reminder = "reminder": "Reminder",
        Marketing = "marketing": "Marketing",
    }
}

kernel::text_enum! {
    pub enum State {
        Queued = "queued": "Waiting",
        Sending = "sending": "Going out",
        Sent = "sent": "Sent",
        Failed = "failed": "Failed",
        Held = "held": "Held back",
    }
}

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Email {
        pub id: EmailId,
        pub to_address: String,
        pub to_name: String,
        pub subject: String,
        pub purpose: Purpose,
        /// Such as `invoice`; empty when it is about nothing in particular.
        pub about_kind: String,
        pub about_id: Option<Uuid>,
        /// It held a link that lets somebody in, so what it says is not shown.
        pub confidential: bool,
        pub state: State,
        pub attempts: i32,
        /// What went wrong last, in a sentence.
        pub problem: String,
        /// What the mail server said when it took it.
        pub answer: String,
        pub next_try_at: Option<Timestamp>,
        pub sent_at: Option<Timestamp>,
        pub version: i64,
        pub created_at: Timestamp,
        pub created_by: Option<Uuid>,
    }
}

impl Versioned for Email {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    pub fn find(id: EmailId) -> Option<Email> = "
        select id, to_address, to_name, subject, purpose, about_kind, about_id, confidential, state, attempts, problem, answer,
          next_try_at, sent_at, version, created_at, created_by
        from email where tenant_id = $1 and id = $2";
}

event! { pub struct EmailSent = "email.sent", seen by EmailRead { email: EmailId, about_kind: String, about: Option<Uuid> } }
event! { pub struct EmailFailed = "email.failed", seen by EmailRead { email: EmailId, about_kind: String, about: Option<Uuid> } }
event! { pub struct EmailHeld = "email.held", seen by EmailRead { email: EmailId, about_kind: String, about: Option<Uuid> } }
event! { pub struct EmailRetried = "email.retried", seen by EmailRead { email: EmailId } }
