//! What a context offers the house: routes, navigation, panels, finders, jobs, subscribers. Read it like a menu.
use axum::{
    Router,
    handler::Handler,
    http::Method,
    response::IntoResponse,
    routing::{MethodFilter, MethodRouter, any},
};
use futures_util::future::BoxFuture;
use maud::Markup;
use std::{collections::BTreeSet, future::Future, sync::Arc};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    Access, Error, Event, House, Outside, Permission, Result, Scope, Visitor,
    job::{CRON, CronEntry, Duty, Job, JobEntry, SUBSCRIBER, SubscriberEntry},
    openapi::{Describe, Operation},
};

/// One line of the route table.
#[derive(Clone)]
pub struct Route {
    pub module: &'static str,
    pub method: Method,
    pub path: &'static str,
    /// The permission, or who else may come: "visitor" (anybody at a company's address), "outside" (anybody anywhere),
    /// "operator" (those who run the house).
    pub gate: Gate,
    pub summary: &'static str,
    pub describe: fn(&mut Operation),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    Permission(&'static str),
    Visitor,
    Outside,
    /// Those who run the house, signed in at the base domain.
    Operator,
}

/// An entry of the navigation; shown to those who hold the permission.
#[derive(Debug, Clone)]
pub struct Nav {
    pub label: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub permission: &'static str,
    /// Smaller is higher.
    pub order: u16,
    /// Second key of the shortcut `g _`.
    pub key: char,
    pub whose: Option<Whose>,
}

/// Whether an entry of the navigation is for this user; asked when they are recognised, beyond the permission, since an
/// owner may everything and has no use for some of it.
pub type Whose = fn(Scope, Uuid) -> BoxFuture<'static, Result<bool>>;

/// Whether amounts are written down that would be false in another currency.
pub type Kept = fn(Scope) -> BoxFuture<'static, Result<bool>>;

/// A part of a page that several contexts make together, such as the rail of a customer or the dashboard.
pub struct Panel {
    pub slot: &'static str,
    pub order: u16,
    pub permission: &'static str,
    pub draw: fn(Scope, Uuid) -> BoxFuture<'static, Result<Markup>>,
}

impl Panel {
    /// No permission has this name, so that nobody holds it.
    pub const OF_GUESTS: &'static str = "";
}

/// Finds things for the command palette.
pub struct Finder {
    pub title: &'static str,
    pub permission: &'static str,
    pub find: fn(Scope, String) -> BoxFuture<'static, Result<Vec<Found>>>,
}
#[derive(Debug, Clone, serde::Serialize)]
pub struct Found {
    pub label: String,
    pub hint: String,
    pub href: String,
    pub icon: &'static str,
}
/// A fixed action of the palette and the "New" menu.
#[derive(Debug, Clone)]
pub struct Action {
    pub label: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub permission: &'static str,
    /// Offered in the "New" menu too.
    pub new: bool,
}

pub struct Module {
    pub name: &'static str,
    pub routes: Vec<Route>,
    pub nav: Vec<Nav>,
    pub panels: Vec<Panel>,
    pub finders: Vec<Finder>,
    pub actions: Vec<Action>,
    pub jobs: Vec<JobEntry>,
    pub subscribers: Vec<SubscriberEntry>,
    pub crons: Vec<CronEntry>,
    pub duties: Vec<Duty>,
    pub amounts: Vec<Kept>,
    router: Router<House>,
    large: Router<House>,
    everywhere: Router<House>,
}

impl Module {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            routes: vec![],
            nav: vec![],
            panels: vec![],
            finders: vec![],
            actions: vec![],
            jobs: vec![],
            subscribers: vec![],
            crons: vec![],
            duties: vec![],
            amounts: vec![],
            router: Router::new(),
            large: Router::new(),
            everywhere: Router::new(),
        }
    }

    /// The permission is read off the handler's first argument; a handler that opens with none does not compile here.
    pub fn route<A: 'static, H: Endpoint<A>>(
        mut self,
        method: Method,
        path: &'static str,
        handler: H,
        summary: &'static str,
    ) -> Self {
        #[allow(clippy::expect_used)]
        let filter = MethodFilter::try_from(method.clone()).expect("a plain method");
        self.router = self.router.route(path, handler.on(filter));
        self.routes.push(Route { module: self.name, method, path, gate: H::gate(), summary, describe: H::describe });
        self
    }
    pub fn get<A: 'static, H: Endpoint<A>>(self, path: &'static str, handler: H, summary: &'static str) -> Self {
        self.route(Method::GET, path, handler, summary)
    }
    pub fn post<A: 'static, H: Endpoint<A>>(self, path: &'static str, handler: H, summary: &'static str) -> Self {
        self.route(Method::POST, path, handler, summary)
    }
    /// A POST that takes a file far larger than any other body, and as long as a slow line needs: see `http::Spooled`.
    pub fn post_large<A: 'static, H: Endpoint<A>>(
        mut self,
        path: &'static str,
        handler: H,
        summary: &'static str,
    ) -> Self {
        self.large = self.large.route(path, handler.on(MethodFilter::POST));
        let (module, method) = (self.name, Method::POST);
        self.routes.push(Route { module, method, path, gate: H::gate(), summary, describe: H::describe });
        self
    }
    pub fn patch<A: 'static, H: Endpoint<A>>(self, path: &'static str, handler: H, summary: &'static str) -> Self {
        self.route(Method::PATCH, path, handler, summary)
    }
    pub fn put<A: 'static, H: Endpoint<A>>(self, path: &'static str, handler: H, summary: &'static str) -> Self {
        self.route(Method::PUT, path, handler, summary)
    }
    pub fn delete<A: 'static, H: Endpoint<A>>(self, path: &'static str, handler: H, summary: &'static str) -> Self {
        self.route(Method::DELETE, path, handler, summary)
    }

    pub fn nav<P: Permission>(
        mut self,
        order: u16,
        label: &'static str,
        href: &'static str,
        icon: &'static str,
        key: char,
    ) -> Self {
        self.nav.push(Nav { label, href, icon, permission: P::NAME, order, key, whose: None });
        self
    }
    /// The entry above, for those alone of whom `whose` says so.
    pub fn only_for(mut self, whose: Whose) -> Self {
        if let Some(nav) = self.nav.last_mut() {
            nav.whose = Some(whose);
        }
        self
    }
    pub fn panel<P: Permission>(
        mut self,
        slot: &'static str,
        order: u16,
        draw: fn(Scope, Uuid) -> BoxFuture<'static, Result<Markup>>,
    ) -> Self {
        self.panels.push(Panel { slot, order, permission: P::NAME, draw });
        self
    }
    /// For whoever is no user of the company and is shown a page all the same, such as a customer in the portal: the page has seen
    /// to it that the record is theirs. Nobody of the office sees it.
    pub fn guest_panel(
        mut self,
        slot: &'static str,
        order: u16,
        draw: fn(Scope, Uuid) -> BoxFuture<'static, Result<Markup>>,
    ) -> Self {
        self.panels.push(Panel { slot, order, permission: Panel::OF_GUESTS, draw });
        self
    }
    pub fn finder<P: Permission>(
        mut self,
        title: &'static str,
        find: fn(Scope, String) -> BoxFuture<'static, Result<Vec<Found>>>,
    ) -> Self {
        self.finders.push(Finder { title, permission: P::NAME, find });
        self
    }
    pub fn action<P: Permission>(
        mut self,
        label: &'static str,
        href: &'static str,
        icon: &'static str,
        new: bool,
    ) -> Self {
        self.actions.push(Action { label, href, icon, permission: P::NAME, new });
        self
    }
    pub fn job<J: Job>(mut self) -> Self {
        self.jobs.push(JobEntry::of::<J>());
        self
    }
    /// Runs after the event's transaction has committed, at least once: make it idempotent.
    pub fn on<E: Event, F, Fut>(mut self, name: &'static str, work: F) -> Self
    where
        F: Fn(Scope, E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.subscribers.push(SubscriberEntry::of(name, work));
        self
    }
    /// For subscribers that choose their kinds at run time (the timeline).
    pub fn on_kinds(mut self, entry: SubscriberEntry) -> Self {
        self.subscribers.push(entry);
        self
    }
    /// Once every `seconds` for each tenant that is open for business.
    pub fn every<F, Fut>(mut self, name: &'static str, seconds: i64, work: F) -> Self
    where
        F: Fn(Scope) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.crons.push(CronEntry { name, seconds, work: Arc::new(move |scope| Box::pin(work(scope))) });
        self
    }
    /// Work of the house that belongs to no tenant, in every worker process for as long as it lives. It ends when told to stop,
    /// and is begun anew should it panic.
    pub fn duty(mut self, name: &'static str, run: fn(House, watch::Receiver<bool>) -> BoxFuture<'static, ()>) -> Self {
        self.duties.push(Duty { name, run });
        self
    }
    /// Routes that are no endpoints: streams, files of the house. Every process answers them.
    /// While there are such amounts, the company keeps its currency.
    pub fn keeps_amounts(mut self, kept: Kept) -> Self {
        self.amounts.push(kept);
        self
    }
    pub fn merge(mut self, router: Router<House>) -> Self {
        self.everywhere = self.everywhere.merge(router);
        self
    }
    pub fn router(&self) -> Router<House> {
        self.router.clone()
    }
    /// The kinds of everything that a worker does for this context.
    fn kinds(&self) -> impl Iterator<Item = String> {
        let jobs = self.jobs.iter().map(|job| job.kind.to_owned());
        let subscribers = self.subscribers.iter().map(|entry| format!("{SUBSCRIBER}{}", entry.name));
        let crons = self.crons.iter().map(|cron| format!("{CRON}{}", cron.name));
        jobs.chain(subscribers).chain(crons)
    }
    /// The same addresses, answered with where they are answered.
    fn elsewhere(&self) -> Router<House> {
        let (paths, name): (BTreeSet<_>, _) = (self.routes.iter().map(|route| route.path).collect(), self.name);
        let answer = || any(move || async move { Err::<(), _>(Error::Elsewhere(name)) });
        paths.into_iter().fold(Router::new(), |router, path| router.route(path, answer()))
    }
}

/// All modules, put together once.
#[derive(Default)]
pub struct Modules {
    pub routes: Vec<Route>,
    pub nav: Vec<Nav>,
    pub panels: Vec<Panel>,
    pub finders: Vec<Finder>,
    pub actions: Vec<Action>,
    pub jobs: Vec<JobEntry>,
    pub subscribers: Vec<SubscriberEntry>,
    pub crons: Vec<CronEntry>,
    pub duties: Vec<Duty>,
    pub amounts: Vec<Kept>,
    /// The kinds of jobs that workers of this process take; none means all, unknown ones too.
    pub kinds: Option<Vec<String>>,
    pub router: Router<House>,
    /// Routes with bodies of their own size and time.
    pub large: Router<House>,
}

impl Modules {
    pub fn of(modules: Vec<Module>) -> Self {
        Self::serving(modules, |_| true)
    }

    /// The whole menu, but only the contexts that `here` names are answered and worked for by this process. Navigation,
    /// panels and subscribers stay whole: a page draws what every context shows on it, and whoever relays an event makes
    /// the jobs of all who want to hear of it.
    pub fn serving(modules: Vec<Module>, here: impl Fn(&str) -> bool) -> Self {
        let mut all = Self::default();
        if !modules.iter().all(|module| here(module.name)) {
            all.kinds = Some(modules.iter().filter(|module| here(module.name)).flat_map(Module::kinds).collect());
        }
        for module in modules {
            all.router = all.router.merge(module.everywhere.clone());
            if here(module.name) {
                all.router = all.router.merge(module.router);
                all.large = all.large.merge(module.large);
                all.duties.extend(module.duties);
            } else {
                all.router = all.router.merge(module.elsewhere());
            }
            all.routes.extend(module.routes);
            all.nav.extend(module.nav);
            all.panels.extend(module.panels);
            all.finders.extend(module.finders);
            all.actions.extend(module.actions);
            all.jobs.extend(module.jobs);
            all.subscribers.extend(module.subscribers);
            all.crons.extend(module.crons);
            all.amounts.extend(module.amounts);
        }
        all.nav.sort_by_key(|nav| nav.order);
        all.panels.sort_by_key(|panel| panel.order);
        all
    }
}

/// First arguments: they say who may come in.
#[diagnostic::on_unimplemented(
    message = "this route does not say who may use it",
    note = "a handler's first argument is `Access<P>`, where `P` is the permission it needs; `Visitor` or `Outside` for the few that are public"
)]
pub trait Opens: 'static {
    fn gate() -> Gate;
}
impl<P: Permission> Opens for Access<P> {
    fn gate() -> Gate {
        Gate::Permission(P::NAME)
    }
}
impl Opens for Visitor {
    fn gate() -> Gate {
        Gate::Visitor
    }
}
impl Opens for Outside {
    fn gate() -> Gate {
        Gate::Outside
    }
}

/// A handler whose arguments and answer describe themselves, so that the document of the API cannot drift from the code.
pub trait Endpoint<Args>: Clone + Send + Sync + 'static {
    fn gate() -> Gate;
    fn describe(operation: &mut Operation);
    fn on(self, filter: MethodFilter) -> MethodRouter<House>;
}

macro_rules! endpoints {
    ($(($($arg:ident),*),)+) => {$(
        impl<F, Fut, M, R, First, $($arg),*> Endpoint<(M, First, $($arg),*)> for F
        where
            F: Fn(First, $($arg),*) -> Fut + Handler<(M, First, $($arg,)*), House> + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<R>> + Send,
            R: Describe + IntoResponse,
            First: Opens,
            M: 'static,
            $($arg: Describe + 'static,)*
        {
            fn gate() -> Gate { First::gate() }
            fn describe(operation: &mut Operation) {
                $($arg::describe(operation);)*
                operation.answering = true;
                R::describe(operation);
            }
            fn on(self, filter: MethodFilter) -> MethodRouter<House> { MethodRouter::new().on(filter, self) }
        }
    )+};
}
endpoints! { (), (B), (B, C), (B, C, D), }
