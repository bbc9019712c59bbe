//! A new plan, from the office: for whom, what, and when it comes round.
use catalog::ItemId;
use customers::{
    Customer, CustomerId, LocationId,
    customer::{self, Status, near::search_or_near},
};
use jiff::{
    Span,
    civil::{Date, Time},
};
use kernel::{
    Access, Checks, Error, Input, Result, Scope,
    http::{Either, Form, Page, Query, Redirect, Repeatable},
};
use maud::{Markup, html};
use scheduling::TechnicianId;
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, card, field, form, link_button};

use super::{
    Holidays, New, create,
    fields::{self, Known, Said, here},
};
use crate::{
    permissions::MaintenanceWrite,
    recurrence::{Place, Unit},
};

#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewQuery {
    /// Words to find the customer by.
    pub q: Option<String>,
    pub customer_id: Option<CustomerId>,
}

fn frame(scope: &Scope, wrong: bool, body: Markup) -> Page {
    let crumbs = vec![("Maintenance".to_owned(), "/maintenance".to_owned())];
    let title = "New maintenance plan".into();
    let page = shell::page(scope, Frame { title, active: "/maintenance", crumbs, body, ..Frame::default() });
    Page { status: if wrong { 422 } else { page.status }, ..page }
}

pub async fn page(access: Access<MaintenanceWrite>, Query(query): Query<NewQuery>) -> Result<Page> {
    let Some(id) = query.customer_id else { return whom(&access, &query).await };
    let who = here(access.read(customer::maybe(id)).await?)?;
    let known = fields::known(&access, id).await?;
    let tomorrow = access.local_now().date().saturating_add(Span::new().days(1));
    let place = known.first_place().map(|id| id.to_string()).unwrap_or_default();
    let values = Filled::of([
        ("location_id", place),
        ("starts_on", tomorrow.to_string()),
        ("time", "09:00".to_owned()),
        ("every", "6".to_owned()),
        ("unit", Unit::Months.to_string()),
        ("place", Place::Date.to_string()),
        ("holidays", Holidays::Move.to_string()),
        ("leeway_days", "3".to_owned()),
    ]);
    Ok(draw(&access, &who, &known, &values))
}

fn draw(scope: &Scope, who: &Customer, known: &Known, values: &Filled) -> Page {
    if let Some((title, says)) = known.lacks() {
        let to = match known.first_place() {
            None => link_button("Add location", format!("/customers/{}/locations/new", who.id)),
            Some(_) => link_button("Open the price book", "/price-book"),
        };
        return frame(scope, false, card::empty(title, says, html! { (to.primary()) }, html! {}));
    }
    let first = html! { (field::date(values, "starts_on", "First day").required().hint("The first visit falls due on this day, or on the next one that fits.")) };
    let body = html! {
        p."mb-4" { a.link href={ "/customers/" (who.id) } { (who.name) } " " span.dim { (who.place.as_deref().unwrap_or("")) } }
        (form::form("/maintenance/new", values, html! {
            (field::hidden("customer_id", who.id.to_string()))
            (fields::draw(scope, values, known, first, !values.value("rule").is_empty()))
            (form::actions(html! { (ui::button("Begin plan").primary()) (link_button("Cancel", format!("/customers/{}", who.id)).quiet()) }))
        }))
    };
    frame(scope, values.is_wrong(), body)
}

async fn whom(scope: &Scope, query: &NewQuery) -> Result<Page> {
    let typed = query.q.clone().unwrap_or_default();
    let asked = !typed.trim().is_empty();
    let hits = match asked {
        true => search_or_near(scope, &typed, Status::Active, None, 20).await?.data,
        false => vec![],
    };
    let body = html! {
        h2."h-lg"."mb-4" { "Who is it for?" }
        form.form method="get" action="/maintenance/new" {
            (field::text(&Filled::of([("q", typed.clone())]), "q", "Customer").hint("Name, phone, e-mail or street.").focus().autocomplete("off"))
            (form::actions(html! { (ui::button("Find").primary().icon("search")) }))
        }
        @if asked && hits.is_empty() { p.soft."mt-6" role="status" { "Nobody fits “" (typed) "”. Try a shorter word." } }
        @if !hits.is_empty() {
            section."mt-8"."max-w-[640px]" {
                h3.t14.strong."mb-2" { "Found" }
                @for hit in &hits {
                    (card::line("user-round", &hit.name, hit.place.as_deref().unwrap_or(""), html! {
                        (link_button("Choose", format!("/maintenance/new?customer_id={}", hit.id)).small().attr("aria-label", format!("Choose {}", hit.name)))
                    }))
                }
            }
        }
    };
    Ok(frame(scope, false, body))
}

#[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    customer_id: CustomerId,
    starts_on: Date,
    location_id: LocationId,
    item_id: ItemId,
    technician_id: Option<TechnicianId>,
    note: Option<String>,
    every: Option<i64>,
    unit: Option<Unit>,
    place: Option<Place>,
    weekday: Option<i32>,
    rule: Option<String>,
    time: Time,
    ends_on: Option<Date>,
    #[serde(default)]
    months: Vec<i32>,
    leeway_days: Option<i32>,
    holidays: Option<Holidays>,
}
impl Input for NewForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("note", &mut self.note, 2000);
        fields::check(checks, self.every, self.weekday, &mut self.rule);
    }
}
impl NewForm {
    fn plan(self) -> Result<New> {
        let (customer_id, starts_on) = (self.customer_id, self.starts_on);
        let terms = Said {
            location_id: self.location_id,
            item_id: self.item_id,
            technician_id: self.technician_id,
            note: self.note,
            every: self.every,
            unit: self.unit,
            place: self.place,
            weekday: self.weekday,
            rule: self.rule,
            time: self.time,
            ends_on: self.ends_on,
            months: self.months,
            leeway_days: self.leeway_days,
            holidays: self.holidays,
        }
        .terms(starts_on);
        New {
            customer_id,
            starts_on,
            zone: None,
            location_id: terms.location_id,
            item_id: terms.item_id,
            technician_id: terms.technician_id,
            note: terms.note,
            rule: terms.rule,
            time: terms.time,
            ends_on: terms.ends_on,
            months: terms.months,
            leeway_days: terms.leeway_days,
            holidays: terms.holidays,
        }
        .checked()
    }
}

pub async fn post(access: Access<MaintenanceWrite>, form: Form<NewForm>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let customer: Option<CustomerId> = form.value("customer_id").and_then(|id| id.parse().ok());
    let work = async |input: NewForm| {
        let new = input.plan()?;
        access
            .once(async |tx| {
                let plan = create(&access, tx, &new).await?;
                let says = format!("{} for {} is planned.", plan.item_name, plan.customer_name);
                Ok(Redirect::to(format!("/maintenance/{}", plan.id)).toast(&says))
            })
            .await
    };
    match (form.then(work).await?, customer) {
        (Ok(done), _) => Ok(Either::Done(done)),
        (Err(typed), Some(id)) => {
            let who = here(access.read(customer::maybe(id)).await?)?;
            let known = fields::known(&access, id).await?;
            Ok(Either::Again(draw(&access, &who, &known, &filled(typed))))
        }
        (Err(_), None) => Err(Error::field("/customer_id", "required", "Choose a customer first.")),
    }
}
