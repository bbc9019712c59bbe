//! Third question: when? Days, and windows in which the technician arrives.
use jiff::civil::{Date, DateTime};
use kernel::{
    Checks, Error, Input, Result, Visitor,
    http::{Either, Form, Page, Query, Redirect},
    secret,
};
use maud::html;
use tenancy::shell;
use ui::Filled;

use super::{
    STEPS,
    calendar::{Calendar, calendar},
    draft::Draft,
    place::form_of,
    take::take,
};
use crate::terms;

#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct WhenQuery {
    pub date: Option<Date>,
    /// Some day of the seven that are shown.
    pub week: Option<Date>,
}

pub async fn page(visitor: Visitor, Query(query): Query<WhenQuery>) -> Result<Either<Redirect, Page>> {
    draw(&visitor, query, &Filled::default()).await
}

async fn draw(visitor: &Visitor, query: WhenQuery, values: &Filled) -> Result<Either<Redirect, Page>> {
    let Some(draft) = Draft::of(visitor) else { return Ok(Either::Done(Redirect::to("/book"))) };
    let Some(item) = draft.item else { return Ok(Either::Done(Redirect::to("/book/service"))) };
    let Calendar { service, days, slots } = match calendar(visitor, &draft.question(item), query, "/book/when").await {
        Ok(found) if found.service.online => found,
        Ok(_) | Err(Error::NotFound | Error::Invalid(_) | Error::Refused(_)) => {
            return Ok(Either::Done(Redirect::to("/book/service")));
        }
        Err(error) => return Err(error),
    };
    let body = html! {
        (ui::steps(&STEPS, 2))
        (ui::question("When should we come?", "Choose a window. The technician arrives within it."))
        (days)
        @match slots {
            None => {
                p.soft."mt-6" { "Nothing is free on this day. Choose another one above, or call us." }
                p."mt-4" { a.link href="/book/service" { "Back" } }
            }
            Some(slots) => (form_of("/book/when", values, html! { (slots) (ui::onward(Some("/book/service"), "Continue", html! {})) })),
        }
    };
    let aside = draft.summary(visitor, Some(&service), html! {});
    let page = shell::public(visitor, "When should we come?", body, aside);
    Ok(Either::Again(terms::framed(page, &terms::sites(visitor).await?)))
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhenForm {
    /// Begin of the window on the company's clock.
    slot: Option<DateTime>,
}
impl Input for WhenForm {
    fn check(&mut self, checks: &mut Checks) {
        let good = self.slot.is_some_and(|at| at.minute() == 0);
        checks.that(good, "slot", "required", "Choose one of the windows.");
    }
}

pub async fn post(visitor: Visitor, form: Form<WhenForm>) -> Result<Either<Redirect, Page>> {
    let Some(draft) = Draft::of(&visitor) else { return Ok(Either::Done(Redirect::to("/book"))) };
    let Some(item) = draft.item else { return Ok(Either::Done(Redirect::to("/book/service"))) };
    visitor.house().limits().careful("book", &visitor.peer)?;
    let date = form.value("slot").and_then(|slot| slot.parse::<DateTime>().ok()).map(|slot| slot.date());
    let outcome = form
        .then(async |input: WhenForm| {
            let slot = input.slot.ok_or(Error::NotFound)?;
            let token = secret::draw();
            take(&visitor, &draft.question(item), slot, &token, draft.token.as_deref()).await?;
            let draft = Draft { token: Some(token), ..draft.clone() };
            let sites = terms::sites(&visitor).await?;
            Ok(Redirect::to("/book/you").cookie(draft.cookie(&visitor, &sites)))
        })
        .await?;
    match outcome {
        Ok(redirect) => Ok(Either::Done(redirect)),
        Err(typed) => Ok(match draw(&visitor, WhenQuery { date, week: None }, &shell::filled(typed)).await? {
            Either::Again(page) => Either::Again(Page { status: 422, ..page }),
            onward => onward,
        }),
    }
}
