//! What a process owns: the pools, the clock, who is who, what the modules offer.
use sha2::{Digest, Sha256};
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};
use uuid::Uuid;

use crate::{
    Actor, Clock, Credential, Database, Desk, Error, Principal, Result, Scope, Tenant,
    access::{Authenticator, Came, Once},
    http::limit::Limits,
    live::Hub,
    module::{Finder, Modules, Nav, Panel},
    tenant::Tenants,
};

#[derive(Clone)]
pub struct House(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub database: Database,
    pub control: Desk,
    pub ops: Desk,
    pub clock: Clock,
    pub tenants: Tenants,
    pub authenticator: Arc<dyn Authenticator>,
    pub principals: moka::sync::Cache<(Uuid, [u8; 32]), Arc<Principal>>,
    pub limits: Limits,
    pub address: Address,
    pub hub: Hub,
    pub modules: OnceLock<Modules>,
    /// Workers of this process look at once when something was told here.
    pub nudge: tokio::sync::Notify,
    pub data_dir: std::path::PathBuf,
    pub kept: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// How the world reaches us: `acme.<base domain>[:port]`.
#[derive(Debug, Clone)]
pub struct Address {
    pub base_domain: String,
    pub scheme: String,
    /// Written after the host when it is not the scheme's own.
    pub port: Option<u16>,
}

/// What a house is built from.
pub struct Plan {
    pub database: Database,
    pub control: Desk,
    pub ops: Desk,
    pub clock: Clock,
    pub tenants: Tenants,
    pub authenticator: Arc<dyn Authenticator>,
    pub limits: Limits,
    pub address: Address,
    pub data_dir: std::path::PathBuf,
}

/// How long a process goes on believing in a session, key, token or role that was revoked elsewhere. Five seconds are
/// promised; the rest is for the look itself.
const BELIEF: Duration = Duration::from_secs(4);

impl House {
    pub fn new(plan: Plan, modules: Modules) -> Self {
        let house = Self(Arc::new(Inner {
            database: plan.database,
            control: plan.control,
            ops: plan.ops,
            clock: plan.clock,
            tenants: plan.tenants,
            authenticator: plan.authenticator,
            principals: moka::sync::Cache::builder().max_capacity(100_000).time_to_live(BELIEF).build(),
            limits: plan.limits,
            address: plan.address,
            hub: Hub::default(),
            modules: OnceLock::new(),
            nudge: tokio::sync::Notify::new(),
            data_dir: plan.data_dir,
            kept: Mutex::default(),
        }));
        let _ = house.0.modules.set(modules);
        house
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }
    pub fn control(&self) -> &Desk {
        &self.0.control
    }
    pub fn ops(&self) -> &Desk {
        &self.0.ops
    }
    pub fn database(&self) -> &Database {
        &self.0.database
    }
    pub fn tenants(&self) -> &Tenants {
        &self.0.tenants
    }
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }
    pub fn data_dir(&self) -> &std::path::Path {
        &self.0.data_dir
    }
    #[allow(clippy::expect_used)]
    pub fn modules(&self) -> &Modules {
        self.0.modules.get().expect("set when the house is built")
    }
    pub fn nav(&self) -> impl Iterator<Item = &Nav> {
        self.modules().nav.iter()
    }
    pub fn panels(&self, slot: &str) -> impl Iterator<Item = &Panel> {
        self.modules().panels.iter().filter(move |panel| panel.slot == slot)
    }
    pub fn actions(&self) -> impl Iterator<Item = &crate::module::Action> {
        self.modules().actions.iter()
    }
    pub fn finders(&self) -> impl Iterator<Item = &Finder> {
        self.modules().finders.iter()
    }

    pub(crate) fn authenticator(&self) -> &Arc<dyn Authenticator> {
        &self.0.authenticator
    }

    /// The address of a company's pages, or of sign-up when there is no slug.
    pub fn url(&self, slug: Option<&str>, path: &str) -> String {
        let base_domain = self.base_domain();
        let host = slug.map(|slug| format!("{slug}.{base_domain}")).unwrap_or(base_domain.to_owned());
        format!("{}{path}", self.origin(&host))
    }
    /// The origin of pages at that host, as a browser names it.
    pub fn origin(&self, host: &str) -> String {
        let Address { scheme, port, .. } = &self.0.address;
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{host}{port}")
    }
    /// A tool that a layer above puts in at the start and its handlers take out again: one of each type.
    pub fn keep<T: Any + Send + Sync>(&self, tool: T) {
        self.0.kept.lock().unwrap_or_else(|e| e.into_inner()).insert(TypeId::of::<T>(), Arc::new(tool));
    }
    pub fn kept<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let kept = self.0.kept.lock().unwrap_or_else(|e| e.into_inner()).get(&TypeId::of::<T>()).cloned();
        kept.and_then(|tool| tool.downcast().ok())
    }
    pub fn base_domain(&self) -> &str {
        &self.0.address.base_domain
    }

    /// Who this is in this tenant; remembered for a few seconds, so a simple request stays one round trip.
    pub(crate) async fn principal(
        &self,
        tenant: &Arc<Tenant>,
        credential: &Credential,
    ) -> Result<Option<Arc<Principal>>> {
        let key = (tenant.id, Sha256::digest(credential.secret().as_bytes()).into());
        if let Some(principal) = self.0.principals.get(&key) {
            return Ok(Some(principal).filter(|p| p.expires.is_none_or(|at| at > self.0.clock.now())));
        }
        let scope = self.scope(tenant.clone(), Arc::new(Actor::System("sign-in".into())), Uuid::now_v7());
        let mut found = self.0.authenticator.principal(scope.clone(), credential).await?;
        if let Some(principal) = &mut found {
            principal.unshown = self.unshown(&scope, principal).await;
        }
        let found = found.map(Arc::new);
        if let Some(principal) = &found {
            self.0.principals.insert(key, principal.clone());
        }
        Ok(found)
    }

    /// Programs see no navigation. What could not be found out is shown: too much is better than a way that is gone.
    async fn unshown(&self, scope: &Scope, principal: &Principal) -> Vec<&'static str> {
        let mut unshown = vec![];
        let Actor::User { id, .. } = &principal.actor else { return unshown };
        for nav in self.nav().filter(|nav| principal.granted.has(nav.permission)) {
            let Some(whose) = nav.whose else { continue };
            match whose(scope.clone(), *id).await {
                Ok(true) => {}
                Ok(false) => unshown.push(nav.href),
                Err(error) => tracing::warn!(nav = nav.href, %error, "whose this entry is could not be asked"),
            }
        }
        unshown
    }

    /// Roles, sessions or keys have changed here: believe nobody without looking.
    pub fn forget_principals(&self) {
        self.0.principals.invalidate_all();
    }

    pub(crate) fn scope(&self, tenant: Arc<Tenant>, actor: Arc<Actor>, request: Uuid) -> Scope {
        Scope::new(self.clone(), tenant, actor, None, request, Arc::default())
    }

    /// The house itself at work in one tenant: for jobs and subscribers, and for sign-up, which hands a new company over.
    pub async fn errand(&self, tenant: Uuid, who: &str) -> Result<Scope> {
        let tenant = self.0.tenants.by_id(tenant).await?.ok_or(Error::NotFound)?;
        Ok(self.scope(tenant, Arc::new(Actor::System(who.into())), Uuid::now_v7()))
    }

    /// One of those who run the house, at work for one tenant from the outside: what they do there is written down under
    /// their name, with from where they `came`.
    pub async fn errand_of(&self, tenant: Uuid, operator: Uuid, name: &str, came: Option<Came>) -> Result<Scope> {
        let tenant = self.0.tenants.by_id(tenant).await?.ok_or(Error::NotFound)?;
        let actor = Actor::Operator { id: operator, name: name.to_owned() };
        let once = Once::default();
        if let Some(came) = came {
            let _ = once.came.set(Came { via: "visit", ..came });
        }
        Ok(Scope::new(self.clone(), tenant, Arc::new(actor), None, Uuid::now_v7(), Arc::new(once)))
    }

    pub(crate) fn told(&self) {
        self.0.nudge.notify_one();
        self.0.hub.hint();
    }
}
