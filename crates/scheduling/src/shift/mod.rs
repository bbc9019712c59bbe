//! Shifts: when a technician is there, week by week, on the company's own clock.
mod hours;
mod set;

pub(crate) use hours::melt;
pub use hours::{Hours, Stretch};
pub use set::{Shifts, set, set_api, shifts_api, week};

use jiff::civil::{Date, Time, time};
use kernel::{row, sql};

use crate::technician::TechnicianId;

kernel::id!(ShiftId);

row! {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
    pub struct Shift {
        pub id: ShiftId,
        pub technician_id: TechnicianId,
        /// 1 is Monday, 7 is Sunday.
        pub weekday: i32,
        pub starts: Time,
        /// At or before the start: on the next day.
        pub ends: Time,
        pub valid_from: Option<Date>,
        pub valid_until: Option<Date>,
    }
}

/// What a week looks like, before it is anybody's.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: i32,
    /// Such as "08:00".
    pub starts: Time,
    /// At or before the start: on the next day.
    pub ends: Time,
    /// First day on which it counts; without it, it always has.
    pub valid_from: Option<Date>,
    /// Last day on which it counts.
    pub valid_until: Option<Date>,
}

#[derive(Debug, Clone, Default)]
pub struct Week(pub Vec<Turn>);

impl Week {
    /// Monday to Friday, 8 to 17: what a new technician starts with, so that nobody is left out of booking by accident.
    pub fn usual() -> Self {
        let turn = |weekday| Turn {
            weekday,
            starts: time(8, 0, 0, 0),
            ends: time(17, 0, 0, 0),
            valid_from: None,
            valid_until: None,
        };
        Self((1..=5).map(turn).collect())
    }
}

pub const WEEKDAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];

kernel::promise! {
    "shift_technician": "", "There is no such technician.";
    "shift_length": "/shifts", "A shift that ends when it starts has no length.";
    "shift_valid": "/shifts", "A shift cannot end to count before it begins to count.";
}

kernel::event! {
    pub struct ShiftsSet = "technician.shifts_set", seen by crate::permissions::BoardRead { technician: TechnicianId }
}

sql! {
    pub fn of_technician(technician: TechnicianId) -> Vec<Shift> = "
        select id, technician_id, weekday, starts, ends, valid_from, valid_until from shift
        where tenant_id = $1 and technician_id = $2 order by weekday, starts, id";
    /// All that count on some day of those.
    pub fn between(from: Date, until: Date) -> Vec<Shift> = "
        select id, technician_id, weekday, starts, ends, valid_from, valid_until from shift
        where tenant_id = $1 and (valid_from is null or valid_from <= $3) and (valid_until is null or valid_until >= $2)
        order by technician_id, weekday, starts";
}
