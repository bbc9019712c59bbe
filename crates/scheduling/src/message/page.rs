//! What customers are told, as a form: which, when, and what is said besides.
use kernel::{
    Access, Checks, Input, Result, Scope,
    http::{Either, Form, Page, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, button, field, form};

use super::{Change, Kind, Messages, Words, change, kept};
use crate::permissions::{BoardRead, TechniciansWrite};

fn name(kind: Kind) -> String {
    format!("words_{kind}")
}

/// What each says, in short.
fn says(kind: Kind) -> &'static str {
    match kind {
        Kind::Booked => "When, what, where and who, with the calendar's file and the link by which they change it.",
        Kind::Reminder => "The same once more, before the visit.",
        Kind::Moved => "The new time.",
        Kind::Cancelled => "That nobody comes.",
        Kind::EnRoute => "Who sets off now, and about when they arrive.",
        Kind::Completed => "Thanks, and the question how it was: five stars to choose from, and room for words.",
    }
}

fn values(messages: &Messages) -> Filled {
    let mut filled = Filled::of([
        ("version", messages.version.to_string()),
        ("reminder_hours", messages.reminder_hours.to_string()),
        ("ask_hours", messages.ask_hours.to_string()),
        ("low_stars", messages.low_stars.to_string()),
    ]);
    let on: Vec<&str> = messages.messages.iter().filter(|one| one.on).map(|one| one.kind.as_str()).collect();
    filled.values.insert("kinds".into(), on.join(","));
    for one in &messages.messages {
        filled.values.insert(name(one.kind), one.words.clone().unwrap_or_default());
    }
    filled
}

fn draw(scope: &Scope, values: &Filled) -> Page {
    let all: Vec<(String, &str)> = Kind::ALL.iter().map(|kind| (kind.to_string(), kind.label())).collect();
    let body = form::form(
        "/settings/visit-messages",
        values,
        html! {
            (field::hidden("version", values.value("version")))
            (form::part("By e-mail", "To the customer's address, where there is one and they did not object.", html! {
                (field::boxes(values, "kinds", "Customers are told when", &all))
                (field::number(values, "reminder_hours", "Reminded").after("hours before").required())
            }))
            (form::part("How it was", "After a visit that is done, once, and never those who unsubscribed from reminders. It begins with visits that are done from now on, and those of the last three days.", html! {
                (field::number(values, "ask_hours", "Asked").after("hours after the visit").required())
                (field::select(values, "low_stars", "Few stars are", &[("1", "1"), ("2", "1 or 2"), ("3", "1 to 3"), ("4", "1 to 4")]).hint("They stand on Today until somebody says that they were seen to."))
            }))
            (form::part("In your words", "A paragraph of yours in the letter: what to prepare, where to park, what it costs to call it off.", html! {
                @for kind in Kind::ALL { (field::textarea(values, &name(*kind), kind.label()).rows(2).most(600).hint(says(*kind))) }
            }))
            @if scope.can::<TechniciansWrite>() { (form::actions(html! { (button("Save").primary()) })) }
        },
    );
    let crumbs = vec![("Settings".into(), "/settings".into()), ("Scheduling".into(), "/settings/scheduling".into())];
    let frame =
        Frame { title: "What customers are told".into(), active: "/settings", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Page { status: if values.is_wrong() { 422 } else { page.status }, ..page }
}

pub async fn page(access: Access<BoardRead>) -> Result<Page> {
    Ok(draw(&access, &values(&Messages::of(access.read(kept()).await?))))
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MessagesForm {
    #[serde(default)]
    kinds: Vec<Kind>,
    reminder_hours: i32,
    ask_hours: i32,
    low_stars: i32,
    words_booked: Option<String>,
    words_reminder: Option<String>,
    words_moved: Option<String>,
    words_cancelled: Option<String>,
    words_en_route: Option<String>,
    words_completed: Option<String>,
}
impl MessagesForm {
    fn words(&mut self, kind: Kind) -> &mut Option<String> {
        match kind {
            Kind::Booked => &mut self.words_booked,
            Kind::Reminder => &mut self.words_reminder,
            Kind::Moved => &mut self.words_moved,
            Kind::Cancelled => &mut self.words_cancelled,
            Kind::EnRoute => &mut self.words_en_route,
            Kind::Completed => &mut self.words_completed,
        }
    }
}
impl Input for MessagesForm {
    fn check(&mut self, checks: &mut Checks) {
        checks.range("reminder_hours", self.reminder_hours.into(), 1, 336, "A reminder is sent 1 to 336 hours before.");
        checks.range("ask_hours", self.ask_hours.into(), 0, 168, "A customer is asked 0 to 168 hours after the visit.");
        checks.range("low_stars", self.low_stars.into(), 1, 4, "Few is 1 to 4 stars.");
        for kind in Kind::ALL {
            checks.optional(&name(*kind), self.words(*kind), 600);
        }
    }
}

pub async fn post(
    access: Access<TechniciansWrite>,
    form: Form<MessagesForm>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let outcome = form
        .then(async |mut input: MessagesForm| {
            let on = input.kinds.clone();
            let (ask_hours, low_stars) = (Some(input.ask_hours), Some(input.low_stars));
            let words = |kind: &Kind| Words { kind: *kind, on: on.contains(kind), words: input.words(*kind).take() };
            let to = Change {
                messages: Kind::ALL.iter().map(words).collect(),
                reminder_hours: Some(input.reminder_hours),
                ask_hours,
                low_stars,
            };
            access
                .once(async |tx| {
                    change(tx, seen, &to).await?;
                    Ok(Redirect::to("/settings/visit-messages").toast("Saved"))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(done) => Either::Done(done),
        Err(typed) => Either::Again(draw(&access, &filled(typed))),
    })
}
