//! What the company is called and how it writes money, dates and times.
use jiff::{Timestamp, tz::TimeZone};
use kernel::{
    Access, Checks, Currency, Error, Input, Result, Scope,
    http::{Either, Form, IfMatch, Json, One, Page, Redirect, Versioned},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    SettingsRead, SettingsWrite,
    shell::{self, Frame},
};

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
    fn update(id: Uuid, seen: Timestamp, name: Option<String>, settings: serde_json::Value, at: Timestamp) -> u64 = "
        update ctl.tenant set name = coalesce($3, name), company_name = coalesce($3, company_name), settings = settings || $4, updated_at = $5
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
            "A currency is three capital letters, such as USD.",
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

async fn read(scope: &Scope) -> Result<Company> {
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
        logo: kept.logo_file,
        version: kept.updated_at.as_microsecond(),
    })
}

pub async fn api(access: Access<SettingsRead>) -> Result<One<Company>> {
    read(&access).await.map(One)
}

async fn change(scope: &Scope, version: i64, change: Change) -> Result<Company> {
    let stale = || Error::Stale(Some(version));
    let seen = Timestamp::from_microsecond(version).map_err(|_| stale())?;
    let given = [
        ("time_zone", change.time_zone.map(Into::into)),
        ("currency", change.currency.map(Into::into)),
        ("language", change.language.map(Into::into)),
        ("country", change.country.map(Into::into)),
        ("brand_hue", change.brand_hue.map(Into::into)),
    ];
    let settings: serde_json::Map<String, serde_json::Value> =
        given.into_iter().filter_map(|(key, value)| value.map(|value| (key.to_owned(), value))).collect();
    let named = change.name.is_some().then(|| "name".to_owned());
    let what: Vec<String> = named.into_iter().chain(settings.keys().cloned()).collect();
    let tenant = scope.tenant().id;
    if scope.house().control().run(update(tenant, seen, change.name, settings.into(), scope.now())).await? == 0 {
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

pub async fn page(access: Access<SettingsRead>) -> Result<Page> {
    let company = read(&access).await?;
    let filled = ui::Filled::of([
        ("name", company.name.clone()),
        ("time_zone", company.time_zone.clone()),
        ("currency", company.currency.clone()),
        ("language", company.language.clone()),
        ("country", company.country.clone()),
        ("brand_hue", nearest(company.brand_hue).to_string()),
    ]);
    Ok(draw(&access, &company, &filled))
}

pub async fn post(access: Access<SettingsWrite>, form: Form<Change>) -> Result<Either<Redirect, Page>> {
    let version = form.version();
    let outcome = form.then(async |input: Change| change(&access, version?, input).await).await?;
    Ok(match outcome {
        Ok(_) => Either::Done(Redirect::to("/settings/company").toast("Settings saved.")),
        Err(typed) => {
            let company = read(&access).await?;
            Either::Again(Page { status: 422, ..draw(&access, &company, &shell::filled(typed)) })
        }
    })
}

/// Accents by name; lightness and strength are ours, so that each can be read.
const HUES: [(u16, &str); 10] = [
    (25, "Red"),
    (50, "Orange"),
    (80, "Amber"),
    (130, "Olive"),
    (155, "Green"),
    (185, "Teal"),
    (212, "Sky"),
    (255, "Blue"),
    (295, "Violet"),
    (350, "Pink"),
];

fn nearest(hue: u16) -> u16 {
    let far = |of: u16| of.abs_diff(hue).min(360 - of.abs_diff(hue));
    HUES.iter().map(|(hue, _)| *hue).min_by_key(|of| far(*of)).unwrap_or(hue)
}

const CURRENCIES: [&str; 16] =
    ["USD", "CAD", "EUR", "GBP", "AUD", "NZD", "INR", "MXN", "BRL", "JPY", "SEK", "NOK", "DKK", "PLN", "CHF", "ZAR"];
const LANGUAGES: [(&str, &str); 12] = [
    ("en-US", "English (United States)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-IN", "English (India)"),
    ("en-CA", "English (Canada)"),
    ("en-AU", "English (Australia)"),
    ("de-DE", "Deutsch"),
    ("es-MX", "Español (México)"),
    ("es-ES", "Español (España)"),
    ("fr-FR", "Français"),
    ("it-IT", "Italiano"),
    ("nl-NL", "Nederlands"),
    ("pt-BR", "Português (Brasil)"),
];

/// Every zone there is, the company's own first should it have another name.
pub(crate) fn zones(own: &str) -> Vec<(String, String)> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| name.contains('/') || name == "UTC")
        .collect();
    if !names.iter().any(|name| name == own) {
        names.insert(0, own.to_owned());
    }
    names.into_iter().map(|name| (name.clone(), name.replace('_', " "))).collect()
}

fn draw(scope: &Scope, company: &Company, filled: &ui::Filled) -> Page {
    use ui::{button, field, form};
    let own = |list: &[&str], own: &str| -> Vec<(String, String)> {
        let known = list.contains(&own);
        let all = list.iter().map(|one| (*one).to_owned()).chain((!known).then(|| own.to_owned()));
        all.map(|one| (one.clone(), one)).collect()
    };
    let mut languages: Vec<(String, String)> =
        LANGUAGES.iter().map(|(tag, words)| ((*tag).to_owned(), (*words).to_owned())).collect();
    if !LANGUAGES.iter().any(|(tag, _)| *tag == company.language) {
        languages.push((company.language.clone(), company.language.clone()));
    }
    let hues: Vec<(String, String)> = HUES.iter().map(|(hue, name)| (hue.to_string(), (*name).to_owned())).collect();
    let fields: Markup = html! {
        (field::hidden("version", company.version.to_string()))
        (form::part("Company", "Customers see the name on the booking page, on invoices and in messages.", html! {
            (field::text(filled, "name", "Name").required().most(100))
        }))
        (form::part("Money and time", "New invoices and appointments use these; what is written stays as it was.", html! {
            (field::select(filled, "time_zone", "Time zone", &zones(&company.time_zone)))
            (form::pair(html! {
                (field::select(filled, "currency", "Currency", &own(&CURRENCIES, &company.currency)))
                (field::select(filled, "language", "Language and format", &languages))
            }))
            (field::text(filled, "country", "Country").most(2).hint("Two letters, such as US: decides the order in addresses and the paper size"))
        }))
        (form::part("Colour", "The accent of your screens, booking page and papers.", html! {
            (field::select(filled, "brand_hue", "Accent", &hues))
        }))
        @if scope.can::<SettingsWrite>() { (form::actions(html! { (button("Save settings").primary()) })) }
    };
    let body = html! {
        div.form-narrow {
            p.soft."mb-6" { "Your address is " b { (scope.house().url(Some(&company.slug), "")) } "." }
            (form::form("/settings/company", filled, fields))
            div."mt-8" { (super::logo::part(scope, company.logo)) }
        }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    shell::page(scope, Frame { title: "Company".into(), active: "/settings", crumbs, body, ..Frame::default() })
}
