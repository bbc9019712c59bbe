//! A house for each test: a database of its own, two modules' worth of work, people with the rights the test gives them.
use super::bouncer::Bouncer;
use embedded::Embedded;
use futures_util::future::BoxFuture;
use kernel::{
    Actor, Clock, Credential, Database, Desk, House, Module, Principal, Result, Scope, Tenant, Uuid,
    access::Authenticator,
    house::{Address, Plan},
    http::limit::{Limits, Rates},
    module::Modules,
    permission::Granted,
    tenant::{Registry, Status, Tenants},
    tx::Statements,
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};
use walls::{Dsns, Secrets, migrate::Runner, migration::Histories};

kernel::permission! { pub JobsRead = "jobs.read": "See jobs", []; pub MoneyRead = "money.read": "See money", []; }
kernel::event! { pub struct JobDone = "job.done", seen by JobsRead { job: Uuid } }
kernel::event! { pub struct InvoicePaid = "invoice.paid", seen by MoneyRead { invoice: Uuid } }

struct Cluster {
    dsns: Dsns,
    _embedded: Embedded,
}

const BASE: &str = "ground";

/// Started on first use and migrated once; tests get copies. It ends with the program.
async fn cluster() -> &'static Cluster {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    CLUSTER
        .get_or_init(|| async {
            let (send, made) = tokio::sync::oneshot::channel();
            // A runtime that outlives the test which asks first.
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let _ = send.send(runtime.block_on(raise()));
                runtime.block_on(std::future::pending::<()>());
            });
            made.await.unwrap()
        })
        .await
}

async fn raise() -> Cluster {
    let folder = std::env::temp_dir().join(format!("tradewind-kernel-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let secrets = Secrets::load_or_create(&folder).unwrap();
    let node_modules = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/node_modules"));
    let config = embedded::Config { node_modules: Some(node_modules), ..embedded::Config::at(&folder) };
    let embedded = Embedded::temp(&config).await.expect("a PostgreSQL for the tests");
    println!("PostgreSQL {}", embedded.major_version());
    let _ = std::fs::remove_dir_all(folder);
    client(&embedded.dsn()).await.batch_execute("create database ground").await.unwrap();
    let (dsns, _) = walls::prepare(&embedded.dsn_for("postgres", BASE), &secrets).await.unwrap();
    let control = [
        ("0001_registry.up.sql", include_str!("../../../../migrations/control/0001_registry.up.sql")),
        ("0002_queue.up.sql", include_str!("../../../../migrations/control/0002_queue.up.sql")),
        ("0034_job_kind.up.sql", include_str!("../../../../migrations/control/0034_job_kind.up.sql")),
    ];
    let tenant = [
        ("0001_kernel.up.sql", include_str!("../../../../migrations/tenant/0001_kernel.up.sql")),
        ("0084_audit_in_depth.up.sql", include_str!("../../../../migrations/tenant/0084_audit_in_depth.up.sql")),
        ("0002_customers.up.sql", include_str!("customers.sql")),
    ];
    Runner::of(Histories::read(&control, &tenant).unwrap()).up(&dsns, &secrets).await.unwrap();
    Cluster { dsns, _embedded: embedded }
}

pub async fn client(dsn: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A database of the test's own, by the addresses of each role.
#[derive(Clone)]
pub struct Ground {
    pub app: String,
    pub job: String,
    pub control: String,
    pub admin: String,
    pub clock: Clock,
    /// Unnamed behind a PgBouncer that loses what was prepared.
    pub statements: Statements,
    pub bouncer: Option<Arc<Bouncer>>,
}

pub async fn ground() -> Ground {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let name = format!("test_{}", COUNT.fetch_add(1, SeqCst));
    let dsns = &cluster().await.dsns;
    let _turn = ONE_AT_A_TIME.lock().await;
    let root = client(&dsns.admin.replace("/ground", "/postgres")).await;
    root.batch_execute(&format!("create database {name} template {BASE}")).await.unwrap();
    let to = |dsn: &str| dsn.replace("/ground", &format!("/{name}"));
    Ground {
        app: to(&dsns.app),
        job: to(&dsns.job),
        control: to(&dsns.control),
        admin: to(&dsns.admin),
        clock: Clock::wall(),
        statements: Statements::Named,
        bouncer: None,
    }
}

/// The same, with a PgBouncer before the database that lends a connection for one transaction at a time; none where it is not installed.
pub async fn ground_behind_pgbouncer() -> Option<Ground> {
    let direct = ground().await;
    let bouncer = Arc::new(Bouncer::before(&direct.admin).await?);
    let through = |dsn: &str| bouncer.through(dsn);
    Some(Ground {
        app: through(&direct.app),
        job: through(&direct.job),
        control: through(&direct.control),
        statements: Statements::Unnamed,
        bouncer: Some(bouncer.clone()),
        ..direct
    })
}

impl Ground {
    pub async fn above(&self) -> Client {
        client(&self.admin).await
    }
    pub async fn one<T: for<'a> tokio_postgres::types::FromSql<'a>>(&self, sql: &str) -> T {
        self.above().await.query_one(sql, &[]).await.unwrap().get(0)
    }
    pub fn house(&self, modules: Vec<Module>) -> House {
        self.house_over(modules, Database::new(&self.app, 8, self.statements).unwrap())
    }
    pub fn house_over(&self, modules: Vec<Module>, database: Database) -> House {
        self.house_of(Modules::of(modules), database)
    }
    /// A process of the house that serves one context of several.
    pub fn house_serving(&self, modules: Vec<Module>, context: &str) -> House {
        let modules = Modules::serving(modules, |name| name == context);
        self.house_of(modules, Database::new(&self.app, 8, self.statements).unwrap())
    }
    fn house_of(&self, modules: Modules, database: Database) -> House {
        let plan = Plan {
            database,
            control: Desk::control(&self.control, 2, self.statements).unwrap(),
            ops: Desk::ops(&self.job, 8, self.statements).unwrap(),
            clock: self.clock.clone(),
            tenants: Tenants::new(Arc::new(Everybody)),
            authenticator: Arc::new(Trusting),
            limits: Limits::new(Rates {
                principal: 1_000_000,
                visitor: 1_000_000,
                tenant: 1_000_000,
                careful: 1_000_000,
            }),
            address: Address { base_domain: "tradewind.test".into(), scheme: "http".into(), port: None },
            data_dir: PathBuf::new(),
        };
        House::new(plan, modules)
    }
}

/// Every id is a company's.
struct Everybody;
impl Registry for Everybody {
    fn by_slug<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<Tenant>>> {
        Box::pin(async { Ok(slug.parse().ok().map(company)) })
    }
    fn by_host<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Tenant>>> {
        Box::pin(async { Ok(None) })
    }
    fn by_id(&self, id: Uuid) -> BoxFuture<'_, Result<Option<Tenant>>> {
        Box::pin(async move { Ok(Some(company(id))) })
    }
}

pub fn company(id: Uuid) -> Tenant {
    Tenant {
        id,
        slug: id.to_string(),
        name: "Acme".into(),
        plan: "starter".into(),
        status: Status::Active,
        placement: Default::default(),
        locale: Default::default(),
        brand: Default::default(),
        letterhead: Default::default(),
    }
}

/// A session's secret is the list of its permissions.
struct Trusting;
impl Authenticator for Trusting {
    fn tenant_of<'a>(&'a self, _: &'a Credential) -> BoxFuture<'a, Result<Option<Uuid>>> {
        Box::pin(async { Ok(None) })
    }
    fn principal<'a>(&'a self, scope: Scope, credential: &'a Credential) -> BoxFuture<'a, Result<Option<Principal>>> {
        Box::pin(async move {
            Ok(Some(Principal {
                tenant: scope.tenant().id,
                actor: Actor::User { id: Uuid::now_v7(), name: "Ada".into() },
                email: "ada@acme.example".into(),
                roles: vec![],
                granted: Granted::of(credential.secret().split('+')),
                within: None,
                session: None,
                key: None,
                expires: None,
                unshown: vec![],
            }))
        })
    }
}

/// A scope of this tenant: what a request of somebody at its address would have.
pub async fn scope(house: &House, tenant: Uuid) -> Scope {
    use axum::{body::Body, extract::FromRequestParts, http::Request};
    let seen = kernel::access::Seen {
        request: Uuid::now_v7(),
        tenant: house.tenants().by_id(tenant).await.unwrap(),
        principal: None,
        peer: String::new(),
        method: axum::http::Method::GET,
        path: "/".into(),
        once: Default::default(),
    };
    let (mut parts, _) = Request::new(Body::empty()).into_parts();
    parts.extensions.insert(Arc::new(seen));
    let visitor = kernel::Visitor::from_request_parts(&mut parts, house).await.unwrap();
    Scope::clone(&visitor)
}

/// Waits for something that others bring about; a test that waits longer than this has failed.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let patience = tokio::time::Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(tokio::time::Instant::now() < patience, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
