//! Third question: the company's address, answered while it is typed.
use kernel::{
    Checks, Error, Input, Outside, Result,
    http::{Either, Form, Json, Page, Query, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{Filled, address_field, onward};

use super::draft::{self, Draft};
use crate::company;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The address without the base domain, such as `acme-hvac`.
    #[serde(default)]
    slug: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Free {
    pub available: bool,
    /// Free ones near it.
    pub suggestions: Vec<String>,
    pub message: String,
}

pub async fn free(outside: Outside, Query(wanted): Query<Wanted>) -> Result<Json<Free>> {
    super::nobodys(&outside)?;
    let name = match draft::current(&outside).await? {
        Some(signup) => signup.draft.company.map(|company| company.name).unwrap_or_default(),
        None => String::new(),
    };
    look(&outside, &wanted.slug, &name).await.map(Json)
}

async fn look(outside: &Outside, slug: &str, name: &str) -> Result<Free> {
    let slug = slug.trim().to_lowercase();
    let desk = outside.house.control();
    let mut checks = Checks::default();
    company::check_slug(&mut checks, &slug);
    let message = match checks.done() {
        Err(error) => error.problem().detail,
        Ok(()) if company::taken(desk, &slug).await? => format!("{slug} is taken."),
        Ok(()) => {
            return Ok(Free {
                available: true,
                suggestions: company::suggestions(desk, &slug, name).await?,
                message: format!("{slug} is free"),
            });
        }
    };
    let short: String = slug.chars().take(40).collect();
    Ok(Free { available: false, suggestions: company::suggestions(desk, &short, name).await?, message })
}

pub fn fields(outside: &Outside, filled: &Filled) -> Markup {
    let suffix = format!(".{}", outside.house.base_domain());
    html! {
        (address_field(filled, &suffix, "3 to 40 letters, digits and hyphens. Your own domain can be added later."))
        (onward(Some("/onboarding?step=1"), "Take this address", html! {}))
    }
}

pub async fn filled(outside: &Outside, draft: &Draft) -> Result<Filled> {
    let name = draft.company.as_ref().map(|company| company.name.as_str()).unwrap_or_default();
    let slug = match &draft.slug {
        Some(slug) => slug.clone(),
        None => company::spare_address(&outside.house, name).await?.unwrap_or_default(),
    };
    Ok(Filled::of([("slug", slug)]))
}

impl Input for Wanted {
    fn check(&mut self, checks: &mut Checks) {
        self.slug = self.slug.trim().to_lowercase();
        company::check_slug(checks, &self.slug);
    }
}

pub async fn post(outside: Outside, form: Form<Wanted>) -> Result<Either<Redirect, Page>> {
    super::nobodys(&outside)?;
    let Some(mut signup) = draft::current(&outside).await? else {
        return Ok(Either::Done(Redirect::to("/onboarding")));
    };
    let before = signup.draft.clone();
    let outcome = form
        .then(async |wanted: Wanted| {
            if company::taken(outside.house.control(), &wanted.slug).await? {
                let name = before.company.as_ref().map(|company| company.name.as_str()).unwrap_or_default();
                let others = company::suggestions(outside.house.control(), &wanted.slug, name).await?;
                let sentence = format!("{} is taken. These are free: {}.", wanted.slug, others.join(", "));
                return Err(Error::field("/slug", "taken", sentence));
            }
            signup.draft.slug = Some(wanted.slug);
            draft::keep(&outside, &signup).await
        })
        .await?;
    match outcome {
        Ok(()) => Ok(Either::Done(Redirect::to("/onboarding"))),
        Err(typed) => Ok(Either::Again(Page {
            status: 422,
            ..super::page::draw(&outside, &before, 2, crate::shell::filled(typed)).await?
        })),
    }
}
