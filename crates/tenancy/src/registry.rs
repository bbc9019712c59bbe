//! Companies as the registry (`ctl.tenant`) knows them: by slug, by a domain of their own, by id.
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use kernel::{
    Currency, Desk, Error, Placement, Result, Tenant, row, sql,
    tenant::{Brand, Letterhead, Locale, Status},
};
use std::sync::Arc;
use uuid::Uuid;
use walls::{Dsns, Secrets};

pub struct Registry {
    desk: Desk,
    dsns: Dsns,
    secrets: Secrets,
}

row! {
    #[derive(Debug, Clone)]
    pub(crate) struct Entry {
        pub id: Uuid,
        pub slug: String,
        pub name: String,
        pub plan: String,
        pub status: Status,
        pub placement: String,
        pub schema_name: Option<String>,
        pub website_url: Option<String>,
        pub settings: serde_json::Value,
        pub logo_file: Option<Uuid>,
    }
}

sql! {
    #![control]
    fn by_slug(slug: String) -> Option<Entry> = "
        select id, slug, name, plan, status, placement, schema_name, website_url, settings, logo_file
        from ctl.tenant where slug = $1";
    fn by_host(host: String) -> Option<Entry> = "
        select t.id, t.slug, t.name, t.plan, t.status, t.placement, t.schema_name, t.website_url, t.settings, t.logo_file
        from ctl.tenant t join ctl.host h on h.tenant_id = t.id where h.host = $1 and h.verified_at is not null";
    fn by_id(id: Uuid) -> Option<Entry> = "
        select id, slug, name, plan, status, placement, schema_name, website_url, settings, logo_file
        from ctl.tenant where id = $1";
}

impl Registry {
    pub fn new(desk: Desk, dsns: Dsns, secrets: Secrets) -> Self {
        Self { desk, dsns, secrets }
    }

    fn tenant(&self, entry: Entry) -> Result<Tenant> {
        let placement = match (entry.placement.as_str(), &entry.schema_name) {
            ("pooled", _) => Placement(None),
            ("dedicated", Some(schema)) => {
                let dsn =
                    walls::tenant::dsn(&self.dsns, &self.secrets, schema).map_err(|e| Error::Bug(e.to_string()))?;
                Placement(Some(Arc::from(dsn)))
            }
            (other, _) => return Err(Error::Bug(format!("tenant {}: placement {other} without a schema", entry.id))),
        };
        let locale = locale(&entry.settings);
        let letterhead = letterhead(&entry);
        let hue =
            entry.settings["brand_hue"].as_u64().and_then(|hue| u16::try_from(hue % 360).ok()).unwrap_or(DEFAULT_HUE);
        Ok(Tenant {
            id: entry.id,
            slug: entry.slug,
            name: entry.name,
            plan: entry.plan,
            status: entry.status,
            placement,
            locale,
            brand: Brand { hue, logo: entry.logo_file },
            letterhead,
        })
    }
}

/// The accent of a company that has chosen none.
pub const DEFAULT_HUE: u16 = 212;

/// What is missing or unknown falls back to the house's own, so that a company never fails to open for it.
fn locale(settings: &serde_json::Value) -> Locale {
    let text = |key: &str| settings[key].as_str();
    let usual = Locale::default();
    let country = text("country").unwrap_or(&usual.country).to_owned();
    let american = matches!(country.as_str(), "US" | "CA" | "MX" | "BR" | "IN" | "JP" | "PH");
    Locale {
        language: text("language").unwrap_or(&usual.language).to_owned(),
        currency: text("currency").and_then(Currency::of).unwrap_or(usual.currency),
        zone: text("time_zone").and_then(|zone| TimeZone::get(zone).ok()).unwrap_or(usual.zone),
        week_starts: if american { jiff::civil::Weekday::Sunday } else { jiff::civil::Weekday::Monday },
        hour_12: matches!(country.as_str(), "US" | "CA" | "AU" | "NZ" | "IN" | "PH"),
        country,
    }
}

fn letterhead(entry: &Entry) -> Letterhead {
    let text = |key: &str| entry.settings[key].as_str().unwrap_or_default().to_owned();
    Letterhead {
        street: text("street"),
        city: text("city"),
        region: text("region"),
        postal_code: text("postal_code"),
        phone: text("phone"),
        email: text("email"),
        website: entry.website_url.clone().unwrap_or_default(),
        tax_number: text("tax_number"),
    }
}

impl kernel::tenant::Registry for Registry {
    fn by_slug<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<Tenant>>> {
        Box::pin(
            async move { self.desk.run(by_slug(slug.to_owned())).await?.map(|entry| self.tenant(entry)).transpose() },
        )
    }
    fn by_host<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Option<Tenant>>> {
        Box::pin(
            async move { self.desk.run(by_host(host.to_owned())).await?.map(|entry| self.tenant(entry)).transpose() },
        )
    }
    fn by_id(&self, id: Uuid) -> BoxFuture<'_, Result<Option<Tenant>>> {
        Box::pin(async move { self.desk.run(by_id(id)).await?.map(|entry| self.tenant(entry)).transpose() })
    }
}
