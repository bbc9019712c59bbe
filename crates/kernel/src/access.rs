//! Who asks, for which company, with which right: the first argument of every handler, and the only door to a transaction.
use axum::{extract::FromRequestParts, http::request::Parts};
use futures_util::future::BoxFuture;
use jiff::{Timestamp, Zoned};
use std::{
    future::Future,
    marker::PhantomData,
    ops::Deref,
    sync::{Arc, OnceLock},
};
use uuid::Uuid;

use crate::{
    Asker, Batch, Error, Event, House, Inserts, Permission, Result, Tenant, TenantTx, Within,
    permission::{self, Granted},
    tx::{Errand, Mode, Sent},
};

/// Who did it, as the auditor writes it down.
#[derive(Debug, Clone, PartialEq)]
pub enum Actor {
    User {
        id: Uuid,
        name: String,
    },
    Key {
        id: Uuid,
        name: String,
    },
    /// An account of a program, which owns keys.
    Service {
        id: Uuid,
        name: String,
    },
    /// One of those who run the house, looking into a company: nobody of its own.
    Operator {
        id: Uuid,
        name: String,
    },
    /// Somebody without an account: the booking page, a signed link.
    Visitor,
    /// A job or subscriber, by its name.
    System(String),
}

impl Actor {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Key { .. } => "key",
            Self::Service { .. } => "service",
            Self::Operator { .. } => "operator",
            Self::Visitor => "visitor",
            Self::System(_) => "system",
        }
    }
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } | Self::Key { id, .. } | Self::Service { id, .. } | Self::Operator { id, .. } => {
                Some(*id)
            }
            _ => None,
        }
    }
    pub fn user(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } => Some(*id),
            _ => None,
        }
    }
    pub fn name(&self) -> &str {
        match self {
            Self::User { name, .. }
            | Self::Key { name, .. }
            | Self::Service { name, .. }
            | Self::Operator { name, .. } => name,
            Self::Visitor => "Visitor",
            Self::System(name) => name,
        }
    }
}

/// What came with the request to prove who asks.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    Session(String),
    Token(String),
    ApiKey(String),
    /// The cookie of an operator's visit.
    Visit(String),
}

impl Credential {
    pub fn secret(&self) -> &str {
        match self {
            Self::Session(secret) | Self::Token(secret) | Self::ApiKey(secret) | Self::Visit(secret) => secret,
        }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Session(_) => "Session(…)",
            Self::Token(_) => "Token(…)",
            Self::ApiKey(_) => "ApiKey(…)",
            Self::Visit(_) => "Visit(…)",
        })
    }
}

/// Somebody who was recognised: in one tenant, with these rights.
#[derive(Debug, Clone)]
pub struct Principal {
    pub tenant: Uuid,
    pub actor: Actor,
    pub email: String,
    pub roles: Vec<String>,
    pub granted: Granted,
    /// Whose rows they reach, if not everybody's.
    pub within: Option<Arc<Within>>,
    /// The session (or family of tokens) behind it, so that it can be ended.
    pub session: Option<Uuid>,
    /// The API key that was shown.
    pub key: Option<Uuid>,
    pub expires: Option<Timestamp>,
    /// Paths of the navigation that they may open and have no use for; the house fills it in.
    pub unshown: Vec<&'static str>,
}

impl Principal {
    /// An operator who may read and nothing else: whatever route they find, nothing is changed in their name.
    pub fn only_looks(&self) -> bool {
        matches!(self.actor, Actor::Operator { .. }) && !self.granted.names().any(permission::changes)
    }
}

/// Recognises credentials. Implemented by tenancy; the scope it is given is that of the house itself.
pub trait Authenticator: Send + Sync + 'static {
    /// The tenant that the credential names by itself (keys and tokens do, sessions do not).
    fn tenant_of<'a>(&'a self, credential: &'a Credential) -> BoxFuture<'a, Result<Option<Uuid>>>;
    fn principal<'a>(&'a self, scope: Scope, credential: &'a Credential) -> BoxFuture<'a, Result<Option<Principal>>>;
    /// Whoever asked for work that is done now, with what they may today; nobody when they may nothing any more.
    fn again<'a>(&'a self, _scope: Scope, _asker: &'a Asker) -> BoxFuture<'a, Result<Option<Principal>>> {
        Box::pin(async { Ok(None) })
    }
    /// A good credential was shown at another tenant's address, `host`. The scope is that of whom it belongs to, in their
    /// own tenant: it is written down there.
    fn crossed(&self, _scope: Scope, _host: String) -> BoxFuture<'static, Result<()>> {
        Box::pin(async { Ok(()) })
    }
    /// An operator was answered on a visit: which route, and its path with the ids in it. Written down before they see it.
    fn looked(&self, _scope: Scope, _visit: Uuid, _route: String, _path: String) -> BoxFuture<'static, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// What the outermost layer found out about a request, once.
#[derive(Debug)]
pub struct Seen {
    pub request: Uuid,
    pub tenant: Option<Arc<Tenant>>,
    pub principal: Option<Arc<Principal>>,
    pub peer: String,
    pub method: axum::http::Method,
    pub path: String,
    pub once: Arc<Once>,
}

/// The idempotency key of a request and the fingerprint of its body, as far as they are known.
#[derive(Debug, Default)]
pub struct Once {
    pub key: OnceLock<String>,
    pub fingerprint: OnceLock<String>,
    pub route: OnceLock<String>,
    /// The `Cookie` lines as they came, for what is no credential: the theme, the draft of a sign-up.
    pub cookies: OnceLock<String>,
    /// Through what and from where they came, for the auditor. Nothing for the house's own work.
    pub came: OnceLock<Came>,
    /// The company's address that was asked; none where a key or token alone named the company.
    pub host: OnceLock<String>,
}

/// Through what somebody came, and from where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Came {
    /// `session`, `key`, `token`, `visit` (of one of those who run the house) or `public`; the house's own work comes
    /// through `job`.
    pub via: &'static str,
    pub session: Option<Uuid>,
    pub address: String,
    /// What their browser or program calls itself, cut to 400 letters.
    pub agent: String,
}

impl Once {
    fn cookie(&self, name: &str) -> Option<String> {
        let pairs = self.cookies.get()?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(n, _)| *n == name).map(|(_, value)| value.to_owned())
    }
}

/// One tenant, one actor, one request. Only the kernel makes one; whoever holds one may open transactions.
#[derive(Clone)]
pub struct Scope(Arc<Held>);

struct Held {
    house: House,
    tenant: Arc<Tenant>,
    actor: Arc<Actor>,
    principal: Option<Arc<Principal>>,
    within: Option<Arc<Within>>,
    request: Uuid,
    now: Timestamp,
    once: Arc<Once>,
}

impl Scope {
    pub(crate) fn new(
        house: House,
        tenant: Arc<Tenant>,
        actor: Arc<Actor>,
        principal: Option<Arc<Principal>>,
        request: Uuid,
        once: Arc<Once>,
    ) -> Self {
        let now = house.clock().now();
        Self(Arc::new(Held { house, tenant, actor, principal, within: None, request, now, once }))
    }

    /// Holds whatever is asked through this scope to what its principal reaches. Public pages and the house itself are not
    /// held: what a visitor is shown is nobody's.
    pub(crate) fn held(self) -> Self {
        let Some(within) = self.0.principal.as_ref().and_then(|principal| principal.within.clone()) else {
            return self;
        };
        let Held { house, tenant, actor, principal, request, now, once, .. } = &*self.0;
        Self(Arc::new(Held {
            house: house.clone(),
            tenant: tenant.clone(),
            actor: actor.clone(),
            principal: principal.clone(),
            within: Some(within),
            request: *request,
            now: *now,
            once: once.clone(),
        }))
    }
    /// What whoever asks reaches; `None`: everybody's rows.
    pub fn within(&self) -> Option<&Arc<Within>> {
        self.0.within.as_ref()
    }

    pub fn house(&self) -> &House {
        &self.0.house
    }
    pub fn tenant(&self) -> &Arc<Tenant> {
        &self.0.tenant
    }
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }
    /// None for visitors and for the house itself.
    pub fn principal(&self) -> Option<&Arc<Principal>> {
        self.0.principal.as_ref()
    }
    pub fn user(&self) -> Option<Uuid> {
        self.0.actor.user()
    }
    pub fn request(&self) -> Uuid {
        self.0.request
    }
    /// The time of the request, to the microsecond.
    pub fn now(&self) -> Timestamp {
        self.0.now
    }
    /// The same on the tenant's clock.
    pub fn local_now(&self) -> Zoned {
        self.0.now.to_zoned(self.0.tenant.locale.zone.clone())
    }
    /// A cookie of the request behind this scope.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.0.once.cookie(name)
    }
    /// From where the request behind it came.
    pub fn came(&self) -> Option<Came> {
        self.0.once.came.get().cloned()
    }
    /// What the browser or program behind the request says it is.
    pub fn agent(&self) -> &str {
        self.0.once.came.get().map_or("", |came| &came.agent)
    }
    /// The company's address: the one that was asked, or its own under the base domain.
    pub fn host(&self) -> String {
        let own = || format!("{}.{}", self.0.tenant.slug, self.0.house.base_domain());
        self.0.once.host.get().cloned().unwrap_or_else(own)
    }
    /// Whether the request carries a cookie whose name begins so.
    pub fn has_cookie_like(&self, beginning: &str) -> bool {
        let cookies = self.0.once.cookies.get().map_or("", String::as_str);
        cookies.split(';').any(|pair| pair.trim().starts_with(beginning))
    }
    pub(crate) fn once_state(&self) -> &Once {
        &self.0.once
    }
    /// For what a page shows or hides; what a handler may do is in its type.
    pub fn can<P: Permission>(&self) -> bool {
        self.may(P::NAME)
    }
    /// The navigation of this person.
    pub fn nav(&self) -> impl Iterator<Item = &crate::module::Nav> {
        let unshown = |href| self.0.principal.as_ref().is_some_and(|p| p.unshown.contains(&href));
        self.house().nav().filter(move |nav| self.may(nav.permission) && !unshown(nav.href))
    }
    pub fn may(&self, permission: &str) -> bool {
        self.0.principal.as_ref().is_some_and(|p| p.granted.has(permission))
    }

    /// Statements whose inputs are known. One round trip.
    pub async fn read<B: Batch>(&self, batch: B) -> Result<B::Output> {
        let mut tx = self.begin(Mode::Read).await?;
        let outcome = tx.run_and_commit(batch).await;
        tx.end(outcome).await
    }

    /// Something new, and the event that tells of it. One round trip. It takes inserts alone: an update that finds
    /// no row is no error to PostgreSQL, and its event would already be committed when the answer arrives.
    pub async fn write(&self, event: impl Event, inserts: impl Inserts) -> Result<()> {
        let mut tx = self.begin(Mode::Write).await?;
        tx.tell(&event);
        let outcome = tx.run_and_commit(inserts).await.map(drop);
        self.finish(tx, outcome).await
    }

    /// Reads that depend on each other. One round trip for each `run`, the first carries begin and bind, and one for the end.
    pub fn read_with<T: Send>(
        &self,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T> + Send,
    ) -> impl Future<Output = Result<T>> + Send {
        Sent::of(self.with(Mode::Read, work))
    }

    /// Read, decide, write. What the handler queues or tells leaves together with COMMIT.
    pub fn write_with<T: Send>(
        &self,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T> + Send,
    ) -> impl Future<Output = Result<T>> + Send {
        Sent::of(self.with(Mode::Write, work))
    }

    /// The same, begun again (up to four times) after a deadlock, a serialisation failure or a lock time-out.
    pub fn retrying<T: Send>(
        &self,
        work: impl AsyncFn(&mut TenantTx) -> Result<T> + Send + Sync,
    ) -> impl Future<Output = Result<T>> + Send {
        Sent::of(self.again_and_again(work))
    }

    async fn again_and_again<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        let mut pause = 5;
        loop {
            match self.with(Mode::Write, async |tx: &mut TenantTx| work(tx).await).await {
                Err(error) if error.is_passing() && pause < 100 => {
                    tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
                    pause *= 3;
                }
                outcome => return outcome,
            }
        }
    }

    async fn with<T>(&self, mode: Mode, work: impl AsyncFnOnce(&mut TenantTx) -> Result<T>) -> Result<T> {
        let mut tx = self.begin(mode).await?;
        let outcome = match work(&mut tx).await {
            Ok(done) => tx.run_and_commit(()).await.map(|()| done),
            Err(error) => Err(error),
        };
        self.finish(tx, outcome).await
    }

    async fn finish<T>(&self, tx: TenantTx, outcome: Result<T>) -> Result<T> {
        let told = tx.told();
        let outcome = tx.end(outcome).await;
        if told && outcome.is_ok() {
            self.0.house.told();
        }
        outcome
    }

    async fn begin(&self, mode: Mode) -> Result<TenantTx> {
        // The last of the walls around a visit: PostgreSQL itself takes no change.
        let only_looks = self.0.principal.as_ref().is_some_and(|principal| principal.only_looks());
        let mode = if only_looks { Mode::Read } else { mode };
        TenantTx::of_tenant(
            self.0.house.database(),
            &self.0.tenant,
            Errand {
                tenant: self.0.tenant.clone(),
                actor: self.0.actor.clone(),
                within: self.0.within.clone(),
                request: self.0.request,
                now: self.0.now,
                once: self.0.once.clone(),
            },
            mode,
        )
        .await
    }
}

/// Proof that this principal may do `P` in this tenant.
pub struct Access<P> {
    scope: Scope,
    proof: PhantomData<fn() -> P>,
}

impl<P> Deref for Access<P> {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl<P: Permission> FromRequestParts<House> for Access<P> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self> {
        let seen = seen(parts)?;
        let principal = seen.principal.clone().ok_or(Error::Unauthenticated)?;
        let tenant = seen.tenant.clone().ok_or(Error::Unauthenticated)?;
        if principal.tenant != tenant.id {
            return Err(Error::WrongTenant);
        }
        if !principal.granted.has(P::NAME) {
            return Err(Error::Forbidden(P::NAME));
        }
        let actor = Arc::new(principal.actor.clone());
        let scope = Scope::new(house.clone(), tenant, actor, Some(principal), seen.request, seen.once.clone()).held();
        Ok(Self { scope, proof: PhantomData })
    }
}

/// Anybody at a company's address: sign-in, booking page. The routes that take one are on a short golden list.
pub struct Visitor {
    scope: Scope,
    pub peer: String,
}

impl Deref for Visitor {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl FromRequestParts<House> for Visitor {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self> {
        let seen = seen(parts)?;
        let tenant = seen.tenant.clone().ok_or(Error::NotFound)?;
        // Signed in or not: a person of this company keeps their name on public pages too.
        let principal = seen.principal.clone().filter(|p| p.tenant == tenant.id);
        let actor = principal.as_ref().map(|p| p.actor.clone()).unwrap_or(Actor::Visitor);
        let scope = Scope::new(house.clone(), tenant, Arc::new(actor), principal, seen.request, seen.once.clone());
        Ok(Self { scope, peer: seen.peer.clone() })
    }
}

/// Anybody at no company's address: sign-up, health, documents. It opens no tenant's rows.
pub struct Outside {
    pub house: House,
    pub tenant: Option<Arc<Tenant>>,
    pub peer: String,
    pub request: Uuid,
    once: Arc<Once>,
}

impl Outside {
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.once.cookie(name)
    }
    /// What the browser says it is.
    pub fn agent(&self) -> &str {
        self.once.came.get().map_or("", |came| &came.agent)
    }
    /// From where they came, for what is written down in a company.
    pub fn came(&self) -> Option<Came> {
        self.once.came.get().cloned()
    }
}

impl FromRequestParts<House> for Outside {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self> {
        let seen = seen(parts)?;
        Ok(Self {
            house: house.clone(),
            tenant: seen.tenant.clone(),
            peer: seen.peer.clone(),
            request: seen.request,
            once: seen.once.clone(),
        })
    }
}

fn seen(parts: &Parts) -> Result<Arc<Seen>> {
    parts
        .extensions
        .get::<Arc<Seen>>()
        .cloned()
        .ok_or_else(|| Error::Bug("a request came past the layer that recognises it".into()))
}
