//! New job, from the office: for whom, what, and when, with free times to choose from.
use catalog::ItemId;
use customers::{
    CustomerId, LocationId, customer,
    location::{self, Location},
};
use jiff::{
    SignedDuration,
    civil::{Date, Time},
};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Query, Redirect, Repeatable},
    row, sql,
    text::fold,
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, field, form};

use super::{New, Source, book};
use crate::{
    availability::{self, Slot},
    neighbours::{Service, services},
    permissions::AppointmentsWrite,
    say,
    technician::{Technician, TechnicianId, list_active},
};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewQuery {
    /// Words to find the customer by.
    pub q: Option<String>,
    pub customer_id: Option<CustomerId>,
    pub location_id: Option<LocationId>,
    pub item_id: Option<ItemId>,
    pub technician_id: Option<TechnicianId>,
    pub date: Option<Date>,
    pub time: Option<Time>,
    pub problem: Option<String>,
}

row! { struct Hit { id: CustomerId, number: i64, name: String, place: Option<String> } }

sql! {
    fn by_word(from: String, until: String) -> Vec<Hit> = "
        select distinct c.id, c.number, c.name, c.place from customer_word w
        join customer c on c.tenant_id = $1 and c.id = w.customer_id and c.status = 'active'
        where w.tenant_id = $1 and w.word >= $2 and w.word < $3 order by c.name, c.id limit 20";
}

pub async fn page(access: Access<AppointmentsWrite>, Query(query): Query<NewQuery>) -> Result<Page> {
    match query.customer_id {
        None => whom(&access, &query).await,
        Some(customer) => sheet(&access, customer, &query, None).await,
    }
}

fn frame(scope: &Scope, body: Markup) -> Page {
    let crumbs = vec![("Board".to_owned(), "/board".to_owned())];
    shell::page(scope, Frame { title: "New job".into(), active: "/board", crumbs, body, ..Frame::default() })
}

async fn whom(scope: &Scope, query: &NewQuery) -> Result<Page> {
    let typed = query.q.clone().unwrap_or_default();
    // The longest word says most; the list below is short enough to look through.
    let word = fold(&typed).split(' ').max_by_key(|word| word.len()).unwrap_or("").to_owned();
    let hits = match word.is_empty() {
        true => vec![],
        false => scope.read(by_word(word.clone(), format!("{word}\u{10ffff}"))).await?,
    };
    let date = query.date.map(|date| format!("&date={date}")).unwrap_or_default();
    let body = html! {
        h2."h-lg" { "Who is it for?" }
        form.form method="get" action="/appointments/new" {
            @if let Some(date) = query.date { (field::hidden("date", date.to_string())) }
            (field::text(&Filled::of([("q", typed.clone())]), "q", "Customer").hint("Name, phone, e-mail or street.").focus().autocomplete("off"))
            (form::actions(html! { (ui::button("Find").primary().icon("search")) (ui::link_button("New customer", "/customers/new").icon("user-plus")) }))
        }
        @if !word.is_empty() && hits.is_empty() { p.soft { "Nobody by that name. Try a shorter word, or add a new customer." } }
        @for hit in &hits {
            (ui::card::line("user", &hit.name, hit.place.as_deref().unwrap_or(""), html! {
                (ui::link_button("Choose", format!("/appointments/new?customer_id={}{date}", hit.id)).small())
            }))
        }
    };
    Ok(frame(scope, body))
}

/// The form for a known customer; `back` is what was typed and refused.
async fn sheet(scope: &Scope, customer: CustomerId, query: &NewQuery, back: Option<Filled>) -> Result<Page> {
    let (who, places, services, technicians) =
        scope.read((customer::maybe(customer), location::of_customer(customer), services(), list_active())).await?;
    let who = who.ok_or(Error::NotFound)?;
    let today = scope.local_now().date();
    let date = query.date.unwrap_or(today);
    let slots = match query.item_id {
        // The office may send somebody at once, so only what is past is left out.
        Some(item) => availability::ask(scope, item, date.max(today), 5, scope.now())
            .await
            .map(|free| free.slots)
            .unwrap_or_default(),
        None => vec![],
    };
    let was_refused = back.is_some();
    let values = back.unwrap_or_else(|| from_query(query, date, &places));
    let body = html! {
        p."mb-4" { a.link href={ "/customers/" (who.id) } { (who.name) } " " span.dim { (who.place.as_deref().unwrap_or("")) } }
        (form::form("/appointments/new", &values, fields(scope, customer, &values, &Known { places: &places, services: &services, technicians: &technicians, slots: &slots, asked: query.item_id.is_some() }, query)))
    };
    let page = frame(scope, body);
    Ok(Page { status: if was_refused { 422 } else { page.status }, ..page })
}

struct Known<'a> {
    places: &'a [Location],
    services: &'a [Service],
    technicians: &'a [Technician],
    slots: &'a [Slot],
    asked: bool,
}

fn from_query(query: &NewQuery, date: Date, places: &[Location]) -> Filled {
    let text = |id: Option<String>| id.unwrap_or_default();
    let location = query.location_id.or(places.first().map(|place| place.id));
    Filled::of([
        ("location_id", text(location.map(|id| id.to_string()))),
        ("item_id", text(query.item_id.map(|id| id.to_string()))),
        ("technician_id", text(query.technician_id.map(|id| id.to_string()))),
        ("date", date.to_string()),
        ("time", text(query.time.map(|time| time.strftime("%H:%M").to_string()))),
        ("problem", text(query.problem.clone())),
    ])
}

fn fields(scope: &Scope, customer: CustomerId, values: &Filled, known: &Known<'_>, query: &NewQuery) -> Markup {
    let none = |words: &str| vec![(String::new(), words.to_owned())];
    let mut places = none("No address");
    places.extend(known.places.iter().map(|place| (place.id.to_string(), place.line())));
    let mut services = none("No service, only words");
    services.extend(
        known.services.iter().map(|s| (s.id.to_string(), format!("{} · {}", s.name, say::minutes(s.minutes.into())))),
    );
    let mut people = none("Nobody yet, into the tray");
    people.extend(known.technicians.iter().map(|t| (t.id.to_string(), t.name.clone())));
    html! {
        (field::hidden("customer_id", customer.to_string()))
        (form::part("What", "", html! {
            (field::select(values, "item_id", "Service", &services))
            (form::pair(html! {
                (field::text(values, "title", "Or in a few words").most(120))
                (field::number(values, "duration_minutes", "Takes").after("min").hint("As in the price book when empty."))
            }))
            (field::textarea(values, "problem", "What the customer says").rows(3).most(2000))
            (field::select(values, "location_id", "Where", &places))
        }))
        (form::part("When", "", html! {
            (suggestions(scope, customer, known, query))
            (form::pair(html! {
                (field::date(values, "date", "Day").required())
                (field::time(values, "time", "Begins").required())
            }))
            (form::pair(html! {
                (field::select(values, "technician_id", "With", &people))
                (field::select(values, "window_minutes", "Promised arrival", &[("", "No promise"), ("60", "Within an hour of it"), ("120", "Within 2 hours of it"), ("240", "Within 4 hours of it")]))
            }))
            (field::checkbox(values, "tentative", "The customer has not agreed yet"))
            @if values.is_wrong() { (field::checkbox(values, "anyway", "Book it anyway").hint("Passes over a missing skill, the shift and the promise; never over another job.")) }
        }))
        (form::actions(html! { (ui::button("Book job").primary()) }))
    }
}

fn suggestions(scope: &Scope, customer: CustomerId, known: &Known<'_>, query: &NewQuery) -> Markup {
    let locale = &scope.tenant().locale;
    let name = |id: &TechnicianId| known.technicians.iter().find(|t| t.id == *id).map_or("", |t| t.name.as_str());
    let item = query.item_id.map(|id| id.to_string()).unwrap_or_default();
    let place = query.location_id.map(|id| format!("&location_id={id}")).unwrap_or_default();
    html! {
        @if known.asked && known.slots.is_empty() { p.soft.t13 { "Nobody with the skills is free in these five days. Choose a later day, or put the job into the tray." } }
        @if !known.slots.is_empty() {
            p.t13.soft { "Free in the next days:" }
            div."flex"."flex-wrap"."gap-2" {
                @for slot in spread(known.slots, locale) {
                    @let at = say::local(slot.starts_at, locale);
                    @if let Some(first) = slot.technician_ids.first() {
                        @let words = format!("{}, {} · {}", say::day(at.date()), say::clock(at.time(), locale), name(first));
                        (ui::link_button(words, format!("/appointments/new?customer_id={customer}&item_id={item}{place}&date={}&time={}&technician_id={first}", at.date(), at.time().strftime("%H:%M"))).small())
                    }
                }
            }
        }
        // Sends what is typed so far by GET, so that it works without scripts and changes nothing.
        div { (ui::button("Show free times").small().attr("formmethod", "get").attr("formaction", "/appointments/new").attr("formnovalidate", "")) }
    }
}

/// The first time of every two hours: a few that differ instead of many that are alike.
fn spread<'a>(slots: &'a [Slot], locale: &kernel::tenant::Locale) -> Vec<&'a Slot> {
    let part = |slot: &Slot| {
        let at = say::local(slot.starts_at, locale);
        (at.date(), at.hour() / 2)
    };
    let mut out: Vec<&Slot> = vec![];
    for slot in slots {
        if out.last().is_none_or(|last| part(last) != part(slot)) {
            out.push(slot);
        }
    }
    out.truncate(8);
    out
}

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
    anyway: Option<bool>,
}
impl Input for BookForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("title", &mut self.title, 120);
        checks.optional("problem", &mut self.problem, 2000);
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
            let starts_at = say::at(input.date, input.time, locale);
            let until = |minutes| starts_at.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(starts_at);
            let new = New {
                customer_id: input.customer_id,
                location_id: input.location_id,
                item_id: input.item_id,
                technician_id: input.technician_id,
                title: input.title,
                problem: input.problem,
                starts_at,
                duration_minutes: input.duration_minutes,
                window_starts: input.window_minutes.map(|_| starts_at),
                window_ends: input.window_minutes.map(until),
                tentative: input.tentative,
                anyway: input.anyway,
            };
            access
                .once(async |tx| {
                    let booked = book(tx, &new, Source::Office, locale).await?;
                    let when = say::when(booked.starts_at, booked.ends_at, locale);
                    let to = format!("/board?date={}&job={}", input.date, booked.id);
                    Ok(Redirect::to(to).toast(&format!("{} booked, {when}", booked.customer_name)))
                })
                .await
        })
        .await?;
    match (outcome, customer) {
        (Ok(redirect), _) => Ok(Either::Done(redirect)),
        (Err(typed), Some(customer)) => {
            let value = |name: &str| typed.values.get(name).cloned().unwrap_or_default();
            let query = NewQuery {
                item_id: value("item_id").parse().ok(),
                location_id: value("location_id").parse().ok(),
                date: value("date").parse().ok(),
                ..NewQuery::default()
            };
            sheet(&access, customer, &query, Some(filled(typed))).await.map(Either::Again)
        }
        (Err(_), None) => Err(Error::field("/customer_id", "required", "Choose a customer first.")),
    }
}
