//! Changes a service area, or takes it out of use.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};
use serde_json::Value;

use super::{Area, AreaChanged, AreaId, Kind, Shape, find};
use crate::permissions::TechniciansWrite;

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    /// The whole shape anew.
    pub shape: Option<Shape>,
    pub active: Option<bool>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 80, "the area a name, such as North side");
        }
        if let Some(shape) = &mut self.shape {
            checks.within("shape", |checks| shape.check(checks));
        }
    }
}

sql! {
    fn update(id: AreaId, version: i64, name: Option<String>, name_key: Option<String>, active: Option<bool>, at: Timestamp) -> u64 = "
        update service_area set name = coalesce($4, name), name_key = coalesce($5, name_key), active = coalesce($6, active),
               version = version + 1, updated_at = $7
        where tenant_id = $1 and id = $2 and version = $3";
    fn reshape(id: AreaId, kind: Kind, postal_codes: Vec<String>, latitude: Option<f64>, longitude: Option<f64>, radius_m: Option<i32>, outline: Option<Value>) -> u64 = "
        update service_area set kind = $3, postal_codes = $4, latitude = $5, longitude = $6, radius_m = $7, outline = $8
        where tenant_id = $1 and id = $2";
}

pub async fn change(tx: &mut TenantTx, id: AreaId, version: i64, change: &Change) -> Result<Area> {
    let now = tx.now();
    let key = change.name.as_deref().map(fold);
    let changed = tx.run(update(id, version, change.name.clone(), key, change.active, now)).await?;
    if changed == 0 {
        return tx.run(find(id)).await?.map_or(Err(Error::NotFound), |found| Err(Error::Stale(Some(found.version))));
    }
    let shape = change.shape.iter().map(|shape| {
        let codes = shape.postal_codes.clone();
        reshape(id, shape.kind, codes, shape.latitude, shape.longitude, shape.radius_m, shape.corners())
    });
    tx.tell(&AreaChanged { area: id });
    let (_, found) = tx.run((shape.collect::<Vec<_>>(), find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<AreaId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Area>> {
    let version = version.required()?;
    access.retrying(async |tx| change(tx, id, version, &input).await).await.map(One)
}
