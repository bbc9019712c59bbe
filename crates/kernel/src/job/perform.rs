//! Doing one claimed job: find who does its kind, run it in its tenant, catch what it throws, write down how it went.
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use std::{panic::AssertUnwindSafe, time::Duration};
use uuid::Uuid;

use super::{claim::Claimed, cron, relay};
use crate::{Error, House, Result, Scope, sql};

sql! {
    #![ops]
    // Only the holder of the lease, in the attempt it was given for, may say how it went.
    fn done(id: Uuid, worker: Uuid, attempt: i32, now: Timestamp) -> u64 = "
        update ops.job set state = 'done', finished_at = $4, last_error = null, lease_until = null
        where id = $1 and leased_by = $2 and attempts = $3 and state = 'running'";

    // Another one of the same key that waits already will do the work: this one is done with.
    fn failed(id: Uuid, worker: Uuid, attempt: i32, now: Timestamp, again: Timestamp, error: String) -> Option<String> = "
        update ops.job as j set
          state = case when j.attempts >= j.max_attempts then 'dead' when twin.there then 'done' else 'later' end,
          finished_at = case when j.attempts >= j.max_attempts or twin.there then $4::timestamptz end,
          run_at = $5, last_error = $6, leased_by = null, lease_until = null
        from ops.job as self cross join lateral (select exists (
          select from ops.job as t where t.tenant_id = self.tenant_id and t.kind = self.kind and t.key = self.key and t.state in ('ready', 'later')) as there) as twin
        where j.id = self.id and self.id = $1 and j.leased_by = $2 and j.attempts = $3 and j.state = 'running'
        returning j.state";

    // A kind that this version does not know: for a worker of the version that told it. No attempt is counted.
    fn unknown(id: Uuid, worker: Uuid, attempt: i32, again: Timestamp) -> u64 = "
        update ops.job as j set
          state = case when twin.there then 'done' else 'later' end,
          run_at = $4, attempts = j.attempts - 1, last_error = 'no worker of this version knows the kind', leased_by = null, lease_until = null
        from ops.job as self cross join lateral (select exists (
          select from ops.job as t where t.tenant_id = self.tenant_id and t.kind = self.kind and t.key = self.key and t.state in ('ready', 'later')) as there) as twin
        where j.id = self.id and self.id = $1 and j.leased_by = $2 and j.attempts = $3 and j.state = 'running'";
}

/// How a job ended here; the database has it too, unless the lease was lost meanwhile.
#[derive(Debug)]
pub(super) enum Ended {
    Done,
    /// It will be tried again.
    Failed,
    Dead(String),
    /// Nobody here knows the kind.
    Unknown,
    /// The lease went to somebody else: what was done here does not count.
    Lost,
}

pub(super) async fn perform(house: &House, job: &Claimed, worker: Uuid, longest: Duration) -> Result<Ended> {
    let now = || house.clock().now();
    let begun = std::time::Instant::now();
    let Some(work) = find(house, &job.kind) else {
        tracing::warn!(kind = job.kind, job = %job.id, "no module of this version knows this kind of job");
        let again = later(now(), Duration::from_secs(60));
        house.ops().run(unknown(job.id, worker, job.attempts, again)).await?;
        return Ok(Ended::Unknown);
    };
    let outcome = run(house, job, work, longest).await;
    metrics::histogram!("job_seconds", "kind" => job.kind.clone()).record(begun.elapsed().as_secs_f64());
    let result = if outcome.is_ok() { "done" } else { "failed" };
    metrics::counter!("jobs_total", "kind" => job.kind.clone(), "outcome" => result).increment(1);
    let Err(failure) = outcome else {
        let kept = house.ops().run(done(job.id, worker, job.attempts, now())).await?;
        return Ok(if kept == 1 { Ended::Done } else { Ended::Lost });
    };
    tracing::warn!(kind = job.kind, job = %job.id, tenant = %job.tenant_id, attempt = job.attempts, error = failure.kept, "job failed");
    let again = later(now(), pause(job.attempts, spread(job.id, job.attempts)));
    let mut tries = 0;
    let state = loop {
        match house.ops().run(failed(job.id, worker, job.attempts, now(), again, failure.kept.clone())).await {
            // A twin came in just now; the statement sees it when it looks again.
            Err(Error::Broken { .. }) if tries < 5 => tries += 1,
            outcome => break outcome?,
        }
    };
    Ok(match state.as_deref() {
        None => Ended::Lost,
        Some("dead") => Ended::Dead(failure.said),
        Some(_) => Ended::Failed,
    })
}

struct Failure {
    /// For the queue and the log, which hold no content.
    kept: String,
    /// For tests.
    said: String,
}

impl Failure {
    fn of(error: &Error) -> Self {
        Self { kept: error.to_string().chars().take(500).collect(), said: format!("{error:?}") }
    }
}

type Doing = futures_util::future::BoxFuture<'static, Result<()>>;

/// A job's own work, a subscriber's or a cron's: the kind says which.
fn find(house: &House, kind: &str) -> Option<Box<dyn FnOnce(Scope, serde_json::Value) -> Doing + Send>> {
    let modules = house.modules();
    if let Some(name) = kind.strip_prefix(relay::SUBSCRIBER) {
        let work = modules.subscribers.iter().find(|entry| entry.name == name)?.work.clone();
        return Some(Box::new(move |scope, body| work(scope, body)));
    }
    if let Some(name) = kind.strip_prefix(cron::CRON) {
        let work = modules.crons.iter().find(|entry| entry.name == name)?.work.clone();
        return Some(Box::new(move |scope, _| work(scope)));
    }
    let work = modules.jobs.iter().find(|entry| entry.kind == kind)?.work.clone();
    Some(Box::new(move |scope, body| work(scope, body)))
}

async fn run(
    house: &House,
    job: &Claimed,
    work: impl FnOnce(Scope, serde_json::Value) -> Doing,
    longest: Duration,
) -> Result<(), Failure> {
    let doing = async {
        let scope = house.errand(job.tenant_id, &format!("job:{}", job.kind)).await?;
        work(scope, job.body.clone()).await
    };
    match tokio::time::timeout(longest, AssertUnwindSafe(doing).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome.map_err(|error| Failure::of(&error)),
        Ok(Err(panic)) => {
            let what = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            let kept = "it panicked; the log of its worker says more".to_owned();
            Err(Failure { kept, said: format!("panic: {}", what.unwrap_or("?")) })
        }
        Err(_) => {
            let said = format!("it took longer than {} s", longest.as_secs());
            Err(Failure { kept: said.clone(), said })
        }
    }
}

/// 5 s, 15 s, 45 s … at most six hours, each shortened or lengthened by up to a third so that what failed together does
/// not come back together. Eight attempts last an hour and a half. `chance` is between 0 and 1.
fn pause(attempt: i32, chance: f64) -> Duration {
    let seconds = 5.0 * 3f64.powi(attempt.clamp(1, 20) - 1);
    Duration::from_secs_f64(seconds.min(6.0 * 3600.0) * (2.0 / 3.0 + chance * 2.0 / 3.0))
}

/// Chance enough for a pause, and the same for the same job and attempt.
fn spread(id: Uuid, attempt: i32) -> f64 {
    let low = id.as_u128() as u32 ^ (attempt as u32).wrapping_mul(0x9e37_79b9);
    f64::from(low.wrapping_mul(0x85eb_ca6b)) / f64::from(u32::MAX)
}

pub(super) fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

#[test]
fn pauses_grow_and_are_spread() {
    let [least, most] = [0.0, 1.0].map(|chance| [1, 2, 3, 8, 30].map(|attempt| pause(attempt, chance).as_secs()));
    assert_eq!(least, [3, 10, 30, 7290, 14400]);
    assert_eq!(most, [6, 20, 60, 14580, 28800]);
    let chances: Vec<f64> = (0..1000).map(|_| spread(Uuid::now_v7(), 1)).collect();
    let low = chances.iter().filter(|c| **c < 0.5).count();
    assert!((400..600).contains(&low) && chances.iter().all(|c| (0.0..=1.0).contains(c)), "{low} of 1000 are low");
}
