//! Adds a vehicle or a tool. Technicians become resources by themselves.
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Created, Json, Repeatable},
    sql,
    text::fold,
};

use super::{Kind, Resource, ResourceCreated, ResourceId, find};
use crate::permissions::TechniciansWrite;

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// `vehicle` or `tool`.
    pub kind: Kind,
    pub name: String,
    pub note: Option<String>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 120, "a name, such as Van 3");
        checks.optional("note", &mut self.note, 500);
        let own = self.kind != Kind::Technician;
        checks.that(own, "kind", "technician", "A technician is added under Technicians; here are vehicles and tools.");
    }
}

sql! {
    fn insert(id: ResourceId, kind: Kind, name: String, name_key: String, note: Option<String>, by: Option<kernel::Uuid>) = "
        insert into resource (tenant_id, id, kind, name, name_key, note, created_by) values ($1, $2, $3, $4, $5, $6, $7)";
}

pub async fn create(tx: &mut TenantTx, new: &New) -> Result<Resource> {
    let id = ResourceId::new();
    tx.tell(&ResourceCreated { resource: id });
    let by = tx.user();
    let row = insert(id, new.kind, new.name.clone(), fold(&new.name), new.note.clone(), by);
    let (_, found) = tx.run((row, find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn create_api(
    access: Access<TechniciansWrite>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Resource>>> {
    access
        .once(async |tx| {
            let made = create(tx, &new).await?;
            Ok(Created { location: format!("/api/v1/resources/{}", made.id), body: made })
        })
        .await
}
