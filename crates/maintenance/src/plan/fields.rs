//! The form of a plan: when it comes round in plain words, for what and where.
use catalog::ItemId;
use customers::{CustomerId, LocationId, location};
use jiff::civil::{Date, Time};
use kernel::{Checks, Error, Result, Scope, row, sql};
use maud::{Markup, html};
use scheduling::{TechnicianId, technician};
use ui::{Filled, field, form};

use super::{Holidays, Plan, Terms};
use crate::recurrence::{self, Pattern, Place, Unit};

row! { pub(super) struct Service { pub id: ItemId, pub name: String, pub minutes: i32 } }

sql! {
    fn services() -> Vec<Service> = "
        select id, name, duration_minutes as minutes from item
        where tenant_id = $1 and status = 'active' and kind = 'service' and duration_minutes >= 5 order by name_key, id limit 500";
}

/// What the form says besides the beginning.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub location_id: LocationId,
    pub item_id: ItemId,
    pub technician_id: Option<TechnicianId>,
    pub note: Option<String>,
    pub every: Option<i64>,
    pub unit: Option<Unit>,
    pub place: Option<Place>,
    pub weekday: Option<i32>,
    pub rule: Option<String>,
    pub time: Time,
    pub ends_on: Option<Date>,
    pub months: Vec<i32>,
    pub leeway_days: Option<i32>,
    pub holidays: Option<Holidays>,
}

pub(super) fn check(checks: &mut Checks, every: Option<i64>, weekday: Option<i32>, rule: &mut Option<String>) {
    checks.range("every", every.unwrap_or(1), 1, 60, "Every 1 to 60 weeks, months or years.");
    checks.range("weekday", weekday.unwrap_or(1).into(), 1, 7, "Days of the week are 1 (Monday) to 7.");
    checks.optional("rule", rule, 200);
}

impl Said {
    pub fn terms(self, starts_on: Date) -> Terms {
        let pattern = Pattern {
            every: self.every.unwrap_or(1),
            unit: self.unit.unwrap_or(Unit::Months),
            place: self.place.unwrap_or(Place::Date),
            weekday: self.weekday,
        };
        Terms {
            location_id: self.location_id,
            item_id: self.item_id,
            technician_id: self.technician_id,
            note: self.note,
            rule: self.rule.unwrap_or_else(|| pattern.rule(starts_on)),
            time: self.time,
            ends_on: self.ends_on,
            months: self.months,
            leeway_days: self.leeway_days,
            holidays: self.holidays,
        }
    }
}

/// What there is to choose from.
pub(super) struct Known {
    places: Vec<location::Location>,
    services: Vec<Service>,
    technicians: Vec<technician::Technician>,
}

pub(super) async fn known(scope: &Scope, customer: CustomerId) -> Result<Known> {
    let asked = (location::of_customer(customer), services(), technician::list_active());
    let (places, services, technicians) = scope.read(asked).await?;
    Ok(Known { places, services, technicians })
}

impl Known {
    pub fn first_place(&self) -> Option<LocationId> {
        self.places.first().map(|place| place.id)
    }
    /// What is missing before a plan can be made.
    pub fn lacks(&self) -> Option<(&'static str, &'static str)> {
        match (self.places.is_empty(), self.services.is_empty()) {
            (true, _) => Some((
                "The customer has no location yet",
                "A visit goes to one of the customer's locations. Add one first.",
            )),
            (_, true) => Some((
                "No service can be planned yet",
                "A visit takes as long as its service. Add a service with a duration to the price book first.",
            )),
            _ => None,
        }
    }
}

pub(super) fn values(plan: &Plan) -> Vec<(&'static str, String)> {
    let text = |value: Option<String>| value.unwrap_or_default();
    let pattern = Pattern::of(&plan.rule, plan.starts_on);
    let mut all = vec![
        ("location_id", plan.location_id.to_string()),
        ("item_id", plan.item_id.to_string()),
        ("technician_id", text(plan.technician_id.map(|id| id.to_string()))),
        ("note", text(plan.note.clone())),
        ("time", plan.time.strftime("%H:%M").to_string()),
        ("ends_on", text(plan.ends_on.map(|day| day.to_string()))),
        ("months", plan.months.iter().map(i32::to_string).collect::<Vec<_>>().join(",")),
        ("leeway_days", plan.leeway_days.to_string()),
        ("holidays", plan.holidays.to_string()),
    ];
    match pattern {
        None => all.push(("rule", plan.rule.clone())),
        Some(pattern) => all.extend([
            ("every", pattern.every.to_string()),
            ("unit", pattern.unit.to_string()),
            ("place", pattern.place.to_string()),
            ("weekday", text(pattern.weekday.map(|day| day.to_string()))),
        ]),
    }
    all
}

pub(super) fn draw(scope: &Scope, filled: &Filled, known: &Known, first: Markup, own_rule: bool) -> Markup {
    let places: Vec<(String, String)> = known.places.iter().map(|place| (place.id.to_string(), place.line())).collect();
    let service =
        |s: &Service| (s.id.to_string(), format!("{} · {}", s.name, scheduling::say::minutes(s.minutes.into())));
    let services: Vec<(String, String)> = known.services.iter().map(service).collect();
    let mut people = vec![(String::new(), "Nobody in particular, into the tray".to_owned())];
    people.extend(known.technicians.iter().map(|one| (one.id.to_string(), one.name.clone())));
    let units: Vec<(&str, &str)> = Unit::ALL.iter().map(|unit| (unit.as_str(), unit.label())).collect();
    let spots: Vec<(&str, &str)> = Place::ALL.iter().map(|place| (place.as_str(), place.label())).collect();
    let months: Vec<(String, String)> = (1..=12_i8)
        .filter_map(|month| Some((month.to_string(), Date::new(2000, month, 1).ok()?.strftime("%B").to_string())))
        .collect();
    let feasts: Vec<(&str, &str)> = Holidays::ALL.iter().map(|one| (one.as_str(), one.label())).collect();
    let country = &scope.tenant().locale.country;
    let feasts_hint = match recurrence::holidays_known(country) {
        true => "The national holidays of the company's country.".to_owned(),
        false => format!("The holidays of {country} are not known here, so every day counts as a working day."),
    };
    html! {
        (form::part("What", "", html! {
            (form::pair(html! {
                (field::select(filled, "item_id", "Service", &services).required())
                (field::select(filled, "location_id", "Where", &places).required())
            }))
            (field::select(filled, "technician_id", "With", &people).hint("Booked with them where they are free, otherwise the visit waits in the tray of the board."))
            (field::textarea(filled, "note", "For whoever goes there").rows(2).most(2000))
        }))
        (form::part("When it comes round", "", html! {
            (first)
            @if own_rule {
                (field::text(filled, "rule", "Rule").most(200).hint("As RFC 5545 writes it. Empty it, and what is chosen below counts."))
            }
            (form::pair(html! {
                (field::number(filled, "every", "Every"))
                (field::select(filled, "unit", "Weeks, months or years", &units))
            }))
            (form::pair(html! {
                (field::select(filled, "place", "Within the month", &spots).hint("Of plans by months and years."))
                (field::select(filled, "weekday", "Day of the week", &recurrence::weekdays()).hint("Of plans by weeks, and of the first, second … last of a month."))
            }))
            (form::pair(html! {
                (field::time(filled, "time", "Begins").required())
                (field::date(filled, "ends_on", "Last day").hint("Empty: until somebody ends it."))
            }))
        }))
        (form::part("Season and holidays", "", html! {
            (field::boxes(filled, "months", "Only in these months", &months))
            (form::pair(html! {
                (field::select(filled, "holidays", "On a public holiday", &feasts).hint(feasts_hint))
                (field::number(filled, "leeway_days", "Leeway").after("days").hint("So far may a visit move from its day, up to 14: away from a holiday, and to find the technician free."))
            }))
        }))
    }
}

/// A plan is begun and changed only for somebody who is there.
pub(super) fn here(customer: Option<customers::Customer>) -> Result<customers::Customer> {
    customer.ok_or(Error::NotFound)
}
