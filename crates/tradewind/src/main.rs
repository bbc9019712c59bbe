//! The program: reads its configuration and does one thing.
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::{io::Write, process::ExitCode};
use tracing_subscriber::{EnvFilter, fmt};
use tradewind::{
    config::{self, Config},
    demo, doctor, keys, modules, operator, serve, start,
};

#[derive(Parser)]
#[command(
    name = "tradewind",
    version,
    about = "The CRM for the trades: bookings, dispatch, work orders, invoices, payments, for many companies at once"
)]
#[command(
    after_help = "Every setting is a flag, an environment variable or a line in tradewind.toml; flags win.\nStart with `tradewind demo --serve` to look around, or `tradewind serve` for an empty house; then open the address it prints.\n`tradewind doctor` says what is wrong with an installation and how to mend it."
)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the web and do the jobs; migrates an empty database first
    Serve(serve::Serve),
    /// Bring every schema up, take steps back, or show where each one is
    Migrate {
        #[command(subcommand)]
        step: Migrate,
    },
    /// Companies: create, list, show, and the domains of their own
    Tenant {
        #[command(subcommand)]
        deed: Tenant,
    },
    /// The keys that sign access tokens: list, rotate, withdraw
    Keys {
        #[command(subcommand)]
        deed: keys::Deed,
    },
    /// What was written down of who did what: is it still what it was?
    Audit {
        #[command(subcommand)]
        deed: Audit,
    },
    /// Those who run the house and may look into companies: create, list, disable, reset
    Operator {
        #[command(subcommand)]
        deed: operator::Deed,
    },
    /// Two demo companies with customers, jobs and invoices
    Demo(demo::Demo),
    /// Check walls, versions, disk, clock and settings; each finding comes with its remedy
    Doctor,
    /// Every route with its permission
    Routes,
    /// The OpenAPI 3.1 document
    Openapi,
    /// Every registered SQL statement, as JSON: for the benchmark and for reviewers
    Statements,
}

#[derive(Subcommand)]
enum Migrate {
    /// Apply what is missing, to the registry and to every company's schema; safe to repeat
    Up,
    /// Take back the newest steps
    Down {
        /// How many
        #[arg(default_value_t = 1)]
        steps: usize,
    },
    /// Where every schema is
    Status,
}

#[derive(Subcommand)]
enum Tenant {
    /// Create a company with its owner and a first API key
    Create(Box<NewTenant>),
    /// All companies
    List {
        #[arg(long)]
        json: bool,
    },
    /// One company
    Show {
        slug: String,
        #[arg(long)]
        json: bool,
    },
    /// Domains of a company's own, beside <slug>.<base domain>
    Host {
        #[command(subcommand)]
        deed: Host,
    },
    /// What stands behind the @ of a company's people: it shows them the way when they sign in at the base domain
    MailDomain {
        #[command(subcommand)]
        deed: MailDomain,
    },
}

#[derive(Subcommand)]
enum Host {
    /// Open the company at this domain too; point its DNS at the proxy first, and let the proxy have its certificate
    Add { slug: String, host: String },
    /// Open the company there no more
    Remove { slug: String, host: String },
    /// The company's domains
    List {
        slug: String,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum MailDomain {
    /// Show people with an address at this domain the way to the company; see that the domain is the company's first
    Add { slug: String, domain: String },
    /// Show them nowhere
    Remove { slug: String, domain: String },
    /// The company's domains
    List {
        slug: String,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Walk the chain of seals and name each row that was changed, is missing, or stands out of order
    Verify {
        /// One company by its address; all of them when not given
        #[arg(long)]
        tenant: Option<String>,
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args)]
struct NewTenant {
    /// The company's name
    #[arg(long)]
    name: String,
    /// Its address: <slug>.<base domain>
    #[arg(long)]
    slug: String,
    #[arg(long, value_parser = ["starter", "professional", "enterprise"], default_value = "starter")]
    plan: String,
    /// pooled: shared tables behind row-level security; dedicated: a schema and login role of its own
    #[arg(long, value_parser = ["pooled", "dedicated"], default_value = "pooled")]
    placement: String,
    #[arg(long)]
    owner_email: String,
    #[arg(long, env = "TRADEWIND_OWNER_PASSWORD", hide_env_values = true)]
    owner_password: String,
    #[arg(long, default_value = "Owner")]
    owner_name: String,
    /// IANA time zone of the company
    #[arg(long, default_value = "America/Chicago")]
    time_zone: String,
    #[arg(long, default_value = "USD")]
    currency: String,
    /// Print {id, slug, host, placement, api_key}
    #[arg(long)]
    json: bool,
}

// Requests allocate much and free on other threads, which glibc's allocator does behind one lock.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command = match config::with_file(Cli::command()) {
        Ok(command) => command,
        Err(error) => return fail(&error),
    };
    let cli = match Cli::from_arg_matches(&command.get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    log(&cli.config);
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().worker_threads(cli.config.threads()).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return fail(&format!("cannot start: {error}")),
        };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &str) -> ExitCode {
    eprintln!("tradewind: {error}");
    ExitCode::FAILURE
}

/// Prints a line; whoever reads on may have seen enough (`| head`), which is no fault.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match config.log_format.as_str() {
        "text" => builder.try_init(),
        _ => builder.json().flatten_event(true).try_init(),
    };
}

async fn run(cli: Cli) -> Result<ExitCode, String> {
    let config = cli.config;
    match cli.command {
        Command::Serve(options) => serve::run(&config, &options).await?,
        Command::Demo(options) => demo::run(&config, &options).await?,
        Command::Doctor => return doctor::run(&config).await,
        Command::Routes => {
            for route in modules::all().routes {
                say(doctor::route_line(&route));
            }
        }
        Command::Openapi => {
            let document = kernel::openapi::document(&modules::all().routes, env!("CARGO_PKG_VERSION"));
            say(serde_json::to_string_pretty(&document).unwrap_or_default());
        }
        Command::Statements => {
            let all: Vec<_> = kernel::QUERIES
                .iter()
                .map(|q| serde_json::json!({ "name": q.name, "at": q.at, "sql": q.sql }))
                .collect();
            say(serde_json::Value::from(all));
        }
        Command::Migrate { step } => migrate(&config, step).await?,
        Command::Tenant { deed } => tenant(&config, deed).await?,
        Command::Keys { deed } => {
            let ground = start::ground(&config).await?;
            keys::run(&config, &ground, deed).await?;
            done(ground).await?;
        }
        Command::Audit { deed: Audit::Verify { tenant, json } } => return verify(&config, tenant, json).await,
        Command::Operator { deed } => {
            let ground = start::ground(&config).await?;
            let outcome = operator::run(&config, &ground, deed).await;
            done(ground).await?;
            outcome?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Changes nothing. Ends in failure when a row is not as it was.
async fn verify(config: &Config, slug: Option<String>, json: bool) -> Result<ExitCode, String> {
    let ground = start::ground(config).await?;
    start::migrate_and_check(&ground).await?;
    let house = start::house(config, &ground, kernel::Clock::wall())?;
    let mut all = walls::tenant::list(&ground.dsns.admin).await.map_err(|e| e.to_string())?;
    if let Some(slug) = &slug {
        all.retain(|tenant| tenant.slug == *slug);
        if all.is_empty() {
            return Err(format!("there is no company at `{slug}`; `tradewind tenant list` shows all"));
        }
    }
    let mut good = true;
    for tenant in all.iter().filter(|tenant| tenant.status != "deleted" && tenant.status != "provisioning") {
        let scope = house.errand(tenant.id, "audit verify").await.map_err(|e| e.to_string())?;
        let report = tenancy::chain::verify(&scope).await.map_err(|e| e.to_string())?;
        good &= report.findings.is_empty();
        if json {
            println!("{}", serde_json::json!({ "tenant": tenant.slug, "report": report }));
            continue;
        }
        let word = if report.findings.is_empty() { "ok  " } else { "BAD " };
        println!(
            "{word} {:24} {} sealed, {} of them in the archive, head {}:{}",
            tenant.slug, report.sealed, report.archived, report.sealed, report.head
        );
        for finding in &report.findings {
            println!("     {finding}");
        }
    }
    drop(house);
    done(ground).await?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Ends what was started for one command; a database that another process keeps is left alone.
async fn done(ground: start::Ground) -> Result<(), String> {
    match ground.embedded {
        Some(database) => database.stop().await.map_err(|e| e.to_string()),
        None => Ok(()),
    }
}

async fn migrate(config: &Config, step: Migrate) -> Result<(), String> {
    let ground = start::ground(config).await?;
    match step {
        Migrate::Up => start::migrate_and_check(&ground).await?,
        Migrate::Down { steps } => {
            walls::migrate::down(&ground.dsns, &ground.secrets, steps).await.map_err(|e| e.to_string())?;
        }
        Migrate::Status => {}
    }
    for line in walls::migrate::status(&ground.dsns.admin).await.map_err(|e| e.to_string())? {
        say(line);
    }
    done(ground).await
}

async fn host(house: &kernel::House, deed: Host) -> Result<(), String> {
    use tenancy::company::host;
    let words = |error: kernel::Error| error.to_string();
    match deed {
        Host::Add { slug, host } => {
            let host = host::add(house, &slug, &host).await.map_err(words)?;
            say(format!("{slug} is at {host} too; every process knows within two seconds"));
        }
        Host::Remove { slug, host } => {
            let host = host::remove(house, &slug, &host).await.map_err(words)?;
            say(format!("{slug} is no longer at {host}; every process knows within two seconds"));
        }
        Host::List { slug, json } => {
            say_all(&host::list(house, &slug).await.map_err(words)?, json);
        }
    }
    Ok(())
}

async fn mail_domain(house: &kernel::House, deed: MailDomain) -> Result<(), String> {
    use tenancy::company::mail_domain;
    let words = |error: kernel::Error| error.to_string();
    match deed {
        MailDomain::Add { slug, domain } => {
            let domain = mail_domain::add(house, &slug, &domain).await.map_err(words)?;
            say(format!("people at {domain} are shown the way to {slug}"));
        }
        MailDomain::Remove { slug, domain } => {
            let domain = mail_domain::remove(house, &slug, &domain).await.map_err(words)?;
            say(format!("people at {domain} are shown nowhere"));
        }
        MailDomain::List { slug, json } => {
            say_all(&mail_domain::list(house, &slug).await.map_err(words)?, json);
        }
    }
    Ok(())
}

fn say_all(names: &[String], json: bool) {
    match json {
        true => say(serde_json::to_string(names).unwrap_or_default()),
        false => names.iter().for_each(say),
    }
}

async fn tenant(config: &Config, deed: Tenant) -> Result<(), String> {
    let ground = start::ground(config).await?;
    start::migrate_and_check(&ground).await?;
    let house = start::house(config, &ground, kernel::Clock::wall())?;
    match deed {
        Tenant::Create(new) => {
            let made = tenancy::create_company(
                &house,
                &ground.dsns,
                &ground.secrets,
                tenancy::NewCompany {
                    name: new.name,
                    slug: new.slug,
                    plan: new.plan,
                    placement: Some(new.placement),
                    owner_name: new.owner_name,
                    owner_email: new.owner_email,
                    owner_password: new.owner_password,
                    time_zone: Some(new.time_zone),
                    currency: Some(new.currency),
                    ..Default::default()
                },
            )
            .await
            .map_err(|e| e.to_string())?;
            if new.json {
                say(serde_json::to_string(&made).unwrap_or_default());
            } else {
                println!(
                    "{} is at {}\nits first API key, shown this once: {}",
                    made.slug,
                    house.url(Some(&made.slug), "/"),
                    made.api_key
                );
            }
        }
        Tenant::List { json } => {
            let all = walls::tenant::list(&ground.dsns.admin).await.map_err(|e| e.to_string())?;
            for tenant in all {
                match json {
                    true => say(serde_json::to_string(&tenant).unwrap_or_default()),
                    false => println!(
                        "{:36} {:24} {:10} {:12} {}",
                        tenant.id, tenant.slug, tenant.placement, tenant.status, tenant.name
                    ),
                }
            }
        }
        Tenant::Show { slug, json } => {
            let tenant = walls::tenant::show(&ground.dsns.admin, &slug)
                .await
                .map_err(|e| e.to_string())?
                .ok_or(format!("there is no company at `{slug}`; `tradewind tenant list` shows all"))?;
            match json {
                true => say(serde_json::to_string(&tenant).unwrap_or_default()),
                false => say(serde_json::to_string_pretty(&tenant).unwrap_or_default()),
            }
        }
        Tenant::Host { deed } => host(&house, deed).await?,
        Tenant::MailDomain { deed } => mail_domain(&house, deed).await?,
    }
    drop(house);
    done(ground).await
}
