//! `tradewind operator`: those who run the house, who look into companies without being anybody's user.
use kernel::Clock;
use std::io::Write as _;
use tenancy::operator;

use crate::{
    config::Config,
    start::{self, Ground, Result},
};

#[derive(clap::Subcommand)]
pub enum Deed {
    /// Make one; prints the link, good once and for a day, under which they choose a password and take the second step
    Create {
        /// Companies see it when they look in
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
    },
    /// All of them
    List {
        #[arg(long)]
        json: bool,
    },
    /// Shut somebody out, here and in every company they are looking into
    Disable { email: String },
    /// Make password, authenticator and recovery codes void, and print a new link; lets in again who was disabled
    Reset { email: String },
}

pub async fn run(config: &Config, ground: &Ground, deed: Deed) -> Result<()> {
    start::migrate_and_check(ground).await?;
    let house = start::house(config, ground, Clock::wall())?;
    let refused = |e: kernel::Error| e.problem().detail;
    let say = |line: String| drop(writeln!(std::io::stdout(), "{line}"));
    match deed {
        Deed::Create { name, email } => {
            let link = operator::create(&house, &name, &email).await.map_err(refused)?;
            say(format!("{name} sets up password and second step at, once and within a day:\n{link}"));
        }
        Deed::List { json: true } => {
            for one in operator::list(&house).await.map_err(refused)? {
                say(serde_json::to_string(&one).unwrap_or_default());
            }
        }
        Deed::List { json: false } => {
            let all = operator::list(&house).await.map_err(refused)?;
            for one in &all {
                let state = match (one.disabled, one.ready) {
                    (true, _) => "disabled",
                    (false, true) => "ready",
                    (false, false) => "to set up",
                };
                let seen = one.last_seen_at.map_or("never here".to_owned(), |at| format!("last here {at:.0}"));
                say(format!("{:32} {:10} {seen:36} {}", one.email, state, one.name));
            }
            if all.is_empty() {
                say("There is none; `tradewind operator create` makes one.".into());
            }
        }
        Deed::Disable { email } => {
            let ended = operator::disable(&house, &email).await.map_err(refused)?;
            say(format!("{email} is out; visits ended: {ended}. Other processes know within five seconds."));
        }
        Deed::Reset { email } => {
            let link = operator::reset(&house, &email).await.map_err(refused)?;
            say(format!("{email} sets up anew at, once and within a day:\n{link}"));
        }
    }
    Ok(())
}
