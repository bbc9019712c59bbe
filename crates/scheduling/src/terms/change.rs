//! Changes the terms of booking; what was agreed for a visit before stays as it was.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Currency, Error, Input, Money, Result, TenantTx, Uuid,
    http::{IfMatch, Json, One},
    sql,
};

use super::{Terms, TermsChanged, kept};
use crate::permissions::TechniciansWrite;

/// Left out means unchanged.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// 0 to a million, in the company's currency.
    pub cancel_fee: Option<Money>,
    /// 1 to 336.
    pub fee_hours: Option<i32>,
    pub prove_email: Option<bool>,
    /// At most ten: scheme and host, such as "https://acme-hvac.example".
    pub embedded_at: Option<Vec<String>>,
}

pub(super) const MOST_MINOR: i64 = 100_000_000;
const SITE: &str = "A site is its scheme and its name, such as https://acme-hvac.example, without what follows it.";

impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(fee) = self.cancel_fee {
            checks.range("cancel_fee", fee.minor, 0, MOST_MINOR, "A fee is from nothing to a million.");
        }
        if let Some(hours) = self.fee_hours {
            checks.range("fee_hours", hours.into(), 1, 336, "From 1 to 336 hours before.");
        }
        if let Some(sites) = &mut self.embedded_at {
            for site in sites.iter_mut() {
                *site = site.trim().trim_end_matches('/').to_lowercase();
            }
            sites.retain(|site| !site.is_empty());
            sites.sort_unstable();
            sites.dedup();
            checks.that(sites.len() <= 10, "embedded_at", "too_many", "At most ten sites.");
            checks.that(sites.iter().all(|site| is_site(site)), "embedded_at", "site", SITE);
        }
    }
}

/// It becomes part of a policy, so it is made of what a host is made of and of nothing else.
fn is_site(site: &str) -> bool {
    let host = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://")).unwrap_or_default();
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    (1..=253).contains(&name.len()) && name.split('.').all(part) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

sql! {
    /// Nothing where it has changed since `seen`.
    fn put(seen: i64, fee: i64, hours: i32, prove: bool, sites: Vec<String>, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into booking_terms (tenant_id, cancel_fee_minor, fee_hours, prove_email, embedded_at, created_at, updated_at, created_by)
        values ($1, $3, $4, $5, $6, $7, $7, $8)
        on conflict (tenant_id) do update set cancel_fee_minor = $3, fee_hours = $4, prove_email = $5, embedded_at = $6, updated_at = $7,
               version = booking_terms.version + 1
        where booking_terms.version = $2";
}

/// `seen` is the version the caller saw.
pub async fn change(tx: &mut TenantTx, seen: i64, change: &Change, currency: Currency) -> Result<Terms> {
    let was = Terms::of(tx.run(kept()).await?, currency);
    if was.version != seen {
        return Err(Error::Stale(Some(was.version)));
    }
    currency.only("/cancel_fee", "Fees", change.cancel_fee)?;
    let next = Terms {
        cancel_fee: change.cancel_fee.unwrap_or(was.cancel_fee),
        fee_hours: change.fee_hours.unwrap_or(was.fee_hours),
        prove_email: change.prove_email.unwrap_or(was.prove_email),
        embedded_at: change.embedded_at.clone().unwrap_or(was.embedded_at),
        version: seen + 1,
    };
    let (now, by) = (tx.now(), tx.user());
    let sites = next.embedded_at.clone();
    match tx.run(put(seen, next.cancel_fee.minor, next.fee_hours, next.prove_email, sites, now, by)).await? {
        1 => {
            tx.tell(&TermsChanged { company: tx.tenant() });
            Ok(next)
        }
        _ => Err(Error::Stale(Some(was.version))),
    }
}

pub async fn change_api(
    access: Access<TechniciansWrite>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Terms>> {
    let (seen, currency) = (version.required()?, access.tenant().locale.currency);
    access.retrying(async |tx| change(tx, seen, &input, currency).await).await.map(One)
}

#[test]
fn a_site_is_a_scheme_and_a_host() {
    for good in ["https://acme.example", "http://localhost:8080", "https://www.a-b.co.uk", "http://127.0.0.1:9"] {
        assert!(is_site(good), "{good}");
    }
    for bad in [
        "acme.example",
        "https://",
        "https://a/b",
        "https://a b",
        "https://a;script-src *",
        "https://*.a",
        "https://a:x",
        "https://a..b",
        "ftp://a",
        "https://-a",
    ] {
        assert!(!is_site(bad), "{bad}");
    }
}
