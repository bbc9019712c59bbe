//! Jobs, subscribers and recurring work: what they are. `worker` (beside the queue's tables) runs them.
use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, sync::Arc};

use crate::{Error, Event, Result, Scope};

mod claim;
mod cron;
mod drain;
mod duty;
mod perform;
pub mod relay;
mod stats;
pub mod worker;

pub(crate) use cron::CRON;
pub(crate) use relay::SUBSCRIBER;

/// Work to be done after the transaction that asked for it, at least once: make it idempotent. The body carries ids, never content.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    const KIND: &'static str;
    const ATTEMPTS: i32 = 8;
    /// Two waiting jobs of one tenant and kind with the same key are one.
    fn key(&self) -> Option<String> {
        None
    }
    fn run(self, scope: Scope) -> impl Future<Output = Result<()>> + Send;
}

type Work = Arc<dyn Fn(Scope, serde_json::Value) -> BoxFuture<'static, Result<()>> + Send + Sync>;

#[derive(Clone)]
pub struct JobEntry {
    pub kind: &'static str,
    pub attempts: i32,
    pub work: Work,
}

impl JobEntry {
    pub fn of<J: Job>() -> Self {
        let work: Work = Arc::new(|scope, body| {
            Box::pin(async move {
                let job: J = serde_json::from_value(body).map_err(|e| Error::Bug(format!("job {}: {e}", J::KIND)))?;
                job.run(scope).await
            })
        });
        Self { kind: J::KIND, attempts: J::ATTEMPTS, work }
    }
}

/// One who wants to hear of some kinds of events.
#[derive(Clone)]
pub struct SubscriberEntry {
    pub name: &'static str,
    pub kinds: Vec<&'static str>,
    /// So many events of one tenant at most become one job.
    pub at_once: usize,
    /// Given the whole envelope (`Told`) as JSON, or a list of them.
    pub work: Work,
}

/// An event as subscribers get it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Told {
    pub id: uuid::Uuid,
    pub at: jiff::Timestamp,
    pub kind: String,
    pub subject: uuid::Uuid,
    pub body: serde_json::Value,
}

impl SubscriberEntry {
    pub fn of<E: Event, F, Fut>(name: &'static str, work: F) -> Self
    where
        F: Fn(Scope, E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let work = Arc::new(work);
        let work: Work = Arc::new(move |scope, envelope| {
            let work = work.clone();
            Box::pin(async move {
                let bad = |e| Error::Bug(format!("event {}: {e}", E::KIND));
                let told: Told = serde_json::from_value(envelope).map_err(bad)?;
                work(scope, serde_json::from_value(told.body).map_err(bad)?).await
            })
        });
        Self { name, kinds: vec![E::KIND], at_once: 1, work }
    }

    pub fn of_kinds<F, Fut>(name: &'static str, kinds: Vec<&'static str>, work: F) -> Self
    where
        F: Fn(Scope, Told) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let work = Arc::new(work);
        let work: Work = Arc::new(move |scope, envelope| {
            let work = work.clone();
            Box::pin(async move {
                work(scope, serde_json::from_value(envelope).map_err(|e| Error::Bug(format!("an event: {e}")))?).await
            })
        });
        Self { name, kinds, at_once: 1, work }
    }

    /// For work that costs as much for many as for one: what a tenant tells in a breath is heard together.
    pub fn of_many<F, Fut>(name: &'static str, kinds: Vec<&'static str>, at_once: usize, work: F) -> Self
    where
        F: Fn(Scope, Vec<Told>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let work = Arc::new(work);
        let work: Work = Arc::new(move |scope, envelopes| {
            let work = work.clone();
            Box::pin(async move {
                let envelopes = if envelopes.is_array() { envelopes } else { serde_json::json!([envelopes]) };
                work(scope, serde_json::from_value(envelopes).map_err(|e| Error::Bug(format!("events: {e}")))?).await
            })
        });
        Self { name, kinds, at_once: at_once.max(1), work }
    }
}

/// Work that comes round for every tenant that is open for business.
#[derive(Clone)]
pub struct CronEntry {
    pub name: &'static str,
    pub seconds: i64,
    pub work: Arc<dyn Fn(Scope) -> BoxFuture<'static, Result<()>> + Send + Sync>,
}

/// Work of the house that belongs to no tenant.
#[derive(Clone)]
pub struct Duty {
    pub name: &'static str,
    pub run: fn(crate::House, tokio::sync::watch::Receiver<bool>) -> BoxFuture<'static, ()>,
}

/// Returns when the process is told to stop, or nobody is left to tell it.
pub(crate) async fn stopped(shutdown: &mut tokio::sync::watch::Receiver<bool>) {
    let _ = shutdown.wait_for(|stop| *stop).await;
}
