//! Makes a database ready for tenants: roles, schemas, the wall's functions, and shuts what PostgreSQL leaves open.

use crate::{
    Error, Result, Secrets,
    dsn::{Dsns, connect},
    error::doing,
};
use std::time::Duration;
use tokio_postgres::{Client, error::SqlState};

/// The roles that log in with a password of ours.
const LOGINS: [&str; 4] = ["tw_app", "tw_job", "tw_control", "tw_migrate"];

/// Held while a database is prepared or migrated, so that of several starting processes one works and the others wait.
pub(crate) const RUNNER: i64 = 0x7477_7761_6c6c;

/// May be called on every start, by several processes at once: what is there already stays. `admin` is a superuser, or
/// the owner of the database with CREATEROLE; what only a superuser could close comes back as warnings, a
/// sentence each.
pub async fn prepare(admin: &str, secrets: &Secrets) -> Result<(Dsns, Vec<String>)> {
    let dsns = Dsns::of(admin, secrets)?;
    let client = connect(admin).await?;
    lock(&client, Duration::from_secs(60)).await?;
    client.batch_execute("set client_min_messages = error").await.map_err(doing("preparing"))?;
    // Roles belong to the cluster and the lock to the database: a sibling database may be at it in this moment.
    patiently(&client, "making the roles", include_str!("sql/roles.sql")).await?;
    for login in LOGINS {
        set_password(&client, secrets, login).await?;
    }
    patiently(&client, "making schemas and the wall", include_str!("sql/walls.sql")).await?;
    patiently(&client, "making the furnisher", include_str!("sql/furnish.sql")).await?;
    let warnings = close(&client).await?;
    Ok((dsns, warnings))
}

/// The lock ends with the connection.
pub(crate) async fn lock(client: &Client, patience: Duration) -> Result<()> {
    let until = tokio::time::Instant::now() + patience;
    loop {
        let row = client
            .query_one("select pg_try_advisory_lock($1)", &[&RUNNER])
            .await
            .map_err(doing("taking the runner's lock"))?;
        if row.get(0) {
            return Ok(());
        }
        if tokio::time::Instant::now() > until {
            return Err(Error::RunnerBusy { seconds: patience.as_secs() });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Sends the verifier, not the password: statements end up in logs.
pub(crate) async fn set_password(client: &Client, secrets: &Secrets, role: &str) -> Result<()> {
    let verifier = postgres_protocol::password::scram_sha_256(secrets.password(role).as_bytes());
    let sql = client
        .query_one("select format('alter role %I password %L', $1::text, $2::text)", &[&role, &verifier])
        .await
        .map_err(doing("quoting a role's name"))?;
    patiently(client, "setting a password", sql.get(0)).await
}

/// Two databases of one cluster that change the same role at once: one is told so and tries again.
async fn patiently(client: &Client, what: &str, sql: &str) -> Result<()> {
    let mut tries = 0;
    loop {
        let Err(error) = client.batch_execute(sql).await else { return Ok(()) };
        let crossed = error.as_db_error().is_some_and(|db| {
            [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_OBJECT, SqlState::DUPLICATE_SCHEMA].contains(db.code())
                || db.message().starts_with("tuple concurrently")
        });
        tries += 1;
        if !crossed || tries == 50 {
            return Err(doing(what)(error));
        }
        tokio::time::sleep(Duration::from_millis(10 * tries)).await;
    }
}

/// Revokes one by one; what is still open afterwards needs somebody with more rights.
async fn close(client: &Client) -> Result<Vec<String>> {
    let open = include_str!("sql/close.sql");
    let ask = async || client.query(open, &[]).await.map_err(doing("looking for what is open"));
    for row in ask().await? {
        match client.batch_execute(row.get(0)).await {
            Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {}
            Err(error) if error.as_db_error().is_some_and(|db| db.message().starts_with("tuple concurrently")) => {}
            other => other.map_err(doing("closing what PostgreSQL leaves open"))?,
        }
    }
    // pg_dump sets its search_path with it.
    match client
        .batch_execute("grant execute on function pg_catalog.set_config(text, text, boolean) to tw_backup")
        .await
    {
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {}
        other => other.map_err(doing("letting tw_backup dump"))?,
    }
    let left = ask().await?;
    Ok(left
        .iter()
        .map(|row| format!("only a superuser can close this; let one run: {}", row.get::<_, &str>(0)))
        .collect())
}
