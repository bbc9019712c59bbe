//! The timeline of a customer: what other contexts tell, by subscription, and the notes of the team.
//!
//! A context whose events shall stand there says how each reads; the event carries `customer: CustomerId`:
//! ```ignore
//! customers::story! {
//!     "appointment.booked" => |told| Some(Story::of(told)?.icon("calendar-check").text("Visit booked").href(format!("/jobs/{}", told.subject)));
//! }
//! ```
mod amend;
mod draw;
mod form;
mod note;
mod pin;
mod read;

use jiff::Timestamp;
use kernel::{Currency, Money, Result, Scope, Uuid, job::SubscriberEntry, row, serde_json, sql};
use schemars::JsonSchema;
use serde::Serialize;

pub use amend::{amend, api as api_amend, api_one, api_remove, remove};
pub use draw::{fragment, pinned_fragment};
pub(crate) use draw::{pinned_section, section};
pub use form::{edit, post_edit, post_remove};
pub use note::{NewNote, api as api_note, post as post_note, write};
pub use pin::{api as api_pin, api_list as api_pinned, api_unpin, pin, pinned, post as post_pin, post_unpin, unpin};
pub use read::{api as api_list, latest};

use crate::{CustomerId, permissions::CustomersRead};

kernel::id!(EntryId);
kernel::text_enum! {
    pub enum Tone {
        Plain = "plain": "",
        Good = "good": "Good news",
        Bad = "bad": "Needs attention",
    }
}

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Entry {
        pub id: EntryId,
        pub at: Timestamp,
        /// "note", or the kind of the event that it tells of.
        pub kind: String,
        #[serde(skip)]
        pub icon: String,
        pub tone: Tone,
        #[serde(serialize_with = "kernel::money::told_on_the_wire")]
        text: String,
        /// The words of a note.
        pub detail: Option<String>,
        /// The page about it.
        pub href: Option<String>,
        pub author: Option<String>,
        /// Since when a note stands at the top of the customer's page.
        pub pinned_at: Option<Timestamp>,
        /// When the words of a note were last changed.
        pub edited_at: Option<Timestamp>,
        /// What happened does not change, and stays at 1; notes may.
        pub version: i64,
        #[serde(skip)]
        pub created_by: Option<Uuid>,
    }
}

impl Entry {
    /// What happened, without its amounts for who may not see prices.
    pub fn words(&self) -> String {
        kernel::money::told(&self.text)
    }
}

impl kernel::http::Versioned for Entry {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! { pub struct CustomerNoted = "customer.noted", seen by CustomersRead { customer: CustomerId, entry: EntryId } }
kernel::event! { pub struct NoteChanged = "customer.note_changed", seen by CustomersRead { customer: CustomerId, entry: EntryId } }
kernel::event! { pub struct NoteRemoved = "customer.note_removed", seen by CustomersRead { customer: CustomerId, entry: EntryId } }
kernel::event! { pub struct NotePinned = "customer.note_pinned", seen by CustomersRead { customer: CustomerId, entry: EntryId } }
kernel::event! { pub struct NoteUnpinned = "customer.note_unpinned", seen by CustomersRead { customer: CustomerId, entry: EntryId } }

/// An event that was told, and how the company writes.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    event: &'a kernel::job::Told,
    language: &'a str,
}

impl std::ops::Deref for Told<'_> {
    type Target = kernel::job::Told;
    fn deref(&self) -> &Self::Target {
        self.event
    }
}

impl Told<'_> {
    /// A text of its body; empty if there is none.
    pub fn word(&self, field: &str) -> &str {
        self.body.get(field).and_then(|value| value.as_str()).unwrap_or("")
    }
    /// An amount of its body, in the event's `currency`.
    pub fn money(&self, field: &str) -> String {
        let minor = self.body.get(field).and_then(serde_json::Value::as_i64).unwrap_or(0);
        Money::new(minor, Currency::of(self.word("currency")).unwrap_or(Currency::USD)).display(self.language)
    }
}

/// How an event reads on the timeline of a customer.
#[derive(Debug, Clone)]
pub struct Story {
    pub customer: CustomerId,
    /// Of `web/icons.txt`.
    pub icon: &'static str,
    pub tone: Tone,
    /// "Invoice INV-0231 paid $240": at most 200 characters.
    pub text: String,
    /// The moment it is about, such as that of the visit; written behind the text as the company writes times.
    pub about: Option<Timestamp>,
    pub href: Option<String>,
}

impl Story {
    /// About the event's `customer`; none if it names nobody.
    pub fn of(told: &Told<'_>) -> Option<Self> {
        let customer = told.body.get("customer")?.as_str()?.parse().ok()?;
        Some(Self { customer, icon: "circle", tone: Tone::Plain, text: String::new(), about: None, href: None })
    }
    #[must_use]
    pub fn icon(mut self, icon: &'static str) -> Self {
        self.icon = icon;
        self
    }
    #[must_use]
    pub fn good(mut self) -> Self {
        self.tone = Tone::Good;
        self
    }
    #[must_use]
    pub fn bad(mut self) -> Self {
        self.tone = Tone::Bad;
        self
    }
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
    #[must_use]
    pub fn about(mut self, at: Option<Timestamp>) -> Self {
        self.about = at;
        self
    }
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// One kind of event and how it reads.
pub struct StoryKind {
    pub kind: &'static str,
    pub tell: fn(&Told<'_>) -> Option<Story>,
}
#[linkme::distributed_slice]
pub static STORIES: [StoryKind];

#[macro_export]
macro_rules! story {
    ($($kind:literal => $tell:expr);+ $(;)?) => {$(
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::timeline::STORIES)]
            #[linkme(crate = $crate::__::linkme)]
            static STORY: $crate::timeline::StoryKind = $crate::timeline::StoryKind { kind: $kind, tell: $tell };
        };
    )+};
}

story! {
    "customer.created" => |told| Some(Story::of(told)?.icon("user-plus").text("Customer added"));
    "customer.archived" => |told| Some(Story::of(told)?.icon("archive").text("Customer archived"));
    "customer.restored" => |told| Some(Story::of(told)?.icon("undo-2").text("Customer brought back"));
    "customer.merged" => |told| Some(Story::of(told)?.icon("git-merge").text(format!("Customer #{} merged into this one", told.body.get("gone_number")?)));
    "customer.unmerged" => |told| Some(Story::of(told)?.icon("undo-2").text(format!("Merge with customer #{} taken back", told.body.get("gone_number")?)));
}

sql! {
    // The entry has the event's id: told twice, it is written once. Of who was merged meanwhile it stands with whoever stays.
    fn insert(id: uuid::Uuid, customer: CustomerId, at: Timestamp, kind: String, icon: String, tone: Tone, text: String, href: Option<String>) -> u64 = "
        insert into timeline_entry (tenant_id, id, customer_id, at, kind, icon, tone, text, href)
        select $1, $2, coalesce(c.merged_into, c.id), $4, $5, $6, $7, $8, $9 from customer c
        where c.tenant_id = $1 and c.id = $3
        on conflict (tenant_id, id) do nothing";
}

/// So many events at most are written in one transaction.
const AT_ONCE: usize = 100;

pub(crate) fn subscriber() -> SubscriberEntry {
    let kinds = STORIES.iter().map(|story| story.kind).collect();
    SubscriberEntry::of_many("customers.timeline", kinds, AT_ONCE, tell)
}

async fn tell(scope: Scope, all: Vec<kernel::job::Told>) -> Result<()> {
    let mut entries = vec![];
    for event in &all {
        let told = Told { event, language: &scope.tenant().locale.language };
        let stories = STORIES.iter().filter(|story| story.kind == told.kind);
        for story in stories.filter_map(|story| (story.tell)(&told)) {
            let about = story.about.map(|at| format!(": {}", tenancy::shell::moment(scope.tenant(), at)));
            let text: String = story.text.chars().chain(about.unwrap_or_default().chars()).take(200).collect();
            let Story { customer, icon, tone, href, .. } = story;
            entries.push(insert(told.id, customer, told.at, told.kind.clone(), icon.into(), tone, text, href));
        }
    }
    if entries.is_empty() {
        return Ok(());
    }
    scope.write_with(async |tx| tx.run(entries).await).await.map(drop)
}
