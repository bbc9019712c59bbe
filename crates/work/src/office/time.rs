//! Working time by hand, on the page of a job or of somebody's week: a day, from, until, and why.
use jiff::{ToSpan, civil};
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable, Typed},
};
use scheduling::{TechnicianId, say};
use schemars::JsonSchema;
use serde::Deserialize;

use super::show;
use crate::{
    WorkOrderId,
    permissions::TimeWrite,
    time::{
        self, Kind, TimeEntry, TimeEntryId,
        add::{self, New},
        change::{self, Change},
        remove::{self, Why},
    },
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// Whose, when it is written anew.
    pub technician_id: Option<TechnicianId>,
    pub kind: Kind,
    pub day: civil::Date,
    pub from: Option<String>,
    /// Earlier than `from`: on the next day.
    pub until: Option<String>,
    #[serde(default)]
    pub reason: String,
}
impl Input for Stretch {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 300, "a reason");
        checks.optional("from", &mut self.from, 8);
        checks.optional("until", &mut self.until, 8);
        checks.that(self.from.is_some(), "from", "required", "Say from when.");
    }
}

type Span = (jiff::Timestamp, Option<jiff::Timestamp>);

impl Stretch {
    fn span(&self, scope: &Scope) -> Result<Span> {
        let locale = &scope.tenant().locale;
        let read = |field: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => text
                .parse::<civil::Time>()
                .map(Some)
                .map_err(|_| Error::field(&format!("/{field}"), "time", "That is no time of day, such as 09:30.")),
        };
        let (from, until) = (read("from", &self.from)?.unwrap_or_default(), read("until", &self.until)?);
        let ends = until.map(|until| {
            let day = if until < from { self.day.saturating_add(1.days()) } else { self.day };
            say::at(day, until, locale)
        });
        Ok((say::at(self.day, from, locale), ends))
    }
}

/// The API's fields are called as the form's.
fn renamed(error: Error) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in &mut faults {
                fault.pointer = match fault.pointer.as_str() {
                    "/starts_at" => "/from".into(),
                    "/ends_at" => "/until".into(),
                    other => other.to_owned(),
                };
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

pub type Answer = Result<Either<Repeatable<Redirect>, Page>>;

async fn on_job(
    access: &Access<TimeWrite>,
    id: WorkOrderId,
    outcome: Result<Result<Repeatable<Redirect>, Typed>>,
) -> Answer {
    match outcome? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let errors = typed.errors.into_iter().map(|(_, says)| (String::new(), says)).collect();
            show::again(access, id, Typed { values: Default::default(), errors }).await.map(Either::Again)
        }
    }
}

fn job(id: WorkOrderId) -> String {
    format!("/jobs/{id}")
}

pub async fn write(access: Access<TimeWrite>, Path(id): Path<WorkOrderId>, form: Form<Stretch>) -> Answer {
    let scope = &access;
    let outcome = form
        .then(async move |typed| {
            let (starts_at, ends_at) = typed.span(scope)?;
            let ends_at = ends_at.ok_or_else(|| Error::field("/until", "required", "Say until when."))?;
            let technician_id = typed
                .technician_id
                .ok_or_else(|| Error::field("/technician_id", "required", "Say whose time it is."))?;
            let (kind, reason) = (typed.kind, typed.reason);
            let new = New { technician_id, work_order_id: Some(id), kind, starts_at, ends_at, reason };
            let new = new.checked().map_err(renamed)?;
            scope
                .once(async |tx: &mut TenantTx| {
                    add::add(tx, &new).await.map_err(renamed)?;
                    Ok(Redirect::to(job(id)).toast("The time is written."))
                })
                .await
        })
        .await;
    on_job(&access, id, outcome).await
}

/// One of that job's stretches, or of that technician's; another is not there.
async fn belongs(access: &Access<TimeWrite>, entry: TimeEntryId, is: impl Fn(&TimeEntry) -> bool) -> Result<()> {
    access.read(time::find(entry)).await?.filter(is).map(drop).ok_or(Error::NotFound)
}

async fn changed(
    access: &Access<TimeWrite>,
    entry: TimeEntryId,
    form: Form<Stretch>,
    back: String,
) -> Result<Result<Repeatable<Redirect>, Typed>> {
    let version = form.version()?;
    form.then(async move |typed| {
        let (starts, ends_at) = typed.span(access)?;
        let change = Change { kind: Some(typed.kind), starts_at: Some(starts), ends_at, reason: typed.reason };
        let change = change.checked().map_err(renamed)?;
        access
            .once(async |tx: &mut TenantTx| {
                change::change(tx, entry, version, &change).await.map_err(renamed)?;
                Ok(Redirect::to(back.clone()).toast("The time is saved."))
            })
            .await
    })
    .await
}

async fn removed(
    access: &Access<TimeWrite>,
    entry: TimeEntryId,
    form: Form<Why>,
    back: String,
) -> Result<Result<Repeatable<Redirect>, Typed>> {
    form.then(async move |why| {
        access
            .once(async |tx: &mut TenantTx| {
                remove::remove(tx, entry, &why).await?;
                Ok(Redirect::to(back.clone()).toast("The time is taken away."))
            })
            .await
    })
    .await
}

pub async fn change_on_job(
    access: Access<TimeWrite>,
    Path((id, entry)): Path<(WorkOrderId, TimeEntryId)>,
    form: Form<Stretch>,
) -> Answer {
    belongs(&access, entry, |one| one.order_id == Some(id)).await?;
    let outcome = changed(&access, entry, form, job(id)).await;
    on_job(&access, id, outcome).await
}

pub async fn remove_on_job(
    access: Access<TimeWrite>,
    Path((id, entry)): Path<(WorkOrderId, TimeEntryId)>,
    form: Form<Why>,
) -> Answer {
    belongs(&access, entry, |one| one.order_id == Some(id)).await?;
    let outcome = removed(&access, entry, form, job(id)).await;
    on_job(&access, id, outcome).await
}

fn sheet(id: TechnicianId) -> String {
    format!("/timesheets/{id}")
}

pub async fn change_on_sheet(
    access: Access<TimeWrite>,
    Path((id, entry)): Path<(TechnicianId, TimeEntryId)>,
    form: Form<Stretch>,
) -> Result<Repeatable<Redirect>> {
    belongs(&access, entry, |one| one.technician_id == id).await?;
    changed(&access, entry, form, sheet(id)).await?.map_err(Typed::refused)
}

pub async fn remove_on_sheet(
    access: Access<TimeWrite>,
    Path((id, entry)): Path<(TechnicianId, TimeEntryId)>,
    form: Form<Why>,
) -> Result<Repeatable<Redirect>> {
    belongs(&access, entry, |one| one.technician_id == id).await?;
    removed(&access, entry, form, sheet(id)).await?.map_err(Typed::refused)
}
