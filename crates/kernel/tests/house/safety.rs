//! What must never happen does not: no open transaction in the pool, no false success, no foreign row, no second trip.
use super::ground::{Ground, JobDone, client, ground, scope};
use bytes::BytesMut;
use futures_util::FutureExt;
use kernel::{Database, Error, House, Scope, Uuid, error::Kind, row, sql, tx::Statements};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UnixStream},
    time::{sleep, timeout},
};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A value that fails when it is to be written on the wire.
#[derive(Debug)]
struct Unsayable;
impl ToSql for Unsayable {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Err("no words for it".into())
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}
impl kernel::tx::SqlType for Unsayable {
    const TYPE: Type = Type::TEXT;
}

row! { #[derive(Debug, PartialEq)] struct Customer { id: Uuid, name: String, email: Option<String> } }
row! { struct Owner { tenant_id: Uuid } }
sql! {
    fn find(id: Uuid) -> Customer = "select id, name, email from customer where tenant_id = $1 and id = $2";
    fn list() -> Vec<Customer> = "select id, name, email from customer where tenant_id = $1 order by id limit 50";
    fn insert(id: Uuid, name: String, email: Option<String>) = "insert into customer (tenant_id, id, name, email) values ($1, $2, $3, $4)";
    fn rename(id: Uuid, name: String) -> u64 = "update customer set name = $3 where tenant_id = $1 and id = $2";
    fn owners() -> Vec<Owner> = "select tenant_id from customer where $1::uuid is not null limit 500";
    fn rebind(other: Uuid) -> i64 = "with other as materialized (select wall.set_tenant($2)) select count(*) from other where $1::uuid is not null";
    fn shard(id: Uuid, code: String) = "insert into shard (tenant_id, id, code) values ($1, $2, $3)";
    fn late(id: Uuid, code: String) = "insert into shard (tenant_id, id, code, late) values ($1, $2, $3, 'same')";
    fn nameless(id: Uuid, name: Unsayable) = "insert into customer (tenant_id, id, name) values ($1, $2, $3)";
    fn crooked(id: Uuid) -> Option<Owner> = "select id from customer where tenant_id = $1 and id = $2";
    fn echo(text: String) -> String = "select $2::text from (values ($1::uuid)) v";
    fn pid() -> i32 = "select pg_backend_pid() from (values ($1::uuid)) v";
    fn audits() -> i64 = "select count(*) from audit where tenant_id = $1";
}

async fn create(scope: &Scope, name: &str, email: Option<&str>) -> kernel::Result<Uuid> {
    let id = Uuid::now_v7();
    scope.write(JobDone { job: id }, insert(id, name.into(), email.map(Into::into))).await.map(|()| id)
}
async fn change(scope: &Scope, id: Uuid) -> kernel::Result<()> {
    let work = async |tx: &mut kernel::TenantTx| {
        tx.run(find(id)).await?;
        tx.run(rename(id, "Renamed".into())).await?;
        tx.tell(&JobDone { job: id });
        Ok(())
    };
    scope.write_with(work).await
}
async fn told(ground: &Ground, scope: &Scope) -> (i64, i64) {
    let events = format!("select count(*) from ops.outbox where tenant_id = '{}'", scope.tenant().id);
    (scope.read(audits()).await.unwrap(), ground.one(&events).await)
}
/// Whose rows a statement that forgets its tenant would show.
pub async fn whose(scope: &Scope) -> kernel::Result<Vec<Uuid>> {
    Ok(scope.read(owners()).await?.into_iter().map(|row| row.tenant_id).collect())
}
fn house(ground: &Ground, size: usize) -> House {
    ground.house_over(vec![], Database::new(&ground.app, size, ground.statements).unwrap())
}
async fn someone(house: &House) -> Scope {
    scope(house, Uuid::now_v7()).await
}
/// Sessions of the app role in this database that are in a transaction.
async fn in_transaction(ground: &Ground) -> Vec<String> {
    let ask = "select pid || ' ' || state from pg_stat_activity where usename = 'tw_app' and datname = current_database() and (state like '%transaction%' or state = 'active')";
    ground.above().await.query(ask, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Counts how many bursts towards the server came after an answer: the round trips.
#[derive(Default)]
struct Count {
    trips: AtomicUsize,
    answered: AtomicBool,
    /// What the server says of COMMIT is changed on the way.
    lies: AtomicBool,
}

async fn proxy(dsn: &str) -> (String, Arc<Count>) {
    let count = Arc::new(Count::default());
    let config: tokio_postgres::Config = dsn.parse().unwrap();
    let Some(tokio_postgres::config::Host::Unix(folder)) = config.get_hosts().first().cloned() else {
        panic!("a socket")
    };
    let to = folder.join(format!(".s.PGSQL.{}", config.get_ports()[0]));
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, name) = (door.local_addr().unwrap().port(), config.get_dbname().unwrap());
    let through = format!("host=127.0.0.1 port={port} user=tw_app dbname={name}");
    let counts = count.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = door.accept().await {
            let server = UnixStream::connect(&to).await.unwrap();
            client.set_nodelay(true).unwrap();
            let ((client_in, client_out), (server_in, server_out)) = (client.into_split(), server.into_split());
            let (up, down) = (counts.clone(), counts.clone());
            tokio::spawn(copy(client_in, server_out, move |_| {
                if up.answered.swap(false, SeqCst) {
                    up.trips.fetch_add(1, SeqCst);
                }
            }));
            tokio::spawn(copy(server_in, client_out, move |bytes| {
                down.answered.store(true, SeqCst);
                if down.lies.load(SeqCst) {
                    let at = bytes.windows(7).position(|w| w == b"COMMIT\0");
                    at.into_iter().for_each(|at| bytes[at..at + 7].copy_from_slice(b"ROLLED\0"));
                }
            }));
        }
    });
    (through, count)
}

async fn copy(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut seen: impl FnMut(&mut [u8]),
) {
    let mut buf = vec![0; 1 << 16];
    while let Ok(n @ 1..) = from.read(&mut buf).await {
        seen(&mut buf[..n]);
        if to.write_all(&buf[..n]).await.is_err() {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_simple_request_is_one_round_trip() {
    let ground = ground().await;
    for statements in [Statements::Named, Statements::Unnamed] {
        let (dsn, count) = proxy(&ground.app).await;
        let house = ground.house_over(vec![], Database::new(&dsn, 1, statements).unwrap());
        let ada = someone(&house).await;
        let id = create(&ada, "Ada", None).await.unwrap();
        let trips = async |what: &str| {
            count.trips.store(0, SeqCst);
            match what {
                "get" => ada.read(find(id)).await.map(drop).unwrap(),
                "list" => ada.read(list()).await.map(drop).unwrap(),
                "create" => create(&ada, "Bo", None).await.map(drop).unwrap(),
                _ => change(&ada, id).await.unwrap(),
            }
            count.trips.load(SeqCst)
        };
        let first = trips("get").await;
        assert_eq!(
            first,
            if statements == Statements::Named { 2 } else { 1 },
            "the first time, a statement is prepared"
        );
        let whats = ["get", "list", "create", "change"];
        let mut worst = [0; 4];
        for round in 0..200 {
            for (worst, what) in worst.iter_mut().zip(whats) {
                let seen = trips(what).await;
                *worst = if round == 0 { 0 } else { seen.max(*worst) };
            }
        }
        println!("{statements:?}: worst of 200 round trips: {whats:?} {worst:?}");
        assert_eq!(worst, [1, 1, 1, 3], "{statements:?}");
    }
}

#[tokio::test]
async fn a_commit_that_is_answered_otherwise_is_no_success() {
    let ground = ground().await;
    let (dsn, count) = proxy(&ground.app).await;
    let house = ground.house_over(vec![], Database::new(&dsn, 1, Statements::Named).unwrap());
    let ada = someone(&house).await;
    let id = create(&ada, "Ada", None).await.unwrap();
    count.lies.store(true, SeqCst);
    assert_eq!(create(&ada, "Bo", None).await, Err(Error::RolledBack));
    assert_eq!(change(&ada, id).await, Err(Error::RolledBack));
    count.lies.store(false, SeqCst);
    create(&ada, "Cy", None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_request_leaves_no_transaction_behind() {
    dropped(ground().await).await;
}

pub async fn dropped(ground: Ground) {
    let ada = someone(&house(&ground, 1)).await;
    let id = create(&ada, "Ada", None).await.unwrap();
    let mut root = ground.above().await;
    for which in ["get", "create", "change"] {
        let before = ada.read(pid()).await.unwrap();
        let lock = root.transaction().await.unwrap();
        lock.batch_execute("lock table app.customer in access exclusive mode").await.unwrap();
        let request = async {
            match which {
                "get" => ada.read(find(id)).await.map(drop),
                "create" => create(&ada, "Bo", None).await.map(drop),
                _ => change(&ada, id).await,
            }
        };
        assert!(timeout(Duration::from_millis(300), request).await.is_err(), "{which} waits for the lock");
        sleep(Duration::from_millis(300)).await;
        assert_eq!(in_transaction(&ground).await, Vec::<String>::new(), "{which}: while the lock is still held");
        lock.rollback().await.unwrap();
        let after = ada.read(pid()).await.unwrap();
        assert!(ground.bouncer.is_some() || after != before, "{which}: the next one gets another connection");
    }
    assert_eq!(ada.read(list()).await.unwrap(), [Customer { id, name: "Ada".into(), email: None }]);
    assert_eq!(told(&ground, &ada).await, (1, 1));
}

/// Each of two takes one row and then wants the other's: PostgreSQL ends one of them, and it begins again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_ended_by_a_deadlock_begins_again() {
    let ground = ground().await;
    let house = house(&ground, 2);
    let acme = someone(&house).await;
    let (one, two) = (create(&acme, "One", None).await.unwrap(), create(&acme, "Two", None).await.unwrap());
    let (both, tries) = (tokio::sync::Barrier::new(2), AtomicUsize::new(0));
    let crosswise = async |first: Uuid, second: Uuid, name: &str| {
        let met = AtomicBool::new(false);
        acme.retrying(async |tx: &mut kernel::TenantTx| {
            tries.fetch_add(1, SeqCst);
            tx.run(rename(first, name.into())).await?;
            if !met.swap(true, SeqCst) {
                both.wait().await;
            }
            tx.run(rename(second, name.into())).await?;
            tx.tell(&JobDone { job: first });
            Ok(())
        })
        .await
    };
    let (left, right) = tokio::join!(crosswise(one, two, "Left"), crosswise(two, one, "Right"));
    assert_eq!((left, right), (Ok(()), Ok(())));
    assert_eq!(tries.load(SeqCst), 3, "one of them was ended, and began once more");
    let names: Vec<String> = acme.read(list()).await.unwrap().into_iter().map(|row| row.name).collect();
    assert!(names == ["Left", "Left"] || names == ["Right", "Right"], "both rows by the one that came last: {names:?}");
    assert_eq!(told(&ground, &acme).await, (4, 4), "what was undone was not told");
    // Without a second try the same is an error that says so.
    let met = tokio::sync::Barrier::new(2);
    let once = async |first: Uuid, second: Uuid| {
        acme.write_with(async |tx: &mut kernel::TenantTx| {
            tx.run(rename(first, "Once".into())).await?;
            met.wait().await;
            tx.run(rename(second, "Once".into())).await.map(drop)
        })
        .await
    };
    let (left, right) = tokio::join!(once(one, two), once(two, one));
    let refused: Vec<Error> = [left, right].into_iter().filter_map(Result::err).collect();
    assert!(matches!(&refused[..], [error] if error.is_passing()), "{refused:?}");
}

/// PostgreSQL says so of a row named "Clash" as often as is asked for; what it undid leaves nothing behind.
#[tokio::test]
async fn who_meets_a_serialisation_failure_begins_again() {
    let ground = ground().await;
    let house = house(&ground, 1);
    let acme = someone(&house).await;
    let (id, root) = (create(&acme, "Calm", None).await.unwrap(), ground.above().await);
    root.batch_execute(
        "create sequence app.clash;
         create function app.clash() returns trigger language plpgsql security definer set search_path = app as $$
         begin
           if nextval('app.clash') < 100 then raise exception 'could not serialize access' using errcode = '40001'; end if;
           return new;
         end $$;
         create trigger clash before update on app.customer for each row when (new.name = 'Clash') execute function app.clash();",
    )
    .await
    .unwrap();
    let tries = AtomicUsize::new(0);
    for (fails, tried) in [(1, 2), (3, 4), (50, 4)] {
        root.batch_execute(&format!("select setval('app.clash', {}, false)", 100 - fails)).await.unwrap();
        tries.store(0, SeqCst);
        let before = told(&ground, &acme).await;
        let outcome = acme
            .retrying(async |tx: &mut kernel::TenantTx| {
                tries.fetch_add(1, SeqCst);
                tx.run(rename(id, format!("Tried {}", tries.load(SeqCst)))).await?;
                tx.tell(&JobDone { job: id });
                tx.run(rename(id, "Clash".into())).await.map(drop)
            })
            .await;
        assert_eq!(tries.load(SeqCst), tried, "{fails} failures");
        let (done, name) = (tried > fails, acme.read(find(id)).await.unwrap().name);
        assert_eq!(outcome.is_ok(), done, "{outcome:?}");
        assert!(done || matches!(&outcome, Err(error) if error.is_passing()), "{outcome:?}");
        assert_eq!(name, "Clash", "nothing of a try that failed is left");
        let told = told(&ground, &acme).await;
        assert_eq!(told.0 - before.0, i64::from(done), "told once or not at all");
    }
    root.batch_execute("drop trigger clash on app.customer; drop function app.clash(); drop sequence app.clash")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_call_dropped_inside_a_handler_ends_its_transaction() {
    dropped_inside(ground().await).await;
}

pub async fn dropped_inside(ground: Ground) {
    let house = house(&ground, 1);
    let ada = someone(&house).await;
    let id = create(&ada, "Ada", None).await.unwrap();
    let mut root = ground.above().await;
    let lock = root.transaction().await.unwrap();
    lock.batch_execute("lock table app.customer in access exclusive mode").await.unwrap();
    let outcome = ada.write_with(async |tx| {
        let _ = timeout(Duration::from_millis(200), tx.run(find(id))).await;
        tx.tell(&JobDone { job: id });
        Ok(())
    });
    assert_eq!(outcome.await, Err(Error::Interrupted));
    lock.rollback().await.unwrap();
    assert_eq!(told(&ground, &ada).await, (1, 1));
    // Dropped when its messages are queued but not one byte is written: the wire still looks quiet.
    for _ in 0..20 {
        let outcome = ada.read_with(async |tx| Ok(tx.run(find(id)).now_or_never().is_none())).await;
        assert_eq!(outcome, Err(Error::Interrupted));
        assert_eq!(someone(&house).await.read(find(id)).await, Err(Error::NotFound), "another tenant is served next");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_error_is_the_answer_and_nothing_is_kept() {
    first_error(ground().await).await;
}

pub async fn first_error(ground: Ground) {
    let ada = someone(&house(&ground, 1)).await;
    let before = ada.read(pid()).await.unwrap();
    let id = create(&ada, "Ada", Some("a@b.c")).await.unwrap();
    let broken = |error: Error| match error {
        Error::Broken { kind, name, .. } => (kind, name),
        error => panic!("{error}"),
    };
    assert_eq!(
        broken(create(&ada, "Eve", Some("a@b.c")).await.unwrap_err()),
        (Kind::Unique, "customer_email_once".into())
    );
    let three =
        (shard(Uuid::now_v7(), "x".into()), shard(Uuid::now_v7(), "x".into()), shard(Uuid::now_v7(), "y".into()));
    assert_eq!(
        broken(ada.write(JobDone { job: id }, three).await.unwrap_err()).1,
        "shard_code_once",
        "not 25P02 of the third"
    );
    let swallowed = ada.write_with(async |tx| {
        let _ = tx.run(shard(Uuid::now_v7(), "z".into())).await;
        let _ = tx.run(insert(Uuid::now_v7(), String::new(), None)).await;
        tx.tell(&JobDone { job: id });
        Ok(())
    });
    assert_eq!(broken(swallowed.await.unwrap_err()).0, Kind::Check, "an error that the handler ignores");
    // A value that does not encode never leaves; neither may the COMMIT behind it, nor the audit before it stay.
    for _ in 0..100 {
        let unsent = ada
            .write(JobDone { job: id }, (shard(Uuid::now_v7(), "u".into()), nameless(Uuid::now_v7(), Unsayable)))
            .await;
        assert!(matches!(&unsent, Err(Error::Misfit { at, .. }) if at.contains("safety.rs")), "{unsent:?}");
    }
    // A promise kept only at COMMIT: what looked well is answered with ROLLBACK, and is no success.
    let two = (late(Uuid::now_v7(), "l".into()), late(Uuid::now_v7(), "m".into()));
    assert_eq!(broken(ada.write(JobDone { job: id }, two).await.unwrap_err()).1, "shard_late_once");
    let crooked = format!("{:?}", ada.read(crooked(id)).await.map(drop).unwrap_err());
    assert!(crooked.contains("column 1 is `id: uuid`, the field is `tenant_id: Uuid`"), "{crooked}");
    assert_eq!(told(&ground, &ada).await, (1, 1));
    let after = ada.read(pid()).await.unwrap();
    assert!(
        ground.bouncer.is_some() || after == before,
        "after every error the one connection was rolled back and kept"
    );
    assert_eq!(in_transaction(&ground).await, Vec::<String>::new());
}

/// Both sides have more to say than the socket holds: whoever only writes, or only reads, would wait for ever.
#[tokio::test]
async fn a_long_pipeline_is_read_while_it_is_written() {
    let ground = ground().await;
    for statements in [Statements::Named, Statements::Unnamed] {
        let house = ground.house_over(vec![], Database::new(&ground.app, 1, statements).unwrap());
        let text = |n: usize| char::from(b'a' + (n % 26) as u8).to_string().repeat(200_000);
        let batch: Vec<_> = (0..64).map(|n| echo(text(n))).collect();
        let said = timeout(Duration::from_secs(60), someone(&house).await.read(batch)).await.unwrap().unwrap();
        assert!(said.iter().enumerate().all(|(n, said)| *said == text(n)));
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_not_lent_again() {
    let ground = ground().await;
    let ada = someone(&house(&ground, 1)).await;
    let before = ada.read(pid()).await.unwrap();
    ground.above().await.execute("select pg_terminate_backend($1)", &[&before]).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert_ne!(ada.read(pid()).await.unwrap(), before);
}

#[tokio::test]
async fn a_transaction_belongs_to_one_tenant_and_an_unbound_connection_to_none() {
    one_tenant(ground().await).await;
}

pub async fn one_tenant(ground: Ground) {
    let house = house(&ground, 1);
    let (ada, bob) = (someone(&house).await, someone(&house).await);
    let id = create(&ada, "Ada", None).await.unwrap();
    let rebound = ada.read(rebind(Uuid::now_v7())).await;
    assert!(
        matches!(&rebound, Err(Error::Sql { code, message, .. }) if code.code() == "42501" && message.contains("already bound")),
        "{rebound:?}"
    );
    assert_eq!(bob.read(find(id)).await, Err(Error::NotFound));
    assert!(bob.read(owners()).await.unwrap().is_empty(), "even a statement that forgot its tenant");
    assert_eq!(ada.read(owners()).await.unwrap().len(), 1);
    assert!(
        matches!(ada.read(shard(Uuid::now_v7(), "r".into())).await, Err(Error::Sql { code, .. }) if code.code() == "25006"),
        "a read cannot write"
    );
    let raw = client(&ground.app).await;
    let unbound = raw.simple_query("select count(*) from customer").await.unwrap();
    let count = unbound.iter().find_map(|said| match said {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    assert_eq!(count.as_deref(), Some("0"));
    // The queue tells the app role nothing, not even its own tenant's rows.
    for table in ["ops.job", "ops.outbox"] {
        assert!(raw.simple_query(&format!("select 1 from {table}")).await.is_err(), "{table}");
    }
}

/// 64 tasks, 100 tenants, 2 connections; a quarter of the requests are dropped at a random moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_foreign_row_in_a_storm() {
    storm(ground().await).await;
}

pub async fn storm(ground: Ground) {
    // Behind a pooler, four connections of ours share two of the server's.
    let house = house(&ground, if ground.bouncer.is_some() { 4 } else { 2 });
    let tenants: Vec<Uuid> = (0..100).map(|_| Uuid::now_v7()).collect();
    let behind = ground.bouncer.is_some();
    let known: Arc<Mutex<Vec<(Uuid, Uuid)>>> = Arc::default();
    let tasks: Vec<_> = (0..64)
        .map(|seed| {
            let (house, tenants, known) = (house.clone(), tenants.clone(), known.clone());
            tokio::spawn(async move {
                let (mut rng, mut tally) = (StdRng::seed_from_u64(seed), [0usize; 4]);
                for _ in 0..100 {
                    let tenant = *tenants.choose(&mut rng).unwrap();
                    let other = known.lock().unwrap().choose(&mut rng).copied();
                    let what = rng.random_range(0..5);
                    let scope = scope(&house, tenant).await;
                    let seen = |owner: Uuid, outcome: kernel::Result<()>| match outcome {
                        Ok(()) => Ok((1, usize::from(owner != tenant))),
                        Err(Error::NotFound) => Ok((0, usize::from(owner == tenant))), // its own row must be there
                        Err(error) => Err(error),
                    };
                    let request = async {
                        match (what, other) {
                            (0 | 1, _) | (_, None) => create(&scope, "x", None).await.map(|id| {
                                known.lock().unwrap().push((tenant, id));
                                (0, 0)
                            }),
                            (2, _) => scope
                                .read(owners())
                                .await
                                .map(|rows| (rows.len(), rows.iter().filter(|r| r.tenant_id != tenant).count())),
                            (3, Some((owner, id))) => seen(owner, scope.read(find(id)).await.map(drop)),
                            (_, Some((owner, id))) => seen(owner, change(&scope, id).await),
                        }
                    };
                    // PgBouncer 1.18 itself dies of a storm of cancelling (docs/scale-out.md), so behind it nobody is hasty.
                    let hasty = !behind && rng.random_bool(0.25);
                    let patience = if hasty {
                        Duration::from_micros(rng.random_range(0..30_000))
                    } else {
                        Duration::from_secs(60)
                    };
                    match timeout(patience, request).await {
                        Ok(Ok((rows, foreign))) => {
                            tally = [tally[0] + 1, tally[1], tally[2] + rows, tally[3] + foreign]
                        }
                        // Two connections for 64 tasks: one may wait too long for its turn; that is said, and no row is shown.
                        Ok(Err(Error::Busy)) | Err(_) => tally[1] += 1,
                        Ok(Err(error)) => panic!("an error in the storm: {error}"),
                    }
                }
                tally
            })
        })
        .collect();
    let mut sum = [0; 4];
    for task in tasks {
        for (total, part) in sum.iter_mut().zip(task.await.unwrap()) {
            *total += part;
        }
    }
    println!("storm: {} done, {} dropped, {} rows seen, {} foreign", sum[0], sum[1], sum[2], sum[3]);
    assert!(sum[0] > 3000 && (behind || sum[1] > 100) && sum[2] > 1000, "the storm was none: {sum:?}");
    assert_eq!(sum[3], 0);
    sleep(Duration::from_millis(500)).await;
    assert_eq!(in_transaction(&ground).await, Vec::<String>::new());
    let torn = "select count(*) from app.customer c where not exists (select from app.audit a where a.tenant_id = c.tenant_id and a.subject = c.id)
        or not exists (select from ops.outbox o where o.tenant_id = c.tenant_id and o.subject = c.id)";
    assert_eq!(ground.one::<i64>(torn).await, 0, "a customer without its audit and event");
}
