//! What an operator looked at: each page once for each visit, without what was searched for.
use jiff::Timestamp;
use kernel::{Result, Scope, TenantTx, sql};

use super::VisitId;

sql! {
    fn note(visit_id: VisitId, path: String, route: String, at: Timestamp) -> u64 = "
        insert into support_look (tenant_id, visit_id, path, route, at) values ($1, $2, $3, $4, $5)
        on conflict (tenant_id, visit_id, path) do nothing";
}

/// Colours, icons and the visit's own pages show nothing of the company's.
const FRAME: [&str; 7] = [
    "/brand.css",
    "/brand/logo",
    "/manifest.webmanifest",
    "/assets/{*path}",
    "/favicon.ico",
    "/support/enter",
    "/support/over",
];

pub(crate) async fn looked(scope: &Scope, visit: VisitId, route: String, path: String) -> Result<()> {
    if FRAME.contains(&route.as_str()) {
        return Ok(());
    }
    // A secret in the address is nobody's to keep.
    let path = if route.contains("{token}") { route.clone() } else { path };
    let path: String = path.chars().take(300).collect();
    let at = scope.now();
    let noted = async |tx: &mut TenantTx| tx.run(note(visit, path.clone(), route.clone(), at)).await;
    scope.write_with(noted).await.map(drop)
}
