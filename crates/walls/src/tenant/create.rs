//! A new tenant: registry, role, schema, tables, walls and first rows in one transaction, or nothing at all.

use super::{Placement, Tenant, schema_name};
use crate::{
    Dsns, Error, Result, Secrets, connect,
    error::doing,
    furnish::{Place, apply, enter, furnish},
    migration::Histories,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio_postgres::{Transaction, error::SqlState, types::ToSql};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct NewTenant {
    /// A UUIDv7: the last twelve digits, which are chance, end the name of a dedicated role.
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
    /// starter, professional or enterprise.
    pub plan: String,
    /// provisioning, trial, active …
    pub status: String,
    pub trial_ends_at: Option<Timestamp>,
    pub placement: Placement,
    pub settings: Value,
    pub features: Value,
    pub created_at: Timestamp,
}

impl NewTenant {
    /// A pooled tenant on trial with the starter plan; change what is otherwise.
    pub fn new(id: Uuid, slug: &str, name: &str, owner_email: &str, created_at: Timestamp) -> NewTenant {
        NewTenant {
            id,
            slug: slug.into(),
            name: name.into(),
            company_name: name.into(),
            industry: "hvac".into(),
            website_url: None,
            logo_file: None,
            owner_name: String::new(),
            owner_email: owner_email.into(),
            owner_phone: None,
            plan: "starter".into(),
            status: "trial".into(),
            trial_ends_at: None,
            placement: Placement::Pooled,
            settings: json!({}),
            features: json!({}),
            created_at,
        }
    }
}

/// One of the tenant's first rows. Run as the tenant's runtime role with the tenant bound and unqualified names leading
/// to its tables, so the walls hold for it as for any other statement.
#[derive(Debug)]
pub struct SeedStatement {
    pub sql: String,
    pub params: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl SeedStatement {
    pub fn new(sql: impl Into<String>, params: Vec<Box<dyn ToSql + Sync + Send>>) -> SeedStatement {
        SeedStatement { sql: sql.into(), params }
    }
}

pub async fn create(dsns: &Dsns, secrets: &Secrets, new: NewTenant, seed: &[SeedStatement]) -> Result<Tenant> {
    let mut admin = connect(&dsns.admin).await?;
    let tx = admin.transaction().await.map_err(doing("beginning"))?;
    let place = match new.placement {
        Placement::Pooled => Place::Pooled,
        Placement::Dedicated => Place::Dedicated { schema: schema_name(&new.slug, new.id), tenant: new.id },
    };
    let tenant = register(&tx, &new, &place).await?;
    if let Place::Dedicated { schema, .. } = &place {
        let verifier = postgres_protocol::password::scram_sha_256(secrets.password(schema).as_bytes());
        tx.execute("select ctl.raise_schema($1, $2)", &[schema, &verifier])
            .await
            .map_err(doing(format!("making the schema {schema}")))?;
        let histories = Histories::ours()?;
        enter(&tx, &place).await?;
        for migration in &histories.tenant {
            apply(&tx, &place, migration).await?;
        }
        furnish(&tx, &place, histories.tenant.iter()).await?;
        leave(&tx).await?;
    }
    sow(&tx, &place, new.id, seed).await?;
    tx.commit().await.map_err(doing(format!("making the tenant {}", new.slug)))?;
    Ok(tenant)
}

async fn register(tx: &Transaction<'_>, new: &NewTenant, place: &Place) -> Result<Tenant> {
    let schema = new.placement.eq(&Placement::Dedicated).then(|| place.name());
    let sql = "insert into ctl.tenant (id, slug, name, company_name, industry, website_url, owner_name, owner_email, owner_phone, plan, status, \
        trial_ends_at, placement, schema_name, settings, features, created_at, updated_at, logo_file) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18) \
        returning id, slug, name, company_name, industry, website_url, logo_file, owner_name, owner_email, owner_phone, plan, status, \
        trial_ends_at, subscription_started_at, placement, schema_name, settings, features, created_at, updated_at, deleted_at";
    let params: [&(dyn ToSql + Sync); 18] = [
        &new.id,
        &new.slug,
        &new.name,
        &new.company_name,
        &new.industry,
        &new.website_url,
        &new.owner_name,
        &new.owner_email,
        &new.owner_phone,
        &new.plan,
        &new.status,
        &new.trial_ends_at,
        &new.placement.as_str(),
        &schema,
        &new.settings,
        &new.features,
        &new.created_at,
        &new.logo_file,
    ];
    tx.batch_execute("set local role tw_owner").await.map_err(doing("becoming tw_owner"))?;
    let taken = |e: &tokio_postgres::Error| {
        e.as_db_error()
            .is_some_and(|db| *db.code() == SqlState::UNIQUE_VIOLATION && db.constraint() == Some("tenant_slug_unique"))
    };
    let row = match tx.query_one(sql, &params).await {
        Err(error) if taken(&error) => return Err(Error::SlugTaken { slug: new.slug.clone() }),
        other => other.map_err(doing(format!("entering {} in the registry", new.slug)))?,
    };
    leave(tx).await?;
    Tenant::read(&row).map_err(doing("reading the registry"))
}

/// The first rows, written as the role that will read them.
async fn sow(tx: &Transaction<'_>, place: &Place, tenant: Uuid, seed: &[SeedStatement]) -> Result<()> {
    if seed.is_empty() {
        return Ok(());
    }
    let what = || doing("writing a tenant's first rows");
    let role = if *place == Place::Pooled { "tw_app" } else { place.name() };
    let path = format!("{}, public, pg_temp", place.name());
    // `role` and `search_path` are settings like others, and this way their values are parameters.
    let enter = "select set_config('search_path', $1, true), set_config('role', $2, true)";
    tx.execute(enter, &[&path, &role]).await.map_err(what())?;
    tx.execute("select wall.set_tenant($1)", &[&tenant]).await.map_err(what())?;
    for (i, one) in seed.iter().enumerate() {
        let params: Vec<&(dyn ToSql + Sync)> = one.params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect();
        tx.execute(&one.sql, &params)
            .await
            .map_err(doing(format!("writing a tenant's first rows, statement {}", i + 1)))?;
    }
    leave(tx).await
}

async fn leave(tx: &Transaction<'_>) -> Result<()> {
    tx.batch_execute("reset role").await.map_err(doing("becoming the administrator again"))
}
