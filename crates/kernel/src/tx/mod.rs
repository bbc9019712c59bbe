//! The tenant transaction: one tenant, one actor, one transaction, and as few round trips as can be.
//!
//! A statement is a typed value (`sql!`), so the kernel sees all of a request before it sends any of it. `read(batch)` and
//! `write(event, inserts)` are one round trip with COMMIT; `read_with`/`write_with` take one for each `run` and one for the end.
mod conn;
mod database;
mod desk;
mod pool;
mod sent;
mod sql;
#[allow(clippy::module_inception)]
mod tx;

pub use database::{Database, Placement, Statements};
pub use desk::Desk;
pub(crate) use sent::Sent;
pub use sql::{
    Batch, Bound, Cells, Field, Inserts, LookedAt, Param, Plane, QUERIES, Query, Reply, Row, Shape, SqlType, Statement,
    field, param,
};
pub use tx::TenantTx;
pub(crate) use tx::{Errand, Mode};
