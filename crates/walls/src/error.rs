//! What can go wrong at the walls, each said with the way out.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database address is not usable: {why}. Write it as postgresql://user:password@host:5432/database")]
    Dsn { why: String },
    #[error("{path}: {source}. Make the folder writable for the user that runs tradewind")]
    Secret { path: PathBuf, source: io::Error },
    #[error(
        "{path} does not hold 64 hexadecimal digits. Put the kept copy back; a new secret changes every role's password"
    )]
    SecretShape { path: PathBuf },
    #[error("PostgreSQL while {what}: {}", told(.source))]
    Database { what: String, source: tokio_postgres::Error },
    #[error("migration {file}: {why}")]
    File { file: String, why: String },
    #[error(
        "migration {file} was changed after it had been applied to {schema}. Put the file back as it was and write a new migration for the change"
    )]
    Changed { file: String, schema: String },
    #[error(
        "migration {file} has no .down.sql, so {schema} cannot go back over it. Write the file, or restore a backup"
    )]
    NoWayBack { file: String, schema: String },
    #[error(
        "another process is migrating this database and has not ended within {seconds} s. Wait for it to end and start again"
    )]
    RunnerBusy { seconds: u64 },
    #[error(
        "{count} schemas are not up to date: {first}. Cure the cause and run `tradewind migrate up` again; what is done is kept"
    )]
    Unfinished { count: usize, first: String },
    #[error("the address {slug} is taken. Choose another one")]
    SlugTaken { slug: String },
    #[error("there is no tenant {0}. `tradewind tenant list` shows those that exist")]
    NoTenant(String),
    #[error("{0}")]
    Refused(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The five-character code of PostgreSQL, where PostgreSQL is who refused.
    pub fn sql_state(&self) -> Option<&tokio_postgres::error::SqlState> {
        match self {
            Error::Database { source, .. } => source.code(),
            _ => None,
        }
    }
}

/// Names what was being done when PostgreSQL refused.
pub(crate) fn doing(what: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Error {
    move |source| Error::Database { what: what.into(), source }
}

/// tokio-postgres says "db error" and hides the sentence behind it. What PostgreSQL adds to a value that does not fit (22) or
/// breaks a rule (23) is the row itself, and that is somebody's: it stays out of every log. The value that does not fit stands
/// in quotes or behind a colon.
fn told(error: &tokio_postgres::Error) -> String {
    let Some(db) = error.as_db_error() else { return error.to_string() };
    let code = db.code().code();
    match &code[..2] {
        "22" => {
            let before = db.message().split([':', '"']).next().unwrap_or_default();
            format!("a value does not fit: {} ({code})", before.trim_end())
        }
        "23" => format!("{} ({code})", db.message()),
        _ => {
            let more = [db.detail(), db.hint(), db.where_()].into_iter().flatten();
            more.fold(format!("{} ({code})", db.message()), |all, one| all + ". " + one)
        }
    }
}
