//! One job beside the board: who, where, when, what was said, and the verbs that are next.
use customers::{customer, location};
use jiff::civil::Date;
use kernel::{Error, Result, Scope};
use maud::{Markup, html};

use super::{lanes::promise_words, minute_of};
use crate::{
    appointment::{Appointment, AppointmentId, Source, Status, along, days_of, find, why_of},
    availability::{Finding, why_page},
    overlap,
    permissions::{AppointmentsWrite, RatingsRead, RatingsWrite},
    rating, say, skill,
    terms::{self, Agreed},
    visit::photo,
};

/// Somebody else, and what was said against them when it was booked.
#[derive(serde::Deserialize)]
struct Passed {
    name: String,
    findings: Vec<Finding>,
}

/// `close` is the board without it.
pub(super) async fn pane(
    scope: &Scope,
    id: AppointmentId,
    close: &str,
    date: Date,
    refused: Option<&str>,
) -> Result<Markup> {
    let locale = &scope.tenant().locale;
    let job = scope.read(find(id)).await?.ok_or(Error::NotFound)?;
    let (who, places, needs, along, days, overlap, (why, agreed, photos, rated)) = scope
        .read((
            customer::maybe(job.customer_id),
            location::of_customer(job.customer_id),
            job.item_id.map(skill::of_item).into_iter().collect::<Vec<_>>(),
            along(id),
            days_of(id),
            job.overlap_id.map(overlap::find).into_iter().collect::<Vec<_>>(),
            (why_of(id), terms::of_visit(id), photo::photos(id), rating::of_visit(id)),
        ))
        .await?;
    let (why, others): (Vec<Finding>, Vec<Passed>) = match why {
        Some(kept) => (
            serde_json::from_value(kept.findings).unwrap_or_default(),
            serde_json::from_value(kept.others).unwrap_or_default(),
        ),
        None => Default::default(),
    };
    let place = places.into_iter().find(|place| Some(place.id) == job.location_id);
    let needs: Vec<String> = needs.into_iter().flatten().map(|skill| skill.name).collect();
    let phone = who.and_then(|who| who.phone);
    let mut facts = vec![("Who", html! { a.link href={ "/customers/" (job.customer_id) } { (job.customer_name) } })];
    if let Some(phone) = &phone {
        facts.push(("Phone", ui::call(phone)));
    }
    if let Some(place) = &place {
        facts.push(("Where", html! { (place.address()) }));
        if let Some(access) = &place.access_notes {
            facts.push(("Access", html! { (access) }));
        }
    }
    if !needs.is_empty() {
        facts.push(("Needs", html! { (needs.join(", ")) }));
    }
    if let Some(said) = &job.problem {
        facts.push(("Said", html! { "“" (said) "”" }));
    }
    if let Some(by) = job.cancelled_by {
        facts.push(("Called off by", html! { (by.label()) }));
    }
    if let Some(reason) = &job.cancel_reason {
        facts.push(("Why", html! { (reason) }));
    }
    let language = &locale.language;
    if let Some(deposit) = agreed.as_ref().and_then(Agreed::deposit) {
        facts.push(("Deposit", html! { span.num { (deposit.display(language)) } " agreed" }));
    }
    if let Some((name, amount)) = agreed.as_ref().and_then(Agreed::surcharge) {
        facts.push(("Surcharge", html! { (name) " " span.num { (amount.display(language)) } }));
    }
    if let Some(fee) = agreed.as_ref().and_then(Agreed::charged) {
        facts.push(("Fee", html! { span.num { (fee.display(language)) } " for calling off" }));
    }
    if let Some(rating) = rated.filter(|_| scope.can::<RatingsRead>()) {
        facts.push((
            "Rated",
            html! { (rating::drawn(rating.stars)) @if let Some(comment) = &rating.comment { " “" (comment) "”" } },
        ));
    }
    if job.status == Status::Completed && scope.can::<RatingsWrite>() {
        let link = scope.house().url(Some(&scope.tenant().slug), &rating::path(scope, id)?);
        facts.push(("Ask", ui::card::copy(&link, "the link to say how it was")));
    }
    for overlap in overlap.into_iter().flatten() {
        facts.push(("Two at once", html! { (overlap.author) ": " (overlap.reason) }));
    }
    if let Some(last) = days.last() {
        let until = say::day(say::local(last.starts_at, locale).date());
        facts.push(("Days", html! { (days.len() + 1) ", until " (until) }));
    }
    let body = html! {
        @if let Some(says) = refused { section role="alert" { (ui::note("danger", html! { (says) })) } }
        section { (time_line(&job, date, scope)) }
        section { (ui::card::facts(&facts)) }
        @if !photos.is_empty() { section { h3 { "The customer's photos" } (photo::strip(&format!("/appointments/{id}/photos"), &photos)) } }
        section {
            div.sect-head { h3 { "With" } @if scope.can::<AppointmentsWrite>() && job.status.is_movable() { a.btn."btn-s" href={ "/appointments/" (job.id) "/move" } { "Change" } } }
            @match &job.technician_name {
                Some(name) => (ui::card::person(name, "", html! {})),
                None => p.tone-bad.t13 { "Nobody yet. Drag the job onto a lane, or choose here who goes." },
            }
            @if let (Some(name), false) = (&job.technician_name, why.is_empty()) {
                div."mt-2" { (ui::fold(&format!("Why {name}"), html! {
                    (why_page::findings(&why))
                    @if !others.is_empty() { h4."mt-3".t13 { "And why not" } dl."mt-1".t13 { @for other in &others {
                        dt.strong { (other.name) }
                        @for against in &other.findings { dd { (against.says) } }
                        @if other.findings.is_empty() { dd { "Could have come as well." } }
                    } } }
                })) }
            }
            @for one in &along { (ui::card::person(&one.name, one.kind.label(), html! {})) }
            @if scope.can::<AppointmentsWrite>() && job.status.is_open() { div."mt-2" { a.btn."btn-s" href={ "/appointments/" (job.id) "/resources" } { "Who goes along, further days" } } }
        }
        (panels(scope, id).await)
        @if scope.can::<AppointmentsWrite>() && job.status.may_become(Status::Cancelled) { section { (cancel_form(&job, agreed.as_ref().and_then(Agreed::fee).map(|fee| fee.display(language)))) } }
    };
    let booked = match job.source {
        Source::Online => "booked online",
        Source::Office => "booked by the office",
        Source::Api => "booked through the API",
        Source::Plan => "booked by a maintenance plan",
    };
    let quiet = format!("{booked}, {}", say::day(say::local(job.created_at, locale).date()));
    let title = format!("{}, {}", job.customer_name, job.title);
    Ok(ui::board::pane(&title, &quiet, job.status.as_str(), close, body, foot(&job, scope)))
}

fn time_line(job: &Appointment, shown: Date, scope: &Scope) -> Markup {
    let locale = &scope.tenant().locale;
    let date = say::local(job.starts_at, locale).date();
    let minute = |at| minute_of(at, date, locale);
    let planned = (minute(job.starts_at), minute(job.ends_at));
    let promised = job.window_starts.zip(job.window_ends).map(|(from, until)| (minute(from), minute(until)));
    let words = promise_words(job, locale).unwrap_or_else(|| "No window promised".into());
    let says = format!("Planned {}. {words}.", say::when(job.starts_at, job.ends_at, locale));
    // The board says the day already.
    let planned_words = match date == shown {
        true => format!("planned {}", say::span(job.starts_at, job.ends_at, locale)),
        false => say::when(job.starts_at, job.ends_at, locale),
    };
    let earliest = promised.map_or(planned.0, |p| p.0.min(planned.0)).min(420);
    let latest = promised.map_or(planned.1, |p| p.1.max(planned.1)).max(1080);
    let window = ui::day::Window {
        status: job.status.as_str(),
        planned: Some(planned),
        promised,
        broken: job.is_late(scope.now()),
        says: &says,
    };
    let clock = if locale.hour_12 { ui::day::Clock::Twelve } else { ui::day::Clock::TwentyFour };
    html! {
        div.flex."justify-between".t13.num { span.strong { (words) } span.soft { (planned_words) } }
        (ui::day::window(ui::day::Day::spanning(earliest, latest), clock, &window, true))
    }
}

/// What other contexts have to say about the job. One that fails does not take the rest with it.
async fn panels(scope: &Scope, id: AppointmentId) -> Markup {
    let mut all = vec![];
    for panel in scope.house().panels("appointment.panel").filter(|panel| scope.may(panel.permission)) {
        all.push(match (panel.draw)(scope.clone(), id.into()).await {
            Ok(markup) => markup,
            Err(error) => {
                tracing::warn!(%error, "a panel of the job failed");
                html! { section { p.dim.t13 { "A part of this panel could not be loaded just now." } } }
            }
        });
    }
    html! { @for one in all { (one) } }
}

fn verb(job: &Appointment, path: &str, words: &str, sign: &'static str, primary: bool) -> Markup {
    let button = ui::button(words).icon(sign);
    let button = if primary { button.primary() } else { button };
    ui::form::verb_form(&format!("/appointments/{}/{path}", job.id), html! { (button) })
}

/// The next verb, and the other that comes into question.
fn foot(job: &Appointment, scope: &Scope) -> Markup {
    if !scope.can::<AppointmentsWrite>() {
        return html! {};
    }
    let move_to =
        html! { a.btn href={ "/appointments/" (job.id) "/move" } { (ui::icon("calendar-range")) "Move to…" } };
    match (job.status, job.technician_id) {
        (Status::Requested, _) => html! { (move_to) (verb(job, "confirm", "Confirm", "calendar-check", true)) },
        (Status::Confirmed, None) => {
            html! { a.btn.btn-primary href={ "/appointments/" (job.id) "/move" } { (ui::icon("user-plus")) "Assign…" } }
        }
        (Status::Confirmed, Some(_)) => html! { (move_to) (verb(job, "en-route", "On the way", "truck", true)) },
        (Status::EnRoute, _) => {
            html! { (verb(job, "no-show", "Nobody home", "user-x", false)) (verb(job, "start", "Arrived", "map-pin", true)) }
        }
        (Status::OnSite, _) => html! { (verb(job, "complete", "Done", "check", true)) },
        _ => html! {},
    }
}

fn cancel_form(job: &Appointment, fee: Option<String>) -> Markup {
    let fee = fee.map(|fee| {
        [
            ("".to_owned(), "Where the customer is late".to_owned()),
            ("agreed".into(), format!("Charge {fee}")),
            ("waived".into(), "Let it pass".into()),
        ]
    });
    ui::fold(
        "Cancel this job",
        html! {
            form.form method="post" action={ "/appointments/" (job.id) "/cancel" } data-form {
                (ui::form::key())
                (ui::field::select(&ui::Filled::default(), "by", "Who calls it off", &[("company", "We do"), ("customer", "The customer")]))
                @if let Some(choices) = &fee { (ui::field::select(&ui::Filled::default(), "fee", "Fee as agreed", choices)) }
                (ui::field::text(&ui::Filled::default(), "reason", "Why").hint("Read by those who look at it later.").most(500))
                (ui::form::actions(html! { (ui::button("Cancel job").danger().icon("x")) }))
            }
        },
    )
}
