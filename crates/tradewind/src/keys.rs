//! `tradewind keys`: the keys that sign access tokens, for all processes over one database.
use jiff::Timestamp;
use kernel::Clock;
use tenancy::token::{self, Keys, Stored};

use crate::{
    config::Config,
    start::{self, Ground, Result},
};

#[derive(clap::Subcommand)]
pub enum Deed {
    /// All keys, the oldest first
    List {
        #[arg(long)]
        json: bool,
    },
    /// Put a new key in the place of the one that signs; nobody is signed out
    Rotate {
        /// Sign by it in five seconds, not in ten minutes: for when nobody else verifies our tokens
        #[arg(long)]
        now: bool,
    },
    /// End a key that somebody else may know: what it signed is refused within five seconds
    Withdraw { kid: String },
}

pub async fn run(config: &Config, ground: &Ground, deed: Deed) -> Result<()> {
    start::migrate_and_check(ground).await?;
    let house = start::house(config, ground, Clock::wall())?;
    let say = |e: kernel::Error| e.to_string();
    let (keys, now) = (Keys::of(&house).map_err(say)?, house.clock().now());
    match deed {
        Deed::List { json } => {
            let all = token::list(&keys).await.map_err(say)?;
            for key in &all {
                match json {
                    true => println!("{}", as_json(key, &all, now)),
                    false => println!("{:43}  {:9}  made {}", key.kid, state(key, &all, now), key.created_at),
                }
            }
            if all.is_empty() && !json {
                println!("There is none yet; the first token makes one.");
            }
        }
        Deed::Rotate { now: soon } => match token::rotate(&keys, now, soon).await.map_err(say)? {
            Some(key) => println!(
                "{} signs from {}; tokens of the old key stay good until they are over",
                key.kid, key.signs_from
            ),
            None => println!("Another process was faster; `tradewind keys list` shows its key"),
        },
        Deed::Withdraw { kid } => {
            token::withdraw(&keys, &kid, now).await.map_err(say)?;
            println!(
                "{kid} is withdrawn: its tokens are refused within five seconds; programs refresh them by themselves"
            );
        }
    }
    Ok(())
}

fn state(key: &Stored, all: &[Stored], now: Timestamp) -> &'static str {
    let over = |key: &Stored| key.verifies_until.is_some_and(|until| until <= now);
    let signing = all.iter().rfind(|key| !over(key) && key.signs_from <= now);
    match (over(key), signing) {
        (true, _) => "over",
        (false, Some(signing)) if signing.number == key.number => "signs",
        (false, Some(signing)) if signing.number > key.number => "verifies",
        _ => "waits",
    }
}

fn as_json(key: &Stored, all: &[Stored], now: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "kid": key.kid, "state": state(key, all, now), "created_at": key.created_at,
        "signs_from": key.signs_from, "verifies_until": key.verifies_until,
    })
}
