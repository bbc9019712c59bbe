//! The rules of scheduling as a form.
use kernel::{
    Access, Result,
    http::{Either, Form, Page, Redirect, Repeatable},
};
use maud::html;
use tenancy::shell::{self, Frame, filled};
use ui::{Filled, button, field, form};

use super::{Change, First, Rules, change, find};
use crate::permissions::{BoardRead, TechniciansWrite};

fn values(rules: &Rules) -> Filled {
    Filled::of([
        ("version", rules.version.to_string()),
        ("notice_minutes", rules.notice_minutes.to_string()),
        ("horizon_days", rules.horizon_days.to_string()),
        ("window_hours", rules.window_hours.to_string()),
        ("buffer_before", rules.buffer_before.to_string()),
        ("buffer_after", rules.buffer_after.to_string()),
        ("travel_kmh", rules.travel_kmh.to_string()),
        ("travel_minutes", rules.travel_minutes.to_string()),
        ("move_hours", rules.move_hours.to_string()),
        ("cancel_hours", rules.cancel_hours.to_string()),
        ("first_goes", rules.first_goes.to_string()),
    ])
}

/// By what the way is estimated, in the house as it runs.
fn way_words(scope: &kernel::Scope) -> &'static str {
    match scope.house().kept::<crate::Router>() {
        Some(_) => {
            "Between two places that have a point on the map, the way takes as long as the roads do; where that is not known, it is estimated by this speed, and longer by a third because roads bend. Travel times between areas count before both."
        }
        None => {
            "Between two places that have a point on the map, the way is estimated by this speed, and longer by a third because roads bend. Travel times between areas count before it."
        }
    }
}

fn draw(scope: &kernel::Scope, values: &Filled) -> Page {
    let may = scope.can::<TechniciansWrite>();
    let mut until = vec![
        ("0".to_owned(), "Until it begins".to_owned()),
        ("2".into(), "Until 2 hours before".into()),
        ("24".into(), "Until a day before".into()),
        ("48".into(), "Until two days before".into()),
        ("8760".into(), "Not by themselves".into()),
    ];
    // What was set by a program has a line of its own.
    for now in ["move_hours", "cancel_hours"].map(|name| values.value(name).to_owned()) {
        if !now.is_empty() && !until.iter().any(|(value, _)| *value == now) {
            until.push((now.clone(), format!("Until {now} hours before")));
        }
    }
    let windows = [("1", "1 hour"), ("2", "2 hours"), ("3", "3 hours"), ("4", "4 hours")];
    let first: Vec<(&str, &str)> = First::ALL.iter().map(|one| (one.as_str(), one.label())).collect();
    let body = html! {
        (form::form("/settings/scheduling", values, html! {
            (field::hidden("version", values.value("version")))
            (form::part("What customers are offered", "The booking page and programs keep to this; the office may always plan sooner.", html! {
                (form::pair(html! {
                    (field::number(values, "notice_minutes", "No sooner than").after("min from now").required())
                    (field::number(values, "horizon_days", "No further than").after("days ahead").required())
                }))
                (form::pair(html! {
                    (field::select(values, "window_hours", "Arrival windows", &windows).hint("You promise to arrive within one."))
                    (field::select(values, "first_goes", "If several could come", &first).hint("They are offered first."))
                }))
            }))
            (form::part("What customers change by themselves", "By the link in the letters that tell them of their visit.", form::pair(html! {
                (field::select(values, "move_hours", "Move a visit", &until))
                (field::select(values, "cancel_hours", "Cancel it", &until))
            })))
            (form::part("Around a visit", "Kept free on the technician's day, unless the service says otherwise.", form::pair(html! {
                (field::number(values, "buffer_before", "Before").after("min").required())
                (field::number(values, "buffer_after", "After").after("min").required())
            })))
            (form::part("On the way", way_words(scope), form::pair(html! {
                (field::number(values, "travel_kmh", "Speed").after("km/h").required())
                (field::number(values, "travel_minutes", "Where a place is unknown").after("min").required())
            })))
            @if may { (form::actions(html! { (button("Save").primary()) })) }
        }))
        div."mt-6"."flex"."flex-wrap"."gap-2" {
            (ui::link_button("Booking page", "/settings/booking").icon("globe").quiet())
            (ui::link_button("What customers are told", "/settings/visit-messages").icon("mail").quiet())
            (ui::link_button("Service areas", "/service-areas").icon("map-pin").quiet())
            (ui::link_button("Technicians", "/technicians").icon("hard-hat").quiet())
            (ui::link_button("What is missing", "/setup/scheduling").icon("list-checks").quiet())
        }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame = Frame { title: "Scheduling".into(), active: "/settings", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Page { status: if values.is_wrong() { 422 } else { page.status }, ..page }
}

pub async fn page(access: Access<BoardRead>) -> Result<Page> {
    let rules = access.read(find()).await?.unwrap_or_default();
    Ok(draw(&access, &values(&rules)))
}

pub async fn post(access: Access<TechniciansWrite>, form: Form<Change>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let outcome = form
        .then(async |input: Change| {
            access
                .once(async |tx| {
                    change(tx, seen, &input).await?;
                    Ok(Redirect::to("/settings/scheduling").toast("Rules saved"))
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(done) => Either::Done(done),
        Err(typed) => Either::Again(draw(&access, &filled(typed))),
    })
}
