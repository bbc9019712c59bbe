//! Addresses: the administrator's, and from it one for each login role.

use crate::{Error, Result, Secrets, error::doing};
use std::fmt;
use tokio_postgres::{Client, Config, NoTls};

/// Where to connect as whom.
#[derive(Clone)]
pub struct Dsns {
    /// tw_app: every pooled tenant's rows, behind row-level security.
    pub app: String,
    /// tw_job: claims outbox and jobs, sees no tenant's rows.
    pub job: String,
    /// tw_control: the registry.
    pub control: String,
    /// What was given: migrations, new tenants, the lint.
    pub admin: String,
    /// tw_job at the database itself, for what a pooler cannot pass on: NOTIFY.
    pub ear: String,
    /// Where the login roles come in: the administrator's address, or a pooler's.
    pub door: String,
}

impl Dsns {
    /// The addresses of the login roles beside the administrator's. Nothing is asked of the server.
    pub fn of(admin: &str, secrets: &Secrets) -> Result<Dsns> {
        Self::by(admin, admin, secrets)
    }

    /// The same, but the login roles, those of dedicated tenants too, come in by a pooler (`postgresql://pooler:6432`). The administrator
    /// goes on to the database itself: migrations hold locks and settings for longer than a transaction.
    pub fn through(&self, pooler: &str, secrets: &Secrets) -> Result<Dsns> {
        let wrong = |why: &str| Error::Dsn { why: why.to_owned() };
        let (scheme, rest) = pooler.trim_end_matches('/').split_once("://").ok_or_else(|| wrong("it is no URL"))?;
        if rest.contains(['@', '?']) || rest.is_empty() {
            return Err(wrong("a pooler's address is postgresql://host:port; roles and passwords are ours"));
        }
        let config: Config = self.app.parse().map_err(|e: tokio_postgres::Error| wrong(&e.to_string()))?;
        let hosts = rest.split_once('/').map_or(rest, |(hosts, _)| hosts);
        let database = rest.split_once('/').map(|(_, name)| name.to_owned());
        let database = database.unwrap_or_else(|| encode(config.get_dbname().unwrap_or("postgres")));
        Self::by(&self.admin, &format!("{scheme}://{hosts}/{database}"), secrets)
    }

    fn by(admin: &str, door: &str, secrets: &Secrets) -> Result<Dsns> {
        let role = |role| for_role(door, secrets, role);
        Ok(Dsns {
            app: role("tw_app")?,
            job: role("tw_job")?,
            control: role("tw_control")?,
            admin: admin.to_owned(),
            ear: for_role(admin, secrets, "tw_job")?,
            door: door.to_owned(),
        })
    }
}

/// No password in a log.
impl fmt::Debug for Dsns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dsns(…)")
    }
}

/// The administrator's address with another role in it; everything else stays.
pub(crate) fn for_role(admin: &str, secrets: &Secrets, role: &str) -> Result<String> {
    let wrong = |why: &str| Error::Dsn { why: why.to_owned() };
    let parsed: Config = admin.parse().map_err(|e: tokio_postgres::Error| wrong(&e.to_string()))?;
    let (scheme, rest) = admin.split_once("://").ok_or_else(|| wrong("it is no URL"))?;
    let (address, query) = rest.split_once('?').map_or((rest, None), |(address, query)| (address, Some(query)));
    let named = |part: &str| part.starts_with("user=") || part.starts_with("password=") || part.starts_with("dbname=");
    if query.is_some_and(|query| query.split('&').any(named)) {
        return Err(wrong("user, password and database belong before the question mark"));
    }
    let (authority, path) = address.split_once('/').unwrap_or((address, ""));
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    // Without a database's name PostgreSQL takes the user's, which is about to change.
    let database = if path.is_empty() {
        encode(parsed.get_dbname().or(parsed.get_user()).unwrap_or("postgres"))
    } else {
        path.to_owned()
    };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{scheme}://{role}:{}@{hosts}/{database}{query}", secrets.password(role)))
}

fn encode(text: &str) -> String {
    let one = |b: u8| {
        if b.is_ascii_alphanumeric() || b"-._".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }
    };
    text.bytes().map(one).collect()
}

/// One connection; its other half ends with it.
pub async fn connect(dsn: &str) -> Result<Client> {
    let config: Config = dsn.parse().map_err(|e: tokio_postgres::Error| Error::Dsn { why: e.to_string() })?;
    let (client, connection) = config.connect(NoTls).await.map_err(doing("connecting"))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection of the administrator's ended");
        }
    });
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pooler_is_for_the_login_roles_alone() {
        let secrets = Secrets::from_hex(&"1".repeat(64)).unwrap();
        let direct = Dsns::of("postgresql://admin@db.example:5433/trade?connect_timeout=3", &secrets).unwrap();
        for pooler in ["postgresql://pool.example:6432", "postgresql://pool.example:6432/trade"] {
            let dsns = direct.through(pooler, &secrets).unwrap();
            for login in [&dsns.app, &dsns.job, &dsns.control] {
                assert!(login.ends_with("@pool.example:6432/trade"), "{login}");
            }
            let own = crate::tenant::dsn(&dsns, &secrets, "tenant_acme_0123456789ab").unwrap();
            assert!(own.contains("//tenant_acme_0123456789ab:") && own.ends_with("@pool.example:6432/trade"), "{own}");
            assert_eq!(dsns.admin, direct.admin);
            assert!(dsns.ear.contains("//tw_job:") && dsns.ear.contains("@db.example:5433/trade"), "{}", dsns.ear);
        }
        for refused in
            ["pool.example:6432", "postgresql://", "postgresql://me:pw@pool.example", "postgresql://pool?user=me"]
        {
            assert!(matches!(direct.through(refused, &secrets), Err(Error::Dsn { .. })), "{refused}");
        }
    }

    #[test]
    fn only_the_role_changes() {
        let secrets = Secrets::from_hex(&"1".repeat(64)).unwrap();
        let password = secrets.password("tw_app");
        for (given, expected) in [
            ("postgresql://postgres@%2Ftmp%2Frun:5432/db", "@%2Ftmp%2Frun:5432/db"),
            (
                "postgres://admin:s%40c@db.example:5433/trade?sslmode=disable&connect_timeout=3",
                "@db.example:5433/trade?sslmode=disable&connect_timeout=3",
            ),
            ("postgresql://admin@localhost", "@localhost/admin"),
            ("postgresql://ad%20min@localhost/", "@localhost/ad%20min"),
        ] {
            let made = for_role(given, &secrets, "tw_app").unwrap();
            assert_eq!(made.split_once("://").unwrap().1, format!("tw_app:{password}{expected}"));
            let (old, new): (Config, Config) = (given.parse().unwrap(), made.parse().unwrap());
            assert_eq!((old.get_hosts(), old.get_ports()), (new.get_hosts(), new.get_ports()));
            assert_eq!(new.get_user(), Some("tw_app"));
        }
        for refused in ["host=localhost user=x", "postgresql://h/d?user=postgres", "nonsense"] {
            assert!(matches!(for_role(refused, &secrets, "tw_app"), Err(Error::Dsn { .. })), "{refused}");
        }
    }
}
