//! Second question: who the owner is.
use kernel::{
    Checks, Input, Outside, Result,
    http::{Either, Form, Page, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, field, form, onward};

use super::draft::{self, Draft, You};
use crate::password;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    name: String,
    email: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    password: String,
}
impl Input for Asked {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 100, "your name");
        checks.email("email", &mut self.email);
        checks.that(self.email.is_some(), "email", "required", "Give your e-mail address; you sign in with it.");
        checks.optional("phone", &mut self.phone, 40);
        password::check(checks, "password", &self.password);
    }
}

pub fn fields(filled: &Filled) -> Markup {
    html! {
        (field::text(filled, "name", "Your name").required().most(100).autocomplete("name").focus())
        (form::pair(html! {
            (field::email(filled, "email", "Email").required().hint("You sign in with it"))
            (field::tel(filled, "phone", "Phone"))
        }))
        (field::password(filled, "password", "Password", "new-password").required().hint("At least 10 characters; a few words in a row are fine"))
        (onward(Some("/onboarding?step=0"), "Continue", html! {}))
    }
}

pub fn filled(draft: &Draft) -> Filled {
    let Some(you) = &draft.you else { return Filled::default() };
    Filled::of([
        ("name", you.name.clone()),
        ("email", you.email.clone()),
        ("phone", you.phone.clone().unwrap_or_default()),
    ])
}

pub async fn post(outside: Outside, form: Form<Asked>) -> Result<Either<Redirect, Page>> {
    super::nobodys(&outside)?;
    let Some(mut signup) = draft::current(&outside).await? else {
        return Ok(Either::Done(Redirect::to("/onboarding")));
    };
    outside.house.limits().careful("sign-up-password", &outside.peer)?;
    let before = signup.draft.clone();
    let outcome = form
        .then(async |asked: Asked| {
            let password_hash = password::hash(asked.password).await?;
            signup.draft.you = Some(You {
                name: asked.name,
                email: asked.email.unwrap_or_default(),
                phone: asked.phone,
                password_hash,
            });
            draft::keep(&outside, &mut signup).await
        })
        .await?;
    match outcome {
        Ok(()) => Ok(Either::Done(Redirect::to("/onboarding"))),
        Err(typed) => Ok(Either::Again(Page {
            status: 422,
            ..super::page::draw(&outside, &before, 1, crate::shell::filled(typed)).await?
        })),
    }
}
