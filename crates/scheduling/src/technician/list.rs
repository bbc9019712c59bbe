//! Technicians by name, and one of them.
use kernel::{
    Access, Cursor, Error, Paged, Result,
    http::{Json, One, Path, Query},
    page::limit,
    sql,
};

use super::{Technician, TechnicianId, find};
use crate::permissions::BoardRead;

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// Only active ones, or only inactive ones.
    pub active: Option<bool>,
}

sql! {
    pub fn list(active: Option<bool>, after_name: Option<String>, after_id: TechnicianId, most: i64) -> Vec<Technician> = "
        select t.id, t.member_id, t.name, t.initials, t.phone, t.home_note, t.active,
               coalesce((select string_agg(s.name, ', ' order by s.name) from technician_skill ts
                         join skill s on s.tenant_id = $1 and s.id = ts.skill_id
                         where ts.tenant_id = $1 and ts.technician_id = t.id), '') as skills,
               (select count(distinct w.weekday) from shift w where w.tenant_id = $1 and w.technician_id = t.id) as shift_days,
               t.version, t.created_at, t.updated_at
        from technician t
        where t.tenant_id = $1 and ($2::boolean is null or t.active = $2)
          and ($3::text is null or (t.name, t.id) > ($3, $4))
        order by t.name, t.id limit $5";
}

/// Everybody with a lane: no company here has more than fit on a board.
pub fn list_active() -> kernel::Statement<Vec<Technician>> {
    list(Some(true), None, TechnicianId::max(), 200)
}

pub async fn list_api(access: Access<BoardRead>, Query(query): Query<ListQuery>) -> Result<Json<Paged<Technician>>> {
    let most = limit(query.limit)?;
    let after: Option<(String, TechnicianId)> = Cursor::maybe(query.cursor.as_deref())?;
    let (name, id) = after.map_or((None, TechnicianId::max()), |(name, id)| (Some(name), id));
    let rows = access.read(list(query.active, name, id, most as i64 + 1)).await?;
    Ok(Json(Paged::of(rows, most, |t| (t.name.clone(), t.id))))
}

pub async fn find_api(access: Access<BoardRead>, Path(id): Path<TechnicianId>) -> Result<One<Technician>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}
