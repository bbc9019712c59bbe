//! The customer chooses another time, as long as the company lets them: what is offered is what the booking page offers, and their
//! visit is not in its own way.
use jiff::civil::DateTime;
use kernel::{
    Checks, Error, Input, Result, TenantTx, Visitor,
    http::{Either, Form, Page, Path, Query, Redirect},
};
use maud::html;
use tenancy::shell::{self, filled};
use ui::Filled;

use super::show::{Visit, of};
use crate::{
    appointment::{Move, move_to},
    availability::Question,
    booking::{Calendar, WhenQuery, calendar, form_of, offered_in},
    overlap::Overlapping,
    rule::Rules,
    surcharge,
};

fn question(visit: &Visit) -> Question {
    Question { item: visit.item_id, location: visit.location_id, itself: Some(visit.id), ..Question::default() }
}

fn late(visitor: &Visitor) -> Error {
    let name = &visitor.tenant().name;
    Error::refused(format!("It is too late to move this visit here. Call {name}, and we find another time."))
}

async fn draw(visitor: &Visitor, token: &str, visit: &Visit, query: WhenQuery, values: &Filled) -> Result<Page> {
    let base = format!("/visit/{token}/move");
    let Calendar { days, slots, .. } = calendar(visitor, &question(visit), query, &base).await?;
    let now = format!(
        "Now {}, {}. Choose a window; the technician arrives within it.",
        visit.day(visitor),
        visit.hours(visitor)
    );
    let body = html! {
        (ui::question("Choose another time", &now))
        (days)
        @match slots {
            None => p.soft."mt-6" { "Nothing is free on this day. Choose another one above, or call us." },
            Some(slots) => (form_of(&base, values, html! { (slots) (ui::onward(Some(&format!("/visit/{token}")), "Move the visit", html! {})) })),
        }
    };
    Ok(shell::public(visitor, "Choose another time", body, html! {}))
}

pub async fn page(visitor: Visitor, Path(token): Path<String>, Query(query): Query<WhenQuery>) -> Result<Page> {
    let (visit, rules) = of(&visitor, &token).await?;
    match visit.may_move(&rules, visitor.now()) {
        true => draw(&visitor, &token, &visit, query, &Filled::default()).await,
        false => Err(late(&visitor)),
    }
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveForm {
    /// Begin of the window on the company's clock.
    slot: Option<DateTime>,
}
impl Input for MoveForm {
    fn check(&mut self, checks: &mut Checks) {
        let good = self.slot.is_some_and(|at| at.minute() == 0);
        checks.that(good, "slot", "required", "Choose one of the windows.");
    }
}

/// The soonest time of the window, with whoever comes now if they can. Each try is a transaction of its own.
async fn take(visitor: &Visitor, visit: &Visit, rules: &Rules, slot: DateTime) -> Result<()> {
    if !visit.may_move(rules, visitor.now()) {
        return Err(late(visitor));
    }
    let gone = || Error::Conflict {
        code: "slot_taken",
        message: "That window has just been filled. Choose another one.".into(),
    };
    let (window, mut tries) = offered_in(visitor, &question(visit), slot).await?.ok_or_else(gone)?;
    tries.sort_by_key(|(_, technician)| Some(*technician) != visit.technician_id);
    let locale = &visitor.tenant().locale;
    for (starts_at, technician) in tries.into_iter().take(12) {
        // Who and when a customer prefers is theirs to pass over.
        for anyway in [None, Some(true)] {
            let to = Move {
                starts_at,
                duration_minutes: None,
                technician_id: Some(technician),
                window_starts: Some(window.0),
                window_ends: Some(window.1),
                overlap_reason: None,
                anyway,
            };
            let moved = async |tx: &mut TenantTx| {
                let moved = move_to(tx, visit.id, None, &to, &Overlapping::Never, locale).await?;
                surcharge::anew(tx, &moved).await
            };
            match visitor.retrying(moved).await {
                Ok(_) => return Ok(()),
                Err(Error::Ask { code: "not_preferred", .. }) => continue,
                Err(Error::Conflict { .. } | Error::Ask { .. }) => {}
                Err(error) if error.is_broken("occupancy_no_overlap") => {}
                Err(error) => return Err(error),
            }
            break;
        }
    }
    Err(gone())
}

pub async fn post(visitor: Visitor, Path(token): Path<String>, form: Form<MoveForm>) -> Result<Either<Redirect, Page>> {
    visitor.house().limits().careful("visit", &visitor.peer)?;
    let (visit, rules) = of(&visitor, &token).await?;
    let date = form.value("slot").and_then(|slot| slot.parse::<DateTime>().ok()).map(|slot| slot.date());
    let outcome = form
        .then(async |input: MoveForm| {
            let slot = input.slot.ok_or(Error::NotFound)?;
            take(&visitor, &visit, &rules, slot).await?;
            Ok(Redirect::to(format!("/visit/{token}")))
        })
        .await?;
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => {
            let page = draw(&visitor, &token, &visit, WhenQuery { date, week: None }, &filled(typed)).await?;
            Ok(Either::Again(Page { status: 422, ..page }))
        }
    }
}
