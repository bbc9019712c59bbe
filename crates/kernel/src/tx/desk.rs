//! Backstage: the registry (`ctl`) by the control role and the queue (`ops`) by the job role. No tenant's rows.
use std::{future::Future, sync::Arc};

use super::{
    database::{Statements, config},
    pool::Pool,
    sent::Sent,
    sql::{Batch, Plane},
    tx::{Bearer, Mode, TenantTx},
};
use crate::Result;

/// One role's small pool and the plane of statements it may run.
#[derive(Clone)]
pub struct Desk {
    pool: Arc<Pool>,
    /// Where NOTIFY is heard.
    ear: Arc<Pool>,
    plane: Plane,
    statements: Statements,
}

impl Desk {
    pub fn control(dsn: &str, size: usize, statements: Statements) -> Result<Self> {
        Self::at(dsn, size, Plane::Control, statements)
    }
    pub fn ops(dsn: &str, size: usize, statements: Statements) -> Result<Self> {
        Self::at(dsn, size, Plane::Ops, statements)
    }
    fn at(dsn: &str, size: usize, plane: Plane, statements: Statements) -> Result<Self> {
        let pool = Pool::new(config(dsn)?, size);
        Ok(Self { ear: pool.clone(), pool, plane, statements })
    }

    /// Hears there instead: a pooler that lends connections for a transaction passes no NOTIFY on.
    pub fn hearing_at(self, dsn: &str) -> Result<Self> {
        Ok(Self { ear: Pool::new(config(dsn)?, 1), ..self })
    }

    /// The batch in one transaction and one round trip.
    pub async fn run<B: Batch>(&self, batch: B) -> Result<B::Output> {
        let mut tx = self.begin().await?;
        let outcome = tx.run_and_commit(batch).await;
        tx.end(outcome).await
    }

    /// Read, decide, write, in one transaction.
    pub fn with<T: Send>(
        &self,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T> + Send,
    ) -> impl Future<Output = Result<T>> + Send {
        Sent::of(self.with_tx(work))
    }

    async fn with_tx<T>(&self, work: impl AsyncFnOnce(&mut TenantTx) -> Result<T>) -> Result<T> {
        let mut tx = self.begin().await?;
        let outcome = match work(&mut tx).await {
            Ok(done) => tx.run_and_commit(()).await.map(|()| done),
            Err(error) => Err(error),
        };
        tx.end(outcome).await
    }

    /// Hears NOTIFY on the house's channel over a connection of its own, until that breaks. Only a hint: poll behind it.
    pub(crate) async fn hear(&self, hint: impl Fn()) -> Result<()> {
        self.ear.hear("listen tradewind", hint).await
    }

    pub fn reap(&self, idle_for: std::time::Duration) {
        self.pool.reap(idle_for);
    }

    async fn begin(&self) -> Result<TenantTx> {
        let lease = self.pool.lease().await?;
        Ok(TenantTx::new(lease, self.statements, Mode::Write, Bearer::Desk(self.plane)))
    }
}
