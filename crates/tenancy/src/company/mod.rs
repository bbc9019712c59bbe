//! Companies: their plans and addresses, how a new one comes to be, and what a process must know of them.
mod address;
mod create;
pub mod host;
pub mod mail_domain;
pub mod plan;
mod seeds;

use kernel::{Error, House, Result, sql};
use std::{sync::Arc, time::Duration};
use walls::{Dsns, Secrets};

pub use address::{check_slug, near, taken};
pub(crate) use create::provision;
pub use create::{Company, NewCompany, create_company};

/// What creating companies takes besides a house.
pub struct Keyring {
    pub dsns: Dsns,
    pub secrets: Secrets,
}

sql! {
    #![control]
    fn generation() -> i64 = "select number from ctl.generation where one";
}

/// How often a process looks whether another has changed the registry.
const LOOK: Duration = Duration::from_secs(2);

/// Once for each house: hands handlers what they need to create companies, and keeps an eye on the registry, so that a
/// change by another process is seen within two seconds.
pub async fn on_start(house: &House, dsns: &Dsns, secrets: &Secrets) -> Result<()> {
    house.keep(crate::onboarding::Asked::default());
    house.keep(Keyring { dsns: dsns.clone(), secrets: secrets.clone() });
    let keyring = house.kept::<Keyring>().ok_or_else(|| Error::Bug("the keyring went missing".into()))?;
    // The watch holds the pool and the memory, not the house, and ends when the house does.
    let (house_lives, desk, tenants) = (Arc::downgrade(&keyring), house.control().clone(), house.tenants().clone());
    let mut last = desk.run(generation()).await?;
    // What was looked up before that number was read may be older than it.
    tenants.forget();
    tokio::spawn(async move {
        while house_lives.strong_count() > 0 {
            tokio::time::sleep(LOOK).await;
            match desk.run(generation()).await {
                Ok(now) if now == last => {}
                Ok(now) => {
                    tenants.forget();
                    last = now;
                }
                Err(error) => tracing::debug!(%error, "the registry could not be looked at"),
            }
        }
    });
    Ok(())
}
