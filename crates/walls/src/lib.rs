//! The walls between tenants: roles, schemas, migrations, placements, and the lint that looks for holes.
//!
//! ```no_run
//! # async fn example() -> walls::Result<()> {
//! let secrets = walls::Secrets::load_or_create("data".as_ref())?;
//! let (dsns, warnings) = walls::prepare("postgresql://postgres@%2Ftmp%2Frun:5432/postgres", &secrets).await?;
//! walls::migrate::up(&dsns, &secrets).await?;
//! for finding in walls::lint::check(&dsns.admin).await? {
//!     eprintln!("{finding}");
//! }
//! # Ok(())
//! # }
//! ```

mod dsn;
mod error;
mod furnish;
pub mod lint;
pub mod migrate;
pub mod migration;
mod prepare;
mod secrets;
pub mod tenant;

pub use dsn::{Dsns, connect};
pub use error::{Error, Result};
pub use prepare::prepare;
pub use secrets::Secrets;
