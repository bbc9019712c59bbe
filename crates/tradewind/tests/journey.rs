//! The whole day of a company in a browser: the real program on an empty database, and `web/e2e/journey.mjs` as its people.

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tradewind");

/// The installation of this test: a folder of its own under /tmp, for its database steps down from root to another user.
struct Installation {
    folder: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Installation {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(format!("/tmp/tradewind-journey-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder under /tmp");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("a folder others may enter");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        Self { folder, port, server: None }
    }

    fn program(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(&self.folder).env_remove("DATABASE_URL").envs([
            ("TRADEWIND_DATA_DIR", self.folder.join("data").display().to_string()),
            ("TRADEWIND_LISTEN", format!("127.0.0.1:{}", self.port)),
            ("TRADEWIND_BASE_DOMAIN", "localhost".into()),
            ("TRADEWIND_LOG", "warn".into()),
            ("TRADEWIND_LOG_FORMAT", "text".into()),
            ("TRADEWIND_NODE_MODULES", web().join("node_modules").display().to_string()),
            // Letters are read at /mailbox.
            ("TRADEWIND_DEVELOPMENT", "true".into()),
            // One browser does in a minute what a neighbourhood does in a day.
            ("TRADEWIND_RATE_CAREFUL", "600".into()),
            ("TRADEWIND_RATE_VISITOR", "6000".into()),
        ]);
        command
    }

    /// Starts serving, and comes back when the program says where.
    fn serve(&mut self) -> String {
        self.begin(&["serve"])
    }

    /// As whoever looks around does it: two companies with some weeks behind them.
    fn demo(&mut self) -> String {
        self.begin(&["demo", "--serve"])
    }

    fn begin(&mut self, words: &[&str]) -> String {
        let said = File::create(self.folder.join("stderr")).expect("a file for what the server says");
        let mut server =
            self.program().args(words).stdout(Stdio::piped()).stderr(said).spawn().expect("the program starts");
        let lines = BufReader::new(server.stdout.take().expect("its output is ours")).lines();
        self.server = Some(server);
        let address = lines.map_while(Result::ok).find_map(|line| {
            line.strip_prefix("Tradewind is at ").map(|address| address.trim_end_matches('/').to_owned())
        });
        address.unwrap_or_else(|| panic!("the server ended before it served:\n{}", self.said()))
    }

    /// A company made at the command line: what the program says of it, and how its owner signs in.
    fn company(&self, name: &str, slug: &str, placement: &str) -> serde_json::Value {
        let (email, password) = (format!("owner@{slug}.example"), "three brass valves");
        let made = self
            .program()
            .args(["tenant", "create", "--json", "--name", name, "--slug", slug, "--placement", placement])
            .args(["--owner-name", "Nora Next", "--owner-email", &email])
            .env("TRADEWIND_OWNER_PASSWORD", password)
            .output()
            .expect("the program runs");
        assert!(made.status.success(), "{name} could not be made:\n{}", shown(&made));
        let mut company: serde_json::Value = serde_json::from_slice(&made.stdout).expect("what was made, as JSON");
        company["email"] = email.into();
        company["password"] = password.into();
        company
    }

    /// There is no verb for it: whoever runs the installation does it in the registry.
    fn suspend(&self, slug: &str) {
        let folder = self.folder.join("data");
        let config =
            embedded::Config { node_modules: Some(web().join("node_modules")), ..embedded::Config::at(folder) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let database = embedded::Embedded::start(&config).await.expect("the server's database");
            assert!(database.attached(), "the server's database is not the one of the test");
            let (client, connection) =
                tokio_postgres::connect(&database.dsn_for("postgres", "tradewind"), tokio_postgres::NoTls)
                    .await
                    .expect("a connection");
            tokio::spawn(connection);
            let sql = "update ctl.tenant set status = 'suspended', updated_at = now() where slug = $1";
            assert_eq!(client.execute(sql, &[&slug]).await.expect("a registry"), 1, "{slug} is no company");
        });
    }

    /// What the server wrote to its standard error.
    fn said(&self) -> String {
        fs::read_to_string(self.folder.join("stderr")).unwrap_or_default()
    }

    /// Asks the server to end, as an init system does, and answers whether it did so well within half a minute.
    fn end(&mut self) -> Result<(), String> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let pid = i32::try_from(server.id()).map_err(|e| e.to_string())?;
        kill(Pid::from_raw(pid), Signal::SIGTERM).map_err(|e| e.to_string())?;
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if let Some(status) = server.try_wait().map_err(|e| e.to_string())? {
                return if status.success() { Ok(()) } else { Err(format!("it ended with {status}")) };
            }
            thread::sleep(Duration::from_millis(50));
        }
        let _ = server.kill();
        Err("it did not end within 30 seconds of SIGTERM".into())
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = self.end();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web")
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a script of `web/e2e` as the people of these companies, and ends the house.
fn walk(house: Installation, script: &str, base: &str, companies: &[(&str, serde_json::Value)]) {
    walk_as(house, script, script, base, companies);
}

fn walk_as(mut house: Installation, script: &str, name: &str, base: &str, companies: &[(&str, serde_json::Value)]) {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots").join(name);
    let _ = fs::remove_dir_all(&pictures);
    let journey = Command::new("node")
        .arg(web().join("e2e").join(script).with_extension("mjs"))
        .env("BASE", base)
        .envs(companies.iter().map(|(name, company)| (*name, company.to_string())))
        .env("OUT", &pictures)
        .output()
        .expect("node runs");
    println!("{}", shown(&journey));
    let ended = house.end();
    let said = house.said();
    assert!(
        journey.status.success(),
        "{name} did not go well; pictures are in target/screenshots/{name}.\nThe server said:\n{said}"
    );
    assert_eq!(ended, Ok(()), "the server did not end well:\n{said}");
}

#[test]
fn a_company_from_its_sign_up_to_its_first_payment() {
    let mut house = Installation::new("day");
    let base = house.serve();
    let neighbour = house.company("Neighbour Plumbing", "neighbour-plumbing", "pooled");
    let dedicated = house.company("Stone Walls Heating", "stone-walls", "dedicated");
    walk(house, "journey", &base, &[("NEIGHBOUR", neighbour), ("DEDICATED", dedicated)]);
}

#[test]
fn the_same_day_with_the_office_on_a_phone() {
    let mut house = Installation::new("pocket");
    let base = house.serve();
    let neighbour = house.company("Neighbour Plumbing", "neighbour-plumbing", "dedicated");
    let dedicated = house.company("Stone Walls Heating", "stone-walls", "dedicated");
    let swapped = serde_json::Value::Bool(true);
    let known = [("NEIGHBOUR", neighbour), ("DEDICATED", dedicated), ("SWAPPED", swapped)];
    walk_as(house, "journey", "journey-swapped", &base, &known);
}

#[test]
fn an_invitation_a_second_step_and_a_lost_password() {
    let mut house = Installation::new("door");
    let base = house.serve();
    let company = house.company("Front Door Electric", "front-door", "pooled");
    walk(house, "signing-in", &base, &[("COMPANY", company)]);
}

#[test]
fn a_role_of_ones_own_and_a_team() {
    let mut house = Installation::new("roles");
    let base = house.serve();
    let company = house.company("Own Roles Heating", "own-roles", "dedicated");
    walk(house, "roles", &base, &[("COMPANY", company)]);
}

#[test]
fn a_customer_books_moves_and_cancels_on_a_phone() {
    let mut house = Installation::new("phone");
    let base = house.serve();
    let company = house.company("Pocket Plumbing", "pocket-plumbing", "dedicated");
    walk(house, "phone", &base, &[("COMPANY", company)]);
}

#[test]
fn a_customer_approves_pays_and_sees_all_of_it_in_the_portal() {
    let mut house = Installation::new("payer");
    let base = house.serve();
    let company = house.company("Paid In Full Heating", "paid-in-full", "pooled");
    walk(house, "customer", &base, &[("COMPANY", company)]);
}

#[test]
fn customers_come_from_a_file_are_merged_and_are_taken_along() {
    let mut house = Installation::new("bring");
    let base = house.serve();
    let company = house.company("Bring Them Heating", "bring-them", "dedicated");
    walk(house, "bring", &base, &[("COMPANY", company)]);
}

#[test]
fn a_passkey_is_made_and_lets_in() {
    let mut house = Installation::new("key");
    let base = house.serve();
    let company = house.company("Passkey Plumbing", "passkey-plumbing", "dedicated");
    walk(house, "passkey", &base, &[("COMPANY", company)]);
}

#[test]
fn pages_that_no_other_journey_opens() {
    let mut house = Installation::new("walk");
    let base = house.demo();
    let quiet = house.company("Quiet Plumbing", "quiet-plumbing", "pooled");
    let shut = house.company("Shut Electric", "shut-electric", "dedicated");
    house.suspend("shut-electric");
    walk(house, "walk", &base, &[("QUIET", quiet), ("SHUT", shut)]);
}

#[test]
fn a_visit_of_those_who_run_the_house() {
    let mut house = Installation::new("visit");
    let base = house.serve();
    let company = house.company("Looked After Heating", "looked-after", "dedicated");
    let email = "sam@tradewind.example";
    let made = house.program().args(["operator", "create", "--name", "Sam Support", "--email", email]).output();
    let made = made.expect("the program runs");
    assert!(made.status.success(), "no operator could be made:\n{}", shown(&made));
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    let link = said.lines().find(|line| line.starts_with("http")).expect("a link").to_owned();
    let operator = serde_json::json!({ "link": link, "email": email });
    walk(house, "operator", &base, &[("COMPANY", company), ("OPERATOR", operator)]);
}
