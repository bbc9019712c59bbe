//! Says where a technician's own calendar lies. It is read at once, and from then on every quarter of an hour.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{Json, Path},
    sql,
};
use scheduling::{TechnicianId, TechniciansWrite, technician};
use tenancy::Seal;

use super::{BusyCalendar, BusyCalendarSet, FetchCalendar, door, find};

/// As long as browsers and calendars make them.
const LONGEST: usize = 2000;

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// The secret address in iCal format: `https://…` or `webcal://…`.
    pub url: String,
}
impl Input for Set {
    fn check(&mut self, checks: &mut Checks) {
        let url = self.url.trim();
        // Calendar programs write https so.
        let plain = ["webcals://", "webcal://"].iter().find_map(|scheme| {
            let head = url.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then(|| format!("https://{}", &url[scheme.len()..]))
        });
        self.url = plain.unwrap_or_else(|| url.to_owned());
        checks.that(!self.url.is_empty(), "url", "required", "Give the secret address of the calendar in iCal format.");
        checks.that(self.url.len() <= LONGEST, "url", "too_long", "At most 2,000 characters.");
    }
}

sql! {
    fn keep(technician: TechnicianId, sealed: String, host: String, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into busy_calendar (tenant_id, technician_id, sealed, host, next_at, created_at, updated_at, created_by)
        values ($1, $2, $3, $4, $5, $5, $5, $6)
        on conflict (tenant_id, technician_id) do update set sealed = excluded.sealed, host = excluded.host, etag = null, modified = null,
            looked_at = null, fetched_at = null, next_at = excluded.next_at, failures = 0, trouble = null, updated_at = excluded.updated_at";
}

pub async fn set(scope: &Scope, tx: &mut TenantTx, technician: TechnicianId, set: &Set) -> Result<BusyCalendar> {
    tx.run(technician::find(technician)).await?.ok_or(Error::NotFound)?;
    let wrong = |says: &str| Error::field("/url", "address", says);
    door(scope.house())?.check(&set.url).map_err(|refusal| wrong(refusal.says()))?;
    let url = url::Url::parse(&set.url).map_err(|_| wrong(outbound::Refusal::Address.says()))?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let sealed = Seal::of(scope.house())?.close((tx.tenant(), technician.0), set.url.as_bytes())?;
    let (now, by) = (tx.now(), tx.user());
    tx.tell(&BusyCalendarSet { technician });
    tx.enqueue(&FetchCalendar { technician });
    let (_, kept) = tx.run((keep(technician, sealed, host, now, by), find(technician, now))).await?;
    kept.ok_or(Error::NotFound)
}

pub async fn set_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    Json(input): Json<Set>,
) -> Result<Json<BusyCalendar>> {
    access.retrying(async |tx: &mut TenantTx| set(&access, tx, id, &input).await).await.map(Json)
}
