//! A new company: its place in the database, its owner, its roles and a first API key, all of it or nothing.
use kernel::{Checks, Error, House, Result, sql};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;
use walls::{
    Dsns, Secrets,
    tenant::{NewTenant, Placement},
};

use super::{address, plan, seeds::Seeds};
use crate::{MemberId, SettingsRead, member::email_key, password, registry, settings};

kernel::event! {
    pub struct TenantCreated = "tenant.created", seen by SettingsRead { tenant: Uuid, plan: String, placement: String }
}
kernel::event! {
    pub struct TenantProvisioned = "tenant.provisioned", seen by SettingsRead { tenant: Uuid }
}

/// What it takes; no `Debug`, for it holds a password. Only name, slug, owner and a password (or its hash) must be given.
#[derive(Clone, Default)]
pub struct NewCompany {
    pub name: String,
    pub slug: String,
    /// `starter` when empty.
    pub plan: String,
    /// `pooled` or `dedicated`; the plan's own when none.
    pub placement: Option<String>,
    /// `hvac`, `plumbing`, `electrical`, `both`: as the registry keeps it.
    pub industry: Option<String>,
    pub website_url: Option<String>,
    pub owner_name: String,
    pub owner_email: String,
    pub owner_phone: Option<String>,
    pub owner_password: String,
    /// Of a password given earlier, in place of `owner_password`.
    pub owner_password_hash: Option<String>,
    pub time_zone: Option<String>,
    pub currency: Option<String>,
    pub country: Option<String>,
    pub language: Option<String>,
    /// Media type and bytes, checked before.
    pub logo: Option<(String, bytes::Bytes)>,
}

/// A company just made. The secrets are in nobody's memory but the caller's.
#[derive(Debug, Clone, Serialize)]
pub struct Company {
    pub id: Uuid,
    pub slug: String,
    /// `acme.example.com`, without scheme and port.
    pub host: String,
    pub placement: String,
    pub api_key: String,
    /// Where its pages are.
    pub url: String,
    #[serde(skip)]
    pub owner: MemberId,
    /// A link that signs the owner in once, within an hour.
    #[serde(skip)]
    pub handover: String,
}

fn check(new: &NewCompany) -> Result<()> {
    let mut checks = Checks::default();
    let (mut name, mut owner, mut email) = (new.name.clone(), new.owner_name.clone(), Some(new.owner_email.clone()));
    checks.text("name", &mut name, 100, "the company's name");
    checks.text("owner_name", &mut owner, 100, "the owner's name");
    checks.email("owner_email", &mut email);
    checks.that(email.is_some(), "owner_email", "required", "Give the owner's e-mail address.");
    address::check_slug(&mut checks, &new.slug);
    if new.owner_password_hash.is_none() {
        password::check(&mut checks, "owner_password", &new.owner_password);
    }
    checks.that(
        new.plan.is_empty() || plan::find(&new.plan).is_some(),
        "plan",
        "plan",
        "The plans are starter, professional and enterprise.",
    );
    let placed = new.placement.as_deref().is_none_or(|p| matches!(p, "pooled" | "dedicated"));
    checks.that(placed, "placement", "placement", "A company is pooled or dedicated.");
    settings::locale(
        &mut checks,
        new.time_zone.as_deref(),
        new.currency.as_deref(),
        new.language.as_deref(),
        new.country.as_deref(),
    );
    checks.done()
}

/// Makes the company in one transaction and lets this process know of it.
pub async fn create_company(house: &House, dsns: &Dsns, secrets: &Secrets, new: NewCompany) -> Result<Company> {
    check(&new)?;
    let plan = plan::of(&new.plan);
    let placement = new.placement.clone().unwrap_or(plan.placement.to_owned());
    let password_hash = match &new.owner_password_hash {
        Some(hash) => hash.clone(),
        None => password::hash(new.owner_password.clone()).await?,
    };
    let at = house.clock().now();
    let mut seeds = Seeds::new(at);
    seeds.roles();
    seeds.told(&TenantCreated { tenant: seeds.tenant, plan: plan.name.into(), placement: placement.clone() });
    seeds.owner(&new, password_hash);
    let api_key = seeds.first_key();
    let token = seeds.handover();
    let mut logo = None;
    if let Some((media_type, bytes)) = &new.logo {
        let id = seeds.logo(media_type, bytes);
        crate::files::write(house, seeds.tenant, id, bytes).await?;
        logo = Some(id.0);
    }
    seeds.told(&TenantProvisioned { tenant: seeds.tenant });
    let (tenant, owner) = (seeds.tenant, seeds.owner);
    raise(dsns, secrets, &new, plan.name, &placement, seeds).await?;
    if let Some(logo) = logo {
        house.control().run(set_logo(tenant, logo)).await?;
    }
    house.tenants().forget();
    Ok(Company {
        id: tenant,
        host: format!("{}.{}", new.slug, house.base_domain()),
        url: house.url(Some(&new.slug), "/"),
        handover: house.url(Some(&new.slug), &format!("/welcome?t={token}")),
        slug: new.slug,
        placement,
        api_key,
        owner,
    })
}

fn settings_of(new: &NewCompany) -> Value {
    let given = [
        ("time_zone", &new.time_zone),
        ("currency", &new.currency),
        ("country", &new.country),
        ("language", &new.language),
    ];
    let mut settings = json!({ "brand_hue": registry::DEFAULT_HUE });
    for (key, value) in given {
        if let Some(value) = value {
            settings[key] = json!(value);
        }
    }
    settings
}

async fn raise(
    dsns: &Dsns,
    secrets: &Secrets,
    new: &NewCompany,
    plan: &str,
    placement: &str,
    seeds: Seeds,
) -> Result<()> {
    let days = jiff::SignedDuration::from_hours(24 * plan::TRIAL_DAYS);
    let tenant = NewTenant {
        industry: new.industry.clone().unwrap_or_else(|| "hvac".into()),
        website_url: new.website_url.clone(),
        owner_name: new.owner_name.trim().into(),
        owner_phone: new.owner_phone.clone(),
        plan: plan.into(),
        trial_ends_at: seeds.at.saturating_add(days).ok(),
        placement: if placement == "dedicated" { Placement::Dedicated } else { Placement::Pooled },
        settings: settings_of(new),
        ..NewTenant::new(seeds.tenant, &new.slug, new.name.trim(), &email_key(&new.owner_email), seeds.at)
    };
    match walls::tenant::create(dsns, secrets, tenant, &seeds.list).await {
        Ok(_) => Ok(()),
        Err(walls::Error::SlugTaken { slug }) => {
            Err(Error::field("/slug", "taken", format!("{slug} is taken. Choose another address.")))
        }
        Err(error) => Err(Error::Bug(error.to_string())),
    }
}

sql! {
    #![control]
    fn set_logo(id: Uuid, logo: Uuid) -> u64 = "update ctl.tenant set logo_file = $2 where id = $1";
}

/// A free address near a company's name.
pub async fn spare_address(house: &House, name: &str) -> Result<Option<String>> {
    Ok(address::suggestions(house.control(), "", name).await?.into_iter().next())
}
