//! Who works here.
use kernel::{
    Access, Cursor, Error, Paged, Result,
    http::{Json, One, Path, Query},
    page, sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Member, MemberId};
use crate::MembersRead;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 1–200, 50 when not given.
    limit: Option<i64>,
    cursor: Option<String>,
}

sql! {
    pub(super) fn after(id: MemberId, limit: i64) -> Vec<Member> = "
        select m.id, m.email, m.name, m.phone, m.role, (select r.label from role r where r.tenant_id = $1 and r.name = m.role) as role_label, m.team_id, m.active, m.password_hash is null as invited,
          exists(select from second_factor f where f.tenant_id = $1 and f.member_id = m.id and f.confirmed_at is not null) as second_factor,
          m.last_seen_at, m.version, m.created_at
        from member m where m.tenant_id = $1 and m.id > $2 order by m.id limit $3";
}

pub async fn list_api(access: Access<MembersRead>, Query(asked): Query<Asked>) -> Result<Json<Paged<Member>>> {
    let limit = page::limit(asked.limit)?;
    let from = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(MemberId(uuid::Uuid::nil()));
    let rows = access.read(after(from, limit as i64 + 1)).await?;
    Ok(Json(Paged::of(rows, limit, |member| member.id)))
}

pub async fn get_api(access: Access<MembersRead>, Path(id): Path<MemberId>) -> Result<One<Member>> {
    access.read(super::find(id)).await?.map(One).ok_or(Error::NotFound)
}
