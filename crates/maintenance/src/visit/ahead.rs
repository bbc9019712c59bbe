//! The visits ahead: those that are booked, and those that the plan will bring.
use jiff::{Span, Timestamp, civil::Date};
use kernel::{
    Access, Error, Paged, Result, Scope,
    http::{Json, Path, Query},
    text_enum,
};
use scheduling::{AppointmentId, appointment::Status};
use std::collections::BTreeMap;

use super::{State, Visit, from, wanted};
use crate::{
    permissions::MaintenanceRead,
    plan::{self, Plan, PlanId},
    recurrence::{self, Due},
};

const MOST: usize = 200;

text_enum! {
    pub enum Standing {
        Due = "due": "To be booked",
        Changed = "changed": "Changed, to be booked",
        Booked = "booked": "Booked",
        Skipped = "skipped": "Left out",
        Holiday = "holiday": "Holiday, left out",
    }
}

#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct Ahead {
    /// By the plan; the visit goes by this day.
    pub due_on: Date,
    /// When it begins or is to begin; none, where it is left out.
    pub starts_at: Option<Timestamp>,
    pub standing: Standing,
    pub appointment_id: Option<AppointmentId>,
    pub appointment_status: Option<Status>,
    pub technician_name: Option<String>,
    /// The holiday it would fall on.
    pub why: Option<String>,
}

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AheadQuery {
    /// The last day; a year from now when not given, at most three years.
    pub until: Option<Date>,
    /// So many at most; 50 when not given, at most 200.
    pub limit: Option<i64>,
}

fn one(plan: &Plan, due: Option<&Due>, row: Option<&Visit>) -> Ahead {
    let due_on = row.map(|row| row.due_on).or(due.map(|due| due.due_on)).unwrap_or(Date::MAX);
    let wanted = due.and_then(|due| wanted(plan, due, row));
    let standing = match (row.map(|row| row.state), &wanted) {
        (Some(State::Booked), _) => Standing::Booked,
        (Some(State::Skipped), _) => Standing::Skipped,
        (Some(State::Changed), _) => Standing::Changed,
        (None, None) => Standing::Holiday,
        (None, Some(_)) => Standing::Due,
    };
    let planned = || wanted.map(|wanted| wanted.starts_at(plan));
    let left_out = matches!(standing, Standing::Skipped | Standing::Holiday);
    Ahead {
        due_on,
        starts_at: if left_out { None } else { row.and_then(|row| row.starts_at).or_else(planned) },
        standing,
        appointment_id: row.and_then(|row| row.appointment_id),
        appointment_status: row.and_then(|row| row.appointment_status),
        technician_name: match row.filter(|row| row.state != State::Skipped) {
            Some(row) if row.with_name.is_some() || row.state == State::Booked => row.with_name.clone(),
            _ => plan.technician_name.clone(),
        },
        why: row.and_then(|row| row.why.clone()).or(due.and_then(|due| due.why.clone())),
    }
}

/// In order, at most so many. A plan that rests or has ended brings no more than is booked.
pub async fn ahead(scope: &Scope, plan: &Plan, until: Date, most: usize) -> Result<Vec<Ahead>> {
    let rows = scope.read(from(plan.id, plan.today(scope.now()))).await?;
    Ok(of_rows(plan, &rows, &scope.tenant().locale.country, scope.now(), until, most))
}

/// The same of what is kept of its visits from today on.
pub(super) fn of_rows(
    plan: &Plan,
    rows: &[Visit],
    country: &str,
    now: Timestamp,
    until: Date,
    most: usize,
) -> Vec<Ahead> {
    let season = plan.season(country);
    let mut all: BTreeMap<Date, Ahead> =
        rows.iter().filter(|row| row.due_on <= until).map(|row| (row.due_on, one(plan, None, Some(row)))).collect();
    let comes = plan.is_running();
    for due in recurrence::due(&season, plan.today(now), until).take(most).filter(|_| comes) {
        let row = rows.iter().find(|row| row.due_on == due.due_on);
        let visit = one(plan, Some(&due), row);
        // What was due today and its hour passed before the plan began is not made any more.
        if row.is_some() || visit.starts_at.is_none_or(|at| at >= now) {
            all.insert(due.due_on, visit);
        }
    }
    all.into_values().take(most).collect()
}

pub async fn ahead_api(
    access: Access<MaintenanceRead>,
    Path(id): Path<PlanId>,
    Query(query): Query<AheadQuery>,
) -> Result<Json<Paged<Ahead>>> {
    let today = access.local_now().date();
    let until = query.until.unwrap_or(today.saturating_add(Span::new().years(1)));
    let most = query.limit.unwrap_or(50);
    if until > today.saturating_add(Span::new().years(3)) {
        return Err(Error::field("/until", "range", "Ask for at most three years ahead."));
    }
    let most = usize::try_from(most).ok().filter(|most| (1..=MOST).contains(most));
    let most = most.ok_or_else(|| Error::field("/limit", "range", "Ask for 1 to 200 visits."))?;
    let plan = access.read(plan::find(id)).await?.ok_or(Error::NotFound)?;
    let data = ahead(&access, &plan, until, most).await?;
    Ok(Json(Paged { data, next_cursor: None }))
}
