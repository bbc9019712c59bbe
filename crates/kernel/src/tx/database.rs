//! The pools of the process: one for the shared schema, a small lazy one for each dedicated tenant.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio_postgres::Config;

use super::pool::Pool;
use crate::{Error, Result};

/// Where a tenant lives: a DSN with its login role, nothing else. `None` is the shared schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement(pub Option<Arc<str>>);

/// How statements travel. `Unnamed` is for PgBouncer before 1.21, which loses prepared statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statements {
    Named,
    Unnamed,
}

/// Private to the kernel, so that an access (`crate::access`) is the only way in.
#[derive(Clone)]
pub struct Database(Arc<Inner>);
struct Inner {
    pooled: Arc<Pool>,
    dedicated: Mutex<HashMap<Arc<str>, Arc<Pool>>>,
    statements: Statements,
}

const DEDICATED_SIZE: usize = 4;

impl Database {
    pub fn new(dsn: &str, size: usize, statements: Statements) -> Result<Self> {
        let pooled = Pool::new(config(dsn)?, size);
        Ok(Self(Arc::new(Inner { pooled, dedicated: Mutex::default(), statements })))
    }

    pub(crate) fn pool(&self, placement: &Placement) -> Result<Arc<Pool>> {
        let Some(dsn) = &placement.0 else { return Ok(self.0.pooled.clone()) };
        let mut pools = self.0.dedicated.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(pool) = pools.get(dsn) {
            return Ok(pool.clone());
        }
        let pool = Pool::new(config(dsn)?, DEDICATED_SIZE);
        pools.insert(dsn.clone(), pool.clone());
        Ok(pool)
    }

    /// Whether a connection to the companies' tables can be had.
    pub async fn answers(&self) -> Result<()> {
        self.0.pooled.lease().await.map(|lease| lease.give_back())
    }

    /// Called every few seconds by the process: idle connections close, a dedicated pool without any goes away.
    pub fn reap(&self, idle_for: Duration) {
        self.0.pooled.reap(idle_for);
        let mut pools = self.0.dedicated.lock().unwrap_or_else(|e| e.into_inner());
        pools.retain(|_, pool| !pool.reap(idle_for) || Arc::strong_count(pool) > 1);
    }

    /// Closes what is idle for a tenant whose schema is about to change or go.
    pub fn forget(&self, placement: &Placement) {
        if let Some(dsn) = &placement.0 {
            self.0.dedicated.lock().unwrap_or_else(|e| e.into_inner()).remove(dsn);
        }
    }
    pub fn dedicated_pools(&self) -> usize {
        self.0.dedicated.lock().unwrap_or_else(|e| e.into_inner()).len()
    }
    pub(crate) fn statements(&self) -> Statements {
        self.0.statements
    }
}

pub(super) fn config(dsn: &str) -> Result<Config> {
    dsn.parse().map_err(|e: tokio_postgres::Error| Error::Lost(e.to_string()))
}
