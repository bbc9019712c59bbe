//! Domains of a company's own, beside its address under the base domain. The operator writes them: whoever may, has seen that
//! the domain is the company's and leads here.
use jiff::Timestamp;
use kernel::{Error, House, Result, http::arrive::normal_host, sql};
use uuid::Uuid;

use crate::settings::SettingsChanged;

sql! {
    #![control]
    fn company(slug: String) -> Option<Uuid> = "select id from ctl.tenant where slug = $1 and status <> 'deleted'";
    fn holder(host: String) -> Option<String> = "
        select t.slug from ctl.host h join ctl.tenant t on t.id = h.tenant_id where h.host = $1";
    fn put(host: String, tenant: Uuid, at: Timestamp) -> u64 = "
        insert into ctl.host (host, tenant_id, verified_at) values ($1, $2, $3) on conflict (host) do nothing";
    fn take(host: String, tenant: Uuid) -> u64 = "delete from ctl.host where host = $1 and tenant_id = $2";
    fn all(tenant: Uuid) -> Vec<String> = "select host from ctl.host where tenant_id = $1 order by host";
}

/// Opens the company at this domain too, and gives the domain as it is kept.
pub async fn add(house: &House, slug: &str, host: &str) -> Result<String> {
    let id = named(house, slug).await?;
    let host = checked(host, house.base_domain())?;
    if house.control().run(put(host.clone(), id, house.clock().now())).await? == 0 {
        let holder = house.control().run(holder(host.clone())).await?.unwrap_or_default();
        return Err(taken(&host, &holder, slug));
    }
    tell(house, id, "hosts").await?;
    Ok(host)
}

/// Opens the company at this domain no more.
pub async fn remove(house: &House, slug: &str, host: &str) -> Result<String> {
    let id = named(house, slug).await?;
    // Spelt as it was when it came, whatever may be added today.
    let host = plain(host).unwrap_or_else(|_| normal_host(host));
    if house.control().run(take(host.clone(), id)).await? == 0 {
        let sentence = format!("{slug} has no domain {host}. `tradewind tenant host list {slug}` shows those it has.");
        return Err(Error::field("/host", "unknown", sentence));
    }
    tell(house, id, "hosts").await?;
    Ok(host)
}

pub async fn list(house: &House, slug: &str) -> Result<Vec<String>> {
    let id = named(house, slug).await?;
    house.control().run(all(id)).await
}

pub(super) async fn named(house: &House, slug: &str) -> Result<Uuid> {
    let found = house.control().run(company(slug.to_owned())).await?;
    found.ok_or_else(|| {
        let sentence = format!("There is no company at `{slug}`. `tradewind tenant list` shows all.");
        Error::field("/slug", "unknown", sentence)
    })
}

pub(super) fn taken(domain: &str, holder: &str, slug: &str) -> Error {
    let whose = if holder == slug { "this company's already".to_owned() } else { format!("{holder}'s") };
    Error::field("/host", "taken", format!("{domain} is {whose}. A domain belongs to one company."))
}

/// The company reads in its own audit that this was done.
pub(super) async fn tell(house: &House, id: Uuid, what: &str) -> Result<()> {
    house.tenants().forget();
    let changed = SettingsChanged { tenant: id, what: vec![what.into()] };
    house.errand(id, "operator").await?.write(changed, ()).await.map(drop)
}

fn wrong(sentence: impl Into<String>) -> Error {
    Error::field("/host", "host", sentence)
}

/// A host name as browsers send it: small letters, other scripts in their ASCII form, no dot at the end.
pub(super) fn plain(host: &str) -> Result<String> {
    let given = host.trim();
    if given.contains(['/', ':', '@', '?', '#']) {
        return Err(wrong(format!(
            "`{given}` is more than a host name. Leave out scheme, port and path: `crm.acme.com`."
        )));
    }
    let name = given.strip_suffix('.').unwrap_or(given);
    let ascii = idna::domain_to_ascii_strict(name).unwrap_or_default();
    let labels: Vec<&str> = ascii.split('.').collect();
    let number = labels.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    match labels.len() > 1 && !number {
        true => Ok(ascii),
        false => Err(wrong(format!(
            "`{given}` is no host name. It has words of letters, digits and hyphens with dots between: `crm.acme.com`."
        ))),
    }
}

fn checked(host: &str, base: &str) -> Result<String> {
    let host = plain(host)?;
    match host == base || host.strip_suffix(base).is_some_and(|rest| rest.ends_with('.')) {
        true => Err(wrong(format!(
            "{host} lies under {base}, where a company's address is its slug. Give a domain of the company's own."
        ))),
        false => Ok(host),
    }
}

#[test]
fn a_host_is_a_name_that_browsers_send() {
    for (given, kept) in [
        ("crm.acme.com", "crm.acme.com"),
        (" CRM.Acme.COM. ", "crm.acme.com"),
        ("büro.müller.example", "xn--bro-hoa.xn--mller-kva.example"),
        ("acme.co", "acme.co"),
        ("nottradewind.test", "nottradewind.test"),
    ] {
        assert_eq!(checked(given, "tradewind.test").ok().as_deref(), Some(kept), "{given}");
    }
    let long = format!("{}.com", "a".repeat(64));
    for given in [
        "",
        ".",
        "acme",
        "https://acme.com",
        "acme.com:8080",
        "acme.com/book",
        "10.0.0.1",
        "[::1]",
        "a..b",
        "-a.com",
        "a_b.com",
        "acme .com",
        "*.acme.com",
        "tradewind.test",
        "bolt.tradewind.test",
        "a.b.TradeWind.test.",
        &long,
    ] {
        assert!(matches!(checked(given, "tradewind.test"), Err(Error::Invalid(_))), "{given}");
    }
}
