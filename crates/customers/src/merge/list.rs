//! Who became part of a customer, taken back or not, newest first.
use kernel::{
    Access, Cursor, Paged, Result,
    http::{Json, Path, Query},
    page::limit,
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Merge, MergeId};
use crate::{CustomerId, customer::find, permissions::CustomersRead};

sql! {
    fn all(customer: CustomerId, before: MergeId, most: i64) -> Vec<Merge> = "
        select m.id, m.customer_id, m.gone_id, c.number as gone_number, c.name as gone_name, m.author, m.created_at, m.undone_at
        from (
            select m.id, m.customer_id, m.gone_id, m.author, m.created_at, m.undone_at from customer_merge m
            where m.tenant_id = $1 and m.customer_id = $2 and m.id < $3 order by m.id desc limit $4) m
        join customer c on c.tenant_id = $1 and c.id = m.gone_id
        order by m.id desc";
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    /// 1–200, 50 when not given.
    limit: Option<i64>,
    cursor: Option<String>,
}

pub async fn api(
    access: Access<CustomersRead>,
    Path(id): Path<CustomerId>,
    Query(asked): Query<ListQuery>,
) -> Result<Json<Paged<Merge>>> {
    let most = limit(asked.limit)?;
    let before = Cursor::maybe(asked.cursor.as_deref())?.unwrap_or_else(MergeId::max);
    let (_, rows) = access.read((find(id), all(id, before, most as i64 + 1))).await?;
    Ok(Json(Paged::of(rows, most, |merge| merge.id)))
}
