//! Jobs: once more after a death, never twice at once, one of a key, pauses, the dead, the round of the clock.
use super::ground::{Ground, ground, scope, until};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Clock, Error, House, Module, Result, Scope, Uuid,
    job::{
        Job,
        worker::{self, Options},
    },
};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::watch, time::sleep};

/// What jobs did, kept in the house of the test.
#[derive(Default)]
pub struct Diary(pub Mutex<Vec<String>>);
impl Diary {
    pub fn write(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
    pub fn count(&self, line: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|l| *l == line).count()
    }
}
pub fn diary(house: &House) -> Arc<Diary> {
    house.kept::<Diary>().unwrap()
}

#[derive(Serialize, Deserialize, Clone, Default)]
pub struct Errand {
    pub name: String,
    pub key: Option<String>,
    pub takes_ms: u64,
    /// Fails in so many attempts.
    pub fails: usize,
    pub panics: bool,
}
impl Job for Errand {
    const KIND: &'static str = "errand";
    const ATTEMPTS: i32 = 3;
    fn key(&self) -> Option<String> {
        self.key.clone()
    }
    async fn run(self, scope: Scope) -> Result<()> {
        let diary = diary(scope.house());
        diary.write(format!("{} begun", self.name));
        let mut underway = Underway { diary: diary.clone(), name: self.name.clone(), over: false };
        sleep(Duration::from_millis(self.takes_ms)).await;
        underway.over = true;
        if self.fails > 0 && diary.count(&format!("{} begun", self.name)) <= self.fails {
            if self.panics {
                panic!("the errand {} fell over", self.name);
            }
            return Err(Error::refused(format!("the errand {} found nobody", self.name)));
        }
        diary.write(format!("{} done", self.name));
        Ok(())
    }
}

/// Notes when an errand is stopped before its end.
struct Underway {
    diary: Arc<Diary>,
    name: String,
    over: bool,
}
impl Drop for Underway {
    fn drop(&mut self) {
        if !self.over {
            self.diary.write(format!("{} stopped", self.name));
        }
    }
}

pub fn errand(name: &str) -> Errand {
    Errand { name: name.into(), ..Default::default() }
}

pub fn house(ground: &Ground) -> House {
    let house = ground.house(vec![Module::new("errands").job::<Errand>()]);
    house.keep(Diary::default());
    house
}

pub async fn enqueue(house: &House, tenant: Uuid, job: &impl Job) {
    scope(house, tenant)
        .await
        .write_with(async |tx| {
            tx.enqueue(job);
            Ok(())
        })
        .await
        .unwrap();
}

pub fn quick(concurrency: usize) -> Options {
    Options {
        concurrency,
        lease: Duration::from_millis(600),
        poll: Duration::from_millis(30),
        grace: Duration::from_millis(500),
        longest: Duration::from_secs(60),
    }
}

/// A worker that runs until it is told to stop, or is killed.
pub struct Worker(pub tokio::task::JoinHandle<()>, watch::Sender<bool>);
pub fn work(house: &House, options: Options) -> Worker {
    let (stop, stopped) = watch::channel(false);
    Worker(tokio::spawn(worker::run(house.clone(), stopped, options)), stop)
}
impl Worker {
    pub async fn stop(self) {
        self.1.send_replace(true);
        self.0.await.unwrap();
    }
}

async fn jobs(ground: &Ground, state: &str) -> i64 {
    ground.one(&format!("select count(*) from ops.job where state = '{state}'")).await
}

#[tokio::test]
async fn a_job_whose_worker_dies_is_done_by_another() {
    let ground = ground().await;
    let (first, second) = (house(&ground), house(&ground));
    enqueue(&first, Uuid::now_v7(), &Errand { takes_ms: 1500, ..errand("a") }).await;
    let dying = work(&first, quick(2));
    until("the first worker begins", async || diary(&first).count("a begun") == 1).await;
    let other = work(&second, quick(2));
    // As long as the first one lives it renews its lease, and nobody takes the job from it.
    sleep(Duration::from_millis(900)).await;
    assert_eq!((diary(&second).count("a begun"), jobs(&ground, "running").await), (0, 1));
    dying.0.abort();
    until("it is done", async || jobs(&ground, "done").await == 1).await;
    assert_eq!((diary(&first).count("a done"), diary(&second).count("a done")), (0, 1));
    assert_eq!(ground.one::<i32>("select attempts from ops.job").await, 2);
    other.stop().await;
}

/// As if another worker had found the lease over and taken it.
async fn taken_by_another(ground: &Ground) {
    let taken = "update ops.job set leased_by = '00000000-0000-7000-8000-000000000001', lease_until = now() + interval '1 hour'";
    assert_eq!(ground.above().await.execute(taken, &[]).await.unwrap(), 1);
}

#[tokio::test]
async fn who_lost_the_lease_has_no_say() {
    let ground = ground().await;
    let house = house(&ground);
    enqueue(&house, Uuid::now_v7(), &Errand { takes_ms: 1500, ..errand("late") }).await;
    // The heartbeat is far away, so that the job ends by itself, after it was taken away.
    let long = Duration::from_secs(120);
    let worker = work(&house, Options { lease: long, grace: long, ..quick(4) });
    until("it begins", async || diary(&house).count("late begun") == 1).await;
    taken_by_another(&ground).await;
    until("it ends", async || diary(&house).count("late done") == 1).await;
    worker.stop().await;
    assert_eq!(jobs(&ground, "running").await, 1, "what it says does not count");
}

#[tokio::test]
async fn what_was_taken_away_is_stopped() {
    let ground = ground().await;
    let house = house(&ground);
    enqueue(&house, Uuid::now_v7(), &Errand { takes_ms: 60_000, ..errand("dropped") }).await;
    let worker = work(&house, quick(4));
    until("it begins", async || diary(&house).count("dropped begun") > 0).await;
    taken_by_another(&ground).await;
    until("it is stopped at a heartbeat", async || diary(&house).count("dropped stopped") > 0).await;
    worker.stop().await;
    assert_eq!((jobs(&ground, "running").await, diary(&house).count("dropped done")), (1, 0));
}

#[tokio::test]
async fn of_one_key_one_waits() {
    let ground = ground().await;
    let house = house(&ground);
    let (acme, bolt) = (Uuid::now_v7(), Uuid::now_v7());
    let keyed = |key: &str| Errand { key: Some(key.into()), ..errand(key) };
    for tenant in [acme, acme, bolt] {
        enqueue(&house, tenant, &keyed("sync")).await;
    }
    enqueue(&house, acme, &keyed("other")).await;
    enqueue(&house, acme, &errand("keyless")).await;
    enqueue(&house, acme, &errand("keyless")).await;
    assert_eq!(jobs(&ground, "ready").await, 5, "the second `sync` of acme is the first");
    // In one transaction with a change: the change stands.
    scope(&house, acme)
        .await
        .write_with(async |tx| {
            tx.enqueue(&keyed("sync"));
            tx.tell(&super::ground::JobDone { job: Uuid::now_v7() });
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!((jobs(&ground, "ready").await, ground.one::<i64>("select count(*) from ops.outbox").await), (5, 1));
    // What is planned for later does not swallow what is wanted now; of those planned there is one, too.
    let tomorrow = house.clock().now() + SignedDuration::from_hours(24);
    for _ in 0..2 {
        scope(&house, acme)
            .await
            .write_with(async |tx| {
                tx.enqueue_at(&keyed("sync"), tomorrow);
                Ok(())
            })
            .await
            .unwrap();
    }
    assert_eq!((jobs(&ground, "ready").await, jobs(&ground, "later").await), (5, 1));
    // A running one does not stop a new one from waiting: it may have read before the change.
    ground
        .above()
        .await
        .execute("update ops.job set state = 'running' where key = 'sync' and state = 'ready'", &[])
        .await
        .unwrap();
    enqueue(&house, acme, &keyed("sync")).await;
    assert_eq!(ground.one::<i64>("select count(*) from ops.job where key = 'sync'").await, 4);
}

#[tokio::test]
async fn a_planned_job_whose_twin_waits_makes_room() {
    let mut ground = ground().await;
    ground.clock = Clock::stopped_at("2026-06-22T14:00:00Z".parse().unwrap());
    let house = house(&ground);
    let acme = Uuid::now_v7();
    let sync = Errand { key: Some("sync".into()), ..errand("sync") };
    let soon = house.clock().now() + SignedDuration::from_secs(60);
    scope(&house, acme)
        .await
        .write_with(async |tx| {
            tx.enqueue_at(&sync, soon);
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(worker::drain_for(&house, acme).await.unwrap(), 0, "its time has not come");
    enqueue(&house, acme, &sync).await;
    ground.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(worker::drain(&house).await.unwrap(), 1);
    assert_eq!((diary(&house).count("sync done"), jobs(&ground, "done").await), (1, 2));
}

#[tokio::test]
async fn a_failed_job_comes_back_after_a_pause_that_grows() {
    let mut ground = ground().await;
    ground.clock = Clock::stopped_at("2026-06-22T14:00:00Z".parse().unwrap());
    let house = house(&ground);
    enqueue(&house, Uuid::now_v7(), &Errand { fails: 2, panics: true, ..errand("shy") }).await;
    let worker = work(&house, Options { lease: Duration::from_secs(30), ..quick(2) });
    for (attempt, least, most) in [(1, 3, 7), (2, 10, 21)] {
        until("it failed", async || jobs(&ground, "later").await == 1 && diary(&house).count("shy begun") == attempt)
            .await;
        let row = ground.above().await.query_one("select run_at, last_error from ops.job", &[]).await.unwrap();
        let pause = row.get::<_, Timestamp>(0).duration_since(house.clock().now()).as_secs();
        assert!((least..=most).contains(&pause), "attempt {attempt}: {pause} s");
        assert!(row.get::<_, String>(1).contains("panicked"));
        sleep(Duration::from_millis(200)).await;
        assert_eq!(diary(&house).count("shy begun"), attempt, "not before its time");
        ground.clock.advance(SignedDuration::from_secs(most));
    }
    until("the third attempt", async || jobs(&ground, "done").await == 1).await;
    assert_eq!(diary(&house).count("shy done"), 1);
    worker.stop().await;
}

#[tokio::test]
async fn after_the_last_attempt_a_job_is_dead_and_says_why() {
    let ground = ground().await;
    let house = house(&ground);
    let acme = Uuid::now_v7();
    enqueue(&house, acme, &Errand { fails: 99, ..errand("vain") }).await;
    enqueue(&house, acme, &errand("fine")).await;
    let error = worker::drain_for(&house, acme).await.unwrap_err().to_string();
    assert!(error.contains("errand") && error.contains("found nobody"), "{error}");
    assert_eq!((diary(&house).count("vain begun"), diary(&house).count("fine done")), (3, 1));
    assert_eq!(
        ground.one::<String>("select last_error from ops.job where state = 'dead'").await,
        "the errand vain found nobody"
    );
    let standing = worker::stats(&house).await.unwrap();
    assert_eq!(
        standing.iter().map(|s| (s.kind.as_str(), s.state.as_str(), s.jobs)).collect::<Vec<_>>(),
        [("errand", "dead", 1)]
    );
    // A job that nobody knows is no success either.
    let stray = "insert into ops.job (tenant_id, id, kind) values (gen_random_uuid(), gen_random_uuid(), 'unheard_of')";
    ground.above().await.execute(stray, &[]).await.unwrap();
    assert!(worker::drain(&house).await.unwrap_err().to_string().contains("unheard_of"));
}

#[tokio::test]
async fn a_job_that_kills_its_workers_dies_in_the_end() {
    let ground = ground().await;
    let house = house(&ground);
    enqueue(&house, Uuid::now_v7(), &Errand { takes_ms: 60_000, ..errand("poison") }).await;
    for attempt in 1..=3 {
        let worker = work(&house, Options { lease: Duration::from_millis(150), ..quick(1) });
        until("it begins", async || diary(&house).count("poison begun") == attempt).await;
        worker.0.abort();
    }
    let worker = work(&house, quick(1));
    until("it is dead", async || jobs(&ground, "dead").await == 1).await;
    assert_eq!(diary(&house).count("poison begun"), 3);
    worker.stop().await;
}

#[tokio::test]
async fn at_the_end_jobs_finish_or_are_given_back() {
    let ground = ground().await;
    let house = house(&ground);
    enqueue(&house, Uuid::now_v7(), &Errand { takes_ms: 250, ..errand("short") }).await;
    enqueue(&house, Uuid::now_v7(), &Errand { takes_ms: 60_000, ..errand("long") }).await;
    let worker = work(&house, quick(4));
    until("both begin", async || jobs(&ground, "running").await == 2).await;
    worker.stop().await;
    assert_eq!(jobs(&ground, "done").await, 1);
    let row = ground
        .above()
        .await
        .query_one("select attempts, lease_until <= now() + interval '1 ms' from ops.job where state = 'running'", &[])
        .await
        .unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, bool>(1)), (0, true), "given back, the attempt not counted");
    let next = work(&house, quick(4));
    until("another begins it", async || diary(&house).count("long begun") == 2).await;
    next.0.abort();
}

#[tokio::test]
async fn what_comes_round_comes_once_to_each_open_company() {
    let mut ground = ground().await;
    ground.clock = Clock::stopped_at("2026-06-22T14:00:00Z".parse().unwrap());
    let sweep = || {
        Module::new("sweeps").every("sweep", 3600, |scope: Scope| async move {
            diary(scope.house()).write(scope.tenant().id.to_string());
            Ok(())
        })
    };
    let houses: Vec<House> = (0..2).map(|_| ground.house(vec![sweep()])).collect();
    let companies: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let above = ground.above().await;
    for (id, status) in companies.iter().zip(["active", "trial", "suspended"]) {
        let sql =
            "insert into ctl.tenant (id, slug, name, owner_email, status) values ($1, $2, 'x', 'x@y.example', $3)";
        above.execute(sql, &[id, &format!("a{}", id.simple()), &status]).await.unwrap();
    }
    houses.iter().for_each(|house| house.keep(Diary::default()));
    let options = || Options { lease: Duration::from_secs(30), ..quick(4) };
    let workers: Vec<_> = houses.iter().map(|house| work(house, options())).collect();
    let seen = |id: Uuid| houses.iter().map(|house| diary(house).count(&id.to_string())).sum::<usize>();
    until("it is known", async || ground.one::<i64>("select count(*) from ops.cron").await == 1).await;
    sleep(Duration::from_millis(200)).await;
    assert_eq!(companies.iter().map(|id| seen(*id)).collect::<Vec<_>>(), [0, 0, 0], "not before its hour");
    for round in 1..=2 {
        // Three hours pass: what was missed comes once.
        ground.clock.advance(SignedDuration::from_hours(3));
        until("it came round", async || seen(companies[0]) >= round && seen(companies[1]) >= round).await;
        sleep(Duration::from_millis(200)).await;
        assert_eq!(companies.iter().map(|id| seen(*id)).collect::<Vec<_>>(), [round, round, 0]);
    }
    for worker in workers {
        worker.stop().await;
    }
}
