//! Saying how papers are added up. Papers that are there keep theirs.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{IfMatch, Json, One},
    sql,
    sum::{Level, Rounding, Rules},
};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{TaxTermsChanged, Terms, TermsId, kept};
use catalog::CatalogWrite;

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TaxTermsChange")]
pub struct Change {
    pub prices_include_tax: Option<bool>,
    pub rounding: Option<Rounding>,
    pub level: Option<Level>,
}
impl Input for Change {
    fn check(&mut self, _: &mut Checks) {}
}

sql! {
    fn keep(id: TermsId, rules: Rules, seen: i64, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into tax_terms as t (tenant_id, id, rules, created_at, updated_at, created_by) values ($1, $2, $3, $5, $5, $6)
        on conflict (tenant_id) do update set rules = $3, updated_at = $5, version = t.version + 1 where t.version = $4";
}

/// `seen` is 0 for who saw that nothing was said.
pub async fn change(tx: &mut TenantTx, seen: i64, change: &Change) -> Result<Terms> {
    let found = tx.run(kept()).await?;
    let id = found.as_ref().map_or_else(TermsId::new, |kept| kept.id);
    let now = Terms::of(found);
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    let rules = Rules {
        inclusive: change.prices_include_tax.unwrap_or(now.rules.inclusive),
        rounding: change.rounding.unwrap_or(now.rules.rounding),
        level: change.level.unwrap_or(now.rules.level),
    };
    if tx.run(keep(id, rules, seen, tx.now(), tx.user())).await? != 1 {
        return Err(Error::Stale(None));
    }
    tx.tell(&TaxTermsChanged { terms: id, rules: rules.to_string() });
    Ok(Terms { rules, version: seen + 1 })
}

pub async fn api(access: Access<CatalogWrite>, version: IfMatch, Json(input): Json<Change>) -> Result<One<Terms>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, seen, &input).await).await.map(One)
}
