//! Books what the form says.
use catalog::ItemId;
use customers::{CustomerId, LocationId};
use jiff::{
    SignedDuration,
    civil::{Date, Time},
};
use kernel::{
    Access, Checks, Error, Input, Result,
    http::{Either, Form, Page, Redirect, Repeatable},
    tenant::Locale,
};
use tenancy::shell::filled;

use super::{At, NewQuery, sheet};
use crate::{
    appointment::{New, Source, along, book},
    overlap::{self, Overlapping},
    permissions::AppointmentsWrite,
    resource::ResourceId,
    say,
    technician::TechnicianId,
};

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BookForm {
    customer_id: CustomerId,
    location_id: Option<LocationId>,
    item_id: Option<ItemId>,
    technician_id: Option<TechnicianId>,
    title: Option<String>,
    problem: Option<String>,
    date: Date,
    time: Time,
    duration_minutes: Option<i64>,
    window_minutes: Option<i64>,
    tentative: Option<bool>,
    #[serde(default)]
    resource_ids: Vec<ResourceId>,
    overlap_reason: Option<String>,
    anyway: Option<bool>,
}
impl BookForm {
    pub fn booking(self, locale: &Locale) -> Result<New> {
        let starts_at = say::chosen("/time", self.date, self.time, locale)?;
        let until = |minutes| starts_at.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(starts_at);
        Ok(New {
            customer_id: self.customer_id,
            location_id: self.location_id,
            item_id: self.item_id,
            technician_id: self.technician_id,
            title: self.title,
            problem: self.problem,
            starts_at,
            duration_minutes: self.duration_minutes,
            window_starts: self.window_minutes.map(|_| starts_at),
            window_ends: self.window_minutes.map(until),
            tentative: self.tentative,
            resource_ids: self.resource_ids,
            days: vec![],
            overlap_reason: self.overlap_reason,
            anyway: self.anyway,
        })
    }
}
impl Input for BookForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("title", &mut self.title, 120);
        checks.optional("problem", &mut self.problem, 2000);
        along::check(checks, &mut self.resource_ids);
        overlap::check(checks, &mut self.overlap_reason);
        checks.that(
            self.item_id.is_some() || self.title.is_some(),
            "item_id",
            "required",
            "Choose a service, or say in a few words what is to be done.",
        );
        let lasts = self.item_id.is_some() || self.duration_minutes.is_some();
        checks.that(lasts, "duration_minutes", "required", "Say how many minutes it takes, or choose a service.");
        if let Some(minutes) = self.duration_minutes {
            checks.range("duration_minutes", minutes, 5, 1440, "A job takes 5 minutes to 24 hours.");
        }
        if let Some(minutes) = self.window_minutes {
            checks.range("window_minutes", minutes, 15, 720, "A promise reaches from 15 minutes to 12 hours.");
        }
    }
}

pub async fn post(
    access: Access<AppointmentsWrite>,
    form: Form<BookForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let locale = &access.tenant().locale;
    let customer: Option<CustomerId> = form.value("customer_id").and_then(|id| id.parse().ok());
    let outcome = form
        .then(async |input: BookForm| {
            let date = input.date;
            let new = input.booking(locale)?;
            let overlap = Overlapping::of(&access, new.overlap_reason.as_deref())?;
            access
                .once(async |tx| {
                    let booked = book(tx, &new, Source::Office, &overlap, locale).await?;
                    let when = say::when(booked.starts_at, booked.ends_at, locale);
                    let to = format!("/board?date={date}&job={}", booked.id);
                    Ok(Redirect::to(to).toast(&format!("{} booked, {when}", booked.customer_name)))
                })
                .await
        })
        .await?;
    match (outcome, customer) {
        (Ok(redirect), _) => Ok(Either::Done(redirect)),
        (Err(typed), Some(customer)) => {
            let (query, at) = (NewQuery::typed(&typed), At::new_job(customer));
            sheet::page(&access, customer, &query, Some(filled(typed)), at).await.map(Either::Again)
        }
        (Err(_), None) => Err(Error::field("/customer_id", "required", "Choose a customer first.")),
    }
}
