//! Third question: the company's address, answered while it is typed.
use kernel::{
    Checks, Error, Input, Outside, Result,
    http::{Either, Form, Json, Page, Query, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{Filled, address_field, onward};
use uuid::Uuid;

use super::draft::{self, Signup};
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
    let (id, name) = match draft::current(&outside).await? {
        Some(signup) => (signup.id, signup.draft.company.map(|company| company.name).unwrap_or_default()),
        None => (Uuid::nil(), String::new()),
    };
    look(&outside, &wanted.slug, &name, id).await.map(Json)
}

async fn look(outside: &Outside, slug: &str, name: &str, id: Uuid) -> Result<Free> {
    let slug = slug.trim().to_lowercase();
    let mut checks = Checks::default();
    company::check_slug(&mut checks, &slug);
    let message = match checks.done() {
        Err(error) => error.problem().detail,
        Ok(()) if taken(outside, &slug, id).await? => format!("{slug} is taken."),
        Ok(()) => {
            let suggestions = others(outside, &slug, name, id).await?;
            return Ok(Free { available: true, suggestions, message: format!("{slug} is free") });
        }
    };
    let short: String = slug.chars().take(40).collect();
    Ok(Free { available: false, suggestions: others(outside, &short, name, id).await?, message })
}

/// By a company, or by another sign-up that has not come to its end.
async fn taken(outside: &Outside, slug: &str, id: Uuid) -> Result<bool> {
    Ok(company::taken(outside.house.control(), slug).await?
        || !draft::spoken_for(outside, vec![slug.to_owned()], id).await?.is_empty())
}

/// Up to three that are free, near it.
async fn others(outside: &Outside, slug: &str, name: &str, id: Uuid) -> Result<Vec<String>> {
    let mut near = company::near(outside.house.control(), slug, name).await?;
    let gone = draft::spoken_for(outside, near.clone(), id).await?;
    near.retain(|slug| !gone.contains(slug));
    near.truncate(3);
    Ok(near)
}

pub fn fields(outside: &Outside, filled: &Filled) -> Markup {
    let suffix = format!(".{}", outside.house.base_domain());
    html! {
        (address_field(filled, &suffix, "3 to 40 letters, digits and hyphens. Your own domain can be added later."))
        (onward(Some("/onboarding?step=1"), "Take this address", html! {}))
    }
}

pub async fn filled(outside: &Outside, signup: &Signup) -> Result<Filled> {
    let name = signup.draft.company.as_ref().map(|company| company.name.as_str()).unwrap_or_default();
    let slug = match &signup.draft.slug {
        Some(slug) => slug.clone(),
        None => others(outside, "", name, signup.id).await?.into_iter().next().unwrap_or_default(),
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
            if taken(&outside, &wanted.slug, signup.id).await? {
                let name = before.company.as_ref().map(|company| company.name.as_str()).unwrap_or_default();
                let others = others(&outside, &wanted.slug, name, signup.id).await?;
                let sentence = format!("{} is taken. These are free: {}.", wanted.slug, others.join(", "));
                return Err(Error::field("/slug", "taken", sentence));
            }
            signup.draft.slug = Some(wanted.slug);
            draft::hold(&outside, &signup).await
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
