//! Books one visit: with whom the plan names where they are free on the day or within the leeway, otherwise into the tray.
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kernel::{Error, Result, TenantTx, tenant::Locale};
use scheduling::{
    Appointment, TechnicianId,
    appointment::{self, New, Source},
    overlap::Overlapping,
};

use crate::{plan::Plan, recurrence};

/// How a visit is meant to be, before anybody was asked for their time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    pub on: Date,
    pub time: Time,
    pub technician: Option<TechnicianId>,
    /// Somebody chose this day: no other is tried.
    pub fixed: bool,
}
impl Wanted {
    pub fn starts_at(&self, plan: &Plan) -> Timestamp {
        recurrence::at(self.on, self.time, &plan.zone())
    }
}

/// A refusal that another day or the tray mends; anything else ends the work.
pub(crate) fn is_taken(error: &Error) -> bool {
    match error {
        Error::Ask { .. } | Error::Conflict { .. } => true,
        Error::Invalid(fields) => fields.iter().all(|field| field.pointer == "/technician_id"),
        _ => false,
    }
}

pub(crate) async fn book(tx: &mut TenantTx, plan: &Plan, wanted: &Wanted, locale: &Locale) -> Result<Appointment> {
    let zone = plan.zone();
    let new = |day, technician, anyway| New {
        customer_id: plan.customer_id,
        location_id: Some(plan.location_id),
        item_id: Some(plan.item_id),
        technician_id: technician,
        title: None,
        problem: plan.note.clone(),
        starts_at: recurrence::at(day, wanted.time, &zone),
        duration_minutes: None,
        window_starts: None,
        window_ends: None,
        tentative: None,
        resource_ids: vec![],
        days: vec![],
        overlap_reason: None,
        anyway: Some(anyway),
    };
    let now = tx.now();
    if let Some(technician) = wanted.technician {
        let season = plan.season(&locale.country);
        let beside: Vec<Date> = if wanted.fixed { vec![] } else { season.around(wanted.on).collect() };
        for day in std::iter::once(wanted.on).chain(beside) {
            let new = new(day, Some(technician), false);
            if new.starts_at < now {
                continue;
            }
            match appointment::book(tx, &new, Source::Plan, &Overlapping::Never, locale).await {
                Err(error) if is_taken(&error) => {}
                outcome => return outcome,
            }
        }
    }
    appointment::book(tx, &new(wanted.on, None, true), Source::Plan, &Overlapping::Never, locale).await
}
