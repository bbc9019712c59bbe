//! What a customer said about being written to and called: by channel and purpose, who wrote it down, when and from where.
mod card;
mod form;
mod heed;
mod list;
mod say;

use jiff::Timestamp;
use kernel::{http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use card::card;
pub use form::{page, post};
pub use list::{Consents, Standing, api as api_list, api_history};
pub(crate) use say::insert as write_down;
pub use say::{Said, Word, api as api_say, say};

use crate::{CustomerId, permissions::CustomersRead};

kernel::id!(ConsentId);
kernel::text_enum! {
    pub enum Channel {
        Email = "email": "Email",
        Sms = "sms": "Text message",
        Phone = "phone": "Phone",
        Post = "post": "Post",
    }
}
kernel::text_enum! {
    pub enum Purpose {
        Service = "service": "Visits and invoices",
        Reminder = "reminder": "Reminders",
        Marketing = "marketing": "News and offers",
    }
}

impl Purpose {
    /// At the head of a narrow column.
    fn short(self) -> &'static str {
        match self {
            Self::Service => "Service",
            Self::Reminder => "Reminders",
            Self::Marketing => "Offers",
        }
    }
}

row! {
    /// One word of a customer. It stays when they say otherwise.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Consent {
        pub id: ConsentId,
        pub channel: Channel,
        pub purpose: Purpose,
        pub allowed: bool,
        /// From where it is known, such as "On the phone".
        pub source: String,
        /// Who wrote it down.
        pub author: String,
        pub created_at: Timestamp,
    }
}
impl Versioned for Consent {
    /// What was said does not change.
    fn version(&self) -> i64 {
        1
    }
}

impl Consent {
    /// "no news and offers by email".
    fn words(channel: Channel, purpose: Purpose, allowed: bool) -> String {
        let no = if allowed { "" } else { "no " };
        format!("{no}{} by {}", purpose.label().to_lowercase(), channel.label().to_lowercase())
    }
}

sql! {
    /// The last word for each channel and purpose of which anything was said.
    pub fn of_customer(customer: CustomerId) -> Vec<Consent> = "
        select c.id, c.channel, c.purpose, c.allowed, c.source, c.author, c.created_at
        from unnest(array['email', 'sms', 'phone', 'post']) h(channel)
        cross join unnest(array['service', 'reminder', 'marketing']) p(purpose)
        cross join lateral (
            select s.id, s.channel, s.purpose, s.allowed, s.source, s.author, s.created_at from consent s
            where s.tenant_id = $1 and s.customer_id = $2 and s.channel = h.channel and s.purpose = p.purpose
            order by s.id desc limit 1) c";
    fn history(customer: CustomerId, before: ConsentId, most: i64) -> Vec<Consent> = "
        select id, channel, purpose, allowed, source, author, created_at from consent
        where tenant_id = $1 and customer_id = $2 and id < $3 order by id desc limit $4";
}

kernel::event! { pub struct ConsentChanged = "customer.consent_changed", seen by CustomersRead { customer: CustomerId, channel: Channel, purpose: Purpose, allowed: bool } }

crate::story! {
    "customer.consent_changed" => |told| {
        let word = |name: &str| told.body.get(name).and_then(|word| word.as_str());
        let (channel, purpose) = (word("channel")?.parse().ok()?, word("purpose")?.parse().ok()?);
        let allowed = told.body.get("allowed")?.as_bool()?;
        let words = Consent::words(channel, purpose, allowed);
        let text = if allowed { format!("Wants {words} again") } else { format!("Wants {words}") };
        Some(crate::timeline::Story::of(told)?.icon(if allowed { "bell" } else { "bell-off" }).text(text))
    };
}
