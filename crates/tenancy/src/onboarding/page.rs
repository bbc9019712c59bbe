//! The question that is next, and at the end the company itself.
use kernel::{
    Outside, Result,
    http::{Either, Page, Query, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, card, form, icon, link_button, question, steps};

use super::{
    STEPS, address, company,
    draft::{self, Draft, Signup},
    first, plan,
    start::way,
    you,
};
use crate::company::mail_domain;

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// An earlier question, to change its answer; from 0.
    step: Option<usize>,
}

pub async fn page(outside: Outside, Query(asked): Query<Asked>) -> Result<Page> {
    super::nobodys(&outside)?;
    let Some(signup) = draft::current(&outside).await? else {
        return draw(&outside, &Draft::default(), 0, Filled::default()).await;
    };
    if at_the_end(&signup) {
        let part = progressed(&outside, &signup).await?;
        // The island asks for the part again until it says that it is done; without script there is a link.
        let body = match settled(&signup) {
            false => {
                html! { (steps(&STEPS, 4)) div data-island="onboarding" data-progress="/onboarding/progress" aria-live="polite" { (part) } }
            }
            true => html! { (steps(&STEPS, 4)) (part) },
        };
        return Ok(super::frame(&outside, "Set up your company", body, html! {}));
    }
    let step = asked.step.unwrap_or(3).min(signup.draft.step()).min(3);
    let mut filled = match step {
        0 => company::filled(&signup.draft),
        1 => you::filled(&signup.draft),
        2 => address::filled(&outside, &signup).await?,
        _ => Filled::of([("plan", signup.draft.plan.clone().unwrap_or_default())]),
    };
    if let (2, "failed", Some(sentence)) = (step, signup.state.as_str(), signup.outcome["sentence"].as_str()) {
        filled = filled.wrong("slug", sentence);
    }
    draw(&outside, &signup.draft, step, filled).await
}

pub(super) async fn draw(outside: &Outside, draft: &Draft, step: usize, filled: Filled) -> Result<Page> {
    let logo = draft.company.as_ref().is_some_and(|company| company.logo.is_some());
    let (title, says, body) = match step {
        0 => {
            let fields = company::fields(&filled, logo);
            (
                "Tell us about your company",
                "Customers see the name on your booking page and on invoices.",
                form::form_with_files("/onboarding/company", &filled, fields),
            )
        }
        1 => (
            "Who are you?",
            "You will be the owner: you can do everything, and let others in.",
            form::form("/onboarding/you", &filled, you::fields(&filled)),
        ),
        2 => (
            "Where will your people sign in?",
            "Your team, your booking page and your customers' links all live here.",
            html! {
                @if let Some(home) = known(outside, draft).await? {
                    div."mb-6" { (ui::note("info", html! { p {
                        "People with an email address like yours belong to a company that is here already. " (way(outside, &home)) ", or go on if yours is another."
                    } })) }
                }
                (form::form("/onboarding/address", &filled, address::fields(outside, &filled)))
            },
        ),
        _ => (
            "Choose a plan",
            "You can change it at any time.",
            form::form("/onboarding/plan", &filled, plan::fields(&filled)),
        ),
    };
    let asked = html! { (steps(&STEPS, step)) (question(title, says)) div."mt-6" { (body) } };
    let right = html! { span.wide.dim { "Saved as you go" } };
    Ok(super::framed(outside, title, right, asked, preview(outside, draft, step)))
}

/// The company that the owner's address belongs to: many who sign up a second time were looking for it.
async fn known(outside: &Outside, draft: &Draft) -> Result<Option<mail_domain::Home>> {
    match &draft.you {
        Some(you) => mail_domain::of_address(&outside.house, &you.email).await,
        None => Ok(None),
    }
}

/// What customers will see, from the first minute.
fn preview(outside: &Outside, draft: &Draft, step: usize) -> Markup {
    let name = draft.company.as_ref().map_or("Your company", |company| company.name.as_str());
    let slug = draft.slug.as_deref().unwrap_or("your-company");
    let tiles = match draft.company.as_ref().map(|company| company.industry.as_str()) {
        Some("plumbing") => [
            ("droplets", "Leaking"),
            ("shower-head", "No hot water"),
            ("waves", "Blocked drain"),
            ("wrench", "Something else"),
        ],
        Some("electrical") => {
            [("plug", "No power"), ("lightbulb", "Lights"), ("zap", "Breaker trips"), ("wrench", "Something else")]
        }
        _ => [("snowflake", "No cooling"), ("flame", "No heat"), ("droplets", "Leaking"), ("wrench", "Tune-up")],
    };
    html! {
        aside.aside-desktop aria-label="Preview" {
            p.dim.t12."mb-2" { "Your booking page, from the first minute" }
            div.shot {
                div.shot-bar { span.url { (icon("lock")) span.truncate { (slug) "." (outside.house.base_domain()) } } }
                div."p-4"."grid"."gap-3" {
                    div."flex"."items-center"."gap-2".strong { (ui::Brand::tenant(name).mark()) (name) }
                    p."t16".strong { "What can we help with?" }
                    ul."grid"."grid-cols-2"."gap-2"."t13" {
                        @for (sign, label) in tiles { li.card."p-3"."grid"."gap-2" { (icon(sign)) (label) } }
                    }
                }
            }
            p.dim.t12."mt-3" { "Step " (step + 1) " of 5 · about " (4_usize.saturating_sub(step).max(1)) @if step >= 3 { " minute left" } @else { " minutes left" } }
        }
    }
}

/// All is answered: what is left to see is how the setting up goes.
fn at_the_end(signup: &Signup) -> bool {
    matches!(signup.state.as_str(), "asked" | "making" | "ready")
        || (signup.state == "failed" && signup.draft.step() == 4)
}

/// Nothing will change by itself.
fn settled(signup: &Signup) -> bool {
    signup.run_at.is_none()
}

/// The last step as a fragment; it carries `data-done` when there is no more to wait for.
pub async fn progress(outside: Outside) -> Result<Page> {
    super::nobodys(&outside)?;
    let signup = draft::current(&outside).await?.ok_or(kernel::Error::NotFound)?;
    progressed(&outside, &signup).await.map(Page::from)
}

/// Hands over the first key and the way in, to whoever asks first.
pub async fn show_key(outside: Outside) -> Result<Either<Redirect, Page>> {
    super::nobodys(&outside)?;
    let Some(signup) = draft::current(&outside).await?.filter(|signup| signup.state == "ready") else {
        return Ok(Either::Done(Redirect::to("/onboarding")));
    };
    let hand = match first::take(&outside, &signup).await? {
        Some(handed) => Hand::Given(handed),
        None => Hand::Empty,
    };
    let body = html! { (steps(&STEPS, 4)) (ready(&outside, &signup, &hand)) };
    Ok(Either::Again(super::frame(&outside, "Your company is ready", body, html! {})))
}

async fn progressed(outside: &Outside, signup: &Signup) -> Result<Markup> {
    let now = outside.house.clock().now();
    Ok(match signup.state.as_str() {
        "ready" => {
            let hand = if first::taken(outside, signup).await? { Hand::Empty } else { Hand::Full };
            ready(outside, signup, &hand)
        }
        "failed" => {
            let seconds = signup.run_at.map(|at| at.duration_since(now).as_secs().max(1));
            html! {
                div data-done[settled(signup)] {
                    (question(if settled(signup) { "That did not work" } else { "That did not work yet" }, signup.outcome["sentence"].as_str().unwrap_or("What you answered is kept.")))
                    @if let Some(seconds) = seconds { p."mt-2" { "The next try is in " (seconds) @if seconds == 1 { " second." } @else { " seconds." } " You can close this page and come back." } }
                    div."mt-6" { (form::verb_form("/onboarding/again", html! { (button(if settled(signup) { "Try again" } else { "Try now" }).primary().large()) })) }
                }
            }
        }
        // An address was lost while this page was open: the question is asked on the page itself.
        "draft" => {
            html! { div data-done { (question("One answer is missing", "")) div."mt-6" { (link_button("Go on", "/onboarding").primary().large()) } } }
        }
        _ => html! {
            div {
                @let slow = now.duration_since(signup.updated_at).as_secs() > 30;
                (question("Setting up your company", if slow { "It takes longer than usual. You can close this page and come back; we go on." } else { "This takes a few seconds; you can leave it alone." }))
                progress.meter."mt-6" aria-label="Setting up" {}
                ul."grid"."gap-2"."mt-4".soft { li { "A place for your data that nobody else can reach" } li { "You as its owner, with the roles your people will have" } li { "Your booking page" } }
                noscript { p."mt-6" { a.link href="/onboarding" { "Look again" } } }
            }
        },
    })
}

/// What the last step has for the owner.
enum Hand {
    /// The key can be had.
    Full,
    /// Here it is.
    Given(first::Handed),
    /// It was had before.
    Empty,
}

fn ready(outside: &Outside, signup: &Signup, hand: &Hand) -> Markup {
    let slug = signup.outcome["slug"].as_str().unwrap_or_default();
    let at = |path: &str| outside.house.url(Some(slug), path);
    html! {
        div data-done {
            (question(&format!("{} is ready", signup.outcome["name"].as_str().unwrap_or(slug)), "Your trial has begun. Nothing is charged before it ends."))
            p."mt-2" { "Its address is " b { (slug) "." (outside.house.base_domain()) } }
            @match hand {
                Hand::Full => {
                    section.card."p-4"."mt-6" {
                        h2.strong { "Your first API key, and the way in" }
                        p.soft.t13."mb-4" { "The key is for programs that read or write here. It is shown once, with a link that signs you in." }
                        (form::verb_form("/onboarding/key", html! { (button("Show my key").primary().large()) }))
                    }
                    p.soft.t13."mt-4" { "No need of a key? " a.link href=(at("/sign-in")) { "Sign in with your password" } "." }
                }
                Hand::Given(handed) => {
                    section.card."p-4"."mt-6" {
                        h2.strong { "Your first API key" }
                        p.soft.t13."mb-2" { "For programs that read or write here. Copy it now if you need it: it is kept nowhere, and you can make another at any time." }
                        (card::copy(&handed.api_key, "the API key"))
                    }
                    div."mt-6" { (link_button("Open your company", &handed.link).primary().large()) }
                }
                Hand::Empty => {
                    p.soft.t13."mt-2" { "The first API key was shown once already. Another is made in the settings, under API keys." }
                    div."mt-6" { (link_button("Sign in", at("/sign-in")).primary().large()) }
                }
            }
            h2.lbl."mt-8"."mb-2" { "Three first things to do" }
            ul."grid"."gap-2" {
                @for (sign, label, path) in [("book-open", "Put your services into the price book", "/price-book"), ("user-plus", "Let your people in", "/settings/people/new"), ("calendar-plus", "Look at your booking page", "/book")] {
                    li { a.link."flex"."gap-2"."items-center" href=(at(path)) { (icon(sign)) (label) } }
                }
            }
        }
    }
}
