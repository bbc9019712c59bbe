//! One tenant, one actor, one transaction: the only way to PostgreSQL.
use futures_util::{StreamExt, future::ready};
use jiff::Timestamp;
use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};
use tokio_postgres::{
    Client, RowStream,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::{
    database::{Database, Statements},
    pool::Lease,
    sql::{Batch, Bound, Inserts, Plane, Query, Replies, Reply},
    wire::Wire,
};
use crate::{Actor, Error, Event, Result, Tenant, job::Job};

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
    pub tenant: Uuid,
    pub actor: Arc<Actor>,
    pub request: Uuid,
    pub now: Timestamp,
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
static COMMIT: Query = plain("commit", Plane::Ops);
static ROLLBACK: Query = plain("rollback", Plane::Ops);
const fn plain(sql: &'static str, plane: Plane) -> Query {
    Query { name: sql, sql, at: sql, takes: &[], gives: &[], silent: true, plane }
}

crate::sql! {
    fn audit(id: Uuid, at: Timestamp, actor_kind: String, actor_id: Option<Uuid>, actor_name: String, action: String, subject: Uuid, request_id: Uuid, detail: serde_json::Value) = "
        insert into audit (tenant_id, id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
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

    pub(crate) async fn of_tenant(
        database: &Database,
        tenant: &Tenant,
        actor: Arc<Actor>,
        request: Uuid,
        now: Timestamp,
        mode: Mode,
    ) -> Result<Self> {
        let lease = database.pool(&tenant.placement)?.lease().await?;
        let errand = Errand { tenant: tenant.id, actor, request, now };
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
            Bearer::Tenant(errand) => errand.tenant,
            Bearer::Desk(_) => Uuid::nil(),
        }
    }
    /// The user behind it, where there is one.
    pub fn user(&self) -> Option<Uuid> {
        match &self.bearer {
            Bearer::Tenant(errand) => errand.actor.user(),
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
        let body = serde_json::to_value(event).unwrap_or_default();
        let subject = event.subject();
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
        let body = serde_json::to_value(job).unwrap_or_default();
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
        let tenant = match &self.bearer {
            Bearer::Tenant(errand) => Some(errand.tenant),
            Bearer::Desk(_) => None,
        };
        if self.statements == Statements::Named {
            conn.prepare(tenant.map(|_| &BIND).into_iter().chain(bounds.iter().map(|b| b.query))).await?;
        }
        let conn = &*conn;
        let (client, tenant) = (&conn.client, &tenant);
        let mut opening = vec![];
        if !self.begun {
            opening.push(Ask::Plain(match self.mode {
                Mode::Read => &BEGIN_READ,
                Mode::Write => &BEGIN,
            }));
            if tenant.is_some() {
                opening.push(Ask::Bound(&BIND, &[], conn.prepared(&BIND)));
            }
        }
        let opened = opening.len();
        let middle = bounds.iter().map(|b| Ask::Bound(b.query, &b.params, conn.prepared(b.query)));
        let asks: Vec<_> = opening.into_iter().chain(middle).chain(commit.then_some(Ask::Plain(&COMMIT))).collect();
        self.begun = true;
        conn.wire.hold(asks.len());
        let mut replies = in_order(client, tenant, &conn.wire, asks).await?;
        if commit && !conn.wire.committed() {
            return Err(Error::RolledBack);
        }
        replies.drain(..opened);
        Ok(replies)
    }

    /// Hands the connection back if the wire is quiet; otherwise it closes when `self.lease` drops.
    pub(crate) async fn end<T>(mut self, outcome: Result<T>) -> Result<T> {
        let conn = self.lease.conn();
        if !self.midway && !conn.wire.is_quiet() {
            let _ = conn.client.batch_execute("rollback").await;
        }
        if !self.midway {
            self.lease.give_back();
        }
        outcome
    }
}

enum Ask<'a> {
    Plain(&'static Query),
    Bound(&'static Query, &'a [Box<dyn ToSql + Sync + Send>], Option<&'a tokio_postgres::Statement>),
}

impl Ask<'_> {
    fn query(&self) -> &'static Query {
        match self {
            Self::Plain(query) | Self::Bound(query, ..) => query,
        }
    }

    /// tokio-postgres sends the message in the first poll of this future, before its first suspension.
    async fn answer(self, client: &Client, tenant: &Option<Uuid>) -> Result<Reply, tokio_postgres::Error> {
        let query = self.query();
        match self {
            Self::Plain(_) => client.batch_execute(query.sql).await.map(|()| Reply { query, rows: vec![], touched: 0 }),
            Self::Bound(_, params, Some(statement)) => {
                let values: Vec<_> = tenant
                    .iter()
                    .map(|t| t as &(dyn ToSql + Sync))
                    .chain(params.iter().map(|p| &**p as &(dyn ToSql + Sync)))
                    .collect();
                collect(query, client.query_raw(statement, values).await?).await
            }
            Self::Bound(_, params, None) => {
                let rest =
                    params.iter().zip(query.takes).map(|(value, p)| (&**value as &(dyn ToSql + Sync), p.ty.clone()));
                let values: Vec<_> =
                    tenant.iter().map(|t| (t as &(dyn ToSql + Sync), Type::UUID)).chain(rest).collect();
                collect(query, client.query_typed_raw(query.sql, values).await?).await
            }
        }
    }
}

async fn collect(query: &'static Query, stream: RowStream) -> Result<Reply, tokio_postgres::Error> {
    let mut stream = pin!(stream);
    let mut rows = vec![];
    while let Some(row) = stream.next().await {
        rows.push(row?);
    }
    Ok(Reply { query, rows, touched: stream.rows_affected().unwrap_or(0) })
}

/// Queues every message, in order, then awaits every answer, in order. The one place that does.
async fn in_order<'a>(
    client: &'a Client,
    tenant: &'a Option<Uuid>,
    wire: &Wire,
    asks: Vec<Ask<'a>>,
) -> Result<Vec<Reply>> {
    type Answer<'a> = Pin<Box<dyn Future<Output = Result<Reply, tokio_postgres::Error>> + Send + 'a>>;
    let mut waiting: Vec<(&'static Query, Answer<'a>)> = vec![];
    let mut unsent = None;
    for ask in asks {
        let (query, mut answer): (_, Answer<'a>) = (ask.query(), Box::pin(ask.answer(client, tenant)));
        match send(&mut answer).await {
            Poll::Pending => waiting.push((query, answer)),
            Poll::Ready(Ok(reply)) => waiting.push((query, Box::pin(ready(Ok(reply))))),
            // A value that does not encode never left, and nothing after it may: COMMIT would commit the rest without it.
            Poll::Ready(Err(error)) => {
                unsent = Some(Error::from_pg(query.at, error));
                wire.hold(0);
                let mut rollback: Answer<'a> = Box::pin(Ask::Plain(&ROLLBACK).answer(client, tenant));
                if send(&mut rollback).await.is_pending() {
                    waiting.push((&ROLLBACK, rollback));
                }
                break;
            }
        }
    }
    let (mut replies, mut first) = (Vec::with_capacity(waiting.len()), None);
    for (query, answer) in waiting {
        match answer.await {
            Ok(reply) => replies.push(reply),
            Err(error) => first = first.or(Some(Error::from_pg(query.at, error))),
        }
    }
    // In unnamed mode nothing was prepared, so the columns are looked at here.
    for reply in &replies {
        if let (None, Some(row)) = (&first, reply.rows.first()) {
            first = reply.query.check(row.columns()).err();
        }
    }
    first.or(unsent).map_or(Ok(replies), Err)
}

/// Polls once: with a prepared statement that is all it takes for the message to be in the connection's queue.
async fn send<F: Future + Unpin>(answer: &mut F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *answer).poll(cx))).await
}
