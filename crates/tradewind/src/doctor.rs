//! `tradewind doctor`: what is wrong with this installation, and how to mend it.
use kernel::module::{Gate, Route};
use std::process::ExitCode;
use tenancy::token::{self, Keys};

use crate::{config::Config, start};

/// One line of `golden/routes.txt`.
pub fn route_line(route: &Route) -> String {
    let gate = match route.gate {
        Gate::Permission(name) => name,
        Gate::Visitor => "(visitor)",
        Gate::Outside => "(outside)",
        Gate::Operator => "(operator)",
    };
    format!("{:6} {:58} {:24} {}", route.method.as_str(), route.path, gate, route.module)
}

struct Report {
    holes: usize,
}

impl Report {
    fn good(&mut self, what: &str) {
        println!("ok    {what}");
    }
    fn note(&mut self, what: &str, remedy: &str) {
        println!("note  {what}\n      {remedy}");
    }
    fn bad(&mut self, what: &str, remedy: &str) {
        self.holes += 1;
        println!("BAD   {what}\n      {remedy}");
    }
}

const REACH: &str = "Check that PostgreSQL runs and that DATABASE_URL names its host, role, password and database.";

pub async fn run(config: &Config) -> Result<ExitCode, String> {
    let mut report = Report { holes: 0 };
    disk(config, &mut report);
    // It looks and changes nothing: a hole that the next start would close is one that stood open until now.
    match start::reach(config).await {
        Err(error) => report.bad(&error, REACH),
        Ok((embedded, admin)) => {
            let looked = async {
                if database(&admin, &mut report).await? {
                    signing_keys(config, &admin, &mut report).await?;
                }
                Ok::<(), String>(())
            };
            if let Err(error) = looked.await {
                report.bad(&error, REACH);
            }
            if let Some(database) = embedded {
                database.stop().await.map_err(|e| e.to_string())?;
            }
        }
    }
    email(config, &mut report).await;
    archive(config, &mut report).await;
    println!(
        "{}",
        if report.holes == 0 { "Nothing to mend.".to_owned() } else { format!("{} to mend.", report.holes) }
    );
    Ok(if report.holes == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[allow(clippy::unnecessary_cast)] // The two are u32 elsewhere than on Linux.
fn disk(config: &Config, report: &mut Report) {
    let there = config.data_dir.ancestors().find(|path| path.exists()).unwrap_or(std::path::Path::new("."));
    let free = nix::sys::statvfs::statvfs(there)
        .map(|disk| (disk.blocks_available() as u64).saturating_mul(disk.fragment_size() as u64) >> 20);
    match free {
        Ok(free) if free < 1024 => report.bad(
            &format!("{free} MB free for {}", config.data_dir.display()),
            "PostgreSQL stops when its disk is full. Free at least 1 GB or move TRADEWIND_DATA_DIR.",
        ),
        Ok(free) => report.good(&format!("{free} MB free for {}", config.data_dir.display())),
        Err(error) => report.note(&format!("free disk space is unknown: {error}"), "Check it by hand."),
    }
}

async fn signing_keys(config: &Config, admin: &str, report: &mut Report) -> Result<(), String> {
    if !config.data_dir.join("secret").is_file() {
        report.bad(
            &format!("{} has no file `secret`", config.data_dir.display()),
            "Bring it back from the backup: companies' logins and the signing keys are derived from it. A new installation makes one when it starts.",
        );
        return Ok(());
    }
    let secrets = walls::Secrets::load_or_create(&config.data_dir).map_err(|e| e.to_string())?;
    let dsns = walls::Dsns::of(admin, &secrets).map_err(|e| e.to_string())?;
    let ground = start::Ground { dsns, secrets, embedded: None, warnings: vec![] };
    let house = start::house(config, &ground, kernel::Clock::wall())?;
    let keys = Keys::of(&house).map_err(|e| e.to_string())?;
    let all = match token::list(&keys).await {
        Ok(all) => all,
        Err(error) => {
            report.bad(&format!("the signing keys cannot be read: {error}"), "Run `tradewind migrate up`.");
            return Ok(());
        }
    };
    let now = house.clock().now();
    let good: Vec<_> = all.iter().filter(|key| key.verifies_until.is_none_or(|until| until > now)).collect();
    let shut: Vec<_> = good.iter().filter(|key| !token::opens(&keys, key)).map(|key| key.kid.as_str()).collect();
    let days = good.last().map(|key| now.duration_since(key.signs_from).as_hours() / 24);
    match (shut.is_empty(), days) {
        (false, _) => report.bad(
            &format!("the signing keys {} do not open with this installation's secret", shut.join(", ")),
            "All processes need the same file `secret` in their data directory. If the old one is lost: `tradewind keys rotate --now`, then `tradewind keys withdraw` each of these.",
        ),
        (true, None) => report.good("no signing key yet; the first token makes one"),
        (true, Some(days)) if days > 100 => report.bad(
            &format!("the signing key is {days} days old"),
            "A worker rotates it each 90 days: is one running? Otherwise `tradewind keys rotate`.",
        ),
        (true, Some(days)) => report.good(&format!("access tokens are signed by a key that is {} days old", days.max(0))),
    }
    Ok(())
}

async fn email(config: &Config, report: &mut Report) {
    let post = match config.post() {
        Ok(post) => post,
        Err(error) => return report.bad(&error, "Mend the setting; nothing starts with it."),
    };
    if !post.sends() {
        let remedy = "Set TRADEWIND_SMTP_URL and TRADEWIND_MAIL_FROM; until then invitations and invoices are handed over as links and PDF files.";
        return report.note(&post.says(), remedy);
    }
    match post.try_out().await {
        Ok(()) => report.good("the mail server answers, and lets us in"),
        Err(error) => {
            report.bad(&error, "Check TRADEWIND_SMTP_URL: server, port, name and password; and the firewall.")
        }
    }
    let domain = post.from_domain().to_ascii_lowercase();
    let made_up = [".test", ".example", ".invalid", ".localhost", ".local"].iter().any(|end| domain.ends_with(end));
    let shown = ["example.com", "example.org", "example.net"].contains(&domain.as_str());
    match made_up || shown || !domain.contains('.') {
        true => report.bad(
            &format!("mail comes from {domain}, which nobody can answer to"),
            "Set TRADEWIND_MAIL_FROM to an address of a domain that is yours.",
        ),
        false => report.note(
            &format!("mail comes from {domain}"),
            "Its SPF record must name your mail server, which must sign with its DKIM key; else mail is taken for spam.",
        ),
    }
}

/// Where old rows of the audit go. A folder that is not there is not made here: it would belong to whoever asks the doctor.
async fn archive(config: &Config, report: &mut Report) {
    let storage = match config.archive() {
        Ok(storage) => storage,
        Err(error) => return report.bad(&error, "Mend TRADEWIND_AUDIT_ARCHIVE; nothing starts with it."),
    };
    let mend = "Old rows stay in the database until it can be written. Check TRADEWIND_AUDIT_ARCHIVE, and that the user of this program may write there.";
    if let Some(folder) = storage.folder().filter(|folder| !folder.exists()) {
        let there = folder.ancestors().find(|path| path.exists()).unwrap_or(std::path::Path::new("."));
        return match nix::unistd::access(there, nix::unistd::AccessFlags::W_OK) {
            Ok(()) => report.good(&format!("the audit's archive will be made at {}", storage.address())),
            Err(error) => {
                report.bad(&format!("the audit's archive cannot be made at {}: {error}", storage.address()), mend)
            }
        };
    }
    match storage.try_out().await {
        Ok(()) => report.good(&format!("the audit's archive at {} can be written and read", storage.address())),
        Err(error) => report.bad(&format!("the audit's archive cannot be used: {error}"), mend),
    }
}

/// Whether there is more to look at: an empty one has no keys.
async fn database(admin: &str, report: &mut Report) -> Result<bool, String> {
    let client = walls::connect(admin).await.map_err(|e| e.to_string())?;
    server(&client, report).await?;
    let there = client.query_one("select to_regclass('ctl.migration') is not null", &[]).await;
    if !there.map_err(|e| e.to_string())?.get::<_, bool>(0) {
        report.bad("the database is empty", "Run `tradewind migrate up`, or start `tradewind serve`, which does it.");
        return Ok(false);
    }
    match walls::migrate::status(admin).await {
        Ok(lines) => {
            let late: Vec<_> = lines.iter().filter(|line| line.pending > 0).collect();
            match late.is_empty() {
                true => report.good(&format!("{} schemas are at this program's version", lines.len())),
                false => late.iter().for_each(|line| report.bad(&format!("{line}"), "Run `tradewind migrate up`.")),
            }
        }
        Err(error) => report.bad(&error.to_string(), "Run `tradewind migrate up`."),
    }
    let findings = walls::lint::check_on(&client).await.map_err(|e| e.to_string())?;
    if findings.is_empty() {
        report.good("the database walls stand");
    }
    for finding in &findings {
        report.bad(&format!("{} {}", finding.rule, finding.object), &finding.fix);
    }
    Ok(true)
}

async fn server(client: &tokio_postgres::Client, report: &mut Report) -> Result<(), String> {
    let row = client
        .query_one("select current_setting('server_version'), current_setting('server_version_num')::int, extract(epoch from clock_timestamp())::float8, current_setting('fsync')", &[])
        .await
        .map_err(|e| e.to_string())?;
    let (version, number, clock, fsync): (String, i32, f64, String) = (row.get(0), row.get(1), row.get(2), row.get(3));
    match number {
        ..150_000 => report.bad(&format!("PostgreSQL {version}"), "15 is the oldest that is supported."),
        150_000..150_019 => {
            report.bad(&format!("PostgreSQL {version}"), "15.19 closed holes in row-level security; update it.")
        }
        // The same fixes came to the other lines on the same day.
        160_000..160_015 | 170_000..170_011 | 180_000..180_005 => report.note(
            &format!("PostgreSQL {version} is older than the fixes to row-level security of August 2026"),
            "Run companies on 15.19, 16.15, 17.11, 18.5 or newer: DATABASE_URL, or an installed server. The one that comes with npm is for trying.",
        ),
        _ => report.good(&format!("PostgreSQL {version}")),
    }
    match fsync.as_str() {
        "on" => report.good("what is committed is on disk (fsync is on)"),
        _ => report.bad("fsync is off", "A power cut loses data. Set fsync = on in the server's configuration."),
    }
    let ours = kernel::Clock::wall().now().as_microsecond() as f64 / 1e6;
    match (ours - clock).abs() {
        apart if apart > 5.0 => report.bad(
            &format!("the clocks of this machine and of PostgreSQL are {apart:.1} s apart"),
            "Set both by NTP: leases and tokens are measured by them.",
        ),
        _ => report.good("the clocks agree"),
    }
    Ok(())
}
