//! Pairs that wait for a decision, the likeliest first.
use kernel::{
    Access, Cursor, Paged, Result, Scope,
    http::{Json, Query},
    page::{Asked, limit},
    sql,
};

use super::{Duplicate, DuplicateId};
use crate::permissions::CustomersMerge;

sql! {
    fn open(score: i32, before: DuplicateId, most: i64) -> Vec<Duplicate> = "
        select d.id, d.one_id, a.number as one_number, a.name as one_name, a.place as one_place,
          d.other_id, b.number as other_number, b.name as other_name, b.place as other_place, d.score, d.reasons, d.created_at
        from (
            select d.id, d.one_id, d.other_id, d.score, d.reasons, d.created_at from duplicate d
            where d.tenant_id = $1 and d.decision = 'open' and (d.score, d.id) < ($2, $3)
            order by d.score desc, d.id desc limit $4) d
        join customer a on a.tenant_id = $1 and a.id = d.one_id
        join customer b on b.tenant_id = $1 and b.id = d.other_id
        order by d.score desc, d.id desc";
}

pub(super) async fn list(scope: &Scope, asked: &Asked) -> Result<Paged<Duplicate>> {
    let most = limit(asked.limit)?;
    let (score, before) =
        Cursor::maybe::<(i32, DuplicateId)>(asked.cursor.as_deref())?.unwrap_or((i32::MAX, DuplicateId::max()));
    let rows = scope.read(open(score, before, most as i64 + 1)).await?;
    Ok(Paged::of(rows, most, |pair| (pair.score, pair.id)))
}

pub async fn api(access: Access<CustomersMerge>, Query(asked): Query<Asked>) -> Result<Json<Paged<Duplicate>>> {
    list(&access, &asked).await.map(Json)
}
