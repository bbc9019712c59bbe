//! What a customer prefers: who comes and who does not, on which days and when, how they are reached, in which language, and what
//! is asked before. Scheduling and the technician's phone heed it.
mod card;
mod change;
mod follow;
mod form;
mod heed;
mod language;
mod show;
mod words;

use jiff::{
    Timestamp,
    civil::{Time, Weekday},
};
use kernel::{Currency, Money, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use tenancy::MemberId;
use uuid::Uuid;

pub(crate) use card::card;
pub use change::{Change, api as api_change, change};
pub use form::{page, post};
pub use language::language;
pub use show::api;

use crate::{CustomerId, CustomersRead};

kernel::id!(PreferenceId);
kernel::text_enum! {
    pub enum Day {
        Mon = "mon": "Monday",
        Tue = "tue": "Tuesday",
        Wed = "wed": "Wednesday",
        Thu = "thu": "Thursday",
        Fri = "fri": "Friday",
        Sat = "sat": "Saturday",
        Sun = "sun": "Sunday",
    }
}
kernel::text_enum! {
    pub enum ReachBy { Call = "call": "Phone call", Sms = "sms": "Text message", Email = "email": "Email" }
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Preferences {
        pub customer_id: CustomerId,
        pub preferred_technician: Option<MemberId>,
        pub preferred_name: Option<String>,
        pub unwanted_technicians: Vec<MemberId>,
        /// By the alphabet.
        pub unwanted_names: Vec<String>,
        pub days: Vec<Day>,
        pub arrive_from: Option<Time>,
        pub arrive_until: Option<Time>,
        pub reach_by: Option<ReachBy>,
        pub quiet_from: Option<Time>,
        pub quiet_until: Option<Time>,
        pub language: Option<String>,
        pub notice_minutes: Option<i32>,
        pub approval_above_minor: Option<i64>,
        pub currency: Option<String>,
        /// 0 while nothing was ever said.
        pub version: i64,
        pub updated_at: Option<Timestamp>,
    }
}

impl Versioned for Preferences {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Preferences {
    /// Work above it is agreed with the customer first.
    pub fn approval_above(&self) -> Option<Money> {
        let currency = self.currency.as_deref().and_then(Currency::of)?;
        Some(Money::new(self.approval_above_minor?, currency))
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CustomerPreferences")]
struct Wire<'a> {
    customer_id: CustomerId,
    /// The member whom the customer would like to come.
    preferred_technician: Option<MemberId>,
    /// The members whom the customer does not want.
    unwanted_technicians: &'a [MemberId],
    days: &'a [Day],
    /// On the company's clock; one end alone is "after five" or "before noon".
    arrive_from: Option<Time>,
    arrive_until: Option<Time>,
    reach_by: Option<ReachBy>,
    /// Not to be called from here until `quiet_until`, through midnight when this is the later.
    quiet_from: Option<Time>,
    quiet_until: Option<Time>,
    /// BCP 47, such as "es" or "pt-BR".
    language: Option<&'a str>,
    /// How long before the arrival the customer is to be told.
    notice_minutes: Option<i32>,
    /// Work above it is agreed with the customer first.
    approval_above: Option<Money>,
    /// 0 while nothing was ever said.
    version: i64,
    updated_at: Option<Timestamp>,
}

impl Serialize for Preferences {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            customer_id: self.customer_id,
            preferred_technician: self.preferred_technician,
            unwanted_technicians: &self.unwanted_technicians,
            days: &self.days,
            arrive_from: self.arrive_from,
            arrive_until: self.arrive_until,
            reach_by: self.reach_by,
            quiet_from: self.quiet_from,
            quiet_until: self.quiet_until,
            language: self.language.as_deref(),
            notice_minutes: self.notice_minutes,
            approval_above: self.approval_above(),
            version: self.version,
            updated_at: self.updated_at,
        }
        .serialize(serializer)
    }
}
impl JsonSchema for Preferences {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CustomerPreferences".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

sql! {
    /// Of whoever there is, also where nothing was said.
    pub fn of_customer(customer: CustomerId) -> Option<Preferences> = "
        select c.id as customer_id, p.preferred_technician,
               (select m.name from member m where m.tenant_id = $1 and m.id = p.preferred_technician) as preferred_name,
               coalesce(p.unwanted_technicians, '{}') as unwanted_technicians,
               array(select m.name from member m where m.tenant_id = $1 and m.id = any(p.unwanted_technicians) order by m.name) as unwanted_names,
               coalesce(p.days, '{}') as days, p.arrive_from, p.arrive_until, p.reach_by, p.quiet_from, p.quiet_until, p.language,
               p.notice_minutes, p.approval_above_minor, p.currency, coalesce(p.version, 0) as version, p.updated_at
        from customer c left join customer_preference p on p.tenant_id = $1 and p.customer_id = c.id
        where c.tenant_id = $1 and c.id = $2";
    fn whose(id: Uuid) -> Option<CustomerId> = "
        select customer_id from customer_preference where tenant_id = $1 and id = $2";
}

kernel::event! { pub struct PreferencesChanged = "customer.preferences_changed", seen by CustomersRead { customer: CustomerId } }

crate::story! {
    "customer.preferences_changed" => |told| Some(crate::timeline::Story::of(told)?.icon("thumbs-up").text("Preferences changed"));
}

kernel::promise! {
    "customer_preference_once": "", "Somebody wrote down what this customer prefers at the same moment. Load it again."
}
