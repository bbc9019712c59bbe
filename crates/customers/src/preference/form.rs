//! The page on which is written down what a customer prefers.
use jiff::civil::Time;
use kernel::{
    Access, Checks, Currency, Error, Input, Money, Result, TenantTx,
    http::{Either, Form, Page, Path, Redirect, Repeatable},
    sight,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::{
    MemberId,
    member::{Named, colleagues},
    shell,
};
use ui::{Filled, button, field, form, link_button};

use super::{Change, Day, Preferences, ReachBy, change, language, of_customer};
use crate::{
    CustomerId,
    customer::{Customer, beneath::beneath, find},
    permissions::CustomersWrite,
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PreferencesForm {
    preferred_technician: Option<MemberId>,
    unwanted_technicians: Vec<MemberId>,
    days: Vec<Day>,
    arrive_from: Option<Time>,
    arrive_until: Option<Time>,
    reach_by: Option<ReachBy>,
    quiet_from: Option<Time>,
    quiet_until: Option<Time>,
    language: Option<String>,
    notice_minutes: Option<i32>,
    approval_above: Option<String>,
}

impl Input for PreferencesForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("approval_above", &mut self.approval_above, 20);
    }
}

impl PreferencesForm {
    /// A form says all there is: what came empty is taken away.
    fn whole(self, currency: Currency) -> Result<Change> {
        let read = |typed: String| {
            Money::parse(&typed, currency).ok_or_else(|| {
                let sample = Money::new(50_000, currency).amount();
                Error::field("/approval_above", "amount", format!("Give the amount as a number, such as {sample}."))
            })
        };
        Change {
            preferred_technician: Some(self.preferred_technician),
            unwanted_technicians: Some(Some(self.unwanted_technicians)),
            days: Some(Some(self.days)),
            arrive_from: Some(self.arrive_from),
            arrive_until: Some(self.arrive_until),
            reach_by: Some(self.reach_by),
            quiet_from: Some(self.quiet_from),
            quiet_until: Some(self.quiet_until),
            language: Some(self.language),
            notice_minutes: Some(self.notice_minutes),
            approval_above: Some(self.approval_above.map(read).transpose()?),
        }
        .checked()
    }
}

fn values(known: &Preferences) -> Filled {
    let time = |time: Option<Time>| time.map(|time| time.strftime("%H:%M").to_string()).unwrap_or_default();
    let list = |ids: Vec<String>| ids.join(",");
    Filled::of([
        ("preferred_technician", known.preferred_technician.map(|id| id.to_string()).unwrap_or_default()),
        ("unwanted_technicians", list(known.unwanted_technicians.iter().map(MemberId::to_string).collect())),
        ("days", list(known.days.iter().map(Day::to_string).collect())),
        ("arrive_from", time(known.arrive_from)),
        ("arrive_until", time(known.arrive_until)),
        ("reach_by", known.reach_by.map(|by| by.to_string()).unwrap_or_default()),
        ("quiet_from", time(known.quiet_from)),
        ("quiet_until", time(known.quiet_until)),
        ("language", known.language.clone().unwrap_or_default()),
        ("notice_minutes", known.notice_minutes.map(|minutes| minutes.to_string()).unwrap_or_default()),
        ("approval_above", known.approval_above().map(|above| above.amount()).unwrap_or_default()),
    ])
}

fn visits(filled: &Filled, people: &[Named]) -> Markup {
    let all: Vec<(String, &str)> = people.iter().map(|one| (one.id.to_string(), one.name.as_str())).collect();
    let mut choices = vec![(String::new(), "Whoever is free")];
    choices.extend(all.iter().cloned());
    let days: Vec<(String, &str)> = Day::ALL.iter().map(|day| (day.to_string(), day.label())).collect();
    html! {
        (field::select(filled, "preferred_technician", "Preferred technician", &choices).hint("Proposed first when a visit is booked."))
        (field::boxes(filled, "unwanted_technicians", "Not to be sent", &all))
        (field::boxes(filled, "days", "Preferred days", &days))
        (form::pair(html! {
            (field::time(filled, "arrive_from", "Arrival from"))
            (field::time(filled, "arrive_until", "Arrival until").hint("One of the two is enough: before noon, after five."))
        }))
    }
}

fn reach(filled: &Filled) -> Markup {
    let mut ways = vec![("", "However it fits")];
    ways.extend(ReachBy::ALL.iter().map(|by| (by.as_str(), by.label())));
    let known = filled.value("language");
    let mut languages = vec![(String::new(), "Not said".to_owned())];
    languages.extend(language::KNOWN.iter().map(|(tag, name)| ((*tag).to_owned(), (*name).to_owned())));
    if !languages.iter().any(|(tag, _)| tag == known) {
        languages.push((known.to_owned(), language(known)));
    }
    html! {
        (form::pair(html! {
            (field::select(filled, "reach_by", "Likes to be reached by", &ways))
            (field::select(filled, "language", "Language", &languages))
        }))
        (form::pair(html! {
            (field::time(filled, "quiet_from", "No calls from"))
            (field::time(filled, "quiet_until", "No calls until"))
        }))
        (field::number(filled, "notice_minutes", "Call before arriving").after("min").hint("The technician sees it on the phone."))
    }
}

fn draw(access: &Access<CustomersWrite>, known: &Known, filled: &Filled) -> Page {
    let back = format!("/customers/{}", known.customer.id);
    let version = filled.values.get("version").cloned().unwrap_or_else(|| known.preferences.version.to_string());
    let currency = access.tenant().locale.currency;
    let body = form::form(
        &format!("{back}/preferences"),
        filled,
        html! {
            (field::hidden("version", version))
            (form::part("Visits", "Whoever books otherwise is told, and decides.", visits(filled, &known.people)))
            (form::part("How to reach them", "", reach(filled)))
            @if sight::prices() {
                (form::part("Money", "", html! { (field::money(filled, "approval_above", "Agree on work above", currency.code()).hint("More than this is agreed with the customer before it is done.")) }))
            }
            (form::actions(html! { (button("Save preferences").primary()) (link_button("Cancel", back).quiet()) }))
        },
    );
    beneath(access, &known.customer, "Preferences", body, filled)
}

struct Known {
    customer: Customer,
    preferences: Preferences,
    people: Vec<Named>,
}

async fn known(access: &Access<CustomersWrite>, id: CustomerId) -> Result<Known> {
    let (customer, preferences, people) = access.read((find(id), of_customer(id), colleagues())).await?;
    Ok(Known { customer, preferences: preferences.ok_or(Error::NotFound)?, people })
}

pub async fn page(access: Access<CustomersWrite>, Path(id): Path<CustomerId>) -> Result<Page> {
    let known = known(&access, id).await?;
    Ok(draw(&access, &known, &values(&known.preferences)))
}

pub async fn post(
    access: Access<CustomersWrite>,
    Path(id): Path<CustomerId>,
    form: Form<PreferencesForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let locale = &access.tenant().locale;
    let work = async |form: PreferencesForm| {
        let whole = form.whole(locale.currency)?;
        access
            .once(async |tx: &mut TenantTx| {
                change(tx, id, seen, whole.clone(), locale).await?;
                Ok(Redirect::to(format!("/customers/{id}")).toast("The preferences are saved."))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, &known(&access, id).await?, &shell::filled(typed)))),
    }
}
