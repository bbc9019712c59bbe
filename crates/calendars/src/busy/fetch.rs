//! Reads a technician's own calendar: every quarter of an hour, less often when it fails, and at once when somebody asks.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Form, NoContent, Nothing, Path, Redirect, Repeatable, Typed},
    job::Job,
    row, sql,
};
use outbound::{Answer, Ask};
use scheduling::{TechnicianId, TechniciansWrite, busy};
use std::time::Duration;
use tenancy::Seal;

use super::{BusyCalendarRead, Found, Unreadable, door, read};

/// A calendar is at most so large, and answers within so long.
const MOST: usize = 2 << 20;
const WITHIN: Duration = Duration::from_secs(20);
/// So far ahead. What was read is read anew after a day even if nothing has changed, for the days go on.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 90);
const ANEW: SignedDuration = SignedDuration::from_hours(20);
/// All companies' turns come at one moment; their calendars are asked over these seconds.
const SPREAD: u128 = 600;
const AT_ONCE: i64 = 200;

row! { struct Kept { sealed: String, etag: Option<String>, modified: Option<String>, fetched_at: Option<Timestamp>, failures: i32, trouble: Option<String> } }

/// How it went: nothing new, the times, or a sentence.
enum Outcome {
    Same,
    New { found: Found, etag: Option<String>, modified: Option<String> },
    Trouble(String),
}

sql! {
    fn kept(technician: TechnicianId) -> Option<Kept> = "
        select sealed, etag, modified, fetched_at, failures, trouble from busy_calendar where tenant_id = $1 and technician_id = $2";
    fn due(now: Timestamp, most: i64) -> Vec<TechnicianId> = "
        select technician_id from busy_calendar where tenant_id = $1 and next_at <= $2 order by next_at, technician_id limit $3";
    // Whoever has changed the address meanwhile is not answered with what lay at the old one.
    fn went_well(technician: TechnicianId, sealed: String, etag: Option<String>, modified: Option<String>, trouble: Option<String>, now: Timestamp, next: Timestamp) -> u64 = "
        update busy_calendar set etag = $4, modified = $5, trouble = $6, looked_at = $7, fetched_at = $7, next_at = $8, failures = 0, updated_at = $7
        where tenant_id = $1 and technician_id = $2 and sealed = $3";
    fn is_same(technician: TechnicianId, sealed: String, now: Timestamp, next: Timestamp) -> u64 = "
        update busy_calendar set looked_at = $4, next_at = $5, failures = 0, updated_at = $4
        where tenant_id = $1 and technician_id = $2 and sealed = $3";
    fn went_wrong(technician: TechnicianId, sealed: String, trouble: String, now: Timestamp, next: Timestamp) -> u64 = "
        update busy_calendar set trouble = $4, looked_at = $5, next_at = $6, failures = least(failures + 1, 20), updated_at = $5
        where tenant_id = $1 and technician_id = $2 and sealed = $3";
}

/// Its body carries the technician alone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct FetchCalendar {
    pub technician: TechnicianId,
}

impl Job for FetchCalendar {
    const KIND: &'static str = "calendars.fetch";
    const ATTEMPTS: i32 = 3;
    fn key(&self) -> Option<String> {
        Some(self.technician.to_string())
    }

    async fn run(self, scope: Scope) -> Result<()> {
        let technician = self.technician;
        let Some(before) = scope.read(kept(technician)).await? else { return Ok(()) };
        let outcome = look(&scope, technician, &before).await?;
        let now = scope.now();
        let after = |minutes: i64| now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
        scope
            .retrying(async |tx: &mut TenantTx| {
                let sealed = before.sealed.clone();
                let (changed, trouble) = match &outcome {
                    // The round of a quarter of an hour asks, and each round does.
                    Outcome::Same => {
                        (tx.run(is_same(technician, sealed, now, after(1))).await?, before.trouble.clone())
                    }
                    Outcome::New { found, etag, modified } => {
                        let trouble = some_lost(found);
                        let row = went_well(
                            technician,
                            sealed,
                            etag.clone(),
                            modified.clone(),
                            trouble.clone(),
                            now,
                            after(1),
                        );
                        let changed = tx.run(row).await?;
                        if changed == 1 {
                            busy::replace(tx, technician, &found.times).await?;
                        }
                        (changed, trouble)
                    }
                    Outcome::Trouble(says) => {
                        let wait = 15_i64 << before.failures.clamp(0, 7);
                        let row = went_wrong(technician, sealed, says.clone(), now, after(wait.min(24 * 60)));
                        (tx.run(row).await?, Some(says.clone()))
                    }
                };
                if changed == 1 && (trouble != before.trouble || before.fetched_at.is_none()) {
                    tx.tell(&BusyCalendarRead { technician });
                }
                Ok(())
            })
            .await
    }
}

fn some_lost(found: &Found) -> Option<String> {
    let most = busy::MOST;
    match (found.unread, found.times.len() > most) {
        (0, false) => None,
        (0, true) => Some(format!("There are more than {most} busy times; the first {most} are kept.")),
        (1, _) => Some("One entry could not be understood and is left out.".into()),
        (n, _) => Some(format!("{n} entries could not be understood and are left out.")),
    }
}

async fn look(scope: &Scope, technician: TechnicianId, before: &Kept) -> Result<Outcome> {
    let trouble = |says: &str| Ok(Outcome::Trouble(says.to_owned()));
    let opened = Seal::of(scope.house())?.open((scope.tenant().id, technician.0), &before.sealed);
    let Some(url) = opened.ok().and_then(|url| String::from_utf8(url).ok()) else {
        return trouble("The address cannot be opened any more. Give it once more.");
    };
    let now = scope.now();
    let is_new = before.fetched_at.is_some_and(|at| now.duration_since(at) < ANEW);
    let mut ask = Ask::of(&url, "text/calendar, text/plain;q=0.5, */*;q=0.1", MOST, WITHIN);
    if is_new {
        (ask.etag, ask.modified) = (before.etag.as_deref(), before.modified.as_deref());
    }
    let answer = match door(scope.house())?.get(&ask).await {
        Ok(answer) => answer,
        Err(refusal) => return trouble(refusal.says()),
    };
    match answer.status {
        200 => understand(scope, answer, now).await,
        304 if is_new => Ok(Outcome::Same),
        401 | 403 => trouble("The server does not let us in. Use the calendar's secret address in iCal format."),
        404 | 410 => trouble("There is no calendar at that address any more."),
        429 | 500..=599 => trouble("The server is not well at the moment. It is asked again later."),
        status => Ok(Outcome::Trouble(format!("The server answered with {status} in place of a calendar."))),
    }
}

async fn understand(scope: &Scope, answer: Answer, now: Timestamp) -> Result<Outcome> {
    let zone = scope.tenant().locale.zone.clone();
    let until = now.saturating_add(HORIZON).unwrap_or(now);
    let Answer { body, etag, modified, .. } = answer;
    let work = move || read(&String::from_utf8_lossy(&body), &zone, now, until);
    // A calendar that makes the reader stumble is no reason to stumble with it.
    let says = match tokio::task::spawn_blocking(work).await {
        Ok(Ok(found)) => {
            let short = |told: Option<String>, most: usize| told.filter(|told| told.len() <= most);
            return Ok(Outcome::New { found, etag: short(etag, 500), modified: short(modified, 100) });
        }
        Ok(Err(Unreadable::NoCalendar)) => {
            "What lies there is no calendar. Use the secret address in iCal format, not that of the page."
        }
        Ok(Err(Unreadable::TooMuch)) => "The calendar takes too long to read.",
        Err(_) => "The calendar cannot be read.",
    };
    Ok(Outcome::Trouble(says.to_owned()))
}

/// A company's turn: each of its calendars whose time has come, one after the other over some minutes.
pub async fn fetch_all(scope: Scope) -> Result<()> {
    let now = scope.now();
    let due = scope.read(due(now, AT_ONCE)).await?;
    if due.is_empty() {
        return Ok(());
    }
    scope
        .retrying(async |tx: &mut TenantTx| {
            for technician in &due {
                let seconds = i64::try_from(technician.0.as_u128() % SPREAD).unwrap_or(0);
                let at = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
                tx.enqueue_at(&FetchCalendar { technician: *technician }, at);
            }
            Ok(())
        })
        .await
}

async fn ask_for(access: &Access<TechniciansWrite>, tx: &mut TenantTx, technician: TechnicianId) -> Result<()> {
    access.house().limits().careful("calendar", &technician.to_string())?;
    tx.run(kept(technician)).await?.ok_or(Error::NotFound)?;
    tx.enqueue(&FetchCalendar { technician });
    Ok(())
}

pub async fn fetch_api(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
) -> Result<Repeatable<NoContent>> {
    access.once(async |tx: &mut TenantTx| ask_for(&access, tx, id).await.map(|()| NoContent)).await
}

pub async fn fetch_post(
    access: Access<TechniciansWrite>,
    Path(id): Path<TechnicianId>,
    form: Form<Nothing>,
) -> Result<Repeatable<Redirect>> {
    let work = async |_: Nothing| {
        access
            .once(async |tx: &mut TenantTx| {
                ask_for(&access, tx, id).await?;
                Ok(Redirect::to(format!("/technicians/{id}/busy-calendar")).toast("The calendar is being read"))
            })
            .await
    };
    form.then(work).await?.map_err(Typed::refused)
}
