//! The program as its operator uses it: what each command does and says, on a database of the test's own.
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};
use tokio_postgres::NoTls;

/// A folder, a port and an empty database. The roles belong to the server, so all of it is one test.
struct Operator {
    folder: PathBuf,
    port: u16,
    dsn: String,
}

impl Operator {
    async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("tradewind-commands-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        let shared = tokio::task::spawn_blocking(harness::ground).await.expect("a PostgreSQL");
        let name = format!("commands_{}", std::process::id());
        above(&shared.dsns.admin).await.batch_execute(&format!("create database {name}")).await.expect("a database");
        let (address, query) = shared.dsns.admin.split_once('?').unwrap_or((&shared.dsns.admin, ""));
        let server = address.rsplit_once('/').expect("the address names a database").0;
        let dsn = format!("{server}/{name}?{query}").trim_end_matches('?').to_owned();
        Self { folder, port: free_port(), dsn }
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tradewind"));
        command.args(words).current_dir(&self.folder).env("DATABASE_URL", &self.dsn).env("TRADEWIND_LOG", "warn").envs(
            [
                ("TRADEWIND_DATA_DIR", self.folder.join("data").display().to_string()),
                ("TRADEWIND_LISTEN", format!("127.0.0.1:{}", self.port)),
            ],
        );
        command
    }

    /// What the program said, and whether it was content.
    fn run(&self, words: &[&str]) -> (bool, String) {
        told(self.program(words).output().expect("the program runs"))
    }

    fn must(&self, words: &[&str]) -> String {
        let (content, said) = self.run(words);
        assert!(content, "{words:?} failed:\n{said}");
        said
    }

    /// The findings of the doctor but for what is true of any machine a test runs on: a disk that others fill, and this
    /// throw-away server without fsync.
    fn findings(&self) -> Vec<String> {
        let (_, said) = self.run(&["doctor"]);
        assert!(said.contains("to mend"), "the doctor ended in the middle:\n{said}");
        let of_the_machine = |line: &str| line.contains("fsync") || line.contains(" MB free for ");
        said.lines().filter(|line| line.starts_with("BAD") && !of_the_machine(line)).map(String::from).collect()
    }

    /// A serving process, once it says where it is.
    fn serve(&self, more: &[&str]) -> Serving {
        let mut child = self.program(&["serve"]).args(more).stdout(Stdio::piped()).spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("its output is ours")).lines();
        let up = lines.map_while(Result::ok).any(|line| line.starts_with("Tradewind is at "));
        assert!(up, "the server ended before it served");
        Serving(child, self.port)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

struct Serving(Child, u16);
impl Serving {
    fn get(&self, path: &str) -> (u16, String) {
        let mut wire = TcpStream::connect(("127.0.0.1", self.1)).expect("it listens");
        write!(wire, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("it reads");
        let mut said = String::new();
        wire.read_to_string(&mut said).expect("it answers");
        (said.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status"), said)
    }
}
impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn told(output: Output) -> (bool, String) {
    let said = [output.stdout, output.stderr].map(|part| String::from_utf8_lossy(&part).into_owned()).concat();
    (output.status.success(), said)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port()
}

async fn above(dsn: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await.expect("the administrator is let in");
    tokio::spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_from_empty_to_serving() {
    let operator = Operator::new().await;
    let above = above(&operator.dsn).await;

    // The doctor looks before anything is there, and touches nothing.
    assert_eq!(operator.findings(), ["BAD   the database is empty"]);
    let schemas =
        above.query_one("select count(*) from pg_namespace where nspname in ('ctl', 'ops', 'wall')", &[]).await;
    assert_eq!(schemas.expect("a count").get::<_, i64>(0), 0);

    let said = operator.must(&["migrate", "up"]);
    assert!(said.lines().count() == 2 && said.lines().all(|line| line.contains(" 0 pending")), "{said}");
    assert_eq!(operator.findings(), [""; 0]);
    companies(&operator);
    holes(&operator, &above).await;
    steps(&operator);
    roles(&operator);
    configuration(&operator);
    archive(&operator);
    above.batch_execute("select 1").await.expect("still there");
}

fn companies(operator: &Operator) {
    let create = |name: &str, slug: &str, placement: &str| {
        let mut command = operator.program(&["tenant", "create", "--json", "--name", name, "--slug", slug]);
        command.args(["--placement", placement, "--owner-email", "owner@acme.example"]);
        told(command.env("TRADEWIND_OWNER_PASSWORD", "three brass valves").output().expect("the program runs"))
    };
    for (slug, placement) in [("acme", "pooled"), ("bolt", "dedicated")] {
        let (content, said) = create("Acme & Söhne", slug, placement);
        assert!(content, "{said}");
        let made: Value = serde_json::from_str(&said).expect("JSON and nothing else");
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        assert_eq!((text("slug").as_str(), text("placement").as_str()), (slug, placement));
        assert!(text("host").starts_with(&format!("{slug}.localhost")) && text("api_key").starts_with("tk_"), "{said}");
    }
    let (content, said) = create("Again", "acme", "pooled");
    assert!(!content && said.contains("acme") && !said.contains("SQLSTATE"), "{said}");
    let (content, said) = create("Bad", "Nicht so!", "pooled");
    assert!(!content && said.starts_with("tradewind: ") && said.lines().count() < 4, "{said}");

    let listed = operator.must(&["tenant", "list"]);
    assert!(listed.contains("acme") && listed.contains("bolt"), "{listed}");
    let rows = operator.must(&["tenant", "list", "--json"]);
    let slugs: Vec<Value> =
        rows.lines().map(|row| serde_json::from_str::<Value>(row).expect("a line of JSON")["slug"].clone()).collect();
    assert_eq!(slugs, ["acme", "bolt"]);
    let shown: Value = serde_json::from_str(&operator.must(&["tenant", "show", "bolt", "--json"])).expect("JSON");
    assert_eq!(shown["name"], "Acme & Söhne");
    let (content, said) = operator.run(&["tenant", "show", "nobody"]);
    assert!(!content && said.contains("nobody"), "{said}");

    let added = operator.must(&["tenant", "host", "add", "acme", "CRM.Söhne.example"]);
    assert!(added.contains("acme is at crm.xn--shne-5qa.example too"), "{added}");
    for (slug, host, sentence) in [
        ("bolt", "crm.söhne.example", "belongs to one company"),
        ("bolt", "shop.localhost", "a domain of the company's own"),
        ("bolt", "https://bolt.example", "Leave out scheme"),
        ("nobody", "bolt.example", "no company at `nobody`"),
    ] {
        let (content, said) = operator.run(&["tenant", "host", "add", slug, host]);
        assert!(!content && said.contains(sentence) && said.lines().count() < 4, "{said}");
    }
    assert_eq!(operator.must(&["tenant", "host", "list", "acme"]).trim(), "crm.xn--shne-5qa.example");
    assert_eq!(operator.must(&["tenant", "host", "list", "bolt", "--json"]).trim(), "[]");
    let (content, said) = operator.run(&["tenant", "host", "remove", "bolt", "crm.söhne.example"]);
    assert!(!content && said.contains("bolt has no domain"), "{said}");
    let removed = operator.must(&["tenant", "host", "remove", "acme", "crm.söhne.example"]);
    assert!(removed.contains("acme is no longer at"), "{removed}");
    assert_eq!(operator.must(&["tenant", "host", "list", "acme"]).trim(), "");
    let added = operator.must(&["tenant", "mail-domain", "add", "acme", "@Söhne.example"]);
    assert!(added.contains("people at xn--shne-5qa.example are shown the way to acme"), "{added}");
    let (content, said) = operator.run(&["tenant", "mail-domain", "add", "bolt", "söhne.example"]);
    assert!(!content && said.contains("is acme's"), "{said}");
    let listed = operator.must(&["tenant", "mail-domain", "list", "acme", "--json"]);
    assert_eq!(listed.trim(), "[\"xn--shne-5qa.example\"]");
    operator.must(&["tenant", "mail-domain", "remove", "acme", "söhne.example"]);
    assert_eq!(operator.must(&["tenant", "mail-domain", "list", "acme"]).trim(), "");
}

/// What somebody opened by hand is named as long as it is open; the next start closes what it can.
async fn holes(operator: &Operator, above: &tokio_postgres::Client) {
    let holes = [
        (
            "alter table app.customer no force row level security",
            "alter table app.customer force row level security",
            "app.customer",
        ),
        ("grant select on ctl.tenant to tw_app", "revoke select on ctl.tenant from tw_app", "ctl.tenant"),
        ("drop policy tenant on app.customer", "", "app.customer"),
    ];
    for (open, shut, place) in holes {
        let policy = "select polname::text from pg_policy where polrelid = 'app.customer'::regclass and polpermissive";
        let open = match shut {
            "" => {
                let name: String = above.query_one(policy, &[]).await.expect("one policy").get(0);
                format!("drop policy {name} on app.customer")
            }
            _ => open.to_owned(),
        };
        above.batch_execute(&open).await.expect(&open);
        for round in ["at first", "and again, for looking mends nothing"] {
            let findings = operator.findings();
            assert!(findings.iter().any(|line| line.contains(place)), "{round}: {open}: {findings:?}");
        }
        match shut {
            // The runner walls every table with the next step it applies.
            "" => {
                operator.must(&["migrate", "down", "1"]);
                operator.run(&["migrate", "up"]);
            }
            _ => above.batch_execute(shut).await.expect(shut),
        }
        assert_eq!(operator.findings(), [""; 0], "after {open}");
    }
}

fn steps(operator: &Operator) {
    let serving = operator.serve(&["--migrate", "false"]);
    assert_eq!(serving.get("/readyz").0, 200);
    let said = operator.must(&["migrate", "down", "1"]);
    assert!(said.contains(" 1 pending"), "{said}");
    let (status, said) = serving.get("/readyz");
    assert!(status == 503 && said.contains("migrate up"), "{said}");
    assert_eq!(serving.get("/healthz").0, 200, "alive all the same");
    drop(serving);
    let findings = operator.findings();
    assert_eq!(findings.iter().filter(|line| line.contains("1 pending")).count(), 2, "app and bolt: {findings:?}");
    assert_eq!(operator.must(&["migrate", "status"]).matches(" 1 pending").count(), 2);
    operator.must(&["migrate", "up"]);
    assert_eq!(operator.must(&["migrate", "status"]).matches(" 0 pending").count(), 3, "control, app, bolt");
}

/// What each kind of process answers.
fn roles(operator: &Operator) {
    let worker = operator.serve(&["--roles", "worker"]);
    assert_eq!(["/healthz", "/readyz", "/metrics"].map(|path| worker.get(path).0), [200; 3]);
    assert_eq!(worker.get("/start").0, 404);
    drop(worker);

    let web = operator.serve(&["--roles", "web", "--contexts", "tenancy,billing"]);
    assert_eq!(["/healthz", "/start", "/assets/app.css", "/openapi.json"].map(|path| web.get(path).0), [200; 4]);
    assert_eq!(web.get("/board").0, 421);
    let (_, figures) = web.get("/metrics");
    assert!(figures.contains("http_requests_total") && figures.contains("/start"), "{figures}");
    assert!(figures.contains("http_request_seconds_bucket{route=\"/start\",le=\"0.1\"}"), "{figures}");
    let (_, document) = web.get("/openapi.json");
    assert!(document.contains("\"openapi\":\"3.1.0\""), "{}", &document[..300]);
    let (_, keys) = web.get("/.well-known/jwks.json");
    assert!(keys.contains("\"keys\""), "{keys}");
}

/// Where old rows of the audit go, and whether they can.
fn archive(operator: &Operator) {
    let folder = operator.folder.join("data/audit-archive");
    let said = operator.run(&["doctor"]).1;
    assert!(said.contains("ok    the audit's archive will be made at") && !folder.exists(), "{said}");
    fs::create_dir(&folder).expect("a folder");
    let said = operator.run(&["doctor"]).1;
    assert!(said.contains("audit-archive can be written and read"), "{said}");
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0, "what was tried is taken away again");
    fs::remove_dir(&folder).expect("an empty folder");
    fs::write(&folder, "in the way").expect("a file");
    let said = operator.run(&["doctor"]).1;
    assert!(said.contains("BAD   the audit's archive cannot be used") && said.contains("Old rows stay"), "{said}");
    fs::remove_file(&folder).expect("a file");
    let (content, said) = operator.run(&["doctor", "--audit-archive", "ftp://somewhere/x"]);
    assert!(!content && said.contains("give file:///folder or s3://bucket/folder"), "{said}");
    let (content, said) = operator.run(&["serve", "--audit-kept-days", "365"]);
    assert!(!content && said.contains("keep it longer"), "{said}");
    let said = operator.must(&["audit", "verify"]);
    assert!(said.lines().count() > 0 && said.lines().all(|line| line.contains(" in the archive, head ")), "{said}");
}

fn configuration(operator: &Operator) {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden");
    let routes = fs::read_to_string(format!("{golden}/routes.txt")).expect("golden/routes.txt");
    assert!(operator.must(&["routes"]).lines().all(|line| routes.contains(line.trim_end())));
    let document: Value = serde_json::from_str(&operator.must(&["openapi"])).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");

    // A line of the file, over it the environment, over that a flag.
    let at = |port: u16| format!("127.0.0.1:{port}");
    let [file, environment, flag] = [free_port(), free_port(), free_port()];
    fs::write(operator.folder.join("our.toml"), format!("listen = \"{}\"\n", at(file))).expect("a file");
    let listens = |port: u16, words: &[&str], set: bool| {
        let mut command = operator.program(&["serve", "--config", "our.toml"]);
        command.args(words).env_remove("TRADEWIND_LISTEN").stdout(Stdio::piped());
        if set {
            command.env("TRADEWIND_LISTEN", at(environment));
        }
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        assert!(lines.any(|line| line.is_ok_and(|line| line.starts_with("Tradewind is at "))));
        assert_eq!(Serving(child, port).get("/healthz").0, 200);
    };
    listens(file, &[], false);
    listens(environment, &[], true);
    listens(flag, &["--listen", &at(flag)], true);

    fs::write(operator.folder.join("wrong.toml"), "lisen = \"x\"\n").expect("a file");
    let (content, said) = operator.run(&["doctor", "--config", "wrong.toml"]);
    assert!(!content && said.contains("lisen"), "{said}");
    let nowhere = operator.program(&["doctor"]).env("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none").output();
    let (content, said) = told(nowhere.expect("the program runs"));
    assert!(!content && said.contains("DATABASE_URL") && said.contains("mail"), "it goes on with the rest: {said}");
    let (content, said) = operator.run(&["serve", "--contexts", "plumbing"]);
    assert!(!content && said.contains("billing"), "{said}");
}
