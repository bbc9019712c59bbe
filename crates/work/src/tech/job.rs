//! One of my jobs: how far it is, parts and work, photos, notes, and the next verb at the foot.
use catalog::item::{self, Item};
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path, Query, Typed},
};
use maud::{Markup, html};
use scheduling::{appointment::Status, say};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{
    PhonePage, button, field,
    form::{Filled, key},
    tech::{foot, heading, progress, sheet, sync, verb_missing},
};

use super::{Visit, member, mine};
use crate::{
    AppointmentId,
    line::{Line, Sums, quantity},
    order::{self, finish, show::Whole},
    permissions::WorkOwn,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Looked for in the price book.
    pub q: Option<String>,
}

struct Drawn {
    visit: Visit,
    whole: Option<Whole>,
    found: Option<(String, Vec<Item>)>,
}

async fn load(scope: &Scope, id: AppointmentId, asked: Option<String>) -> Result<Drawn> {
    let visit = scope.read(mine(member(scope)?, id)).await?.ok_or(Error::NotFound)?;
    let whole = match visit.order_id {
        Some(order) => Some(order::show::whole(scope, order).await?),
        None => None,
    };
    let found = match asked.filter(|asked| !asked.trim().is_empty()) {
        Some(asked) => {
            let items = item::list::search(scope, &asked, item::Status::Active, 20).await?;
            Some((asked, items))
        }
        None => None,
    };
    Ok(Drawn { visit, whole, found })
}

pub async fn page(
    access: Access<WorkOwn>,
    Path(id): Path<AppointmentId>,
    Query(search): Query<Search>,
) -> Result<Page> {
    let drawn = load(&access, id, search.q).await?;
    Ok(frame(&access, &drawn, None))
}

/// After a refusal: the same page, with what stood in the way and what was typed.
pub(super) async fn again(access: &Access<WorkOwn>, id: AppointmentId, typed: Typed) -> Result<Page> {
    let drawn = load(access, id, None).await?;
    let mut page = frame(access, &drawn, Some(typed));
    page.status = 422;
    Ok(page)
}

pub async fn part(access: Access<WorkOwn>, Path(id): Path<AppointmentId>) -> Result<Page> {
    let drawn = load(&access, id, None).await?;
    Ok(facts(&access, &drawn).into())
}

/// The rail and the foot stand outside of the scrolling part, so they are asked for by themselves.
pub async fn progress_part(access: Access<WorkOwn>, Path(id): Path<AppointmentId>) -> Result<Page> {
    Ok(match mine_now(&access, id).await? {
        Some(drawn) => rail(&access, &drawn).into(),
        None => html! {}.into(),
    })
}

/// What comes next, as the office may have changed it; and the way back when the job is somebody else's by now.
pub async fn next_part(access: Access<WorkOwn>, Path(id): Path<AppointmentId>) -> Result<Page> {
    Ok(match mine_now(&access, id).await? {
        Some(drawn) => foot(next(&drawn)).into(),
        None => foot(html! {
            p.t13.soft."text-center" role="status" { "The office has taken this job off your day." }
            a.verb href="/tech" { (ui::icon("chevron-left")) "My day" }
        })
        .into(),
    })
}

async fn mine_now(scope: &Scope, id: AppointmentId) -> Result<Option<Drawn>> {
    match load(scope, id, None).await {
        Ok(drawn) => Ok(Some(drawn)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn next(drawn: &Drawn) -> Markup {
    verb(&drawn.visit, drawn.whole.as_ref().map(|whole| &whole.order))
}

/// The one button: what comes next. `order` tells what is still missing before the end.
pub(super) fn verb(visit: &Visit, order: Option<&order::WorkOrder>) -> Markup {
    let to = |step: &str| format!("/tech/jobs/{}/{step}", visit.id);
    let begun = visit.order_status == Some(order::Status::InProgress);
    match visit.status {
        _ if visit.order_status.is_some_and(order::Status::is_over) => html! {},
        Status::Requested | Status::Confirmed => ui::tech::verb(&to("en-route"), "truck", "On my way"),
        Status::EnRoute => ui::tech::verb(&to("start"), "map-pin", "Arrived, start job"),
        Status::OnSite if !begun => ui::tech::verb(&to("start"), "wrench", "Start job"),
        Status::OnSite => {
            let missing = order.and_then(finish::missing).unwrap_or("");
            verb_missing(&to("finish"), "check", "Finish job", missing)
        }
        Status::Completed if begun => {
            verb_missing(&to("finish"), "check", "Finish job", order.and_then(finish::missing).unwrap_or(""))
        }
        Status::Completed | Status::Cancelled | Status::NoShow => html! {},
    }
}

fn rail(scope: &Scope, drawn: &Drawn) -> Markup {
    let visit = &drawn.visit;
    let locale = &scope.tenant().locale;
    let clock = |at: Option<jiff::Timestamp>| {
        at.map(|at| say::clock(say::local(at, locale).time(), locale)).unwrap_or_default()
    };
    let order = drawn.whole.as_ref().map(|whole| &whole.order);
    let started = order.and_then(|order| order.started_at);
    let finished = order.and_then(|order| order.completed_at).or(visit.completed_at);
    let arrived = visit.arrived_at.or(started);
    let worked = match (started, finished) {
        (Some(started), None) => say::minutes((scope.now().duration_since(started).as_secs() / 60).max(0)),
        _ => String::new(),
    };
    let (way, there, begun, over) = (clock(visit.en_route_at), clock(arrived), clock(started), clock(finished));
    let working = started.is_some() && finished.is_none();
    let last = if working {
        ("Working", worked.as_str(), false, true)
    } else {
        ("Finished", over.as_str(), finished.is_some(), false)
    };
    progress(&[
        ("On my way", &way, visit.en_route_at.is_some() || arrived.is_some(), visit.status == Status::EnRoute),
        ("Arrived", &there, arrived.is_some(), false),
        ("Started", &begun, started.is_some(), false),
        last,
    ])
}

fn frame(scope: &Scope, drawn: &Drawn, typed: Option<Typed>) -> Page {
    let visit = &drawn.visit;
    let id = visit.id;
    let order = drawn.whole.as_ref().map(|whole| &whole.order);
    let filled = typed.map(shell::filled).unwrap_or_default();
    let over = visit.is_over();
    let body = html! {
        div.flex."justify-between"."items-center"."pt-2" { span.t13.soft { @if let Some(order) = order { (order.called()) " · " } (visit.title) } (sync()) }
        @for (_, says) in &filled.errors { (ui::note("danger", html! { p role="alert" { (says) } })) }
        div.contents data-live="day.*" data-live-src={ "/tech/jobs/" (id) "/part" } { (facts(scope, drawn)) }
        @if !over { (more_parts(scope, drawn, &filled)) }
        (photos(drawn))
        (write_note(id, &filled))
    };
    let says = html! { (visit.place()) @if let Some(notes) = &visit.access_notes { " · " span.strong { (notes) } } };
    let live = |part: &str, inside: Markup| html! { div.contents data-live="day.*" data-live-src={ "/tech/jobs/" (id) "/" (part) } { (inside) } };
    let dial = visit.dial();
    let phone = (!dial.is_empty()).then_some(dial.as_str());
    let title = format!("{}, {}", visit.customer_name, visit.title);
    shell::phone(
        scope,
        |shell| {
            PhonePage::job(
                shell,
                title,
                says,
                "/tech",
                phone,
                live("progress", rail(scope, drawn)),
                live("next", foot(next(drawn))),
            )
        },
        body,
    )
}

/// What others may change while I look at it.
fn facts(scope: &Scope, drawn: &Drawn) -> Markup {
    let visit = &drawn.visit;
    let language = &scope.tenant().locale.language;
    let order = drawn.whole.as_ref().map(|whole| &whole.order);
    let scope_text = order.and_then(|order| order.scope.clone()).or_else(|| visit.problem.clone());
    html! {
        @if !visit.map().is_empty() || !visit.dial().is_empty() {
            section.hero aria-label="How to get there" {
                @if let Some(says) = &scope_text { div.hero-b { p.say { (says) } @if let Some(notes) = &visit.access_notes { p.gate { span { (ui::icon("key-round")) (notes) } } } } }
                nav.tri aria-label=(visit.customer_name) {
                    @if !visit.map().is_empty() { a href=(visit.map()) { (ui::icon("navigation")) "Map" } }
                    @if !visit.dial().is_empty() { a href={ "tel:" (visit.dial()) } { (ui::icon("phone")) "Call" } a href={ "sms:" (visit.dial()) } { (ui::icon("message-square")) "Text" } }
                }
            }
        } @else if let Some(says) = &scope_text { p.say { (says) } }
        @if visit.status == Status::Cancelled { (ui::note("", html! { p { "This visit was cancelled." } })) }
        @if let Some(whole) = &drawn.whole {
            @let sums = Sums::of(&whole.lines);
            section aria-label="Parts and work" {
                (heading("Parts and work", &whole.money(sums.subtotal_minor).display(language)))
                @if whole.lines.is_empty() { p.soft.t13 { "Nothing yet. Find what you used below." } }
                @else { (sheet(html! { @for line in &whole.lines { (part_line(visit, whole, line, language)) } })) }
            }
            @if !whole.notes.is_empty() {
                section aria-label="Notes" {
                    (heading("Notes", ""))
                    (sheet(html! { @for note in &whole.notes { li.part { div { p { (note.body) } small { (note.author) } } } } }))
                }
            }
        }
    }
}

fn part_line(visit: &Visit, whole: &Whole, line: &Line, language: &str) -> Markup {
    let says = line.money(line.unit_price_minor).display(language);
    match whole.order.status.is_over() {
        true => {
            html! { li.part { span { b { (line.description) } small.num { (says) } } span.num { (quantity(line.quantity_milli)) } } }
        }
        false => {
            let action = format!("/tech/jobs/{}/lines/{}/step", visit.id, line.id);
            ui::tech::part(&action, &line.description, &says, &quantity(line.quantity_milli))
        }
    }
}

fn more_parts(scope: &Scope, drawn: &Drawn, filled: &Filled) -> Markup {
    let id = drawn.visit.id;
    let action = format!("/tech/jobs/{id}/lines");
    let language = &scope.tenant().locale.language;
    let asked = drawn.found.as_ref().map_or("", |(asked, _)| asked);
    html! {
        section aria-label="Price book" {
            form method="get" action={ "/tech/jobs/" (id) } role="search" {
                div.flex.gap-2 {
                    input.input.flex-1 type="search" name="q" value=(asked) placeholder="Find in the price book" aria-label="Find in the price book" autocomplete="off";
                    (button("Find").icon("search").class("btn-touch"))
                }
            }
            @if let Some((asked, items)) = &drawn.found {
                @if items.is_empty() { p.soft.t13.pt-2 { "Nothing in the price book begins with “" (asked) "”." } }
                @else { div.pt-2 { (sheet(html! { @for item in items {
                    li.part { span { b { (item.name) } small.num { (item.price().display(language)) @if let Some(code) = &item.code { " · " (code) } } }
                        form method="post" action=(action) data-form { (key()) input type="hidden" name="item_id" value=(item.id);
                            (button("Add").icon("plus").class("btn-touch").attr("aria-label", format!("Add {}", item.name))) } }
                } })) } }
            }
            details.fold open[filled.errors.iter().any(|(name, _)| ["description", "quantity", "unit_price"].contains(&name.as_str()))] {
                summary { (ui::icon_class("chevron-right", "i-s")) "Something else" }
                form.form method="post" action=(action) data-form novalidate { (key())
                    (field::text(filled, "description", "What is it?").required().most(300))
                    (ui::form::pair(html! {
                        (field::number(filled, "quantity", "How many").value("1"))
                        (field::number(filled, "unit_price", "Price of one").after(scope.tenant().locale.currency.code()).required())
                    }))
                    (button("Add to the job").class("btn-touch"))
                }
            }
        }
    }
}

fn photos(drawn: &Drawn) -> Markup {
    let id = drawn.visit.id;
    let kept = drawn.whole.as_ref().map(|whole| whole.photos.as_slice()).unwrap_or_default();
    let sources: Vec<String> = kept.iter().map(|photo| format!("/tech/jobs/{id}/photos/{}", photo.id)).collect();
    let all: Vec<(&str, &str)> =
        sources.iter().zip(kept).map(|(src, photo)| (src.as_str(), photo.caption.as_str())).collect();
    html! {
        section aria-label="Photos" {
            (heading("Photos", &kept.len().to_string()))
            (ui::tech::photos(&all, &format!("/tech/jobs/{id}/photos"), "Photo"))
        }
    }
}

fn write_note(id: AppointmentId, filled: &Filled) -> Markup {
    html! {
        section aria-label="Note for the office" {
            form method="post" action={ "/tech/jobs/" (id) "/notes" } data-form { (key())
                (field::textarea(filled, "body", "Note for the office").rows(3).most(5000))
                div.pt-2 { (button("Save note").icon("sticky-note").class("btn-touch")) }
            }
        }
    }
}
