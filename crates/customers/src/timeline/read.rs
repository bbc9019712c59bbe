//! Reading a timeline, newest first.
use jiff::Timestamp;
use kernel::{
    Access, Cursor, Paged, Result,
    http::{Json, Path, Query},
    page::{Asked, limit},
    sql,
};

use super::{Entry, EntryId};
use crate::{
    CustomerId,
    customer::{self, Customer},
    permissions::CustomersRead,
};

sql! {
    fn entries(customer: CustomerId, before: Timestamp, before_id: EntryId, most: i64) -> Vec<Entry> = "
        select id, at, kind, icon, tone, text, detail, href, author, pinned_at, updated_at as edited_at, version, created_by from timeline_entry
        where tenant_id = $1 and customer_id = $2 and (at, id) < ($3, $4)
        order by at desc, id desc limit $5";
}

/// A page of it together with the customer, so that a stranger's id is not found.
pub async fn latest(access: &Access<CustomersRead>, id: CustomerId, query: &Asked) -> Result<(Customer, Paged<Entry>)> {
    let most = limit(query.limit)?;
    let (at, entry) =
        Cursor::maybe::<(Timestamp, EntryId)>(query.cursor.as_deref())?.unwrap_or((Timestamp::MAX, EntryId::max()));
    // PostgreSQL knows no time as late as jiff's last.
    let at = at.min(LATEST);
    let (customer, rows) = access.read((customer::find(id), entries(id, at, entry, most as i64 + 1))).await?;
    Ok((customer, Paged::of(rows, most, |entry| (entry.at, entry.id))))
}

const LATEST: Timestamp = Timestamp::constant(253_370_764_800, 0);

pub async fn api(
    access: Access<CustomersRead>,
    Path(id): Path<CustomerId>,
    Query(query): Query<Asked>,
) -> Result<Json<Paged<Entry>>> {
    latest(&access, id, &query).await.map(|(_, page)| Json(page))
}
