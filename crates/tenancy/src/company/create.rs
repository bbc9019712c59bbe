//! A new company: its place in the database, its owner, its roles and a first API key, all of it or nothing.
use kernel::{Checks, Error, House, Result, tenant::Letterhead};
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
    /// Address and contact for its papers; the website is `website_url`.
    pub letterhead: Letterhead,
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
    let mut seeds = sow(house, Uuid::now_v7(), &new).await?;
    let api_key = seeds.first_key();
    let token = seeds.handover();
    let (id, owner) = (seeds.tenant, seeds.owner);
    raise(dsns, secrets, &new, seeds).await?;
    house.tenants().forget();
    Ok(Company {
        id,
        host: format!("{}.{}", new.slug, house.base_domain()),
        url: house.url(Some(&new.slug), "/"),
        handover: house.url(Some(&new.slug), &format!("/welcome?t={token}")),
        placement: placement(&new).to_owned(),
        slug: new.slug,
        api_key,
        owner,
    })
}

/// The same for a sign-up, whose id the company takes over: a second of the same id cannot come to be. Without a key,
/// which nobody is there to see.
pub(crate) async fn provision(house: &House, dsns: &Dsns, secrets: &Secrets, id: Uuid, new: NewCompany) -> Result<()> {
    check(&new)?;
    let seeds = sow(house, id, &new).await?;
    raise(dsns, secrets, &new, seeds).await?;
    house.tenants().forget();
    Ok(())
}

fn placement(new: &NewCompany) -> &str {
    new.placement.as_deref().unwrap_or(plan::of(&new.plan).placement)
}

/// What every company has from its first minute: roles, owner, and its logo.
async fn sow(house: &House, id: Uuid, new: &NewCompany) -> Result<Seeds> {
    let password_hash = match &new.owner_password_hash {
        Some(hash) => hash.clone(),
        None => password::hash(new.owner_password.clone()).await?,
    };
    let mut seeds = Seeds::new(id, house.clock().now());
    seeds.roles();
    let plan = plan::of(&new.plan).name.into();
    seeds.told(&TenantCreated { tenant: id, plan, placement: placement(new).to_owned() });
    seeds.owner(new, password_hash);
    if let Some((media_type, bytes)) = &new.logo {
        let file = seeds.logo(media_type, bytes);
        crate::files::write(house, id, file, bytes).await?;
    }
    Ok(seeds)
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
    let head = &new.letterhead;
    let given = [
        ("street", &head.street),
        ("city", &head.city),
        ("region", &head.region),
        ("postal_code", &head.postal_code),
        ("phone", &head.phone),
        ("email", &head.email),
        ("tax_number", &head.tax_number),
    ];
    for (key, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
        settings[key] = json!(value);
    }
    settings
}

async fn raise(dsns: &Dsns, secrets: &Secrets, new: &NewCompany, mut seeds: Seeds) -> Result<()> {
    seeds.told(&TenantProvisioned { tenant: seeds.tenant });
    let days = jiff::SignedDuration::from_hours(24 * plan::TRIAL_DAYS);
    let tenant = NewTenant {
        industry: new.industry.clone().unwrap_or_else(|| "hvac".into()),
        website_url: new.website_url.clone(),
        logo_file: new.logo.as_ref().map(|_| seeds.tenant),
        owner_name: new.owner_name.trim().into(),
        owner_phone: new.owner_phone.clone(),
        plan: plan::of(&new.plan).name.into(),
        trial_ends_at: seeds.at.saturating_add(days).ok(),
        placement: if placement(new) == "dedicated" { Placement::Dedicated } else { Placement::Pooled },
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
