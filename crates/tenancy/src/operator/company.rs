//! One company as the registry knows it, nothing of what it keeps; and the way to look in.
use jiff::Timestamp;
use kernel::{
    Checks, Error, Input, Result,
    http::{Either, Form, Page, Path, Redirect},
    row, sql,
    tenant::Status,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    Filled, button, card, field, form, link_button, status_saying,
    table::{Column, plain},
};
use uuid::Uuid;

use super::{
    Operator, companies, frame,
    visit::{self, Here},
};
use crate::{company::plan, shell};

row! {
    struct Company {
        id: Uuid,
        slug: String,
        name: String,
        plan: String,
        status: Status,
        placement: String,
        schema_name: Option<String>,
        owner_name: String,
        owner_email: String,
        trial_ends_at: Option<Timestamp>,
        created_at: Timestamp,
    }
}

sql! {
    #![control]
    fn find(id: Uuid) -> Option<Company> = "
        select id, slug, name, plan, status, placement, schema_name, owner_name, owner_email, trial_ends_at, created_at
        from ctl.tenant where id = $1";
}

/// For how many minutes; half an hour when nobody says otherwise.
const LENGTHS: [(&str, &str); 5] =
    [("15", "15 minutes"), ("30", "30 minutes"), ("60", "1 hour"), ("120", "2 hours"), ("240", "4 hours")];

pub async fn page(operator: Operator, Path(id): Path<Uuid>) -> Result<Page> {
    draw(&operator, id, &Filled::of([("minutes", "30".to_owned())])).await
}

async fn draw(operator: &Operator, id: Uuid, filled: &Filled) -> Result<Page> {
    let house = &operator.outside.house;
    let company = house.control().run(find(id)).await?.ok_or(Error::NotFound)?;
    let visits = visit::of_company(house, id).await?;
    let open = matches!(company.status, Status::Active | Status::Trial);
    let body = html! {
        (card::facts(&[
            ("Status", status_saying(companies::look(company.status), company.status.label())),
            ("Address", html! { (company.slug) "." (house.base_domain()) }),
            ("Plan", html! { (plan::of(&company.plan).label) }),
            ("Placement", html! { (company.placement) @if let Some(schema) = &company.schema_name { " · " (schema) } }),
            ("Owner", html! { (company.owner_name) " · " (company.owner_email) }),
            ("Since", html! { (frame::moment(company.created_at)) }),
            ("Trial until", html! { @match company.trial_ends_at { Some(at) => (frame::moment(at)), None => "No trial" } }),
        ]))
        div."mt-8"."form-narrow" {
            @if open { (ask(&company, filled)) }
            @else { p.soft { "This company is closed: nobody can look in." } }
        }
        section."mt-8" {
            h2.lbl."mb-2" { "Visits here" }
            @if visits.is_empty() { p.soft { "Nobody has looked in." } } @else { (table(&visits)) }
        }
    };
    let crumbs = vec![("Companies".into(), "/operator".into())];
    Ok(frame::page(
        operator,
        frame::Inside { title: company.name.clone(), active: "/operator", crumbs, body, ..Default::default() },
    ))
}

fn ask(company: &Company, filled: &Filled) -> Markup {
    form::form(
        &format!("/operator/companies/{}/visits", company.id),
        filled,
        form::part(
            "Look into this company",
            "Read-only, and shown to the company with your name and the reason. If it wants to be asked first, the visit waits for its answer.",
            html! {
                (field::textarea(filled, "reason", "Reason").required().rows(3).most(500).hint("What you are asked to help with, or have to mend"))
                (field::select(filled, "minutes", "For how long", &LENGTHS))
                (form::actions(html! { (button("Look into this company").primary()) }))
            },
        ),
    )
}

fn table(visits: &[Here]) -> Markup {
    let columns = [Column::lead("Who").width(25), Column::text("Why").width(45), Column::text("Asked").width(30)];
    let rows: Vec<Vec<Markup>> = visits
        .iter()
        .map(|visit| {
            vec![
                html! { (visit.operator_name) },
                html! { (visit.reason) },
                html! { span.num { (frame::moment(visit.created_at)) } },
            ]
        })
        .collect();
    plain("Visits here", &columns, &rows)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    #[serde(default)]
    reason: String,
    minutes: i32,
}
impl Input for Ask {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("reason", &mut self.reason, 500, "the reason; the company reads it");
        let short = !self.reason.is_empty() && self.reason.chars().count() < 10;
        checks.that(!short, "reason", "too_short", "Say it in a few words more; the company reads it.");
        checks.range("minutes", self.minutes.into(), 15, 240, "A visit lasts 15 minutes to 4 hours.");
    }
}

pub async fn post(operator: Operator, Path(id): Path<Uuid>, form: Form<Ask>) -> Result<Either<Redirect, Page>> {
    let house = &operator.outside.house;
    house.control().run(find(id)).await?.ok_or(Error::NotFound)?;
    let minutes = form.value("minutes").unwrap_or("30").to_owned();
    let reason = form.value("reason").unwrap_or_default().to_owned();
    let outcome = form
        .then(async |input: Ask| {
            house.limits().careful("operator-visit", &operator.id.to_string())?;
            visit::ask(&operator, id, &input.reason, input.minutes).await
        })
        .await?;
    Ok(match outcome {
        Ok(visit) => Either::Done(Redirect::to(format!("/operator/visits/{visit}"))),
        Err(typed) => {
            let mut filled = shell::filled(typed);
            filled.values = [("minutes".to_owned(), minutes), ("reason".to_owned(), reason)].into();
            Either::Again(Page { status: 422, ..draw(&operator, id, &filled).await? })
        }
    })
}

/// The way back to the company of a visit.
pub(super) fn link(id: Uuid, name: &str) -> Markup {
    html! { (link_button(format!("About {name}"), format!("/operator/companies/{id}"))) }
}
