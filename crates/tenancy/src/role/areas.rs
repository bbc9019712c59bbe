//! Permissions by the part of the house they are about, in the order in which a person meets them.
use kernel::{PERMISSIONS, permission::PermissionInfo};

const AREAS: &[(&str, &[&str])] = &[
    ("Everybody", &["account", "files"]),
    ("Today", &["dashboard"]),
    ("Customers", &["customers"]),
    ("Board and visits", &["board", "appointments", "technicians"]),
    ("Jobs", &["work", "jobs"]),
    ("Price book", &["catalog", "prices", "costs"]),
    ("Invoices and money", &["invoices", "payments", "recurring", "ledger"]),
    ("E-mail", &["email"]),
    ("The company", &["members", "settings", "api_keys", "exports", "audit"]),
];
/// What nobody can do who does not see prices.
pub const WITH_PRICES: &[&str] =
    &["catalog.write", "invoices.write", "payments.write", "recurring.write", "ledger.read"];
/// What no area names yet.
const BESIDES: &str = "Besides";

fn area_of(permission: &str) -> &'static str {
    let prefix = permission.split('.').next().unwrap_or_default();
    AREAS.iter().find(|(_, prefixes)| prefixes.contains(&prefix)).map_or(BESIDES, |(area, _)| area)
}

/// Each area with its permissions, those that only look first.
pub fn by_area() -> Vec<(&'static str, Vec<&'static PermissionInfo>)> {
    let names = AREAS.iter().map(|(area, _)| *area).chain([BESIDES]);
    let of = |area: &'static str| {
        let mut all: Vec<_> = PERMISSIONS.iter().filter(|p| area_of(p.name) == area).collect();
        all.sort_by_key(|p| (kernel::permission::changes(p.name), p.name));
        (area, all)
    };
    names.map(of).filter(|(_, all)| !all.is_empty()).collect()
}
