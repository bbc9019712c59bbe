//! One tenant, one actor, one transaction: the only way to PostgreSQL.
use jiff::Timestamp;
use std::sync::Arc;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::{
    conn::Ask,
    database::{Database, Statements},
    pool::Lease,
    sql::{Batch, Bound, Inserts, Plane, Query, Replies, Reply},
};
use crate::{
    Actor, Currency, Error, Event, Result, Tenant, Within,
    access::{Came, Once},
    job::Job,
    sight,
};

#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// On whose behalf: a tenant with an actor, or the house itself at one of its desks.
pub(crate) enum Bearer {
    Tenant(Box<Errand>),
    Desk(Plane),
}

pub(crate) struct Errand {
    pub tenant: Arc<Tenant>,
    pub actor: Arc<Actor>,
    pub within: Option<Arc<Within>>,
    pub request: Uuid,
    pub now: Timestamp,
    pub once: Arc<Once>,
}

pub struct TenantTx {
    lease: Lease,
    statements: Statements,
    mode: Mode,
    bearer: Bearer,
    told: bool,
    queue: Vec<Bound>,
    begun: bool,
    /// True while an exchange with the server is under way, and for ever if its future was dropped.
    midway: bool,
    /// The first error the server gave. It stays the answer, whatever the handler makes of it.
    failed: Option<Error>,
}

static BEGIN: Query = plain("begin", Plane::Ops);
static BEGIN_READ: Query = plain("begin read only", Plane::Ops);
static BIND: Query = plain("select wall.set_tenant($1)", Plane::Tenant);
static HOLD: Query = plain("select wall.set_reach($1, $2)", Plane::Tenant);
static COMMIT: Query = plain("commit", Plane::Ops);
static ROLLBACK: Query = plain("rollback", Plane::Ops);
const fn plain(sql: &'static str, plane: Plane) -> Query {
    Query { name: sql, sql, at: sql, takes: &[], gives: &[], silent: true, plane }
}

crate::sql! {
    fn audit(id: Uuid, at: Timestamp, actor_kind: String, actor_id: Option<Uuid>, actor_name: String, action: String, subject: Uuid, request_id: Uuid, detail: serde_json::Value, via: String, session_id: Option<Uuid>, address: Option<String>, agent: Option<String>) = "
        insert into audit (tenant_id, id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    fn outbox(id: Uuid, at: Timestamp, kind: String, subject: Uuid, body: serde_json::Value) = "
        insert into ops.outbox (tenant_id, id, at, kind, subject, body) values ($1, $2, $3, $4, $5, $6)";
    fn enqueue(id: Uuid, kind: String, key: Option<String>, body: serde_json::Value, run_at: Timestamp, max_attempts: i32, at: Timestamp) = "
        insert into ops.job (tenant_id, id, kind, key, body, run_at, max_attempts, created_at, state)
        values ($1, $2, $3, $4, $5, $6::timestamptz, $7, $8::timestamptz, case when $6::timestamptz > $8::timestamptz then 'later' else 'ready' end) on conflict do nothing";
}

impl TenantTx {
    pub(crate) fn new(lease: Lease, statements: Statements, mode: Mode, bearer: Bearer) -> Self {
        Self { lease, statements, mode, bearer, told: false, queue: vec![], begun: false, midway: false, failed: None }
    }

    pub(crate) async fn of_tenant(database: &Database, tenant: &Tenant, errand: Errand, mode: Mode) -> Result<Self> {
        let lease = database.pool(&tenant.placement)?.lease().await?;
        Ok(Self::new(lease, database.statements(), mode, Bearer::Tenant(Box::new(errand))))
    }

    /// The time of the request, the same for all it writes. At a desk nobody asks.
    pub fn now(&self) -> Timestamp {
        match &self.bearer {
            Bearer::Tenant(errand) => errand.now,
            Bearer::Desk(_) => Timestamp::UNIX_EPOCH,
        }
    }
    pub fn tenant(&self) -> Uuid {
        match &self.bearer {
            Bearer::Tenant(errand) => errand.tenant.id,
            Bearer::Desk(_) => Uuid::nil(),
        }
    }
    /// The country the company is in, two letters; none at a desk.
    pub fn country(&self) -> &str {
        match &self.bearer {
            Bearer::Tenant(errand) => &errand.tenant.locale.country,
            Bearer::Desk(_) => "",
        }
    }
    /// In which the company counts; at a desk nothing is counted.
    pub fn currency(&self) -> Currency {
        match &self.bearer {
            Bearer::Tenant(errand) => errand.tenant.locale.currency,
            Bearer::Desk(_) => Currency::USD,
        }
    }
    /// The day it is where the company is. At a desk nobody asks.
    pub fn today(&self) -> jiff::civil::Date {
        match &self.bearer {
            Bearer::Tenant(errand) => errand.now.to_zoned(errand.tenant.locale.zone.clone()).date(),
            Bearer::Desk(_) => jiff::civil::Date::ZERO,
        }
    }
    /// The company, as it is now; none at a desk.
    pub fn company(&self) -> Option<&Tenant> {
        match &self.bearer {
            Bearer::Tenant(errand) => Some(&errand.tenant),
            Bearer::Desk(_) => None,
        }
    }
    /// The user behind it, where there is one.
    pub fn user(&self) -> Option<Uuid> {
        match &self.bearer {
            Bearer::Tenant(errand) => errand.actor.user(),
            Bearer::Desk(_) => None,
        }
    }
    /// What whoever asks reaches; `None`: everybody's rows.
    pub fn within(&self) -> Option<&Within> {
        match &self.bearer {
            Bearer::Tenant(errand) => errand.within.as_deref(),
            Bearer::Desk(_) => None,
        }
    }
    /// Something was told or enqueued, so workers and live screens have a reason to look.
    pub(crate) fn told(&self) -> bool {
        self.told
    }

    /// Runs the batch, and before it whatever is queued, in one round trip. The first one carries begin and bind.
    pub async fn run<B: Batch>(&mut self, batch: B) -> Result<B::Output> {
        self.send(batch, false).await
    }

    /// Leaves with the next `run`, or with COMMIT. Nothing to await.
    pub fn queue(&mut self, inserts: impl Inserts) {
        let _ = inserts.bind(&mut self.queue);
    }

    /// Queues the event: one row for the auditor, one for subscribers and live screens.
    pub fn tell<E: Event>(&mut self, event: &E) {
        self.tell_with(event, None);
    }

    /// The same, and what the auditor shall see beyond the event: values before and after. It stays in the tenant's schema.
    pub fn tell_with<E: Event>(&mut self, event: &E, detail: Option<serde_json::Value>) {
        let Bearer::Tenant(errand) = &self.bearer else { return };
        // What is kept has its amounts, whatever whoever asked is shown.
        let body = sight::whole(|| serde_json::to_value(event)).unwrap_or_default();
        let subject = event.subject();
        let came = errand.once.came.get();
        let some = |text: fn(&Came) -> &String| came.map(|came| text(came).clone()).filter(|text| !text.is_empty());
        let audited = E::AUDITED.then(|| {
            audit(
                Uuid::now_v7(),
                errand.now,
                errand.actor.kind().into(),
                errand.actor.id(),
                errand.actor.name().into(),
                E::KIND.into(),
                subject,
                errand.request,
                detail.unwrap_or_else(|| body.clone()),
                came.map_or("job", |came| came.via).into(),
                came.and_then(|came| came.session),
                some(|came| &came.address),
                some(|came| &came.agent),
            )
        });
        let told = outbox(Uuid::now_v7(), errand.now, E::KIND.into(), subject, body);
        self.told = true;
        match audited {
            Some(audited) => self.queue((audited, told)),
            None => self.queue(told),
        }
    }

    /// Queues a job of this tenant, to be done after COMMIT.
    pub fn enqueue<J: Job>(&mut self, job: &J) {
        let at = self.now();
        self.enqueue_at(job, at);
    }
    pub fn enqueue_at<J: Job>(&mut self, job: &J, run_at: Timestamp) {
        let body = sight::whole(|| serde_json::to_value(job)).unwrap_or_default();
        let statement = enqueue(Uuid::now_v7(), J::KIND.into(), job.key(), body, run_at, J::ATTEMPTS, self.now());
        self.told = true;
        self.queue(statement);
    }

    pub(crate) async fn run_and_commit<B: Batch>(&mut self, batch: B) -> Result<B::Output> {
        self.send(batch, true).await
    }

    async fn send<B: Batch>(&mut self, batch: B, commit: bool) -> Result<B::Output> {
        if self.midway {
            return Err(Error::Interrupted);
        }
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let plane = match &self.bearer {
            Bearer::Tenant(_) => Plane::Tenant,
            Bearer::Desk(plane) => *plane,
        };
        let mut bounds = std::mem::take(&mut self.queue);
        let queued = bounds.len();
        let decode = batch.bind(&mut bounds);
        if let Some(stray) = bounds.iter().find(|b| b.query.plane != plane) {
            return Err(Error::Misfit {
                at: stray.query.at,
                what: format!("{} is not a statement for here", stray.query.name),
            });
        }
        let mut replies: Replies = match bounds.is_empty() && !(commit && self.begun) {
            true => vec![].into_iter(),
            false => {
                self.midway = true;
                let outcome = self.exchange(&bounds, commit).await;
                // After a schema change a prepared statement is of no use any more, nor the connection that holds it.
                self.midway =
                    matches!(&outcome, Err(Error::Sql { code, .. }) if matches!(code.code(), "0A000" | "26000"));
                outcome.inspect_err(|error| self.failed = Some(error.clone()))?.into_iter()
            }
        };
        decode(&mut replies.by_ref().skip(queued).collect::<Vec<_>>().into_iter())
    }

    /// One write, one wait: [begin, bind,] statements [, commit].
    async fn exchange(&mut self, bounds: &[Bound], commit: bool) -> Result<Vec<Reply>> {
        let conn = self.lease.conn();
        let begin = match self.mode {
            Mode::Read => &BEGIN_READ,
            Mode::Write => &BEGIN,
        };
        let tenant = match &self.bearer {
            Bearer::Tenant(errand) => Some(&errand.tenant.id as &(dyn ToSql + Sync)),
            Bearer::Desk(_) => None,
        };
        let first = || tenant.iter().map(|tenant| (*tenant, &Type::UUID));
        let mut asks = Vec::with_capacity(bounds.len() + 3);
        if !self.begun {
            asks.push(Ask::plain(begin));
            asks.extend(tenant.map(|_| Ask { query: &BIND, values: first().collect() }));
            // Whoever does not reach all is held to it before anything is asked, in the same round trip.
            if let Bearer::Tenant(errand) = &self.bearer
                && let Some(within) = &errand.within
            {
                let told = (within.told() as &(dyn ToSql + Sync), &Type::TEXT);
                asks.push(Ask { query: &HOLD, values: first().chain([told]).collect() });
            }
        }
        let opened = asks.len();
        asks.extend(bounds.iter().map(|bound| {
            let rest = bound.params.iter().zip(bound.query.takes);
            let rest = rest.map(|(value, param)| (&**value as &(dyn ToSql + Sync), &param.ty));
            Ask { query: bound.query, values: first().chain(rest).collect() }
        }));
        asks.extend(commit.then_some(Ask::plain(&COMMIT)));
        if self.statements == Statements::Named {
            let always = [begin, &COMMIT].into_iter();
            conn.prepare(always.chain(asks.iter().map(|ask| ask.query))).await?;
        }
        self.begun = true;
        let (mut replies, committed) = conn.exchange(&asks).await?;
        if commit && !committed {
            return Err(Error::RolledBack);
        }
        replies.drain(..opened);
        Ok(replies)
    }

    /// Hands the connection back if the wire is quiet; otherwise it closes when `self.lease` drops.
    pub(crate) async fn end<T>(mut self, outcome: Result<T>) -> Result<T> {
        let conn = self.lease.conn();
        if !self.midway && !conn.is_quiet() {
            let _ = conn.exchange(&[Ask::plain(&ROLLBACK)]).await;
        }
        if !self.midway {
            self.lease.give_back();
        }
        outcome
    }
}
