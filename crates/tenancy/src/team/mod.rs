//! Teams: who works together. A role whose reach is the team's sees the records of everybody in it.
mod page;
mod write;

use kernel::{
    Access, Result,
    http::{Json, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::MembersRead;

pub use page::{change_post, list_page, new_post, remove_post};
pub use write::{New, change, change_api, create, create_api, remove, remove_api};

kernel::id!(TeamId);

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Team {
        pub id: TeamId,
        pub name: String,
        /// How many people are in it.
        pub people: i64,
        pub version: i64,
    }
}
impl Versioned for Team {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! { pub struct TeamCreated = "team.created", seen by MembersRead { team: TeamId } }
kernel::event! { pub struct TeamChanged = "team.changed", seen by MembersRead { team: TeamId } }
kernel::event! { pub struct TeamDeleted = "team.deleted", seen by MembersRead { team: TeamId } }

kernel::promise! {
    "team_name_once": "/name", "There is a team of that name already.";
    "member_team": "/team_id", "There is no such team.";
}

sql! {
    pub fn all() -> Vec<Team> = "
        select t.id, t.name, (select count(*) from member m where m.tenant_id = $1 and m.team_id = t.id) as people, t.version
        from team t where t.tenant_id = $1 order by t.name_key, t.id limit 200";
    pub(crate) fn find(id: TeamId) -> Option<Team> = "
        select t.id, t.name, (select count(*) from member m where m.tenant_id = $1 and m.team_id = t.id) as people, t.version
        from team t where t.tenant_id = $1 and t.id = $2";
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Teams {
    pub data: Vec<Team>,
}

pub async fn list_api(access: Access<MembersRead>) -> Result<Json<Teams>> {
    Ok(Json(Teams { data: access.read(all()).await? }))
}
