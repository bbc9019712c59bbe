//! What and when, for a known customer.
use customers::{
    CustomerId, Preferences, customer,
    location::{self, Location},
    preference,
};
use jiff::civil::Date;
use kernel::{Error, Result, Scope, http::Page};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{Filled, field, form};

use super::{NewQuery, frame, times};
use crate::{
    appointment::wishes,
    availability::{self, Notice, Question, Slot},
    neighbours::{Service, services},
    overlap,
    permissions::AppointmentsOverlap,
    resource::{self, Resource},
    say,
    surcharge::Extra,
    technician::{Technician, list_active},
};

/// Where the form stands, and what it books for.
pub struct At {
    /// Where it is drawn and where it is sent.
    pub path: String,
    /// What it is asked for with, before what is chosen on it: empty, or ending in `&`.
    pub asks: String,
    pub frame: Frame,
    /// What is written above it.
    pub head: Markup,
    /// Already said of it: what is to be done, and so at which address.
    pub title: Option<String>,
    pub verb: &'static str,
}

impl At {
    /// A job of its own.
    pub(super) fn new_job(customer: CustomerId) -> Self {
        Self {
            path: "/appointments/new".into(),
            asks: format!("customer_id={customer}&"),
            frame: frame(),
            head: html! {},
            title: None,
            verb: "Book job",
        }
    }
}

/// The form for a known customer; `back` is what was typed and refused.
pub async fn page(scope: &Scope, customer: CustomerId, query: &NewQuery, back: Option<Filled>, at: At) -> Result<Page> {
    let about = (customer::maybe(customer), location::of_customer(customer), preference::of_customer(customer));
    let ((who, places, wishes), services, technicians, resources) =
        scope.read((about, services(), list_active(), resource::in_use())).await?;
    let (who, wishes) = who.zip(wishes).ok_or(Error::NotFound)?;
    let today = scope.local_now().date();
    let date = query.date.unwrap_or(today);
    let (slots, extras) = match query.item_id {
        // The office may send somebody at once, so only what is past is left out.
        Some(item) => {
            let location = query.location_id.or(places.first().map(|place| place.id));
            let question = Question { item: Some(item), location, ..Question::default() };
            let free = availability::ask(scope, &question, date.max(today), 5, Notice::AtOnce).await;
            free.map(|free| {
                let extras = free.slots.iter().map(|slot| free.extra(slot.starts_at, &scope.tenant().locale)).collect();
                (free.slots, extras)
            })
            .unwrap_or_default()
        }
        None => (vec![], vec![]),
    };
    let was_refused = back.is_some();
    let values =
        back.unwrap_or_else(|| from_query(query, date, &places, wishes::preferred(&technicians, &wishes), &at));
    let body = html! {
        p."mb-4" { a.link href={ "/customers/" (who.id) } { (who.name) } " " span.dim { (who.place.as_deref().unwrap_or("")) } }
        (at.head)
        (form::form(&at.path, &values, fields(scope, customer, &values, &Known { places: &places, services: &services, technicians: &technicians, wishes: &wishes, resources: &resources, slots: &slots, extras: &extras, asked: query.item_id.is_some() }, query, &at)))
    };
    let page = shell::page(scope, Frame { body, ..at.frame });
    Ok(Page { status: if was_refused { 422 } else { page.status }, ..page })
}

pub(super) struct Known<'a> {
    places: &'a [Location],
    services: &'a [Service],
    pub(super) technicians: &'a [Technician],
    pub(super) wishes: &'a Preferences,
    resources: &'a [Resource],
    pub(super) slots: &'a [Slot],
    /// What each of them costs more.
    pub(super) extras: &'a [Option<Extra>],
    pub(super) asked: bool,
}

fn from_query(query: &NewQuery, date: Date, places: &[Location], preferred: Option<&Technician>, at: &At) -> Filled {
    let text = |id: Option<String>| id.unwrap_or_default();
    let location = query.location_id.or(places.first().map(|place| place.id));
    let technician = query.technician_id.or(preferred.map(|one| one.id));
    Filled::of([
        ("location_id", text(location.map(|id| id.to_string()))),
        ("item_id", text(query.item_id.map(|id| id.to_string()))),
        ("technician_id", text(technician.map(|id| id.to_string()))),
        ("date", date.to_string()),
        ("time", text(query.time.map(|time| time.strftime("%H:%M").to_string()))),
        ("title", text(at.title.clone())),
        ("problem", text(query.problem.clone())),
    ])
}

fn fields(
    scope: &Scope,
    customer: CustomerId,
    values: &Filled,
    known: &Known<'_>,
    query: &NewQuery,
    at: &At,
) -> Markup {
    let none = |words: &str| vec![(String::new(), words.to_owned())];
    let mut places = none("No address");
    places.extend(known.places.iter().map(|place| (place.id.to_string(), place.line())));
    let mut services = none("No service, only words");
    services.extend(
        known.services.iter().map(|s| (s.id.to_string(), format!("{} · {}", s.name, say::minutes(s.minutes.into())))),
    );
    let people = wishes::people(known.technicians, known.wishes, "Nobody yet, into the tray");
    html! {
        (field::hidden("customer_id", customer.to_string()))
        (form::part("What", "", html! {
            (field::select(values, "item_id", "Service", &services))
            (form::pair(html! {
                (field::text(values, "title", "Or in a few words").most(120))
                (field::number(values, "duration_minutes", "Takes").after("min").hint("As in the price book when empty."))
            }))
            (field::textarea(values, "problem", "What the customer says").rows(3).most(2000))
            @if at.title.is_none() { (field::select(values, "location_id", "Where", &places)) }
        }))
        (form::part("When", "", html! {
            (wishes::note(known.wishes, &scope.tenant().locale))
            (times::suggestions(scope, known, query, at))
            (form::pair(html! {
                (field::date(values, "date", "Day").required())
                (field::time(values, "time", "Begins").required())
            }))
            (form::pair(html! {
                (field::select(values, "technician_id", "With", &people))
                (field::select(values, "window_minutes", "Promised arrival", &[("", "No promise"), ("60", "Within an hour of it"), ("120", "Within 2 hours of it"), ("240", "Within 4 hours of it")]))
            }))
            @if known.resources.len() > 1 { (resource::boxes(values, known.resources, None)) }
            (field::checkbox(values, "tentative", "The customer has not agreed yet"))
            @if values.is_wrong() { (field::checkbox(values, "anyway", "Book it anyway").hint("Passes over skills, licences, areas, hours, the way there, the promise and what the customer prefers."))
                @if scope.can::<AppointmentsOverlap>() { (overlap::field(values)) } }
        }))
        (form::actions(html! { (ui::button(at.verb).primary()) }))
    }
}
