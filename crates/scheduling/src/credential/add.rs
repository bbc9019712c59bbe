//! Writes down a licence or certificate of a technician.
use jiff::civil::Date;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, Uuid,
    http::{Created, Json, Path, Repeatable},
    sql,
    text::fold,
};

use super::{Credential, CredentialId, CredentialsChanged, check, find, key};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Such as "Master plumber" or "EPA 608".
    pub name: String,
    pub jurisdiction: Option<String>,
    pub class: Option<String>,
    pub number: Option<String>,
    pub expires_on: Option<Date>,
}
impl Input for New {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "the licence a name, such as Master plumber");
        check(checks, &mut self.jurisdiction, &mut self.class, &mut self.number);
        checks.that(!fold(&self.name).is_empty(), "name", "letters", "A name has letters or digits.");
    }
}

sql! {
    fn insert(id: CredentialId, technician: TechnicianId, name: String, name_key: String, jurisdiction: Option<String>, jurisdiction_key: String,
              class: Option<String>, class_key: String, number: Option<String>, expires_on: Option<Date>, by: Option<Uuid>) = "
        insert into credential (tenant_id, id, technician_id, name, name_key, jurisdiction, jurisdiction_key, class, class_key, number, expires_on, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    fn there(technician: TechnicianId) -> i64 = "select count(*) from credential where tenant_id = $1 and technician_id = $2";
}

pub async fn add(tx: &mut TenantTx, technician: TechnicianId, new: &New) -> Result<Credential> {
    if tx.run(there(technician)).await? >= 100 {
        return Err(Error::refused("A technician has at most 100 licences. Remove those that are over."));
    }
    let (id, by) = (CredentialId::new(), tx.user());
    tx.tell(&CredentialsChanged { technician, credential: id });
    let row = insert(
        id,
        technician,
        new.name.clone(),
        fold(&new.name),
        new.jurisdiction.clone(),
        key(new.jurisdiction.as_deref()),
        new.class.clone(),
        key(new.class.as_deref()),
        new.number.clone(),
        new.expires_on,
        by,
    );
    let (_, found) = tx.run((row, find(id))).await?;
    found.ok_or(Error::NotFound)
}

pub async fn add_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Credential>>> {
    access
        .once(async |tx| {
            let made = add(tx, id, &new).await?;
            Ok(Created { location: format!("/api/v1/technicians/{id}/credentials/{}", made.id), body: made })
        })
        .await
}
