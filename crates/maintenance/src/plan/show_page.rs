//! The page of a plan: what is agreed, and the visits ahead.
use jiff::{Span, civil::Date};
use kernel::{
    Access, Error, Result, Scope,
    http::{Page, Path},
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{MenuItem, button, card, form::verb_form, link_button, menu, note};

use super::{HORIZON_DAYS, Plan, PlanId, Status, find, lines::when};
use crate::{
    permissions::{MaintenanceRead, MaintenanceWrite},
    recurrence,
    visit::{self, Ahead, Standing, Visit},
};

fn day(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

fn facts(plan: &Plan, scope: &Scope) -> Markup {
    let locale = &scope.tenant().locale;
    let months: Vec<String> = plan
        .months
        .iter()
        .filter_map(|month| Some(Date::new(2000, i8::try_from(*month).ok()?, 1).ok()?.strftime("%B").to_string()))
        .collect();
    let leeway = match plan.leeway_days {
        0 => "none".to_owned(),
        1 => "1 day before or after".to_owned(),
        n => format!("{n} days before or after"),
    };
    let other_clock = locale.zone.iana_name() != Some(plan.zone.as_str());
    let mut all: Vec<(&str, Markup)> = vec![
        ("Comes round", html! { (recurrence::words(&plan.rule, plan.starts_on)) }),
        ("Begins", html! { (scheduling::say::clock(plan.time, locale)) @if other_clock { " (" (plan.zone) ")" } }),
        ("Counted from", html! { (day(plan.starts_on)) }),
    ];
    if let Some(ends) = plan.ends_on {
        all.push(("Last day", html! { (day(ends)) }));
    }
    if !months.is_empty() {
        all.push(("Only in", html! { (months.join(", ")) }));
    }
    all.push(("On a public holiday", html! { (plan.holidays.label()) }));
    all.push(("Leeway", html! { (leeway) }));
    all.push(("With", html! { (plan.technician_name.as_deref().unwrap_or("Nobody in particular")) }));
    if let Some(words) = &plan.note {
        all.push(("For whoever goes there", html! { (words) }));
    }
    if let Some(before) = plan.follows_id {
        all.push(("Before", html! { a.link href={ "/maintenance/" (before) } { "The plan that it goes on from" } }));
    }
    card::facts(&all)
}

fn pill(one: &Ahead) -> Markup {
    match (one.standing, one.appointment_status) {
        (Standing::Booked, Some(status)) => ui::status(status.as_str()),
        (Standing::Skipped | Standing::Holiday, _) => ui::status_saying("cancelled", "Left out"),
        (Standing::Changed, _) => ui::status_saying("draft", "Changed"),
        _ => ui::status_saying("draft", "Planned"),
    }
}

fn line(one: &Ahead, plan: &Plan, scope: &Scope) -> Markup {
    let words = one.starts_at.map_or_else(|| day(one.due_on), |at| when(at, plan, scope));
    let moved = one.starts_at.is_some_and(|at| at.to_zoned(plan.zone()).date() != one.due_on);
    let with = one.technician_name.clone().unwrap_or_else(|| "Nobody yet".into());
    let small: Vec<String> = [
        Some(with).filter(|_| one.starts_at.is_some()),
        moved.then(|| format!("due {}", day(one.due_on))),
        one.why.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let movable = one.appointment_status.is_none_or(|status| status.is_movable());
    let said = html! { (words) @if !small.is_empty() { small { (small.join(" · ")) } } };
    html! {
        div.eq {
            (ui::icon("calendar"))
            @match one.appointment_id {
                Some(id) => a href={ "/appointments/" (id) } { (said) },
                None => span { (said) },
            }
            span."flex"."flex-col"."items-end"."gap-1" {
                (pill(one))
                @if movable && scope.can::<MaintenanceWrite>() { a.link.t12 href={ "/maintenance/" (plan.id) "/visits/" (one.due_on) } aria-label={ "Change the visit of " (words) } { "Change" } }
            }
        }
    }
}

fn past(one: &Visit, plan: &Plan, scope: &Scope) -> Markup {
    let words = one.starts_at.map_or_else(|| day(one.due_on), |at| when(at, plan, scope));
    let state = match one.appointment_status {
        Some(status) => ui::status(status.as_str()),
        None => ui::status_saying("cancelled", "Left out"),
    };
    let said = html! { (words) @if let Some(name) = &one.with_name { small { (name) } } };
    html! {
        div.eq {
            (ui::icon("calendar-check"))
            @match one.appointment_id {
                Some(id) => a href={ "/appointments/" (id) } { (said) },
                None => span { (said) },
            }
            (state)
        }
    }
}

fn notes(plan: &Plan, may: bool) -> Markup {
    html! {
        @if plan.customer_archived && plan.status == Status::Active { (note("warning", html! { p { (plan.customer_name) " is archived, so no visits are made. Bring them back, and the plan goes on." } })) }
        @if let Some(trouble) = &plan.trouble { (note("danger", html! { p { strong { "No visit could be booked of late. " } (trouble) } })) }
        @if plan.status == Status::Paused {
            (note("info", html! { p { "This plan is paused: no further visits are booked." }
                @if may { div."mt-2" { (verb_form(&format!("/maintenance/{}/resume", plan.id), html! { (ui::field::hidden("version", plan.version.to_string())) (button("Take it up again").small().icon("play")) })) } } }))
        }
        @if plan.status == Status::Ended { (note("info", html! { p { "This plan has ended." } })) }
    }
}

pub async fn page(access: Access<MaintenanceRead>, Path(id): Path<PlanId>) -> Result<Page> {
    let plan = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    let today = plan.today(access.now());
    let until = today.saturating_add(Span::new().years(3));
    let ahead = visit::ahead(&access, &plan, until, 12).await?;
    let before = access.read(visit::before(plan.id, today)).await?;
    let panels = shell::panels(&access, "maintenance_plan.page", id.0, &format!("/maintenance/{id}")).await;
    let may = access.can::<MaintenanceWrite>();
    let open = may && plan.status != Status::Ended;
    let here = format!("/maintenance/{id}");
    let mut items = vec![];
    if plan.status == Status::Active {
        items.push(MenuItem::link("Pause", format!("{here}/pause")).icon("pause"));
    }
    items.push(MenuItem::link("End", format!("{here}/end")).icon("ban").apart());
    let actions = html! { @if open {
        (link_button("Change plan", format!("{here}/edit")).icon("pencil").primary().key("e"))
        (button("More actions").icon_only("ellipsis").opens_menu("menu-plan"))
    } };
    let body = html! {
        p."mb-4" { a.link href={ "/customers/" (plan.customer_id) } { (plan.customer_name) } " " span.dim { (plan.place) } }
        @if open { (menu("menu-plan", "Plan", &items)) }
        (notes(&plan, may))
        (card::card("What is agreed", plan.status.label(), None, card::card_body(facts(&plan, &access))))
        div."mt-6" { (card::card("Visits ahead", &format!("booked {HORIZON_DAYS} days ahead"), None, card::card_body(html! {
            @for one in &ahead { (line(one, &plan, &access)) }
            @if ahead.is_empty() { p.soft { "None." } }
        }))) }
        @for panel in &panels { div."mt-6" { (panel) } }
        @if !before.is_empty() {
            div."mt-6" { (card::card("Before", "", None, card::card_body(html! { @for one in &before { (past(one, &plan, &access)) } }))) }
        }
    };
    let crumbs = vec![("Maintenance".to_owned(), "/maintenance".to_owned())];
    let frame =
        Frame { title: plan.item_name.clone(), active: "/maintenance", crumbs, actions, body, ..Frame::default() };
    Ok(shell::page(&access, frame))
}
