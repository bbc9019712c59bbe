//! Third question: when? Days, and windows in which the technician arrives.
use jiff::{
    SignedDuration, Span,
    civil::{Date, DateTime},
};
use kernel::{
    Checks, Error, Input, Result, Visitor,
    http::{Either, Form, Page, Query, Redirect},
};
use maud::html;
use tenancy::shell;
use ui::{
    Filled,
    booking::{DayChoice, Slot as Choice},
};

use super::{
    STEPS,
    draft::Draft,
    hold::new_token,
    offer::{Offer, Offered, offered, window},
    place::form_of,
    take::take,
};
use crate::{rule, say};

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
    let locale = &visitor.tenant().locale;
    let today = visitor.local_now().date();
    let horizon = visitor.read(rule::find()).await?.unwrap_or_default().horizon_days;
    let last = today.saturating_add(Span::new().days(horizon));
    let question = draft.question(item);
    // The days are shown by sevens from today on, so that choosing one does not move the others.
    let asked = query.date.or(query.week);
    let near = asked.unwrap_or(today).clamp(today, last);
    let weeks = i64::from(near.since(today).map(|span| span.get_days()).unwrap_or(0)) / 7;
    let mut from = today.saturating_add(Span::new().days(weeks * 7));
    let mut found = offered(visitor, &question, from, 7).await;
    // Without a day asked for, the soonest week that has a time.
    while asked.is_none()
        && found.as_ref().is_ok_and(|found| found.offers.is_empty())
        && from.saturating_add(Span::new().days(7)) <= last
    {
        from = from.saturating_add(Span::new().days(7));
        found = offered(visitor, &question, from, 7).await;
    }
    let Offered { service, offers: all, open_days, hours, rules } = match found {
        Ok(found) => found,
        Err(Error::NotFound | Error::Invalid(_) | Error::Refused(_)) => {
            return Ok(Either::Done(Redirect::to("/book/service")));
        }
        Err(error) => return Err(error),
    };
    let chosen = query.date.map(|date| date.clamp(today, last)).or(all.first().map(|offer| offer.date)).unwrap_or(from);
    let days: Vec<Date> = from.series(Span::new().days(1)).take(7).take_while(|day| *day <= last).collect();
    let soonest = all.first().map(|offer| offer.date);
    let choices: Vec<DayChoice> = days
        .iter()
        .map(|day| {
            let left = all.iter().filter(|offer| offer.date == *day).count();
            DayChoice {
                name: day.strftime("%a").to_string(),
                number: day.day().to_string(),
                says: match left {
                    0 if open_days.contains(day) => "Full".into(),
                    0 => "Closed".into(),
                    _ if Some(*day) == soonest && from == today => "Soonest".into(),
                    left => format!("{left} left"),
                },
                href: format!("/book/when?date={day}"),
                on: *day == chosen,
                off: left == 0,
            }
        })
        .collect();
    let of_day: Vec<&Offer> = all.iter().filter(|offer| offer.date == chosen).collect();
    let later = from.saturating_add(Span::new().days(7));
    let earlier = from.saturating_sub(Span::new().days(7)).max(today);
    let (low, high) = (all.iter().map(|o| o.hour).min().unwrap_or(8), all.iter().map(|o| o.hour).max().unwrap_or(16));
    let low = low / hours * hours;
    let notice = SignedDuration::from_mins(rules.notice_minutes.into());
    let soon = visitor.now().saturating_add(notice).unwrap_or(visitor.now());
    let slots: Vec<Choice> = (low..=high)
        .step_by(hours as usize)
        // A window that is over before anybody could come is not full, it is past.
        .filter(|hour| window(chosen, *hour, hours, locale).1 > soon)
        .map(|hour| {
            let offer = of_day.iter().find(|offer| offer.hour == hour);
            let (starts, ends) = window(chosen, hour, hours, locale);
            Choice {
                value: chosen.at(hour, 0, 0, 0).strftime("%Y-%m-%dT%H:%M").to_string(),
                label: say::window(starts, ends, locale),
                start: hour as u16,
                end: (hour + hours).min(24) as u16,
                says: match offer.map(|offer| offer.slots.iter().map(|slot| slot.technician_ids.len()).sum::<usize>()) {
                    None => "Full".into(),
                    Some(1) => "Last one".into(),
                    Some(_) => String::new(),
                },
                on: false,
                full: offer.is_none(),
            }
        })
        .collect();
    let legend = format!("{}, we arrive between", say::long_day(chosen));
    let body = html! {
        (ui::steps(&STEPS, 2))
        (ui::question("When should we come?", "Choose a window. The technician arrives within it."))
        (ui::booking::days(&choices))
        p.t13."mt-2"."flex"."justify-between" {
            @if from > today { a.link href={ "/book/when?week=" (earlier) } { "Earlier days" } } @else { span {} }
            @if later <= last { a.link href={ "/book/when?week=" (later) } { "Later days" } }
        }
        @if of_day.is_empty() {
            p.soft."mt-6" { "Nothing is free on this day. Choose another one above, or call us." }
            p."mt-4" { a.link href="/book/service" { "Back" } }
        } @else {
            (form_of("/book/when", values, html! {
                (ui::booking::slots(&legend, low as u16, (high + hours).min(24) as u16, &slots))
                (ui::onward(Some("/book/service"), "Continue", html! {}))
            }))
        }
    };
    Ok(Either::Again(shell::public(
        visitor,
        "When should we come?",
        body,
        draft.summary(visitor, Some(&service), html! {}),
    )))
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
            let token = new_token();
            take(&visitor, &draft.question(item), slot, &token, draft.token.as_deref()).await?;
            let draft = Draft { token: Some(token), ..draft.clone() };
            Ok(Redirect::to("/book/you").cookie(draft.cookie(&visitor)))
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
