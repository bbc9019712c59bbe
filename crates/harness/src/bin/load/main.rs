//! Many clients at once, for `make load`: `load PLAN` reads who asks whom for what, asks over plain HTTP/1.1 until the time is over, and
//! prints what came of it as JSON, its own CPU time with it. Lean, so that it is not what is measured. Part of no product.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A tool of the tests may stop.
mod plan;
mod wire;

use plan::{Plan, Take};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::{sleep, sleep_until};
use wire::Wire;

/// What one kind of request took, in microseconds, and what was answered.
#[derive(Default)]
struct Kind {
    took: Vec<u32>,
    answers: BTreeMap<u16, u64>,
    /// Answers that were none of the good ones, but for being asked to wait.
    errors: u64,
}

impl Kind {
    fn take_in(&mut self, other: &Kind) {
        self.took.extend(&other.took);
        other.answers.iter().for_each(|(status, many)| *self.answers.entry(*status).or_default() += many);
        self.errors += other.errors;
    }
    fn told(mut self) -> Value {
        self.took.sort_unstable();
        // Of nothing asked there is no figure.
        let at = |part: f64| {
            let last = self.took.len().checked_sub(1)?;
            Some(f64::from(self.took[(last as f64 * part) as usize]) / 1000.0)
        };
        json!({ "requests": self.took.len(), "errors": self.errors, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "most_ms": at(1.0), "answers": self.answers })
    }
}

fn main() {
    let path = std::env::args().nth(1).expect("load PLAN");
    let plan: Plan = Plan::read(&std::fs::read_to_string(path).expect("the plan"));
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    threads.block_on(run(Arc::new(plan)));
}

async fn run(plan: Arc<Plan>) {
    let seen: Arc<Mutex<BTreeMap<(String, String), Kind>>> = Arc::default();
    let odd: Arc<Mutex<Vec<String>>> = Arc::default();
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(plan.seconds);
    let clients: Vec<_> = (0..plan.clients)
        .map(|number| tokio::spawn(client(plan.clone(), number, until, seen.clone(), odd.clone())))
        .collect();
    for client in clients {
        client.await.expect("a client goes on to the end");
    }
    let seconds = begun.elapsed().as_secs_f64();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    let (mut all, mut groups) = (Kind::default(), BTreeMap::<String, Kind>::new());
    for ((group, _), kind) in &seen {
        all.take_in(kind);
        groups.entry(group.clone()).or_default().take_in(kind);
    }
    let named = |mut told: Value, names: &[(&str, String)]| {
        names.iter().for_each(|(name, value)| told[*name] = json!(value));
        told
    };
    let groups: Vec<_> = groups.into_iter().map(|(group, kind)| named(kind.told(), &[("group", group)])).collect();
    let kinds: Vec<_> =
        seen.into_iter().map(|((group, name), kind)| named(kind.told(), &[("group", group), ("kind", name)])).collect();
    let odd = std::mem::take(&mut *odd.lock().unwrap());
    println!(
        "{}",
        json!({ "seconds": seconds, "cpu_seconds": cpu(), "all": all.told(), "groups": groups, "kinds": kinds, "odd": odd })
    );
}

/// One client: signed on to one company, on a connection of its own, with a pause after each answer as people make.
async fn client(
    plan: Arc<Plan>,
    number: usize,
    until: Instant,
    seen: Arc<Mutex<BTreeMap<(String, String), Kind>>>,
    odd: Arc<Mutex<Vec<String>>>,
) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let company = &plan.companies[number % plan.companies.len()];
    let mut dice = plan::Dice::new(plan.seed, number as u64);
    let mut wire = Wire::new(plan.address.clone());
    // Not all in the same moment.
    sleep(Duration::from_secs_f64(plan.pause.max(0.02) * dice.unit())).await;
    while Instant::now() < until {
        let take: &Take = plan.draw(&mut dice);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let asked = Instant::now();
        let answer = wire.ask(&take.request(company, &mut dice, count)).await;
        let took = asked.elapsed().as_micros().min(u128::from(u32::MAX)) as u32;
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        let error = !take.good.contains(&status) && status != 429;
        if error {
            let mut odd = odd.lock().unwrap();
            if odd.len() < 20 {
                let words = answer.map_or_else(|e| e.to_string(), |answer| answer.words);
                odd.push(format!("{status} to {} of {}: {words}", take.name, company.host));
            }
        }
        {
            let mut seen = seen.lock().unwrap();
            let kind = seen.entry((company.group.clone(), take.name.clone())).or_default();
            kind.took.push(took);
            *kind.answers.entry(status).or_default() += 1;
            kind.errors += u64::from(error);
        }
        // As long as people take, more or less; never all at once.
        let pause = Duration::from_secs_f64(plan.pause * company.haste * (0.5 + dice.unit()));
        sleep_until((asked + Duration::from_micros(took.into()) + pause).min(until).into()).await;
    }
}

/// What this process was charged, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: f64 = after.split(' ').skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    ticks / 100.0
}

#[test]
fn nothing_asked_is_told_as_such() {
    let told = Kind::default().told();
    assert!(told["requests"] == 0 && told["p99_ms"].is_null(), "{told}");
    let told = Kind { took: vec![3000, 1000], ..Kind::default() }.told();
    assert!(told["requests"] == 2 && told["p50_ms"] == 1.0 && told["most_ms"] == 3.0, "{told}");
}
