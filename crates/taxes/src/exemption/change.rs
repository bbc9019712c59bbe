//! Changing an exemption: another number of the certificate, another last day.
use catalog::CatalogWrite;
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx, chosen,
    http::{IfMatch, Json, One, Path},
    sql,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exemption, ExemptionId, TaxExemptionChanged, find};

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TaxExemptionChange")]
pub struct Change {
    pub certificate: Option<String>,
    /// `null`: until further notice.
    #[serde(deserialize_with = "chosen")]
    pub until_on: Option<Option<Date>>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(certificate) = &mut self.certificate {
            checks.text("certificate", certificate, 60, "the number of the certificate");
        }
        let days = self.until_on.flatten().is_none_or(|on| (1990..=2200).contains(&on.year()));
        checks.that(days, "until_on", "range", "Give a day between 1990 and 2200.");
    }
}

sql! {
    fn update(id: ExemptionId, seen: i64, certificate: String, until: Option<Date>, at: Timestamp) -> u64 = "
        update tax_exemption set certificate = $4, until_on = $5, updated_at = $6, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3";
}

pub async fn change(tx: &mut TenantTx, id: ExemptionId, seen: i64, change: Change) -> Result<Exemption> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let until = change.until_on.unwrap_or(now.until_on);
    if until.is_some_and(|until| until < now.from_on) {
        return Err(Error::field("/until_on", "order", "It ends on its first day or later."));
    }
    let certificate = change.certificate.unwrap_or(now.certificate);
    let (touched, found) = tx.run((update(id, seen, certificate, until, tx.now()), find(id))).await?;
    if touched != 1 {
        return Err(Error::Stale(Some(now.version)));
    }
    tx.tell(&TaxExemptionChanged { exemption: id, customer: now.customer_id });
    found.ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<ExemptionId>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Exemption>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, id, seen, input.clone()).await).await.map(One)
}
