//! What a change does, visit by visit. A preview is the same work, taken back: so it says exactly what saving would do.
use jiff::{Timestamp, civil::Date};
use kernel::{Error, Result, Scope, TenantTx, text_enum};
use scheduling::Appointment;

use super::Plan;
use crate::visit;

text_enum! {
    pub enum Deed {
        Keeps = "keeps": "Stays",
        Moves = "moves": "Moves",
        Anew = "anew": "Booked anew",
        Cancels = "cancels": "Cancelled",
        Adds = "adds": "New",
        Skips = "skips": "Left out",
        Lapses = "lapses": "No longer set apart",
    }
}

/// What becomes of one visit.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Line {
    pub deed: Deed,
    /// The day on which it falls due from now on, or fell due.
    pub due_on: Date,
    pub was: Option<Timestamp>,
    pub starts_at: Option<Timestamp>,
    pub technician_name: Option<String>,
    pub says: Option<String>,
}

#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct Outcome {
    /// The plan as it is now: of a change from some day on, the one that begins there. None, where it was only looked at.
    pub plan: Option<Plan>,
    /// False: this is a preview, and nothing was changed.
    pub saved: bool,
    pub changes: Vec<Line>,
    /// What else there is to know, such as what was paid in advance.
    pub says: Vec<String>,
}

/// Does the work, or does it and takes it back.
pub(crate) async fn tried(
    scope: &Scope,
    preview: bool,
    work: impl AsyncFn(&mut TenantTx) -> Result<Outcome> + Send + Sync,
) -> Result<Outcome> {
    if !preview {
        return scope.retrying(work).await;
    }
    let mut seen = None;
    let undone = scope
        .write_with(async |tx: &mut TenantTx| {
            seen = Some(work(tx).await?);
            Err::<(), _>(Error::RolledBack)
        })
        .await;
    match (seen, undone) {
        (Some(outcome), _) => Ok(Outcome { plan: None, saved: false, ..outcome }),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::NotFound),
    }
}

pub(super) fn added(made: &visit::Made) -> Line {
    line(Deed::Adds, made.due.due_on, None, Some(&made.visit))
}

pub(crate) fn line(deed: Deed, due_on: Date, was: Option<Timestamp>, now: Option<&Appointment>) -> Line {
    Line {
        deed,
        due_on,
        was,
        starts_at: now.map(|now| now.starts_at),
        technician_name: now.and_then(|now| now.technician_name.clone()),
        says: None,
    }
}
