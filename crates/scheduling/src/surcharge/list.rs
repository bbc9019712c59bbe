//! All surcharges, and one of them.
use kernel::{
    Access, Error, Paged, Result,
    http::{Json, One, Path},
    sql,
};

use super::{Kept, Surcharge, SurchargeId, find};
use crate::permissions::BoardRead;

sql! {
    pub(super) fn list() -> Vec<Kept> = "
        select id, name, weekdays, holidays, starts, ends, amount_minor, rate_ppm, currency, active, version, created_at, updated_at
        from surcharge where tenant_id = $1 order by active desc, name, id limit 500";
    pub(crate) fn in_use() -> Vec<Kept> = "
        select id, name, weekdays, holidays, starts, ends, amount_minor, rate_ppm, currency, active, version, created_at, updated_at
        from surcharge where tenant_id = $1 and active order by name, id limit 50";
}

pub async fn list_api(access: Access<BoardRead>) -> Result<Json<Paged<Surcharge>>> {
    let data = access.read(list()).await?.into_iter().map(Surcharge::from).collect();
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn find_api(access: Access<BoardRead>, Path(id): Path<SurchargeId>) -> Result<One<Surcharge>> {
    access.read(find(id)).await?.map(|kept| One(kept.into())).ok_or(Error::NotFound)
}
