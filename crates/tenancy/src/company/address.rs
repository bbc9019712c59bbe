//! The address of a company: what it may look like, who has it, and what else is free.
use kernel::{Checks, Desk, Result, sql, text::fold};

/// Names that mean something to browsers, mail, certificates or people, and so are nobody's.
const RESERVED: &str = "
    www api app admin administrator root mail email smtp imap pop pop3 ftp sftp ssh ns ns1 ns2 dns mx
    mta-sts autoconfig autodiscover webmail localhost test staging dev demo sandbox beta status support help
    docs blog about contact legal terms privacy security abuse postmaster hostmaster webmaster noreply
    no-reply info sales billing pay payment payments invoice invoices account accounts login signin sign-in
    signup sign-up logout auth oauth sso scim id identity static assets cdn media files img images download
    downloads upload uploads dashboard onboarding register join welcome portal my me user users tenant
    tenants company internal system sys ops control monitor metrics health healthz readyz live ws events
    webhook webhooks graphql rest v1 v2 tradewind official news jobs careers partner partners store shop go
    get home default public private null undefined none true false";

/// 3 to 40 small letters, digits and single hyphens, a letter or digit at both ends, and not one of ours.
pub fn check_slug(checks: &mut Checks, slug: &str) -> bool {
    let shape = (3..=40).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && !slug.contains("--");
    checks.that(
        shape,
        "slug",
        "address",
        "An address has 3 to 40 small letters, digits and single hyphens, and begins and ends with a letter or digit.",
    ) && checks.that(
        !RESERVED.split_whitespace().any(|word| word == slug),
        "slug",
        "reserved",
        "This address is kept for Tradewind itself. Choose another one.",
    )
}

sql! {
    #![control]
    fn among(slugs: Vec<String>) -> Vec<String> = "select slug from ctl.tenant where slug = any($1)";
}

pub async fn taken(desk: &Desk, slug: &str) -> Result<bool> {
    Ok(!desk.run(among(vec![slug.to_owned()])).await?.is_empty())
}

/// A slug made of a company's name.
pub fn slug_of(name: &str) -> String {
    let words = fold(name);
    let small: String = words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut slug = String::new();
    for part in small
        .split('-')
        .filter(|part| !part.is_empty() && !matches!(*part, "llc" | "inc" | "ltd" | "gmbh" | "co" | "and"))
    {
        let longer = if slug.is_empty() { part.to_owned() } else { format!("{slug}-{part}") };
        if longer.len() > 30 {
            break;
        }
        slug = longer;
    }
    slug
}

/// Addresses near `wanted` that no company has, the nearest first.
pub async fn near(desk: &Desk, wanted: &str, name: &str) -> Result<Vec<String>> {
    let (typed, own) = (slug_of(wanted), slug_of(name));
    let joined = typed.replace('-', "");
    let mut tried = vec![own.clone(), typed.clone(), joined];
    for stem in [typed, own].iter().filter(|stem| stem.len() >= 2) {
        tried.extend(["services", "pros", "team", "home", "local"].iter().map(|end| format!("{stem}-{end}")));
        tried.extend((2..6).map(|n| format!("{stem}-{n}")));
    }
    let mut seen = std::collections::HashSet::new();
    tried.retain(|slug| slug != wanted && check_slug(&mut Checks::default(), slug) && seen.insert(slug.clone()));
    let gone = desk.run(among(tried.clone())).await?;
    tried.retain(|slug| !gone.contains(slug));
    Ok(tried)
}

#[test]
fn an_address_is_plain_and_not_ours() {
    let good = |slug: &str| check_slug(&mut Checks::default(), slug);
    for slug in ["acme", "acme-hvac", "a1b", "123"] {
        assert!(good(slug), "{slug}");
    }
    for slug in [
        "",
        "ab",
        "Acme",
        "acme_hvac",
        "-acme",
        "acme-",
        "ac--me",
        "xn--80ak6aa92e",
        "www",
        "api",
        "äcme",
        "acme.hvac",
        &"a".repeat(41),
    ] {
        assert!(!good(slug), "{slug}");
    }
    assert_eq!(slug_of("Müller & Söhne Heizung GmbH"), "muller-sohne-heizung");
    assert_eq!(slug_of("O’Brien Plumbing, LLC"), "obrien-plumbing");
}
