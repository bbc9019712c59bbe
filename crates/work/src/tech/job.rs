//! One of my jobs: how far it is, parts and work, photos, notes, and the next verb at the foot.
use catalog::item::{self, Item};
use customers::{Preferences, preference, timeline};
use kernel::{
    Access, Error, PricesSee, Result, Scope,
    http::{Download, Page, Path, Query, Typed},
};
use maud::{Markup, html};
use scheduling::{
    appointment::Status,
    visit::photo::{self as sent, VisitPhoto, VisitPhotoId},
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell;
use ui::{
    PhonePage, button, field,
    form::{Filled, key},
    tech::{foot, heading, sheet, sync},
};

use super::{Visit, asked, clock, is_technician, member, mine, next, parts, with_job};
use crate::{
    AppointmentId,
    office::show as office,
    order::{self, rest::Why, show::Whole},
    permissions::WorkOwn,
    photo::Label,
    serviced, signature,
    time::{
        TimeEntry,
        clock::{Running, running_of},
    },
    visit::draw,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Looked for in the price book.
    pub q: Option<String>,
}

pub(super) struct Drawn {
    pub(super) visit: Visit,
    pub(super) wishes: Option<Preferences>,
    pub(super) whole: Option<Whole>,
    pub(super) found: Option<(String, Vec<Item>)>,
    /// What the office wants whoever goes there to know.
    pinned: Vec<timeline::Entry>,
    /// What the customer sent before.
    sent: Vec<VisitPhoto>,
    /// My clock, and my time at this visit.
    pub(super) running: Option<Running>,
    pub(super) mine: Vec<TimeEntry>,
}

pub(super) async fn load(scope: &Scope, id: AppointmentId, asked: Option<String>) -> Result<Drawn> {
    let me = member(scope)?;
    let (visit, whole) = with_job(scope, id).await?;
    let found = match asked.filter(|asked| !asked.trim().is_empty()) {
        Some(asked) => {
            let items = item::list::search(scope, &asked, item::Status::Active, 20).await?;
            Some((asked, items))
        }
        None => None,
    };
    let of_whom = (preference::of_customer(visit.customer_id), timeline::pinned(visit.customer_id), sent::photos(id));
    let of_me = (is_technician(me), running_of(me));
    let ((wishes, pinned, sent), (lane, running)) = scope.read((of_whom, of_me)).await?;
    let all = whole.iter().flat_map(|whole| &whole.times);
    let here = |entry: &TimeEntry| entry.appointment_id.is_none_or(|visit| visit == id);
    let mine = all.filter(|entry| Some(entry.technician_id.0) == lane && here(entry)).cloned().collect();
    Ok(Drawn { visit, wishes, whole, found, pinned, sent, running, mine })
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

/// A photo that the customer of one of my visits has sent.
pub async fn sent_photo(
    access: Access<WorkOwn>,
    Path((id, photo)): Path<(AppointmentId, VisitPhotoId)>,
) -> Result<Download> {
    access.read(mine(member(&access)?, id)).await?.ok_or(Error::NotFound)?;
    sent::of_own(&access, id, photo).await
}

pub async fn part(access: Access<WorkOwn>, Path(id): Path<AppointmentId>) -> Result<Page> {
    let drawn = load(&access, id, None).await?;
    Ok(facts(&access, &drawn).into())
}

fn frame(scope: &Scope, drawn: &Drawn, typed: Option<Typed>) -> Page {
    let visit = &drawn.visit;
    let id = visit.id;
    let order = drawn.whole.as_ref().map(|whole| &whole.order);
    let filled = typed.map(shell::filled).unwrap_or_default();
    let over = visit.is_over();
    let body = html! {
        div.flex."justify-between"."items-center"."pt-2" { span.t13.soft { @if let Some(order) = order { (order.called()) " · " } @if let Some(nth) = drawn.whole.as_ref().and_then(|whole| whole.nth(Some(id))) { "Visit " (nth) " · " } (visit.title) } (sync()) }
        @for (_, says) in &filled.errors { (ui::note("danger", html! { p role="alert" { (says) } })) }
        div.contents data-live="day.*" data-live-src={ "/tech/jobs/" (id) "/part" } { (facts(scope, drawn)) }
        (clock::section(scope, drawn))
        (asked::section(scope, drawn))
        @if !over { (parts::more(scope, drawn, &filled)) }
        @if !drawn.sent.is_empty() { section aria-label="The customer's photos" {
            (heading("The customer's photos", &drawn.sent.len().to_string()))
            (sent::strip(&format!("/tech/jobs/{id}/sent"), &drawn.sent))
        } }
        (equipment(scope, drawn))
        (photos(drawn))
        @if let Some(whole) = &drawn.whole { (signature::page::section(id, whole)) }
        (write_note(id, &filled))
        @if let Some(whole) = &drawn.whole { (draw::others(scope, id, &whole.visits)) }
        @if order.is_some_and(|order| order.status == order::Status::InProgress) {
            @if visit.status == Status::OnSite { (draw::come_again(id, &filled)) }
            (put_on_hold(id, &filled))
        }
    };
    let says = html! { (visit.place()) @if let Some(notes) = &visit.access_notes { " · " span.strong { (notes) } } };
    let live = |part: &str, inside: Markup| html! { div.contents data-live="day.*" data-live-src={ "/tech/jobs/" (id) "/" (part) } { (inside) } };
    let dial = visit.dial(scope);
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
                live("progress", next::rail(scope, visit, drawn.whole.as_ref())),
                live("next", foot(next::verb(visit, drawn.whole.as_ref()))),
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
    let dial = visit.dial(scope);
    let wishes = drawn.wishes.as_ref().map(|wishes| wishes.of_the_way(&scope.tenant().locale)).unwrap_or_default();
    let wishes = html! { @if !wishes.is_empty() { p.gate { @for (sign, words) in &wishes { span { (ui::icon(sign)) (words) } } } } };
    html! {
        @if !visit.map().is_empty() || !dial.is_empty() {
            section.hero aria-label="How to get there" {
                @if scope_text.is_some() || !wishes.0.is_empty() { div.hero-b {
                    @if let Some(says) = &scope_text { p.say { (says) } @if let Some(notes) = &visit.access_notes { p.gate { span { (ui::icon("key-round")) (notes) } } } }
                    (wishes)
                } }
                nav.tri aria-label=(visit.customer_name) {
                    @if !visit.map().is_empty() { a href=(visit.map()) { (ui::icon("navigation")) "Map" } }
                    @if !dial.is_empty() { a href={ "tel:" (dial) } { (ui::icon("phone")) "Call" } a href={ "sms:" (dial) } { (ui::icon("message-square")) "Text" } }
                }
            }
        } @else { @if let Some(says) = &scope_text { p.say { (says) } } (wishes) }
        (pinned(scope, &drawn.pinned))
        @if visit.status == Status::Cancelled { (ui::note("", html! { p { "This visit was cancelled." } })) }
        @if let Some(whole) = &drawn.whole {
            @let sum = if scope.can::<PricesSee>() { whole.money(whole.sums().subtotal_minor).display(language) } else { String::new() };
            section aria-label="Parts and work" {
                (heading("Parts and work", &sum))
                @if whole.lines.is_empty() { p.soft.t13 { "Nothing yet. Find what you used below." } }
                @else { (sheet(html! { @for line in &whole.lines { (parts::line(scope, visit, whole, line)) } })) }
            }
            @if !whole.notes.is_empty() {
                section aria-label="Notes" {
                    (heading("Notes", ""))
                    (sheet(html! { @for note in &whole.notes { li.part { div { p { (note.body) } small { (note.author) @if let Some(nth) = whole.nth(note.appointment_id) { ", visit " (nth) } } } } } }))
                }
            }
        }
    }
}

fn pinned(scope: &Scope, notes: &[timeline::Entry]) -> Markup {
    let zone = &scope.tenant().locale.zone;
    let by = |note: &timeline::Entry| {
        let day = note.at.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string();
        [note.author.clone(), Some(day)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    html! { @if !notes.is_empty() {
        section aria-label="Pinned notes" {
            (heading("Good to know", ""))
            (sheet(html! { @for note in notes { li.part { div { p { (note.detail.as_deref().unwrap_or_default()) } small { (by(note)) } } } } }))
        }
    } }
}

/// What stands there, and which of it the job is about.
fn equipment(scope: &Scope, drawn: &Drawn) -> Markup {
    let units = drawn.whole.as_ref().map(|whole| whole.equipment.as_slice()).unwrap_or_default();
    html! { @if !units.is_empty() {
        section aria-label="Equipment" {
            (heading("Equipment", ""))
            form method="post" action={ "/tech/jobs/" (drawn.visit.id) "/equipment" } data-form { (key())
                (serviced::boxes(units, scope.local_now().date()))
                div.pt-2 { (button("Save what I worked on").icon("wrench").class("btn-touch")) }
            }
        }
    } }
}

fn photos(drawn: &Drawn) -> Markup {
    let id = drawn.visit.id;
    let kept = drawn.whole.as_ref().map(|whole| whole.photos.as_slice()).unwrap_or_default();
    let action = format!("/tech/jobs/{id}/photos");
    let takes = [(Label::Before, "Before"), (Label::After, "After"), (Label::Other, "Photo")];
    html! {
        section aria-label="Photos" {
            (heading("Photos", &kept.len().to_string()))
            ul.photos {
                @for photo in kept { li { (office::picture(&photo.words(), &format!("photo-{}", photo.id), &format!("{action}/{}", photo.id), None)) } }
                @for (label, word) in takes { li {
                    form method="post" action=(action) enctype="multipart/form-data" data-photo data-pieces={ "/tech/jobs/" (id) "/uploads" } { (key())
                        (field::hidden("label", label.as_str()))
                        label.shoot { (ui::icon("camera")) (word) input.vh type="file" name="photo" accept="image/*" capture="environment" aria-label={ "Take a photo: " (word) }; }
                        noscript { button.btn type="submit" { "Send" } } }
                } }
            }
        }
    }
}

/// What it waits for: the office books what comes next.
fn put_on_hold(id: AppointmentId, filled: &Filled) -> Markup {
    let reasons: Vec<(&str, &str)> = Why::ALL.iter().map(|why| (why.as_str(), why.label())).collect();
    html! {
        details.fold open[filled.error("note").is_some()] {
            summary { (ui::icon_class("chevron-right", "i-s")) "It has to wait" }
            form.form method="post" action={ "/tech/jobs/" (id) "/hold" } data-form { (key())
                (field::select(filled, "reason", "What for", &reasons))
                (field::text(filled, "note", "Which part, until when").most(300))
                (button("Put on hold").icon("pause").class("btn-touch")) }
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
