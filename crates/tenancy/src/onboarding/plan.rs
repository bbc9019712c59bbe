//! Fourth question: which plan. Its answer sets the company up.
use kernel::{
    Checks, Input, Outside, Result,
    http::{Either, Form, Page, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, icon_class, onward};

use super::{draft, provision};
use crate::company::plan::{self, PLANS, TRIAL_DAYS};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    plan: String,
}
impl Input for Asked {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(plan::find(&self.plan).is_some(), "plan", "required", "Choose a plan.");
    }
}

pub fn fields(filled: &Filled) -> Markup {
    let chosen = if filled.value("plan").is_empty() { "professional" } else { filled.value("plan") };
    html! {
        div."grid"."gap-3"."sm:grid-cols-3" role="radiogroup" aria-label="Plan" {
            @for plan in &PLANS {
                label.choice."content-start" {
                    input.radio type="radio" name="plan" value=(plan.name) checked[plan.name == chosen] required;
                    b { (plan.label) }
                    small.num { b."t20" { "$" (plan.price) } " a month" }
                    ul."grid"."gap-1"."mt-2"."t13"."col-start-2" { @for held in plan.holds { li."flex"."gap-2" { (icon_class("check", "i-s")) span { (held) } } } }
                }
            }
        }
        @if let Some(wrong) = filled.error("plan") { p.says.is-bad { (wrong) } }
        p.soft."mt-4" { (TRIAL_DAYS) " days free. Nothing is charged, and no card is asked for, until you say so." }
        (onward(Some("/onboarding?step=2"), "Set up my company", html! {}))
    }
}

pub async fn post(outside: Outside, form: Form<Asked>) -> Result<Either<Redirect, Page>> {
    super::nobodys(&outside)?;
    let Some(mut signup) = draft::current(&outside).await? else {
        return Ok(Either::Done(Redirect::to("/onboarding")));
    };
    if signup.draft.step() < 3 || ["asked", "making", "ready"].contains(&signup.state.as_str()) {
        return Ok(Either::Done(Redirect::to("/onboarding")));
    }
    outside.house.limits().careful("sign-up", &outside.peer)?;
    let before = signup.draft.clone();
    let outcome = form
        .then(async |asked: Asked| {
            signup.draft.plan = Some(asked.plan);
            draft::keep(&outside, &mut signup).await
        })
        .await?;
    match outcome {
        Ok(()) => {
            provision::ask(&outside, &signup).await?;
            Ok(Either::Done(Redirect::to("/onboarding")))
        }
        Err(typed) => Ok(Either::Again(Page {
            status: 422,
            ..super::page::draw(&outside, &before, 3, crate::shell::filled(typed)).await?
        })),
    }
}
