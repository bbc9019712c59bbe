//! The kernel: what every context shares, and nothing of the trade. Read `tx` first, then `access`, then `module`.
extern crate self as kernel;

pub mod access;
pub mod asker;
pub mod checks;
mod clock;
pub mod decimal;
pub mod error;
pub mod event;
pub mod house;
pub mod http;
mod id;
pub mod job;
pub mod live;
pub mod module;
pub mod money;
pub mod openapi;
pub mod page;
pub mod permission;
pub mod phone;
pub mod reach;
pub mod secret;
pub mod sight;
pub mod sum;
pub mod tenant;
pub mod text;
pub mod tx;

pub use access::{Access, Actor, Credential, Outside, Principal, Scope, Visitor};
pub use asker::Asker;
pub use checks::{Checks, Input, chosen};
pub use clock::Clock;
pub use error::{Error, FieldError, Result};
pub use event::{EVENTS, Event};
pub use house::House;
pub use module::Module;
pub use money::{Cost, Currency, Money};
pub use page::{Cursor, Paged};
pub use permission::{PERMISSIONS, Permission, Role};
pub use reach::{Reach, Within};
pub use sight::{CostsSee, PricesSee};
pub use tenant::Tenant;
pub use tx::{Batch, Database, Desk, Inserts, Placement, QUERIES, Statement, TenantTx};
pub use {jiff, schemars, serde_json, uuid::Uuid};

#[doc(hidden)]
pub mod __ {
    pub use {bytes, linkme, schemars, serde, tokio_postgres::types, uuid::Uuid};
}
