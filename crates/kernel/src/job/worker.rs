//! Claims jobs and runs them: fair turns between tenants, leases that are kept alive, and an orderly end.
use jiff::Timestamp;
use std::{collections::HashMap, time::Duration};
use tokio::{
    sync::watch,
    task::{AbortHandle, Id, JoinSet},
    time::{MissedTickBehavior, interval},
};
use uuid::Uuid;

use super::{
    claim::{self, Round},
    cron, duty,
    perform::{later, perform},
};
pub use super::{
    cron::now_for,
    drain::{drain, drain_for},
    stats::{Standing, stats},
};
use crate::{House, Result, sql};

#[derive(Debug, Clone)]
pub struct Options {
    /// How many jobs run at once in this process.
    pub concurrency: usize,
    /// How long a job stays claimed when its worker says nothing more. Renewed three times as often.
    pub lease: Duration,
    /// How often to look when nobody nudges.
    pub poll: Duration,
    /// How long jobs may go on after the word to stop; then they are given back.
    pub grace: Duration,
    /// A job that takes longer has failed.
    pub longest: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 8,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(8),
            longest: Duration::from_secs(600),
        }
    }
}

sql! {
    #![ops]
    fn renew(worker: Uuid, ids: Vec<Uuid>, until: Timestamp) -> Vec<Uuid> = "
        update ops.job set lease_until = $3 where id = any($2) and leased_by = $1 and state = 'running' returning id";
    // As if the lease had run out, but the attempt does not count.
    fn give_back(worker: Uuid, ids: Vec<Uuid>, now: Timestamp) -> u64 = "
        update ops.job set lease_until = $3, attempts = attempts - 1 where id = any($2) and leased_by = $1 and state = 'running'";
}

struct Held {
    job: Uuid,
    tenant: Uuid,
    task: AbortHandle,
}

struct Crew {
    house: House,
    options: Options,
    me: Uuid,
    round: Round,
    tasks: JoinSet<()>,
    held: HashMap<Id, Held>,
}

/// Runs until `shutdown`; then claims nothing more, lets jobs finish for `grace`, and gives back the rest.
pub async fn run(house: House, mut shutdown: watch::Receiver<bool>, options: Options) {
    let me = Uuid::now_v7();
    let mut crew = Crew { house, me, round: Round::default(), tasks: JoinSet::new(), held: HashMap::new(), options };
    let every = |period| {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    };
    let (mut poll, mut beat) = (every(crew.options.poll), every(crew.options.lease / 3));
    let mut duties = duty::begin(&crew.house, &shutdown);
    let mut learnt = false;
    loop {
        tokio::select! {
            () = super::stopped(&mut shutdown) => break,
            _ = beat.tick() => noted("renewing leases", crew.renew().await),
            Some(ended) = crew.tasks.join_next_with_id(), if !crew.held.is_empty() => crew.forget(ended),
            () = crew.house.0.nudge.notified() => {}
            _ = poll.tick() => {
                if !learnt {
                    let outcome = cron::learn(&crew.house).await;
                    learnt = outcome.is_ok();
                    noted("learning what comes round", outcome);
                }
                noted("looking for what comes round", cron::ring(&crew.house).await);
                noted("waking planned jobs", claim::wake(&crew.house).await.map(drop));
            }
        }
        while let Some(ended) = crew.tasks.try_join_next_with_id() {
            crew.forget(ended);
        }
        noted("claiming jobs", crew.fill().await);
    }
    let grace = crew.options.grace;
    crew.end().await;
    let _ = tokio::time::timeout(grace, async { while duties.join_next().await.is_some() {} }).await;
}

fn noted(what: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "{what} failed; it is tried again in a moment");
    }
}

impl Crew {
    /// Claims until every slot is taken or nothing is ready.
    async fn fill(&mut self) -> Result<()> {
        while self.held.len() < self.options.concurrency {
            let free = self.options.concurrency - self.held.len();
            // One tenant's slow jobs may fill half of the slots; the others are for whoever comes.
            let share = (self.options.concurrency / 2).max(1);
            let mut running: HashMap<Uuid, usize> = HashMap::new();
            self.held.values().for_each(|held| *running.entry(held.tenant).or_default() += 1);
            let full = running.into_iter().filter(|(_, n)| *n >= share).map(|(tenant, _)| tenant).collect();
            let until = later(self.house.clock().now(), self.options.lease);
            let claimed = self.round.claim(&self.house, free, full, share, self.me, until).await?;
            if claimed.is_empty() {
                break;
            }
            for job in claimed {
                let (house, me, longest) = (self.house.clone(), self.me, self.options.longest);
                let (id, tenant) = (job.id, job.tenant_id);
                let task = self.tasks.spawn(async move {
                    if let Err(error) = perform(&house, &job, me, longest).await {
                        tracing::warn!(%error, job = %job.id, "how a job ended could not be written down; its lease will run out");
                    }
                });
                self.held.insert(task.id(), Held { job: id, tenant, task });
            }
        }
        Ok(())
    }

    fn forget(&mut self, ended: Result<(Id, ()), tokio::task::JoinError>) {
        let id = match &ended {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        self.held.remove(&id);
    }

    /// What is no longer ours (we were slow, another took it) is dropped on the spot.
    async fn renew(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.held.values().map(|held| held.job).collect();
        let until = later(self.house.clock().now(), self.options.lease);
        let ours = self.house.ops().run(renew(self.me, ids, until)).await?;
        for held in self.held.values().filter(|held| !ours.contains(&held.job)) {
            held.task.abort();
        }
        Ok(())
    }

    async fn end(mut self) {
        let mut beat = interval(self.options.lease / 3);
        let grace = tokio::time::sleep(self.options.grace);
        tokio::pin!(grace);
        while !self.held.is_empty() {
            tokio::select! {
                () = &mut grace => break,
                _ = beat.tick() => noted("renewing leases", self.renew().await),
                Some(ended) = self.tasks.join_next_with_id() => self.forget(ended),
            }
        }
        let ids: Vec<Uuid> = self.held.values().map(|held| held.job).collect();
        self.tasks.shutdown().await;
        if !ids.is_empty() {
            let now = self.house.clock().now();
            noted("giving jobs back", self.house.ops().run(give_back(self.me, ids, now)).await.map(drop));
        }
    }
}
