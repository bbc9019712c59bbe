//! What the company is called and how it writes money, dates and times.
use jiff::{Timestamp, tz::TimeZone};
use kernel::{
    Access, Checks, Currency, Error, Input, Result, Scope,
    http::{IfMatch, Json, One, Versioned},
    row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::letterhead::{self, Letterhead};
use crate::{SettingsRead, SettingsWrite};

/// The company as its settings show it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Company {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub plan: String,
    pub status: String,
    /// IANA, such as `America/Chicago`.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// BCP 47, such as `en-US`.
    pub language: String,
    /// ISO 3166, two letters.
    pub country: String,
    /// Of the accent colour, 0–359.
    pub brand_hue: u16,
    #[serde(flatten)]
    pub letterhead: Letterhead,
    pub logo: Option<Uuid>,
    pub version: i64,
}
impl Versioned for Company {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! {
    pub struct SettingsChanged = "settings.changed", seen by SettingsRead { tenant: Uuid, what: Vec<String> }
}

row! {
    struct Kept {
        logo_file: Option<Uuid>,
        updated_at: Timestamp,
    }
}

sql! {
    #![control]
    fn kept(id: Uuid) -> Kept = "select logo_file, updated_at from ctl.tenant where id = $1";
    fn update(id: Uuid, seen: Timestamp, name: Option<String>, website: Option<String>, settings: serde_json::Value, at: Timestamp) -> u64 = "
        update ctl.tenant set name = coalesce($3, name), company_name = coalesce($3, company_name),
          website_url = nullif(coalesce($4, website_url), ''), settings = settings || $5, updated_at = $6
        where id = $1 and updated_at = $2";
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: Option<String>,
    pub time_zone: Option<String>,
    pub currency: Option<String>,
    pub language: Option<String>,
    pub country: Option<String>,
    pub brand_hue: Option<u16>,
    /// Street and house number, as the papers show it. This and what follows: empty takes it away.
    pub street: Option<String>,
    pub city: Option<String>,
    /// State, province or region, such as `IL`.
    pub region: Option<String>,
    pub postal_code: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    /// As the tax office writes it: EIN, VAT number, GSTIN.
    pub tax_number: Option<String>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(name) = &mut self.name {
            checks.text("name", name, 100, "the company's name");
        }
        locale(
            checks,
            self.time_zone.as_deref(),
            self.currency.as_deref(),
            self.language.as_deref(),
            self.country.as_deref(),
        );
        if let Some(hue) = self.brand_hue {
            checks.that(hue < 360, "brand_hue", "range", "A hue is 0 to 359.");
        }
        letterhead::check(checks, self);
    }
}

/// The same rules for settings, sign-up and the command line.
pub(crate) fn locale(
    checks: &mut Checks,
    zone: Option<&str>,
    currency: Option<&str>,
    language: Option<&str>,
    country: Option<&str>,
) {
    if let Some(zone) = zone {
        checks.that(
            TimeZone::get(zone).is_ok(),
            "time_zone",
            "time_zone",
            "That is no time zone, such as America/Chicago.",
        );
    }
    if let Some(currency) = currency {
        checks.that(
            Currency::of(currency).is_some(),
            "currency",
            "currency",
            "That is no currency. It is one of ISO 4217 in capital letters, such as USD.",
        );
    }
    if let Some(language) = language {
        let good = !language.is_empty()
            && language.len() <= 12
            && language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        checks.that(good, "language", "language", "A language is written like en-US.");
    }
    if let Some(country) = country {
        let good = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        checks.that(good, "country", "country", "A country is two capital letters, such as US.");
    }
}

pub(super) async fn read(scope: &Scope) -> Result<Company> {
    let kept = scope.house().control().run(kept(scope.tenant().id)).await?;
    let tenant = scope.house().tenants().by_id(scope.tenant().id).await?.ok_or(Error::NotFound)?;
    let locale = &tenant.locale;
    Ok(Company {
        id: tenant.id,
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        plan: tenant.plan.clone(),
        status: tenant.status.to_string(),
        time_zone: locale.zone.iana_name().unwrap_or("UTC").to_owned(),
        currency: locale.currency.code().to_owned(),
        language: locale.language.clone(),
        country: locale.country.clone(),
        brand_hue: tenant.brand.hue,
        letterhead: Letterhead::of(&tenant.letterhead),
        logo: kept.logo_file,
        version: kept.updated_at.as_microsecond(),
    })
}

pub async fn api(access: Access<SettingsRead>) -> Result<One<Company>> {
    read(&access).await.map(One)
}

/// A hundred cents that are in the books would be a hundred of something else.
async fn stays(scope: &Scope) -> Result<()> {
    for kept in &scope.house().modules().amounts {
        if kept(scope.clone()).await? {
            let now = scope.tenant().locale.currency;
            let says = format!(
                "Jobs, estimates or invoices are written in {} already, so that stays the currency.",
                now.code()
            );
            return Err(Error::field("/currency", "settled", says));
        }
    }
    Ok(())
}

pub(super) async fn change(scope: &Scope, version: i64, change: Change) -> Result<Company> {
    if let Some(currency) = &change.currency
        && currency != scope.tenant().locale.currency.code()
    {
        stays(scope).await?;
    }
    let stale = || Error::Stale(Some(version));
    let seen = Timestamp::from_microsecond(version).map_err(|_| stale())?;
    let given = [
        ("time_zone", change.time_zone.map(Into::into)),
        ("currency", change.currency.map(Into::into)),
        ("language", change.language.map(Into::into)),
        ("country", change.country.map(Into::into)),
        ("brand_hue", change.brand_hue.map(Into::into)),
        ("street", change.street.map(Into::into)),
        ("city", change.city.map(Into::into)),
        ("region", change.region.map(Into::into)),
        ("postal_code", change.postal_code.map(Into::into)),
        ("phone", change.phone.map(Into::into)),
        ("email", change.email.map(Into::into)),
        ("tax_number", change.tax_number.map(Into::into)),
    ];
    let settings: serde_json::Map<String, serde_json::Value> =
        given.into_iter().filter_map(|(key, value)| value.map(|value| (key.to_owned(), value))).collect();
    let columns = [("name", change.name.is_some()), ("website", change.website.is_some())];
    let columns = columns.into_iter().filter(|(_, given)| *given).map(|(name, _)| name.to_owned());
    let what: Vec<String> = columns.chain(settings.keys().cloned()).collect();
    let tenant = scope.tenant().id;
    let change = update(tenant, seen, change.name, change.website, settings.into(), scope.now());
    if scope.house().control().run(change).await? == 0 {
        return Err(stale());
    }
    scope.house().tenants().forget();
    scope.write(SettingsChanged { tenant, what }, ()).await?;
    read(scope).await
}

pub async fn change_api(
    access: Access<SettingsWrite>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Company>> {
    change(&access, version.required()?, input).await.map(One)
}
