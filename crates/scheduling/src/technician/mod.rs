//! A technician: a member of the company who goes to customers, with skills, shifts and a lane on the board.
mod change;
pub(crate) mod create;
mod list;
pub mod page;
mod planning;

pub use change::{Change, change, change_api};
pub use create::{New, create, create_api};
pub use list::{find_api, list, list_active, list_api};
pub use planning::{Plan, Planning, plan, plan_api, planning_api, planning_of};

use jiff::Timestamp;
use kernel::{http::Versioned, row, sql};
use tenancy::MemberId;

kernel::id!(TechnicianId);

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Technician {
        pub id: TechnicianId,
        /// The person who signs in.
        pub member_id: MemberId,
        pub name: String,
        /// Two letters for the board.
        pub initials: String,
        pub phone: Option<String>,
        /// Where the day begins, what is in the truck: for dispatchers.
        pub home_note: Option<String>,
        /// Inactive technicians are offered no work and have no lane.
        pub active: bool,
        /// Names of their skills, by the alphabet, with a comma between.
        pub skills: String,
        /// Days of the week with a shift; 0 means that nothing is ever offered.
        pub shift_days: i64,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
impl Versioned for Technician {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "technician_member": "/member_id", "There is no such member.";
    "technician_member_once": "/member_id", "This member is a technician already.";
    "technician_skill_skill": "/skill_ids", "One of these skills is not there any more. Load the page again.";
}

kernel::event! {
    pub struct TechnicianCreated = "technician.created", seen by crate::permissions::BoardRead { technician: TechnicianId, member: MemberId }
}
kernel::event! {
    pub struct TechnicianChanged = "technician.changed", seen by crate::permissions::BoardRead { technician: TechnicianId }
}

sql! {
    pub fn find(id: TechnicianId) -> Option<Technician> = "
        select t.id, t.member_id, t.name, t.initials, t.phone, t.home_note, t.active,
               coalesce((select string_agg(s.name, ', ' order by s.name) from technician_skill ts
                         join skill s on s.tenant_id = $1 and s.id = ts.skill_id
                         where ts.tenant_id = $1 and ts.technician_id = t.id), '') as skills,
               (select count(distinct w.weekday) from shift w where w.tenant_id = $1 and w.technician_id = t.id) as shift_days,
               t.version, t.created_at, t.updated_at
        from technician t where t.tenant_id = $1 and t.id = $2";
    /// The technician who signs in as this member.
    pub fn of_member(member: MemberId) -> Option<Technician> = "
        select t.id, t.member_id, t.name, t.initials, t.phone, t.home_note, t.active,
               coalesce((select string_agg(s.name, ', ' order by s.name) from technician_skill ts
                         join skill s on s.tenant_id = $1 and s.id = ts.skill_id
                         where ts.tenant_id = $1 and ts.technician_id = t.id), '') as skills,
               (select count(distinct w.weekday) from shift w where w.tenant_id = $1 and w.technician_id = t.id) as shift_days,
               t.version, t.created_at, t.updated_at
        from technician t where t.tenant_id = $1 and t.member_id = $2";
}
