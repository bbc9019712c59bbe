//! A company as the kernel knows it: who it is, where its rows lie, how it writes money and time. Kept in memory.
use futures_util::future::BoxFuture;
use jiff::{civil, tz::TimeZone};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use uuid::Uuid;

use crate::{Currency, Result, tx::Placement};

crate::text_enum! {
    pub enum Status {
        Provisioning = "provisioning": "Being set up",
        Trial = "trial": "Trial",
        Active = "active": "Active",
        Suspended = "suspended": "Suspended",
        Cancelled = "cancelled": "Cancelled",
        Deleted = "deleted": "Deleted",
    }
}

#[derive(Debug, Clone)]
pub struct Tenant {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub plan: String,
    pub status: Status,
    pub placement: Placement,
    pub locale: Locale,
    pub brand: Brand,
    pub letterhead: Letterhead,
}

/// How a company writes money, dates and times.
#[derive(Debug, Clone)]
pub struct Locale {
    pub language: String,
    /// ISO 3166, two letters; decides the order in addresses and the paper size.
    pub country: String,
    pub currency: Currency,
    pub zone: TimeZone,
    /// First day of a week on the screens.
    pub week_starts: civil::Weekday,
    pub hour_12: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Brand {
    /// OKLCH hue of the accent, 0–359; lightness and chroma are ours, so contrast holds.
    pub hue: u16,
    /// The file that holds the logo.
    pub logo: Option<Uuid>,
}

/// Where the company is and how it is reached, as its papers say it. What was not given is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Letterhead {
    pub street: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub phone: String,
    pub email: String,
    /// With its scheme: `https://acme-hvac.com`.
    pub website: String,
    pub tax_number: String,
}

impl Default for Locale {
    fn default() -> Self {
        Self {
            language: "en-US".into(),
            country: "US".into(),
            currency: Currency::USD,
            zone: TimeZone::UTC,
            week_starts: civil::Weekday::Sunday,
            hour_12: true,
        }
    }
}

/// Where tenants are looked up when memory has none.
pub trait Registry: Send + Sync + 'static {
    /// By slug under the base domain.
    fn by_slug<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<Tenant>>>;
    /// By a domain of the company's own.
    fn by_host<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Option<Tenant>>>;
    fn by_id(&self, id: Uuid) -> BoxFuture<'_, Result<Option<Tenant>>>;
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Slug(String),
    Host(String),
    Id(Uuid),
}

/// Memory in front of the registry. Answers of "nobody" are kept too, for a shorter time, so that a flood of made-up
/// hosts costs nothing.
#[derive(Clone)]
pub struct Tenants {
    registry: Arc<dyn Registry>,
    known: moka::sync::Cache<Key, Arc<Tenant>>,
    nobody: moka::sync::Cache<Key, ()>,
    /// How often all was forgotten.
    forgotten: Arc<AtomicU64>,
}

impl Tenants {
    pub fn new(registry: Arc<dyn Registry>) -> Self {
        Self {
            registry,
            known: moka::sync::Cache::builder().max_capacity(200_000).time_to_live(Duration::from_secs(60)).build(),
            nobody: moka::sync::Cache::builder().max_capacity(50_000).time_to_live(Duration::from_secs(5)).build(),
            forgotten: Arc::default(),
        }
    }
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Arc<Tenant>>> {
        self.find(Key::Slug(slug.into())).await
    }
    pub async fn by_host(&self, host: &str) -> Result<Option<Arc<Tenant>>> {
        self.find(Key::Host(host.into())).await
    }
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<Tenant>>> {
        self.find(Key::Id(id)).await
    }

    async fn find(&self, key: Key) -> Result<Option<Arc<Tenant>>> {
        if let Some(tenant) = self.known.get(&key) {
            return Ok(Some(tenant));
        }
        if self.nobody.contains_key(&key) {
            return Ok(None);
        }
        let before = self.forgotten.load(SeqCst);
        let found = match &key {
            Key::Slug(slug) => self.registry.by_slug(slug).await?,
            Key::Host(host) => self.registry.by_host(host).await?,
            Key::Id(id) => self.registry.by_id(*id).await?,
        };
        let found = found.map(Arc::new);
        match &found {
            Some(tenant) => self.known.insert(key.clone(), tenant.clone()),
            None => self.nobody.insert(key.clone(), ()),
        }
        // All was forgotten while this was looked up: what was read may be from before, and is not kept.
        if self.forgotten.load(SeqCst) != before {
            self.known.invalidate(&key);
            self.nobody.invalidate(&key);
        }
        Ok(found)
    }

    /// The registry has changed: look again. Called on this process's own changes and on the notice of another's.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, SeqCst);
        self.known.invalidate_all();
        self.nobody.invalidate_all();
    }
}
