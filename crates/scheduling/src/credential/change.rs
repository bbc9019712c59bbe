//! Changes a licence: a new number, another last day.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One, Path},
    sql,
    text::fold,
};

use super::{Credential, CredentialId, CredentialsChanged, check, find, key};
use crate::{permissions::TechniciansWrite, technician::TechnicianId};

/// All of it: what is left out is taken away.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: String,
    pub jurisdiction: Option<String>,
    pub class: Option<String>,
    pub number: Option<String>,
    pub expires_on: Option<Date>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "the licence a name, such as Master plumber");
        check(checks, &mut self.jurisdiction, &mut self.class, &mut self.number);
        checks.that(!fold(&self.name).is_empty(), "name", "letters", "A name has letters or digits.");
    }
}

sql! {
    fn update(id: CredentialId, technician: TechnicianId, version: i64, name: String, name_key: String, jurisdiction: Option<String>, jurisdiction_key: String,
              class: Option<String>, class_key: String, number: Option<String>, expires_on: Option<Date>, at: Timestamp) -> u64 = "
        update credential set name = $5, name_key = $6, jurisdiction = $7, jurisdiction_key = $8, class = $9, class_key = $10, number = $11,
               expires_on = $12, version = version + 1, updated_at = $13
        where tenant_id = $1 and id = $2 and technician_id = $3 and version = $4";
}

pub async fn change(
    tx: &mut TenantTx,
    technician: TechnicianId,
    id: CredentialId,
    version: i64,
    to: &Change,
) -> Result<Credential> {
    let now = tx.now();
    let row = update(
        id,
        technician,
        version,
        to.name.clone(),
        fold(&to.name),
        to.jurisdiction.clone(),
        key(to.jurisdiction.as_deref()),
        to.class.clone(),
        key(to.class.as_deref()),
        to.number.clone(),
        to.expires_on,
        now,
    );
    let (changed, found) = tx.run((row, find(id))).await?;
    let found = found.filter(|found| found.technician_id == technician).ok_or(Error::NotFound)?;
    if changed == 0 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&CredentialsChanged { technician, credential: id });
    Ok(found)
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    Path((technician, id)): Path<(TechnicianId, CredentialId)>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Credential>> {
    let version = version.required()?;
    access.retrying(async |tx| change(tx, technician, id, version, &input).await).await.map(One)
}
