//! What stands behind the @ of a company's people: whoever signs in at the base domain, or is about to sign up a second time,
//! is shown the way to their company. The operator writes it, as with hosts: an own word for it could lead people astray.
use jiff::Timestamp;
use kernel::{Error, House, Result, row, sql};
use uuid::Uuid;

use super::host::{named, plain, taken, tell};

row! {
    /// The company that people with such an address belong to.
    #[derive(Debug, Clone)]
    pub(crate) struct Home {
        pub slug: String,
        pub name: String,
    }
}

sql! {
    #![control]
    fn home(domain: String) -> Option<Home> = "
        select t.slug, t.name from ctl.mail_domain d join ctl.tenant t on t.id = d.tenant_id
        where d.domain = $1 and t.status in ('trial', 'active')";
    fn holder(domain: String) -> Option<String> = "
        select t.slug from ctl.mail_domain d join ctl.tenant t on t.id = d.tenant_id where d.domain = $1";
    fn put(domain: String, tenant: Uuid, at: Timestamp) -> u64 = "
        insert into ctl.mail_domain (domain, tenant_id, created_at) values ($1, $2, $3) on conflict (domain) do nothing";
    fn take(domain: String, tenant: Uuid) -> u64 = "delete from ctl.mail_domain where domain = $1 and tenant_id = $2";
    fn all(tenant: Uuid) -> Vec<String> = "select domain from ctl.mail_domain where tenant_id = $1 order by domain";
}

/// Where anybody may have a mailbox: the most common, so that a slip does not send strangers to a company.
const EVERYBODYS: [&str; 24] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "ymail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "web.de",
    "t-online.de",
    "proton.me",
    "protonmail.com",
    "mail.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
];

/// Shows people at this domain the way to the company, and gives the domain as it is kept.
pub async fn add(house: &House, slug: &str, domain: &str) -> Result<String> {
    let id = named(house, slug).await?;
    let domain = plain(domain.trim().trim_start_matches('@'))?;
    if EVERYBODYS.contains(&domain.as_str()) {
        let sentence = format!("Anybody may have a mailbox at {domain}. Give a domain that is the company's alone.");
        return Err(Error::field("/host", "everybodys", sentence));
    }
    if house.control().run(put(domain.clone(), id, house.clock().now())).await? == 0 {
        let holder = house.control().run(holder(domain.clone())).await?.unwrap_or_default();
        return Err(taken(&domain, &holder, slug));
    }
    tell(house, id, "mail_domains").await?;
    Ok(domain)
}

pub async fn remove(house: &House, slug: &str, domain: &str) -> Result<String> {
    let id = named(house, slug).await?;
    let domain = plain(domain.trim().trim_start_matches('@'))?;
    if house.control().run(take(domain.clone(), id)).await? == 0 {
        let sentence =
            format!("{slug} has no domain {domain}. `tradewind tenant mail-domain list {slug}` shows those it has.");
        return Err(Error::field("/host", "unknown", sentence));
    }
    tell(house, id, "mail_domains").await?;
    Ok(domain)
}

pub async fn list(house: &House, slug: &str) -> Result<Vec<String>> {
    let id = named(house, slug).await?;
    house.control().run(all(id)).await
}

/// The same for every address at a domain, whether it is anybody's or not.
pub(crate) async fn of_address(house: &House, email: &str) -> Result<Option<Home>> {
    match email.rsplit_once('@').and_then(|(_, domain)| plain(domain).ok()) {
        Some(domain) => house.control().run(home(domain)).await,
        None => Ok(None),
    }
}
