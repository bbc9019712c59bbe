//! The frame around every page: navigation by what one may do, the company's brand, who is signed in, a toast.
mod assets;
mod refusal;

use kernel::{
    Actor, House, Result, Scope, Tenant, Visitor,
    http::{Either, Page, Redirect, Repeatable, Typed, arrive::LEAVE},
    module::Panel,
    page::Cursor,
};
use maud::{Markup, html};
use std::{future::Future, sync::Arc};
use ui::{Brand, Filled, Flash, MenuItem, Nav, PhonePage, PublicPage, Shell, Theme, Who};
use uuid::Uuid;

pub use assets::{manifest, routes, styles};
pub use refusal::error_page;

/// What a page puts into the frame: `shell::page(&scope, Frame { title: "Customers".into(), active: "/customers", body, ..Frame::default() })`.
#[derive(Default)]
pub struct Frame {
    pub title: String,
    /// Quiet words after the title, such as the day.
    pub beside: String,
    /// The path whose navigation entry lights up: the page's own, or that of the place it belongs to.
    pub active: &'static str,
    /// Label and path of the steps on the way here.
    pub crumbs: Vec<(String, String)>,
    /// Buttons in the top bar.
    pub actions: Markup,
    pub body: Markup,
    /// A drawer beside the content.
    pub aside: Markup,
    /// Edge to edge, for tables and boards; otherwise the body stands in a column of readable width.
    pub wide: bool,
    /// Sidebar as icons only, for the board.
    pub folded: bool,
    /// Grey ground, for cards and paper.
    pub canvas: bool,
}

/// A page of the office.
pub fn page(scope: &Scope, frame: Frame) -> Page {
    let shell = shell(scope);
    let (flash, clear) = toast(scope);
    let mut page =
        ui::Page::new(&shell, frame.title).at(frame.active).actions(frame.actions).aside(frame.aside).flash(flash);
    if !frame.beside.is_empty() {
        page = page.beside(frame.beside);
    }
    for (label, href) in frame.crumbs {
        page = page.crumb(label, href);
    }
    if frame.folded {
        page = page.folded();
    }
    if frame.canvas {
        page = page.canvas();
    }
    let body = match frame.wide {
        true => frame.body,
        false => maud::html! { div.page { (frame.body) } },
    };
    with(Page::from(page.show(body)), clear)
}

/// A page of the technician's phone: `shell::phone(&scope, |shell| PhonePage::new(shell, "Today", "3 jobs", sync(), "/tech"), body)`.
pub fn phone(scope: &Scope, page: impl for<'a> FnOnce(&'a Shell) -> PhonePage<'a>, body: Markup) -> Page {
    let shell = shell(scope);
    let (flash, clear) = toast(scope);
    with(Page::from(page(&shell).flash(flash).show(body)), clear)
}

/// A page for people without an account, in the company's colours: a question, and a summary beside it.
pub fn public(visitor: &Visitor, title: &str, question: Markup, aside: Markup) -> Page {
    let (flash, clear) = toast(visitor);
    let brand = brand(visitor.tenant());
    let page = PublicPage::new(&brand, title)
        .lang(&visitor.tenant().locale.language)
        .theme(theme(visitor))
        .flash(flash)
        .banner(banner(visitor));
    with(Page::from(page.show(question, aside)), clear)
}

/// A single card in the middle: sign-in, an invitation.
pub fn card(visitor: &Visitor, title: &str, card: Markup, foot: Markup) -> Page {
    card_under(visitor, banner(visitor), title, card, foot)
}

/// The same for whoever has just left: nothing is said above it.
pub fn last_card(visitor: &Visitor, title: &str, card: Markup) -> Page {
    card_under(visitor, Markup::default(), title, card, Markup::default())
}

fn card_under(visitor: &Visitor, banner: Markup, title: &str, card: Markup, foot: Markup) -> Page {
    let (flash, clear) = toast(visitor);
    let brand = brand(visitor.tenant());
    let page = PublicPage::new(&brand, title)
        .lang(&visitor.tenant().locale.language)
        .theme(theme(visitor))
        .flash(flash)
        .banner(banner);
    with(Page::from(page.card(card, foot)), clear)
}

/// What other contexts show of a record on its page. A panel that fails says so in its place; the rest is as good as ever.
pub async fn panels(scope: &Scope, slot: &str, record: Uuid, here: &str) -> Vec<Markup> {
    drawn(scope, slot, record, here, |panel| scope.may(panel.permission)).await
}

/// What other contexts show of a record to the customer whose it is; the page has seen to that.
pub async fn guest_panels(scope: &Scope, slot: &str, record: Uuid, here: &str) -> Vec<Markup> {
    drawn(scope, slot, record, here, |panel| panel.permission == Panel::OF_GUESTS).await
}

async fn drawn(scope: &Scope, slot: &str, record: Uuid, here: &str, whose: impl Fn(&Panel) -> bool) -> Vec<Markup> {
    let mut drawn = vec![];
    for panel in scope.house().panels(slot).filter(|panel| whose(panel)) {
        let panel = (panel.draw)(scope.clone(), record).await;
        drawn.push(
            panel.unwrap_or_else(|_| ui::card::failed_part("A part of this page could not be drawn just now.", here)),
        );
    }
    drawn
}

/// What was typed, as the fields of `ui` take it.
pub fn filled(typed: Typed) -> Filled {
    Filled { values: typed.values, errors: typed.errors }
}

/// What a form is answered with: the way on, or its page again.
pub type Answer = Result<Either<Repeatable<Redirect>, Page>>;

/// The way on, or the page again as `again` draws it.
pub async fn ended<F: Future<Output = Result<Page>>>(
    outcome: Result<Repeatable<Redirect>, Typed>,
    again: impl FnOnce(Filled) -> F,
) -> Answer {
    match outcome {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => again(filled(typed)).await.map(Either::Again),
    }
}

/// What was wrong, without what was typed: passwords and codes are not sent back.
pub fn faults(typed: Typed) -> Filled {
    Filled { values: Default::default(), errors: typed.errors }
}

/// What was wrong in one form of many on a page: without the values, which belong to another than the one drawn first, and
/// said on top.
pub fn on_top(typed: Typed) -> Filled {
    let errors = typed.errors.into_iter().map(|(_, says)| (String::new(), says)).collect();
    Filled { values: Default::default(), errors }
}

pub fn brand(tenant: &Tenant) -> Brand {
    Brand {
        logo: tenant.brand.logo.map(|logo| format!("/brand/logo?v={}", logo.simple())),
        css: Some(format!("/brand.css?v={}", tenant.brand.hue)),
        ..Brand::tenant(tenant.name.clone())
    }
}

fn theme(scope: &Scope) -> Theme {
    scope.cookie("theme").map(|value| Theme::of_cookie(&value)).unwrap_or_default()
}

fn shell(scope: &Scope) -> Shell {
    let looks_in = matches!(scope.actor(), Actor::Operator { .. });
    let house: &House = scope.house();
    let nav = scope.nav().map(|nav| {
        let entry = Nav::new(nav.label, nav.href, nav.icon).key(format!("g {}", nav.key));
        if nav.href == "/settings" { entry.foot() } else { entry }
    });
    let new = house.actions().filter(|action| action.new && scope.may(action.permission));
    let who = scope
        .principal()
        .map(|principal| Who { name: principal.actor.name().to_owned(), says: principal.email.clone() });
    Shell {
        brand: brand(scope.tenant()),
        nav: nav.collect(),
        who: who.unwrap_or_default(),
        account: match looks_in {
            true => vec![MenuItem::post("End the visit", LEAVE).icon("log-out")],
            false => vec![
                MenuItem::link("Your account", "/account").icon("circle-user"),
                MenuItem::post("Sign out", "/sign-out").icon("log-out").apart(),
            ],
        },
        new: new.map(|action| MenuItem::link(action.label, action.href).icon(action.icon)).collect(),
        companies: vec![],
        unread: None,
        theme: theme(scope),
        lang: scope.tenant().locale.language.clone(),
        live: (!looks_in).then(|| "/live".into()),
        banner: banner(scope),
        no_palette: looks_in,
    }
}

/// On every page of a visit: who looks in, what they may, until when, and the way out.
fn banner(scope: &Scope) -> Markup {
    let principal = scope.principal().filter(|principal| matches!(principal.actor, Actor::Operator { .. }));
    let Some(principal) = principal else { return Markup::default() };
    let may = if principal.only_looks() { "read-only" } else { "with the right to change things" };
    let until = principal.expires.map(|at| moment(scope.tenant(), at)).unwrap_or_default();
    html! {
        section.visit aria-label="Visit" {
            p { (ui::icon("eye")) span { (principal.actor.name()) " of Tradewind is looking in, " (may) ", until " (until) "." } }
            (ui::form::verb_form(LEAVE, html! { (ui::button("End").small()) }))
        }
    }
}

/// A toast is shown once: whoever draws it takes the cookie away.
const TOAST: &str = "tradewind_toast";

fn toast(scope: &Scope) -> (Option<Flash>, bool) {
    let Some(cookie) = scope.cookie(TOAST) else { return (None, false) };
    let told = Cursor::read::<(String, Option<String>)>(&cookie).ok();
    let flash = told.map(|(text, undo)| match undo {
        Some(path) if path.starts_with('/') && !path.starts_with("//") => Flash::done(text).undo(path),
        _ => Flash::done(text),
    });
    (flash, true)
}

fn with(page: Page, clear: bool) -> Page {
    match clear {
        true => page.cookie(format!("{TOAST}=; Path=/; Max-Age=0; SameSite=Lax")),
        false => page,
    }
}

/// For the refusals: who stands outside sees the plain page.
pub(crate) fn brand_of(tenant: Option<&Arc<Tenant>>) -> Brand {
    tenant.map(|tenant| brand(tenant)).unwrap_or_else(Brand::tradewind)
}

/// "20 Nov 2026, 4:30 pm", on the clock and in the way of the company.
pub fn moment(tenant: &Tenant, at: jiff::Timestamp) -> String {
    let how = if tenant.locale.hour_12 { "%-d %b %Y, %-I:%M %P" } else { "%-d %b %Y, %H:%M" };
    at.to_zoned(tenant.locale.zone.clone()).strftime(how).to_string()
}
