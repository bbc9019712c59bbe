//! Configuration: a flag, an environment variable, or a line in `tradewind.toml`; in that order.
use clap::{Args, Command};
use kernel::http::LargestFile;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};
use tenancy::chain::archive::{AFTER_DAYS, KEPT_DAYS, Storage};
use tokio_postgres::config::Host;

/// What every command needs to know. Each is a flag, an environment variable and a key of the file alike.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// A file with `key = "value"` lines, named as the flags are (listen, data_dir, base_domain …)
    #[arg(long, env = "TRADEWIND_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Where to listen
    #[arg(long, env = "TRADEWIND_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// The embedded database, uploads and keys lie here
    #[arg(long, env = "TRADEWIND_DATA_DIR", default_value = "data", global = true)]
    pub data_dir: PathBuf,
    /// Companies live at <slug>.<base domain>; sign-up at the base domain itself
    #[arg(long, env = "TRADEWIND_BASE_DOMAIN", default_value = "localhost", global = true)]
    pub base_domain: String,
    /// A PostgreSQL of your own (15 or newer), as a role that may create roles; without it an embedded one is started
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// How the world reaches us, when a proxy stands before: https://example.com
    #[arg(long, env = "TRADEWIND_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Take visitors' addresses from X-Forwarded-For; only behind a proxy that writes it
    #[arg(long, env = "TRADEWIND_BEHIND_PROXY", default_value_t = false, global = true)]
    pub behind_proxy: bool,
    /// Connections of the shared pool
    #[arg(long, env = "TRADEWIND_POOL_SIZE", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=500), global = true)]
    pub pool_size: u16,
    /// Threads that answer; without it as many as there are cores, or half of them where PostgreSQL has the others
    #[arg(long, env = "TRADEWIND_THREADS", value_parser = clap::value_parser!(u16).range(1..=1024), global = true)]
    pub threads: Option<u16>,
    /// A PgBouncer in transaction mode that the companies' connections go through, such as postgresql://127.0.0.1:6432;
    /// migrations and NOTIFY keep to the database itself
    #[arg(long, env = "TRADEWIND_POOLER", global = true)]
    pub pooler: Option<String>,
    /// PgBouncer before 1.21 loses prepared statements: send them unnamed
    #[arg(long, env = "TRADEWIND_UNNAMED_STATEMENTS", default_value_t = false, global = true)]
    pub unnamed_statements: bool,
    /// Requests a minute for one signed-in person or key
    #[arg(long, env = "TRADEWIND_RATE_PRINCIPAL", default_value_t = 1200, global = true)]
    pub rate_principal: u32,
    /// Requests a minute for one company
    #[arg(long, env = "TRADEWIND_RATE_TENANT", default_value_t = 6000, global = true)]
    pub rate_tenant: u32,
    /// Requests a minute for one address without a log-in
    #[arg(long, env = "TRADEWIND_RATE_VISITOR", default_value_t = 600, global = true)]
    pub rate_visitor: u32,
    /// Attempts a minute to sign in, sign up or book, for one address
    #[arg(long, env = "TRADEWIND_RATE_CAREFUL", default_value_t = 30, global = true)]
    pub rate_careful: u32,
    /// The mail server: smtp://user:password@mail.example.com:587 (STARTTLS) or smtps://…; without one, mail is held
    #[arg(long, env = "TRADEWIND_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,
    /// The address all mail comes from, such as `Tradewind <mail@example.com>`
    #[arg(long, env = "TRADEWIND_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Reminders of one company in an hour; what somebody waits for may be twice as many
    #[arg(long, env = "TRADEWIND_MAIL_HOURLY", default_value_t = mail::HOURLY, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub mail_hourly: u32,
    /// Where old rows of the audit go: file:///folder, or s3://bucket/folder (feature `s3`); the data folder when not given
    #[arg(long, env = "TRADEWIND_AUDIT_ARCHIVE", global = true)]
    pub audit_archive: Option<String>,
    /// After so many days a row of the audit goes to the archive
    #[arg(long, env = "TRADEWIND_AUDIT_ARCHIVE_AFTER_DAYS", default_value_t = AFTER_DAYS, value_parser = clap::value_parser!(u32).range(31..=36_500), global = true)]
    pub audit_archive_after_days: u32,
    /// So many days a row of the audit is kept altogether
    #[arg(long, env = "TRADEWIND_AUDIT_KEPT_DAYS", default_value_t = KEPT_DAYS, value_parser = clap::value_parser!(u32).range(32..=36_500), global = true)]
    pub audit_kept_days: u32,
    /// The largest file of an import, in megabytes: a bound for safety; memory does not grow with it
    #[arg(long, env = "TRADEWIND_LARGEST_FILE_MB", default_value_t = LargestFile::DEFAULT, value_parser = clap::value_parser!(u32).range(1..=i64::from(LargestFile::MOST)), global = true)]
    pub largest_file_mb: u32,
    /// Streets under the map of a day: https://tiles.example.com/{z}/{x}/{y}.png; browsers ask that server for what they show
    #[arg(long, env = "TRADEWIND_MAP_TILES", global = true)]
    pub map_tiles: Option<String>,
    /// Whom the map thanks for them, such as "© OpenStreetMap contributors"
    #[arg(long, env = "TRADEWIND_MAP_CREDIT", default_value = "", global = true)]
    pub map_credit: String,
    /// A routing server that speaks as OSRM does, such as https://router.example.com: how long the way takes by road
    #[arg(long, env = "TRADEWIND_ROUTING", global = true)]
    pub routing: Option<String>,
    /// For development: without a mail server, show what would be sent at /mailbox of the base domain, to anybody
    #[arg(long, env = "TRADEWIND_DEVELOPMENT", default_value_t = false, global = true)]
    pub development: bool,
    /// For development: machines that may be asked for calendars although they are near, such as 127.0.0.1:8000
    #[arg(long, env = "TRADEWIND_OUTBOUND_ALLOW", value_delimiter = ',', global = true)]
    pub outbound_allow: Vec<SocketAddr>,
    /// Where Stripe's API is reached; for development and tests it may be a machine nearby, such as http://127.0.0.1:8420
    #[arg(long, env = "TRADEWIND_STRIPE_API", default_value = payments::provider::STRIPE, global = true)]
    pub stripe_api: String,
    /// json or text
    #[arg(long, env = "TRADEWIND_LOG_FORMAT", default_value = "json", value_parser = ["json", "text"], global = true)]
    pub log_format: String,
    /// What to log: error, warn, info, debug, or a filter such as kernel=debug
    #[arg(long, env = "TRADEWIND_LOG", default_value = "info,tokio_postgres=warn", global = true)]
    pub log: String,
}

impl Config {
    /// How many threads answer. PostgreSQL works for about as long as we do on each request: where both live on one machine, a thread more
    /// than half of its cores answers nothing sooner, and what two threads cost to wake each other is a seventh of the time.
    pub fn threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        match self.threads {
            Some(given) => given.into(),
            None if self.database_is_here() => cores.div_ceil(2),
            None => cores,
        }
    }

    /// Whether PostgreSQL has to share this machine with us.
    fn database_is_here(&self) -> bool {
        let Some(url) = &self.database_url else { return true };
        // An address that is none is refused by whoever opens it, with words.
        let hosts = url.parse::<tokio_postgres::Config>().map(|config| config.get_hosts().to_vec()).unwrap_or_default();
        !hosts.is_empty() && hosts.iter().all(is_here)
    }

    /// How mail leaves this process.
    pub fn post(&self) -> Result<mail::Post, String> {
        let post = match (&self.smtp_url, &self.mail_from) {
            (Some(url), Some(from)) => mail::Post::smtp(url, from)?,
            (Some(_), None) => return Err("TRADEWIND_SMTP_URL is set, but not TRADEWIND_MAIL_FROM: say which address mail comes from, such as `Tradewind <mail@example.com>`".into()),
            (None, _) if self.development => mail::Post::here(&self.base_domain),
            (None, _) => mail::Post::nowhere(&self.base_domain),
        };
        Ok(post.hourly(self.mail_hourly))
    }

    /// Streets under the map, where there are any.
    pub fn tiles(&self) -> Result<Option<scheduling::Tiles>, String> {
        self.map_tiles.as_deref().map(|template| scheduling::Tiles::new(template, &self.map_credit)).transpose()
    }

    /// Who says how long the way takes by road.
    pub fn router(&self) -> Result<Option<scheduling::Router>, String> {
        self.routing.as_deref().map(scheduling::Router::new).transpose()
    }

    /// The door to addresses that companies give us.
    pub fn outbound(&self) -> Result<outbound::Door, String> {
        if !self.outbound_allow.is_empty() && !self.development {
            return Err("TRADEWIND_OUTBOUND_ALLOW is for development: it lets every company reach machines of your own network. Take it away, or set TRADEWIND_DEVELOPMENT".into());
        }
        Ok(outbound::Door::new()?.allowing(self.outbound_allow.clone()))
    }

    /// Where old rows of the audit go, and for how long.
    pub fn archive(&self) -> Result<Storage, String> {
        Storage::new(self.audit_archive.as_deref(), &self.data_dir, self.audit_archive_after_days, self.audit_kept_days)
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
    }
}

/// The values of the file become defaults, so that flags and environment win and `--help` shows them.
pub fn with_file(mut command: Command) -> Result<Command, String> {
    let named = std::env::args().skip_while(|arg| arg != "--config").nth(1).or(std::env::var("TRADEWIND_CONFIG").ok());
    let path = PathBuf::from(named.clone().unwrap_or_else(|| "tradewind.toml".into()));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if named.is_none() => return Ok(command),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    let table: toml::Table = text.parse().map_err(|e| format!("{}: {e}", path.display()))?;
    for (key, value) in table {
        if !command.get_arguments().any(|arg| arg.get_id() == key.as_str()) || key == "config" {
            return Err(format!("{}: `{key}` is not a setting; see tradewind --help", path.display()));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(yes) => yes.to_string(),
            _ => return Err(format!("{}: `{key}` takes text, a number, true or false", path.display())),
        };
        // clap keeps defaults for the life of the program; so does this, once for each line of the file.
        let value: &'static str = Box::leak(value.into_boxed_str());
        command = command.mut_arg(key, |arg| arg.default_value(value));
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Given {
        #[command(flatten)]
        config: Config,
    }

    fn with(words: &[&str]) -> Config {
        Given::parse_from(["tradewind"].iter().chain(words)).config
    }

    #[test]
    fn half_of_the_cores_are_left_to_a_postgresql_of_this_machine() {
        for (url, here) in [
            ("postgresql://postgres@localhost/tradewind", true),
            ("postgresql://postgres@127.0.0.1:5433/tradewind", true),
            ("postgresql://postgres@[::1]/tradewind", true),
            ("postgresql://postgres@%2Frun%2Fpostgresql/tradewind", true),
            ("postgresql://postgres@127.0.0.1,10.0.0.5/tradewind", false),
            ("postgresql://postgres@10.0.0.5/tradewind", false),
            ("postgresql://postgres@database.example/tradewind", false),
        ] {
            assert_eq!(with(&["--database-url", url]).database_is_here(), here, "{url}");
        }
        assert_eq!(with(&["--threads", "7"]).threads(), 7);
        let away = with(&["--database-url", "postgresql://postgres@10.0.0.5/tradewind"]).threads();
        assert_eq!(with(&["--database-url", "postgresql://postgres@localhost/tradewind"]).threads(), away.div_ceil(2));
    }
}
