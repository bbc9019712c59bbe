//! Second question: what is it about?
use catalog::ItemId;
use kernel::{
    Checks, Error, Input, Result, Visitor,
    http::{Either, Form, Page, Redirect},
};
use maud::html;
use tenancy::shell::{self, filled};
use ui::Filled;

use super::{
    STEPS,
    draft::{Draft, price},
    place::form_of,
};
use crate::{neighbours::services_online, say, terms};

pub async fn page(visitor: Visitor) -> Result<Either<Redirect, Page>> {
    draw(&visitor, &Filled::default()).await
}

async fn draw(visitor: &Visitor, values: &Filled) -> Result<Either<Redirect, Page>> {
    let Some(draft) = Draft::of(visitor) else { return Ok(Either::Done(Redirect::to("/book"))) };
    let (services, kept) = visitor.read((services_online(), terms::kept())).await?;
    let body = html! {
        (ui::steps(&STEPS, 1))
        @if services.is_empty() {
            (ui::question("Nothing can be booked online yet", "Please call us, we will find a time together."))
        } @else {
            (ui::question("What can we do for you?", "Choose what comes closest. We will talk about the rest when we are there."))
            (form_of("/book/service", values, html! {
                div.tiles role="radiogroup" aria-label="Service" {
                    @for service in &services {
                        @let says = format!("{} · {}", say::minutes(service.minutes.into()), price(visitor, service));
                        (ui::tile("item_id", &service.id.to_string(), sign_of(&service.name), &service.name, &says, draft.item == Some(service.id), false))
                    }
                }
                (ui::onward(Some("/book"), "Continue", html! {}))
            }))
        }
    };
    let page = shell::public(visitor, "What can we do for you?", body, draft.summary(visitor, None, html! {}).await);
    Ok(Either::Again(terms::framed(page, &terms::sites_in(kept))))
}

/// A picture for a service, guessed from its words.
fn sign_of(name: &str) -> &'static str {
    let name = kernel::text::fold(name);
    let about = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let icon = if about(&["ac ", "air con", "cool", "heat pump"]) {
        "snowflake"
    } else if about(&["heat", "furnace", "boiler"]) {
        "flame"
    } else if about(&["water", "drain", "leak", "pipe", "toilet", "plumb"]) {
        "droplets"
    } else if about(&["electric", "panel", "outlet", "light", "charger"]) {
        "zap"
    } else {
        "wrench"
    };
    if ui::icon_known(icon) { icon } else { "wrench" }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceForm {
    item_id: Option<ItemId>,
}
impl Input for ServiceForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.item_id.is_some(), "item_id", "required", "Choose what it is about.");
    }
}

pub async fn post(visitor: Visitor, form: Form<ServiceForm>) -> Result<Either<Redirect, Page>> {
    let Some(draft) = Draft::of(&visitor) else { return Ok(Either::Done(Redirect::to("/book"))) };
    let outcome = form
        .then(async |input: ServiceForm| {
            let (offered, kept) = visitor.read((services_online(), terms::kept())).await?;
            if !offered.iter().any(|service| Some(service.id) == input.item_id) {
                let says = "This is not offered online any more. Choose another, or call us.";
                return Err(Error::field("/item_id", "gone", says));
            }
            let draft = Draft { item: input.item_id, ..draft.clone() };
            Ok(Redirect::to("/book/when").cookie(draft.cookie(&visitor, &terms::sites_in(kept))))
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => Ok(match draw(&visitor, &filled(typed)).await? {
            Either::Again(page) => Either::Again(Page { status: 422, ..page }),
            onward => onward,
        }),
    }
}
