//! The rules by which visits are offered and placed: notice, horizon, arrival windows, buffers, travel; and where a service differs.
mod change;
pub mod item;
pub mod item_page;
mod page;

pub use change::{Change, change, change_api};
pub use page::{page, post};

use kernel::{
    Access, Result, Uuid,
    http::{One, Versioned},
    row, sql, text_enum,
};

use crate::permissions::BoardRead;

text_enum! {
    /// Of several who could come at a time, who is offered first.
    pub enum First {
        LeastBusy = "least_busy": "Who has least to do that day",
        Nearest = "nearest": "Who has the shortest way",
        MostAble = "most_able": "Who is best at it",
    }
}

row! {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
    pub struct Rules {
        /// Customers and programs book no sooner than so many minutes from now.
        pub notice_minutes: i32,
        /// And no further ahead than so many days.
        pub horizon_days: i32,
        /// Length of the arrival windows that the booking page promises: 1 to 4.
        pub window_hours: i32,
        /// Kept free before each visit, unless its service says otherwise.
        pub buffer_before: i32,
        pub buffer_after: i32,
        /// Speed by which the way between two places is estimated.
        pub travel_kmh: i32,
        /// Minutes of the way where it cannot be estimated.
        pub travel_minutes: i32,
        /// Customers move a visit by themselves until so many hours before; 8760, a year: not at all.
        pub move_hours: i32,
        /// And cancel it.
        pub cancel_hours: i32,
        /// Where these are equal, who has least to do that day.
        pub first_goes: First,
        /// 0 until something is said.
        pub version: i64,
    }
}
impl Versioned for Rules {
    fn version(&self) -> i64 {
        self.version
    }
}
impl Default for Rules {
    fn default() -> Self {
        Self {
            notice_minutes: 120,
            horizon_days: 30,
            window_hours: 2,
            buffer_before: 0,
            buffer_after: 0,
            travel_kmh: 40,
            travel_minutes: 0,
            move_hours: 24,
            cancel_hours: 24,
            first_goes: First::LeastBusy,
            version: 0,
        }
    }
}

kernel::event! {
    pub struct RulesChanged = "scheduling.rules_changed", seen by BoardRead { company: Uuid }
}

sql! {
    pub fn find() -> Option<Rules> = "
        select notice_minutes, horizon_days, window_hours, buffer_before, buffer_after, travel_kmh, travel_minutes, move_hours, cancel_hours, first_goes, version
        from scheduling_rule where tenant_id = $1";
}

pub async fn api(access: Access<BoardRead>) -> Result<One<Rules>> {
    Ok(One(access.read(find()).await?.unwrap_or_default()))
}
