//! A test is a tenant: one database for a test program, migrated once; each test signs companies up and is alone in them.
//!
//! ```ignore
//! let house = harness::start(vec![customers::module()]).await;      // tenancy comes by itself
//! let acme = house.company("pooled").await;
//! let owner = acme.person("owner").await;
//! let answer = owner.post("/api/v1/customers", json!({ "name": "Rivera" })).await;
//! assert_eq!(answer.status, 201, "{answer:?}");
//! assert_eq!(acme.told().await, ["customer.created"]);
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used)] // A harness may stop the test.
mod browser;
pub mod elsewhere;
mod operator;
mod pdf;

pub use operator::{Operator, cookie_of, copied};
pub use pdf::{text_of_pdf, text_of_pdf_as_set};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, header},
};
use embedded::Embedded;
use http_body_util::BodyExt;
use jiff::Timestamp;
use kernel::{
    Clock, Database, Desk, House, Module, Scope,
    house::{Address, Plan},
    http::{
        Page,
        arrive::Arrival,
        limit::{Limits, Rates},
        serve::router,
    },
    module::Modules,
    tenant::Tenants,
    tx::Statements,
};
use serde_json::Value;
use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};
use tower::ServiceExt;
use uuid::Uuid;

mod canary;

/// Every test's clock stands here until the test moves it: a Monday, nine in the morning in Chicago (UTC−5).
pub const MORNING: &str = "2026-06-22T14:00:00Z";
pub const PASSWORD: &str = "correct horse battery";
pub const PLACEMENTS: [&str; 2] = ["pooled", "dedicated"];

/// The database of this test program.
pub struct Ground {
    pub dsns: walls::Dsns,
    pub secrets: walls::Secrets,
    pub data_dir: PathBuf,
    _embedded: Option<Embedded>,
}

/// Started on first use; ends with the program. TRADEWIND_TEST_DATABASE names another server to use.
pub fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| {
        // A thread and runtime of its own: the one that asks first may be inside a runtime that ends with its test.
        std::thread::spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(raise())
        })
        .join()
        .unwrap()
    })
}

async fn raise() -> Ground {
    let data_dir = std::env::temp_dir().join(format!("tradewind-test-{}", std::process::id()));
    std::fs::create_dir_all(&data_dir).unwrap();
    let secrets = walls::Secrets::load_or_create(&data_dir).unwrap();
    canary::keep_the_log();
    canary::note(std::fs::read_to_string(data_dir.join("secret")).unwrap().trim());
    let (embedded, admin) = match std::env::var("TRADEWIND_TEST_DATABASE") {
        Ok(dsn) => (None, dsn),
        Err(_) => {
            let node_modules = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/node_modules"));
            let config = embedded::Config { node_modules: Some(node_modules), ..embedded::Config::at(&data_dir) };
            let database = Embedded::temp(&config).await.expect("a PostgreSQL for the tests");
            let dsn = database.dsn();
            (Some(database), dsn)
        }
    };
    let (dsns, _) = walls::prepare(&admin, &secrets).await.expect("the walls");
    walls::migrate::up(&dsns, &secrets).await.expect("the migrations");
    Ground { dsns, secrets, data_dir, _embedded: embedded }
}

/// A house with these modules over the test database, with its own clock and pools.
pub struct TestHouse {
    pub house: House,
    pub clock: Clock,
    pub router: Router,
    pub ground: &'static Ground,
    /// The companies of this test: others' jobs are other tests' to run.
    companies: std::sync::Mutex<Vec<Uuid>>,
}

/// The office's frame around the pages of mail, as the binary hands it over.
fn frame(scope: &Scope, page: mail::Framed) -> Page {
    use tenancy::shell;
    let mail::Framed { title, crumbs, actions, body, wide } = page;
    shell::page(scope, shell::Frame { title, crumbs, actions, body, wide, active: "/settings", ..Default::default() })
}

/// Tenancy is always there: nobody signs in without it; and mail, which every context sends. It stays in memory:
/// `house.letters()`.
pub async fn start(modules: Vec<Module>) -> TestHouse {
    start_with(with_the_usual(modules), BOUNDLESS).await
}

/// These modules, with those that no house is without.
pub fn with_the_usual(modules: Vec<Module>) -> Vec<Module> {
    let mut all = vec![mail::module(frame), tenancy::module()];
    // The mailbox of development is a module of mail's too, which a test may bring.
    let there = |module: &Module| match module.name {
        "mail" => module.routes.iter().all(|route| !route.path.starts_with("/mailbox")),
        name => name == "tenancy",
    };
    all.extend(modules.into_iter().filter(|module| !there(module)));
    all
}

const BOUNDLESS: Rates = Rates { principal: 1_000_000, visitor: 1_000_000, tenant: 1_000_000, careful: 1_000_000 };

pub async fn start_with(modules: Vec<Module>, rates: Rates) -> TestHouse {
    start_on(tokio::task::spawn_blocking(ground).await.unwrap(), modules, rates)
}

/// Upon a database of its own beside the others', for a test that breaks the walls on purpose.
pub async fn start_apart(modules: Vec<Module>) -> TestHouse {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    // Roles belong to the server: two databases are not walled at the same time.
    static ONE_BY_ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let turn = ONE_BY_ONE.lock().await;
    let shared = tokio::task::spawn_blocking(ground).await.unwrap();
    let name = format!("apart_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let (above, connection) = tokio_postgres::connect(&shared.dsns.admin, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    above.batch_execute(&format!("create database {name}")).await.unwrap();
    let (address, query) = shared.dsns.admin.split_once('?').unwrap_or((&shared.dsns.admin, ""));
    let (server, _) = address.rsplit_once('/').expect("the address names a database");
    let admin = format!("{server}/{name}?{query}");
    let admin = admin.trim_end_matches('?');
    let (dsns, _) = walls::prepare(admin, &shared.secrets).await.expect("the walls");
    walls::migrate::up(&dsns, &shared.secrets).await.expect("the migrations");
    drop(turn);
    let (secrets, data_dir) = (shared.secrets.clone(), shared.data_dir.clone());
    // As long as the program, as the shared one is.
    let ground: &'static Ground = Box::leak(Box::new(Ground { dsns, secrets, data_dir, _embedded: None }));
    start_on(ground, with_the_usual(modules), BOUNDLESS)
}

fn start_on(ground: &'static Ground, modules: Vec<Module>, rates: Rates) -> TestHouse {
    let clock = Clock::stopped_at(MORNING.parse::<Timestamp>().unwrap());
    let control = Desk::control(&ground.dsns.control, 2, Statements::Named).unwrap();
    let registry = tenancy::Registry::new(control.clone(), ground.dsns.clone(), ground.secrets.clone());
    let authenticator = tenancy::Authenticator::new(control.clone(), &ground.secrets, clock.clone());
    let authenticator = Arc::new(authenticator);
    let plan = Plan {
        database: Database::new(&ground.dsns.app, 4, Statements::Named).unwrap(),
        ops: Desk::ops(&ground.dsns.job, 2, Statements::Named).unwrap(),
        control,
        clock: clock.clone(),
        tenants: Tenants::new(Arc::new(registry)),
        authenticator: authenticator.clone(),
        limits: Limits::new(rates),
        address: Address { base_domain: "tradewind.test".into(), scheme: "http".into(), port: None },
        data_dir: ground.data_dir.clone(),
    };
    let house = House::new(plan, Modules::of(modules));
    authenticator.furnish(&house);
    house.keep(mail::Post::here("tradewind.test"));
    let arrival = Arrival { house: house.clone(), error_page: tenancy::shell::error_page, behind_proxy: false };
    TestHouse {
        router: router(arrival, kernel::live::streams()),
        house,
        clock,
        ground,
        companies: std::sync::Mutex::default(),
    }
}

/// A company of the test's own, and ways to look at it from above.
pub struct Company<'a> {
    pub test: &'a TestHouse,
    pub id: Uuid,
    pub slug: String,
    pub host: String,
    pub placement: String,
    pub api_key: String,
    pub owner_email: String,
}

impl TestHouse {
    pub async fn company(&self, placement: &str) -> Company<'_> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let slug = format!("acme-{}-{number}", std::process::id());
        let owner_email = format!("owner@{slug}.example");
        let new = tenancy::NewCompany {
            name: format!("Acme {number}"),
            slug: slug.clone(),
            // The plan with the fewest limits: a test of limits makes its own company.
            plan: "enterprise".into(),
            placement: Some(placement.into()),
            owner_name: "Olive Owner".into(),
            owner_email: owner_email.clone(),
            owner_password: PASSWORD.into(),
            time_zone: Some("America/Chicago".into()),
            currency: Some("USD".into()),
            ..Default::default()
        };
        let made = tenancy::create_company(&self.house, &self.ground.dsns, &self.ground.secrets, new)
            .await
            .expect("a company");
        self.companies.lock().unwrap().push(made.id);
        Company {
            test: self,
            id: made.id,
            host: format!("{slug}.tradewind.test"),
            slug,
            placement: placement.into(),
            api_key: made.api_key,
            owner_email,
        }
    }

    /// Relays events and runs jobs until nothing is ready. A job that died fails the test.
    pub async fn run_jobs(&self) -> usize {
        let companies = self.companies.lock().unwrap().clone();
        let mut done = 0;
        for tenant in companies {
            done += kernel::job::worker::drain_for(&self.house, tenant).await.expect("no job fails");
        }
        done
    }

    /// The mails that were sent, newest first; run the jobs before.
    pub fn letters(&self) -> Vec<Arc<mail::Kept>> {
        let letters = self.house.kept::<mail::Post>().and_then(|post| post.kept()).unwrap_or_default();
        letters.iter().for_each(|letter| canary::note_drawn(&letter.text));
        letters
    }

    /// Somebody at the base domain.
    pub fn outside(&self) -> Person<'_> {
        Person { test: self, host: "tradewind.test".into(), credential: None, id: None }
    }

    /// Somebody with that cookie at that address.
    pub fn at(&self, host: &str, cookie: Option<&str>) -> Person<'_> {
        let credential = cookie.map(|cookie| ("cookie", cookie.to_owned()));
        Person { test: self, host: host.into(), credential, id: None }
    }

    /// A connection above every wall.
    pub async fn above(&self) -> tokio_postgres::Client {
        let (client, connection) =
            tokio_postgres::connect(&self.ground.dsns.admin, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

/// Runs the test once in each placement.
pub async fn in_both_placements(test: &TestHouse, work: impl AsyncFn(Company<'_>)) {
    for placement in PLACEMENTS {
        work(test.company(placement).await).await;
    }
}

impl Company<'_> {
    /// A member with that system role, signed in by an access token.
    pub async fn person(&self, role: &str) -> Person<'_> {
        let (email, id) = match role {
            "owner" => (self.owner_email.clone(), None),
            role => {
                static NUMBER: AtomicU32 = AtomicU32::new(0);
                let email = format!("{role}-{}@{}.example", NUMBER.fetch_add(1, Ordering::Relaxed), self.slug);
                // Through the front door, as an owner does it.
                let owner = Box::pin(self.person("owner")).await;
                let member = serde_json::json!({ "name": format!("Test {role}"), "email": email, "role": role, "password": PASSWORD });
                let added = owner.post("/api/v1/members", member).await;
                assert_eq!(added.status, 201, "{added:?}");
                (email, added.id().parse().ok())
            }
        };
        let visitor = self.visitor();
        let answer =
            visitor.post("/api/v1/auth/token", serde_json::json!({ "email": email, "password": PASSWORD })).await;
        let token = answer.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer:?}")).to_owned();
        Person { credential: Some(("authorization", format!("Bearer {token}"))), id, ..visitor }
    }

    /// By which address that member signs in.
    pub async fn email_of(&self, person: &Person<'_>) -> String {
        let Some(id) = person.id else { return self.owner_email.clone() };
        let sql = format!("select email from {}.member where tenant_id = $1 and id = $2", self.schema().await);
        self.test.above().await.query_one(&sql, &[&self.id, &id]).await.unwrap().get(0)
    }

    /// Somebody without a log-in, at the company's address.
    pub fn visitor(&self) -> Person<'_> {
        Person { test: self.test, host: self.host.clone(), credential: None, id: None }
    }

    /// A program with the first API key, which has every scope.
    pub fn program(&self) -> Person<'_> {
        Person { credential: Some(("authorization", format!("Bearer {}", self.api_key))), ..self.visitor() }
    }

    /// The kinds of what was told in this company, in order.
    pub async fn told(&self) -> Vec<String> {
        let client = self.test.above().await;
        let schema = self.schema().await;
        // Without what made the company and the people of the test.
        let sql = format!(
            "select action from {schema}.audit a where tenant_id = $1 and actor_name <> 'sign-up'
               and not (action = 'member.created' and exists (select 1 from {schema}.member m where m.tenant_id = $1 and m.id = a.subject and m.name like 'Test %'))
             order by at, id"
        );
        let rows = client.query(&sql, &[&self.id]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Where its rows lie.
    pub async fn schema(&self) -> String {
        let client = self.test.above().await;
        let row = client
            .query_one("select coalesce(schema_name, 'app') from ctl.tenant where id = $1", &[&self.id])
            .await
            .unwrap();
        row.get(0)
    }

    /// The login by which the program reaches its rows: that of all pooled companies, or its own.
    pub async fn dsn(&self) -> String {
        let ground = self.test.ground;
        match self.schema().await.as_str() {
            "app" => ground.dsns.app.clone(),
            schema => walls::tenant::dsn(&ground.dsns, &ground.secrets, schema).expect("a dedicated company's login"),
        }
    }

    /// A fingerprint of every row it has: equal before and after means untouched. Who looks often keeps an [`Eye`].
    pub async fn fingerprint(&self) -> String {
        self.eye().await.fingerprint().await
    }

    /// An eye on all rows that it has in the tables of now.
    pub async fn eye(&self) -> Eye {
        let client = self.test.above().await;
        let schema = self.schema().await;
        let tables = client.query("select table_name::text from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE' order by 1", &[&schema]).await.unwrap();
        let each: Vec<String> = tables
            .iter()
            .map(|table| {
                let table: &str = table.get(0);
                // When a session, key or person was last seen is no change of the company's; nor is the line that says
                // that one of its keys was shown elsewhere.
                let but = if table == "audit" { "and action <> 'access.crossed'" } else { "" };
                format!(
                    "select '{table}=' || coalesce(md5(string_agg(r, '|' order by r)), '') from (
                       select (to_jsonb(t) - 'last_seen_at' - 'last_used_at')::text as r from {schema}.{table} t where tenant_id = $1 {but}) rows"
                )
            })
            .collect();
        // To plan two hundred tables takes five times as long as to read what a test has in them.
        client.batch_execute("set plan_cache_mode = force_generic_plan").await.unwrap();
        let rows = client.prepare(&(each.join(" union all ") + " order by 1")).await.unwrap();
        Eye { client, rows, company: self.id }
    }
}

/// Sees every row of a company; looking again costs little.
pub struct Eye {
    client: tokio_postgres::Client,
    rows: tokio_postgres::Statement,
    company: Uuid,
}

impl Eye {
    /// See [`Company::fingerprint`].
    pub async fn fingerprint(&self) -> String {
        let rows = self.client.query(&self.rows, &[&self.company]).await.unwrap();
        rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
    }
}

/// One caller: a host and perhaps a credential.
#[derive(Clone)]
pub struct Person<'a> {
    test: &'a TestHouse,
    pub host: String,
    pub credential: Option<(&'static str, String)>,
    pub id: Option<Uuid>,
}

/// What came, byte by byte; in a message of a test only how much.
pub struct Raw(pub Vec<u8>);
impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Raw,
    /// Null when the answer is no JSON.
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("")
    }
    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }
    /// The sentence for that field.
    pub fn error(&self, pointer: &str) -> &str {
        self.body["errors"]
            .as_array()
            .and_then(|all| all.iter().find(|e| e["pointer"] == pointer))
            .and_then(|e| e["message"].as_str())
            .unwrap_or("")
    }
}

impl Person<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], Body::empty()).await
    }
    /// A page, as a browser asks for it.
    pub async fn page(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[("accept", "text/html")], Body::empty()).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], body).await
    }
    pub async fn patch(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, &[("if-match", etag)], body).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, &[], Body::empty()).await
    }
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        let body = body.to_string();
        canary::note_sent(self.credential.as_ref().map(|(_, value)| value.as_str()), &body);
        self.call(method, path, &headers, Body::from(body)).await
    }
    /// A form, as a browser posts it.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
        canary::note_form(fields);
        self.call(Method::POST, path, &headers, Body::from(encoded.join("&"))).await
    }

    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, &self.host);
        if let Some((name, value)) = &self.credential {
            request = request.header(*name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.test.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        canary::note_seen(&parts.headers, &text);
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            bytes: Raw(bytes.to_vec()),
            text,
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
