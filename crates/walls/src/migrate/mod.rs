//! The runner: brings every schema up to date, or back, each by transactions that are whole or not there.

mod bring;
mod ledger;

use crate::{Dsns, Error, Result, Secrets, dsn::connect, furnish::Place, migration::Histories, prepare::lock};
use ledger::{failures, ledger, places, renew_passwords};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// Dedicated schemas are migrated over this many connections.
const CONNECTIONS: usize = 4;

pub struct Runner {
    pub histories: Histories,
    /// How long to wait for another process that is at it.
    pub patience: Duration,
    /// How often a schema whose tables were locked is tried again, and after what pause.
    pub rounds: usize,
    pub pause: Duration,
}

#[derive(Debug, Default)]
pub struct Report {
    /// How many migrations were applied (or gone back over), over all schemas.
    pub applied: usize,
    /// Schemas that could not be brought up to date. What was done in them is kept, the next run goes on from there.
    pub skipped: Vec<Skipped>,
}

#[derive(Clone, Debug)]
pub struct Skipped {
    pub schema: String,
    pub reason: String,
}

/// One schema's place in its history.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Status {
    pub schema: String,
    pub tenant: Option<Uuid>,
    /// The highest number applied; 0 for none.
    pub version: i32,
    pub applied: usize,
    pub pending: usize,
    /// Applied by a newer program than this one.
    pub unknown: usize,
    pub error: Option<String>,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:56} at {:04}, {} applied, {} pending", self.schema, self.version, self.applied, self.pending)?;
        if self.unknown > 0 {
            write!(f, ", {} of a newer program", self.unknown)?;
        }
        self.error.as_ref().map_or(Ok(()), |error| write!(f, ": {error}"))
    }
}

/// Brings every schema up to this program's version. The registry and the pooled schema must succeed; a dedicated
/// tenant that cannot be migrated now is reported and does not hold up the others.
pub async fn up(dsns: &Dsns, secrets: &Secrets) -> Result<Report> {
    Runner::ours()?.up(dsns, secrets).await
}

/// Takes the last `steps` migrations of the tenant history out of every schema.
pub async fn down(dsns: &Dsns, _secrets: &Secrets, steps: usize) -> Result<Report> {
    Runner::ours()?.down(dsns, steps).await
}

pub async fn status(admin: &str) -> Result<Vec<Status>> {
    Runner::ours()?.status(admin).await
}

/// How many steps the histories of the registry and of a company have together.
pub fn steps() -> Result<usize> {
    let ours = Histories::ours()?;
    Ok(ours.control.len() + ours.tenant.len())
}

impl Runner {
    pub fn ours() -> Result<Runner> {
        Ok(Runner::of(Histories::ours()?))
    }

    pub fn of(histories: Histories) -> Runner {
        Runner { histories, patience: Duration::from_secs(120), rounds: 4, pause: Duration::from_millis(500) }
    }

    pub async fn up(self, dsns: &Dsns, secrets: &Secrets) -> Result<Report> {
        let mut admin = connect(&dsns.admin).await?;
        lock(&admin, self.patience).await?;
        let mut report = Report::default();
        let seen = ledger(&admin).await?;
        self.unchanged(&Place::Control, &seen)?;
        self.bring(&mut admin, &Place::Control, &seen, &mut report).await.map_err(|stuck| stuck.error)?;
        let places = places(&admin).await?;
        let ledger = Arc::new(ledger(&admin).await?);
        for place in [Place::Pooled].iter().chain(&places) {
            self.unchanged(place, &ledger)?;
        }
        self.patiently(&mut admin, &Place::Pooled, &ledger, &mut report).await?;
        renew_passwords(&admin, dsns, secrets, &places).await?;
        let this = Arc::new(self);

        let behind = |place: &Place| !this.pending(place, &ledger).is_empty();
        let queue: Vec<Place> = places.into_iter().filter(behind).collect();
        let workers = CONNECTIONS.min(queue.len());
        let queue = Arc::new(Mutex::new(queue));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..workers {
            let (this, ledger, queue, dsn) = (this.clone(), ledger.clone(), queue.clone(), dsns.admin.clone());
            tasks.spawn(async move {
                let (mut client, mut report) = (connect(&dsn).await?, Report::default());
                loop {
                    let next = queue.lock().unwrap_or_else(|e| e.into_inner()).pop();
                    let Some(place) = next else { break };
                    if client.is_closed() {
                        client = connect(&dsn).await?;
                    }
                    if let Err(error) = this.patiently(&mut client, &place, &ledger, &mut report).await {
                        report.skipped.push(Skipped { schema: place.name().to_owned(), reason: error.to_string() });
                    }
                }
                Ok::<_, Error>(report)
            });
        }
        while let Some(task) = tasks.join_next().await {
            let part =
                task.map_err(|e| Error::Refused(format!("a part of the migration ended early: {e}; run it again")))??;
            report.applied += part.applied;
            report.skipped.extend(part.skipped);
        }
        Ok(report)
    }

    /// Takes the last `steps` migrations of the tenant history out of every schema, each in a transaction of its own.
    pub async fn down(self, dsns: &Dsns, steps: usize) -> Result<Report> {
        let mut admin = connect(&dsns.admin).await?;
        lock(&admin, self.patience).await?;
        let mut report = Report::default();
        let mut places = places(&admin).await?;
        places.push(Place::Pooled);
        for place in places {
            self.back(&mut admin, &place, steps, &mut report).await?;
        }
        Ok(report)
    }

    /// The same for the history of the registry, once the tenant history is taken back far enough.
    pub async fn down_control(self, dsns: &Dsns, steps: usize) -> Result<Report> {
        let mut admin = connect(&dsns.admin).await?;
        lock(&admin, self.patience).await?;
        let mut report = Report::default();
        self.back(&mut admin, &Place::Control, steps, &mut report).await?;
        Ok(report)
    }

    pub async fn status(self, admin: &str) -> Result<Vec<Status>> {
        let admin = connect(admin).await?;
        let ledger = ledger(&admin).await?;
        let failures = failures(&admin).await?;
        let mut places = places(&admin).await?;
        places.splice(0..0, [Place::Control, Place::Pooled]);
        let one = |place: &Place| {
            let none = BTreeMap::new();
            let (done, history) = (ledger.get(place.name()).unwrap_or(&none), self.history(place));
            let known = history.iter().filter(|m| done.contains_key(&m.version)).count();
            Status {
                schema: place.name().to_owned(),
                tenant: place.tenant(),
                version: done.keys().next_back().copied().unwrap_or(0),
                applied: done.len(),
                pending: history.len() - known,
                unknown: done.len() - known,
                error: failures.get(place.name()).cloned(),
            }
        };
        Ok(places.iter().map(one).collect())
    }
}
