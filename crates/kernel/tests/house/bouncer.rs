//! PgBouncer in transaction mode before the database, as Debian packages it (1.18): what holds without it holds behind it.
//!
//! It lends two connections to all of the app role's, one for each transaction, so whoever comes next finds a connection that just
//! served another company. It asks PostgreSQL for the roles' verifiers itself (`auth_query`), as `docs/scale-out.md` says.
use super::{
    ground::{Ground, ground_behind_pgbouncer, scope, until},
    queue, safety,
};
use kernel::{Uuid, tx::Statements};
use std::{
    net::{TcpListener, TcpStream},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

pub struct Bouncer {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Bouncer {
    pub async fn before(admin: &str) -> Option<Self> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
        let Some(program) = program.into_iter().find(|path| std::path::Path::new(path).exists()) else {
            println!("LEFT OUT: PgBouncer is not installed (apt install pgbouncer); the pool was not tried behind it");
            assert!(std::env::var_os("TRADEWIND_NOTHING_LEFT_OUT").is_none(), "pgbouncer is missing");
            return None;
        };
        let config: tokio_postgres::Config = admin.parse().unwrap();
        let Some(tokio_postgres::config::Host::Unix(socket)) = config.get_hosts().first().cloned() else {
            panic!("the tests' PostgreSQL has a socket")
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("tradewind-bouncer-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        let users = folder.join("users.txt");
        std::fs::write(&users, "\"postgres\" \"\"\n").unwrap();
        let settings = format!(
            "[databases]\n* = host={} port={} auth_user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = scram-sha-256\nauth_file = {}\nauth_query = select usename, passwd from pg_shadow where usename = $1\n\
             pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 200\nlog_connections = 0\nlog_disconnections = 0\n",
            socket.display(),
            config.get_ports()[0],
            users.display()
        );
        let file = folder.join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new(program);
        // It does not run as root; whoever may enter the socket's folder runs it.
        if std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
            let uid = std::fs::metadata(&socket).unwrap().uid().to_string();
            let name = Command::new("id").args(["-nu", &uid]).output().unwrap();
            command.args(["-u", String::from_utf8(name.stdout).unwrap().trim()]);
        }
        let said = std::fs::File::create(folder.join("said")).unwrap();
        let child = command.arg("-q").arg(&file).stdout(Stdio::null()).stderr(said).spawn().unwrap();
        let bouncer = Self { child, port, folder };
        until("PgBouncer listens", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        Some(bouncer)
    }

    /// The same role and database, by way of PgBouncer.
    pub fn through(&self, dsn: &str) -> String {
        let (who, rest) = dsn.rsplit_once('@').unwrap();
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        let database = path.split('?').next().unwrap_or_default();
        format!("{who}@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// How many connections of the server's the app role has: never more than PgBouncer lends.
async fn lent(ground: &Ground) -> i64 {
    ground.one("select count(*) from pg_stat_activity where usename = 'tw_app' and datname = current_database()").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_no_foreign_row_in_a_storm() {
    let Some(ground) = ground_behind_pgbouncer().await else { return };
    safety::storm(ground.clone()).await;
    assert!((1..=2).contains(&lent(&ground).await), "the storm went past PgBouncer");
}

/// 1.18 passes no cancelling on that can be relied upon, and ends itself over it now and then (docs/scale-out.md).
fn cancels() -> bool {
    let cancels = !version().contains(" 1.18.");
    if !cancels {
        println!(
            "LEFT OUT: PgBouncer 1.18 does not bear what is dropped and cancelled; from a newer one on it is tried"
        );
    }
    cancels
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_a_dropped_request_leaves_no_transaction_behind() {
    if !cancels() {
        return;
    }
    let Some(ground) = ground_behind_pgbouncer().await else { return };
    safety::dropped(ground).await;
}

#[tokio::test]
async fn behind_pgbouncer_a_call_dropped_inside_a_handler_ends_its_transaction() {
    if !cancels() {
        return;
    }
    let Some(ground) = ground_behind_pgbouncer().await else { return };
    safety::dropped_inside(ground).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_the_first_error_is_the_answer_and_nothing_is_kept() {
    let Some(ground) = ground_behind_pgbouncer().await else { return };
    safety::first_error(ground).await;
}

#[tokio::test]
async fn behind_pgbouncer_a_transaction_belongs_to_one_tenant() {
    let Some(ground) = ground_behind_pgbouncer().await else { return };
    safety::one_tenant(ground).await;
}

/// The queue is worked off behind it too: nothing there leans on a session.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_jobs_are_done() {
    let Some(ground) = ground_behind_pgbouncer().await else { return };
    let house = queue::house(&ground);
    let worker = queue::work(&house, queue::quick(4));
    let company = Uuid::now_v7();
    for n in 0..20 {
        queue::enqueue(&house, company, &queue::errand(&format!("e{n}"))).await;
    }
    let all = async || (0..20).all(|n| queue::diary(&house).count(&format!("e{n} done")) == 1);
    until("twenty are done", all).await;
    worker.stop().await;
}

/// The control: with statements that are prepared once and named, this PgBouncer (before 1.21) breaks them, and what breaks is an error and
/// no foreign row. From 1.21 on it keeps them; then there is nothing to see here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_named_statements_are_lost_and_nothing_else_is() {
    let Some(mut ground) = ground_behind_pgbouncer().await else { return };
    ground.statements = Statements::Named;
    let house = ground.house(vec![]);
    let (mut lost, mut foreign) = (0, 0);
    let companies: Vec<Uuid> = (0..8).map(|_| Uuid::now_v7()).collect();
    let tasks: Vec<_> = companies
        .into_iter()
        .map(|company| {
            let house = house.clone();
            tokio::spawn(async move {
                let someone = scope(&house, company).await;
                let (mut lost, mut foreign) = (0, 0);
                for _ in 0..50 {
                    match safety::whose(&someone).await {
                        Ok(owners) => foreign += owners.iter().filter(|owner| **owner != company).count(),
                        Err(_) => lost += 1,
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                (lost, foreign)
            })
        })
        .collect();
    for task in tasks {
        let (l, f) = task.await.unwrap();
        (lost, foreign) = (lost + l, foreign + f);
    }
    let shown = version();
    println!("{shown}: {lost} of 400 requests with named statements were lost");
    assert_eq!(foreign, 0);
    if shown.contains("1.18") {
        assert!(lost > 0, "unnamed statements would not be needed");
    }
}

fn version() -> String {
    let said = Command::new("pgbouncer").arg("--version").env("PATH", "/usr/sbin:/usr/bin:/usr/local/bin").output();
    said.ok()
        .and_then(|said| String::from_utf8(said.stdout).ok())
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default()
        .into()
}
