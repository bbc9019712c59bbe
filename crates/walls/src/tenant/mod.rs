//! A tenant in the registry, and where it is placed: in the schema of many or in one of its own.

mod create;
mod name;
mod orphans;

use crate::{Dsns, Error, Result, Secrets, connect, dsn::for_role, error::doing};
pub use create::{NewTenant, SeedStatement, create};
use jiff::Timestamp;
pub use name::schema_name;
pub use orphans::{Orphan, drop_orphans, orphans};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use tokio_postgres::Row;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// Together with others in `app`.
    #[default]
    Pooled,
    /// A schema and a login role of its own.
    Dedicated,
}

impl Placement {
    pub fn as_str(self) -> &'static str {
        match self {
            Placement::Pooled => "pooled",
            Placement::Dedicated => "dedicated",
        }
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A row of the registry.
#[derive(Clone, Debug, Serialize)]
pub struct Tenant {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub company_name: String,
    pub industry: String,
    pub website_url: Option<String>,
    pub logo_file: Option<Uuid>,
    pub owner_name: String,
    pub owner_email: String,
    pub owner_phone: Option<String>,
    pub plan: String,
    pub status: String,
    pub trial_ends_at: Option<Timestamp>,
    pub subscription_started_at: Option<Timestamp>,
    pub placement: Placement,
    pub schema_name: Option<String>,
    pub settings: Value,
    pub features: Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

impl Tenant {
    fn read(row: &Row) -> std::result::Result<Tenant, tokio_postgres::Error> {
        Ok(Tenant {
            id: row.try_get("id")?,
            slug: row.try_get("slug")?,
            name: row.try_get("name")?,
            company_name: row.try_get("company_name")?,
            industry: row.try_get("industry")?,
            website_url: row.try_get("website_url")?,
            logo_file: row.try_get("logo_file")?,
            owner_name: row.try_get("owner_name")?,
            owner_email: row.try_get("owner_email")?,
            owner_phone: row.try_get("owner_phone")?,
            plan: row.try_get("plan")?,
            status: row.try_get("status")?,
            trial_ends_at: row.try_get("trial_ends_at")?,
            subscription_started_at: row.try_get("subscription_started_at")?,
            placement: if row.try_get::<_, &str>("placement")? == "dedicated" {
                Placement::Dedicated
            } else {
                Placement::Pooled
            },
            schema_name: row.try_get("schema_name")?,
            settings: row.try_get("settings")?,
            features: row.try_get("features")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
        })
    }
}

/// Every tenant that is not deleted, by address.
pub async fn list(admin: &str) -> Result<Vec<Tenant>> {
    let sql = "select id, slug, name, company_name, industry, website_url, logo_file, owner_name, owner_email, owner_phone, plan, status, \
        trial_ends_at, subscription_started_at, placement, schema_name, settings, features, created_at, updated_at, deleted_at \
        from ctl.tenant where deleted_at is null order by slug";
    let rows = connect(admin).await?.query(sql, &[]).await.map_err(doing("listing the tenants"))?;
    rows.iter().map(Tenant::read).collect::<std::result::Result<_, _>>().map_err(doing("reading the registry"))
}

/// One tenant by address or id, deleted or not.
pub async fn show(admin: &str, slug_or_id: &str) -> Result<Option<Tenant>> {
    let sql = "select id, slug, name, company_name, industry, website_url, logo_file, owner_name, owner_email, owner_phone, plan, status, \
        trial_ends_at, subscription_started_at, placement, schema_name, settings, features, created_at, updated_at, deleted_at \
        from ctl.tenant where slug = $1 or id::text = $1";
    let row = connect(admin).await?.query_opt(sql, &[&slug_or_id]).await.map_err(doing("looking up a tenant"))?;
    row.as_ref().map(Tenant::read).transpose().map_err(doing("reading the registry"))
}

/// Where to connect as a dedicated tenant's own role, which is called what its schema is called.
pub fn dsn(dsns: &Dsns, secrets: &Secrets, schema_name: &str) -> Result<String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !schema_name.starts_with("tenant_") || schema_name.len() > 63 || !schema_name.bytes().all(plain) {
        return Err(Error::Refused(format!(
            "{schema_name:?} is no name of a tenant's schema; `tradewind tenant list` shows them"
        )));
    }
    for_role(&dsns.door, secrets, schema_name)
}
