//! What a drop on the board does, and the verbs of a job's panel as plain forms.
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kernel::{
    Access, Checks, Error, Input, Money, Result,
    http::{Either, Form, IfMatch, Json, One, Page, Path, Redirect, Repeatable},
};

use super::{Only, page::board_with};
use crate::{
    appointment::{
        self, Appointment, AppointmentId, Assign, Cancel, CancelledBy, Move, Status, assign, cancel, move_to,
        set_status,
    },
    overlap::{self, Overlapping},
    permissions::AppointmentsWrite,
    say,
    technician::TechnicianId,
    terms,
};

/// What the island sends.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drop {
    pub appointment: AppointmentId,
    /// The lane; none is the tray.
    pub technician: Option<TechnicianId>,
    pub date: Option<Date>,
    /// None: the time stays, as in the tray.
    pub start: Option<Time>,
    pub minutes: Option<i64>,
    /// Back to where it was, to the minute, whatever lane that is.
    pub starts_at: Option<Timestamp>,
    /// It was asked about, and is meant.
    pub force: Option<bool>,
    /// Why, where two things are planned at once.
    pub overlap_reason: Option<String>,
}
impl Input for Drop {
    fn check(&mut self, checks: &mut Checks) {
        overlap::check(checks, &mut self.overlap_reason);
        if let Some(minutes) = self.minutes {
            checks.range("minutes", minutes, 5, 1440, "A job takes 5 minutes to 24 hours.");
        }
    }
}

pub async fn drop_api(
    access: Access<AppointmentsWrite>,
    version: IfMatch,
    Json(drop): Json<Drop>,
) -> Result<Repeatable<One<Appointment>>> {
    let version = version.required()?;
    let locale = &access.tenant().locale;
    let overlap = Overlapping::of(&access, drop.overlap_reason.as_deref())?;
    let dropped =
        drop.date.zip(drop.start).map(|(date, start)| say::chosen("/start", date, start, locale)).transpose()?;
    access
        .once(async |tx| {
            let to = drop.starts_at.or(dropped);
            let moved = match (drop.technician, to) {
                (technician, Some(starts_at)) => {
                    let input = Move {
                        starts_at,
                        duration_minutes: drop.minutes,
                        technician_id: technician,
                        window_starts: None,
                        window_ends: None,
                        overlap_reason: None,
                        anyway: drop.force,
                    };
                    move_to(tx, drop.appointment, Some(version), &input, &overlap, locale).await?
                }
                (technician, None) => {
                    let input = Assign { technician_id: technician, overlap_reason: None, anyway: drop.force };
                    assign(tx, drop.appointment, Some(version), &input, &overlap, locale).await?
                }
            };
            Ok(One(moved))
        })
        .await
}

kernel::text_enum! {
    /// What becomes of the fee for calling off.
    pub enum Fee { Agreed = "agreed": "As agreed", Waived = "waived": "Waived" }
}

/// A button of the panel.
#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verb {
    /// Why, when it is cancelled.
    pub reason: Option<String>,
    /// Who called it off.
    pub by: Option<CancelledBy>,
    /// Whether the fee that was agreed is charged; left out, where the customer is late.
    pub fee: Option<Fee>,
}
impl Input for Verb {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("reason", &mut self.reason, 500);
    }
}

/// `POST /appointments/{id}/{verb}`: confirm, en-route, start, complete, no-show, cancel. It answers with the board of that day.
pub async fn verb(
    access: Access<AppointmentsWrite>,
    Path((id, verb)): Path<(AppointmentId, String)>,
    form: Form<Verb>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let (next, said) = match verb.as_str() {
        "confirm" => (Status::Confirmed, "Confirmed"),
        "en-route" => (Status::EnRoute, "On the way"),
        "start" => (Status::OnSite, "On site"),
        "complete" => (Status::Completed, "Done"),
        "no-show" => (Status::NoShow, "Nobody was home"),
        "cancel" => (Status::Cancelled, "Cancelled"),
        _ => return Err(Error::NotFound),
    };
    let locale = &access.tenant().locale;
    let outcome = form
        .then(async |input: Verb| {
            access
                .once(async |tx| {
                    let done = match next {
                        Status::Cancelled => {
                            let fee = match input.fee {
                                Some(Fee::Agreed) => tx.run(terms::of_visit(id)).await?.and_then(|agreed| agreed.fee()),
                                Some(Fee::Waived) => Some(Money::new(0, locale.currency)),
                                None => None,
                            };
                            cancel(tx, id, None, &Cancel { reason: input.reason.clone(), by: input.by, fee }).await?
                        }
                        next => set_status(tx, id, next).await?,
                    };
                    let date = say::local(done.starts_at, locale).date();
                    let to = match next {
                        Status::Cancelled => format!("/board?date={date}"),
                        _ => format!("/board?date={date}&job={id}"),
                    };
                    Ok(Redirect::to(to).toast(&format!("{said}: {}", done.customer_name)))
                })
                .await
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => {
            let found = access.read(appointment::find(id)).await?.ok_or(Error::NotFound)?;
            let date = say::local(found.starts_at, locale).date();
            Ok(Either::Again(board_with(&access, date, Only::default(), Some(id), Some(typed.said())).await?))
        }
    }
}
