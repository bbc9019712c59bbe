//! Adds a service area.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};
use serde_json::Value;

use super::{Area, AreaChanged, AreaId, Kind, Shape, find};
use crate::permissions::TechniciansWrite;

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    pub name: String,
    pub shape: Shape,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "the area a name, such as North side");
        checks.within("shape", |checks| self.shape.check(checks));
    }
}

sql! {
    fn insert(id: AreaId, name: String, name_key: String, kind: Kind, postal_codes: Vec<String>, latitude: Option<f64>, longitude: Option<f64>, radius_m: Option<i32>, outline: Option<Value>, by: Option<Uuid>) = "
        insert into service_area (tenant_id, id, name, name_key, kind, postal_codes, latitude, longitude, radius_m, outline, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}

pub async fn create(tx: &mut TenantTx, new: &New) -> Result<Area> {
    let id = AreaId::new();
    tx.tell(&AreaChanged { area: id });
    let (by, shape) = (tx.user(), &new.shape);
    let codes = shape.postal_codes.clone();
    let row = insert(
        id,
        new.name.clone(),
        fold(&new.name),
        shape.kind,
        codes,
        shape.latitude,
        shape.longitude,
        shape.radius_m,
        shape.corners(),
        by,
    );
    let (_, found) = tx.run((row, find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn create_api(access: Access<TechniciansWrite>, Json(new): Json<New>) -> Result<Repeatable<Created<Area>>> {
    access
        .once(async |tx| {
            let made = create(tx, &new).await?;
            Ok(Created { location: format!("/api/v1/service-areas/{}", made.id), body: made })
        })
        .await
}
