//! What a visit costs more at some times: after hours, on weekends, on holidays. Shown before a time is chosen, agreed when it is booked.
mod agree;
mod change;
mod create;
mod list;
mod page;
mod when;

pub(crate) use agree::{anew, no_dearer, of_time};
pub use change::{Change, change, change_api};
pub use create::{New, create, create_api};
pub(crate) use list::in_use;
pub use list::{find_api, list_api};
pub use page::{all, edit, edit_post, new, new_post};
pub(crate) use when::{Extra, dearest};

use jiff::{Timestamp, civil::Time};
use kernel::{Checks, Currency, Money, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;

use crate::permissions::BoardRead;

kernel::id!(SurchargeId);

row! {
    #[derive(Debug, Clone)]
    pub struct Kept {
        pub id: SurchargeId,
        pub name: String,
        pub weekdays: Vec<i32>,
        pub holidays: bool,
        pub starts: Time,
        pub ends: Time,
        pub amount_minor: Option<i64>,
        pub rate_ppm: Option<i64>,
        pub currency: String,
        pub active: bool,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// A surcharge as it is told.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Surcharge {
    pub id: SurchargeId,
    /// As customers read it, on the booking page and on the invoice.
    pub name: String,
    /// 1 is Monday, 7 is Sunday.
    pub weekdays: Vec<i32>,
    /// On public holidays of the company's country too.
    pub holidays: bool,
    /// On the company's clock, such as "17:00".
    pub starts: Time,
    /// At or before the start: on the next day.
    pub ends: Time,
    /// So much for a visit; else `rate_ppm` says how much of the service's price.
    pub amount: Option<Money>,
    /// Millionths: 250000 is 25 %.
    pub rate_ppm: Option<i64>,
    /// What is out of use counts for no booking from then on.
    pub active: bool,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Kept> for Surcharge {
    fn from(kept: Kept) -> Self {
        Self {
            amount: kept
                .amount_minor
                .map(|minor| Money::new(minor, Currency::of(&kept.currency).unwrap_or(Currency::USD))),
            rate_ppm: kept.rate_ppm.filter(|_| kernel::sight::prices()),
            id: kept.id,
            name: kept.name,
            weekdays: kept.weekdays,
            holidays: kept.holidays,
            starts: kept.starts,
            ends: kept.ends,
            active: kept.active,
            version: kept.version,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }
}
impl Versioned for Surcharge {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "surcharge_name_once": "/name", "There is a surcharge of that name already. Give each its own.";
}

kernel::event! {
    pub struct SurchargeCreated = "surcharge.created", seen by BoardRead { surcharge: SurchargeId }
}
kernel::event! {
    pub struct SurchargeChanged = "surcharge.changed", seen by BoardRead { surcharge: SurchargeId }
}
kernel::heard! { "surcharge." by everybody }

/// More of them nobody keeps apart.
const MOST: i64 = 20;
const MOST_MINOR: i64 = 100_000_000;
const TWICE: &str = "Say either an amount or a part of the price.";
const MOST_PPM: i64 = 10_000_000;

sql! {
    fn find(id: SurchargeId) -> Option<Kept> = "
        select id, name, weekdays, holidays, starts, ends, amount_minor, rate_ppm, currency, active, version, created_at, updated_at
        from surcharge where tenant_id = $1 and id = $2";
}

fn check_days(checks: &mut Checks, weekdays: &mut Vec<i32>, holidays: bool) {
    weekdays.sort_unstable();
    weekdays.dedup();
    let known = weekdays.iter().all(|day| (1..=7).contains(day));
    checks.that(known, "weekdays", "range", "A weekday is 1 for Monday to 7 for Sunday.");
    checks.that(!weekdays.is_empty() || holidays, "weekdays", "required", "Choose the days on which it counts.");
}

fn check_sum(checks: &mut Checks, amount: Option<Money>, rate_ppm: Option<i64>) {
    if let Some(amount) = amount {
        checks.range("amount", amount.minor, 1, MOST_MINOR, "A surcharge is more than nothing, up to a million.");
    }
    if let Some(rate) = rate_ppm {
        checks.range("rate_ppm", rate, 1, MOST_PPM, "A surcharge is more than 0 % and at most 1000 % of the price.");
    }
}
