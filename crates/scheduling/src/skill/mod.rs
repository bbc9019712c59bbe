//! A skill: what a service needs and a technician has.
mod create;
mod level;
mod need;

pub use create::{New, create, create_api, find_or_create};
pub(crate) use level::check as check_levels;
pub use level::{
    Held, LEVELS, Level, Levels, levels_api, of_technician, set as set_levels, set_levels_api, word as level_word,
};
pub use need::{Needs, NeedsSet, need, need_api, needs_api, of_item};

use kernel::{
    Paged, Result,
    http::{Json, Versioned},
    row, sql,
};

use crate::permissions::BoardRead;

kernel::id!(SkillId);

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct Skill {
        pub id: SkillId,
        pub name: String,
        pub version: i64,
    }
}
impl Versioned for Skill {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::promise! {
    "skill_name_once": "/name", "There is a skill of this name already.";
    "item_skill_item": "/item_id", "There is no such service in the price book.";
    "item_skill_skill": "/skill_ids", "One of these skills is not there any more. Load the page again.";
}

kernel::event! {
    pub struct SkillCreated = "skill.created", seen by BoardRead { skill: SkillId }
}

sql! {
    /// All of them: a company has a few dozen at most.
    pub fn all() -> Vec<Skill> = "select id, name, version from skill where tenant_id = $1 order by name_key, id limit 500";
}

pub async fn list_api(access: kernel::Access<BoardRead>) -> Result<Json<Paged<Skill>>> {
    Ok(Json(Paged { data: access.read(all()).await?, next_cursor: None }))
}
