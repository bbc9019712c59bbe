//! The roles as pages: which there are, and what each may do and whose records it sees, as a matrix in plain words.
use kernel::{
    Access, Checks, Input, Reach, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use ui::{
    Filled, button, card, field, form, icon_class, link_button,
    table::{Column, Row, Table, row_link},
};

use super::{Change, New, OneRole, RoleId, areas, find, nouns};
use crate::{
    MembersRead, MembersWrite,
    shell::{self, Frame},
};

fn crumbs() -> Vec<(String, String)> {
    vec![("Settings".into(), "/settings".into())]
}

pub async fn list_page(access: Access<MembersRead>) -> Result<Page> {
    draw_list(&access, &Filled::of([("copy_of", "dispatcher".into())])).await
}

/// "Customers: their own · Jobs: their team's", or one word where it is the same for all.
fn reach_words(role: &OneRole) -> String {
    let part = nouns().filter_map(|noun| {
        let reach = role.reach.get(noun.name).copied().filter(|reach| *reach != Reach::All)?;
        let short = noun.label.split(',').next().unwrap_or(noun.label);
        Some(format!("{short}: {}", reach.label().to_lowercase()))
    });
    let part: Vec<String> = part.collect();
    let first = role.reach.values().next().copied().unwrap_or(Reach::All);
    match role.reach.values().all(|reach| *reach == first) {
        true => first.label().into(),
        false => part.join(" · "),
    }
}

async fn draw_list(scope: &Scope, filled: &Filled) -> Result<Page> {
    let roles = find::all(scope).await?;
    let columns = [
        Column::lead("Role").width(30),
        Column::number("People").width(10),
        Column::number("May do").width(10),
        Column::text("Whose records").drops(),
    ];
    let rows: Vec<Row> = roles
        .iter()
        .map(|role| {
            let kind = if role.system { "" } else { "your own" };
            let cells = vec![
                row_link(&format!("/settings/roles/{}", role.id), &role.label, kind),
                html! { span.num { (role.people) } },
                html! { span.num { (role.permissions.len()) } },
                html! { (reach_words(role)) },
            ];
            let people = if role.people == 1 { "1 person".into() } else { format!("{} people", role.people) };
            Row::new(role.id.to_string(), role.label.clone(), cells).sub(format!("{people} · {}", reach_words(role)))
        })
        .collect();
    let copies: Vec<(String, String)> = roles
        .iter()
        .filter(|role| role.given_by(scope).is_ok())
        .map(|role| (role.name.to_string(), role.label.clone()))
        .collect();
    let body = html! {
        p.soft."mb-6" { "Each person has one role, given under " a.link href="/settings/people" { "People" } ". An owner can do everything, and only an owner makes another. Who belongs together is said under " a.link href="/settings/teams" { "Teams" } "." }
        (Table::new("Roles", &columns).show(&rows))
        @if scope.can::<MembersWrite>() {
            div.form-narrow."mt-8" {
                (form::form("/settings/roles", filled, html! {
                    (form::part("A role of your own", "It begins as a copy; then you say what it may do and whose records it sees.", html! {
                        (form::pair(html! {
                            (field::text(filled, "label", "What you call it").required().most(60).placeholder("Office apprentice").autocomplete("off"))
                            (field::select(filled, "copy_of", "A copy of", &copies))
                        }))
                    }))
                    (form::actions(html! { (button("Make role").primary()) }))
                }))
            }
        }
    };
    Ok(shell::page(
        scope,
        Frame { title: "Roles".into(), active: "/settings", crumbs: crumbs(), body, ..Frame::default() },
    ))
}

pub async fn new_post(access: Access<MembersWrite>, form: Form<New>) -> Result<Either<Redirect, Page>> {
    let outcome = form
        .then(async |new: New| access.retrying(async |tx: &mut TenantTx| super::create(&access, tx, &new).await).await)
        .await?;
    Ok(match outcome {
        Ok(role) => Either::Done(
            Redirect::to(format!("/settings/roles/{}", role.id))
                .toast("Made. Say what it may do, then give it under People."),
        ),
        Err(typed) => Either::Again(Page { status: 422, ..draw_list(&access, &shell::filled(typed)).await? }),
    })
}

pub async fn page(access: Access<MembersRead>, Path(id): Path<RoleId>) -> Result<Page> {
    let role = access.read_with(async |tx: &mut TenantTx| find::by_id(tx, id).await).await?;
    let reach: Vec<String> = role.reach.iter().map(|(noun, reach)| format!("{noun}={reach}")).collect();
    let filled = Filled::of([
        ("label", role.label.clone()),
        ("permissions", role.permissions.join(",")),
        ("reach", reach.join(",")),
    ]);
    Ok(draw(&access, &role, &filled))
}

/// Whether whoever looks may change it here.
fn is_open(scope: &Scope, role: &OneRole) -> bool {
    let own = scope.principal().is_some_and(|principal| principal.roles.contains(&role.name.0));
    scope.can::<MembersWrite>() && !role.system && !own && role.given_by(scope).is_ok()
}

fn matrix(scope: &Scope, filled: &Filled, open: bool) -> Markup {
    html! {
        @for (area, permissions) in areas::by_area() {
            (form::part(area, "", html! { div."grid"."gap-2" {
                @for one in permissions {
                    @let ticked = filled.has("permissions", one.name);
                    // What one may not oneself, one gives nobody.
                    @if open && (scope.may(one.name) || ticked) {
                        label.tickline {
                            input.check type="checkbox" name="permissions" value=(one.name) checked[ticked];
                            span { (one.sentence) } small { @if one.whole { "shows the whole company" } }
                        }
                    } @else if !open && ticked {
                        div."flex"."gap-2" { (icon_class("check", "i-s")) span { (one.sentence) } }
                    }
                }
            } }))
        }
    }
}

/// For each kind of record whose they see: one choice each, sent as `noun=reach`.
fn reaches(filled: &Filled, open: bool) -> Markup {
    html! { @for noun in nouns() {
        fieldset."mb-4" {
            legend."strong"."mb-2" { (noun.label) }
            div."grid"."gap-2" { @for reach in Reach::ALL {
                @let value = format!("{}={reach}", noun.name);
                @if open {
                    label.tickline {
                        input.radio type="radio" name=(format!("reach_{}", noun.name)) value=(reach) checked[filled.has("reach", &value)];
                        span { (noun.means(*reach)) } small { (reach.label()) }
                    }
                } @else if filled.has("reach", &value) { p { (noun.means(*reach)) } }
            } }
        }
    } }
}

fn draw(scope: &Scope, role: &OneRole, filled: &Filled) -> Page {
    let open = is_open(scope, role);
    let at = format!("/settings/roles/{}", role.id);
    let fields = html! {
        @if open {
            (field::hidden("version", role.version.to_string()))
            (field::text(filled, "label", "What you call it").required().most(60).autocomplete("off"))
        }
        // What was wrong with either is led to from the top of the page.
        div id=(field::id_of("permissions")) tabindex="-1" { (matrix(scope, filled, open)) }
        div id=(field::id_of("reach")) tabindex="-1" { (form::part("Whose records they see", "In lists, counts, searches, exports and on live screens alike. What shows the whole company needs everybody's.", reaches(filled, open))) }
        @if open { (form::actions(html! { (button("Save role").primary()) (link_button("Cancel", "/settings/roles").quiet()) })) }
    };
    let body = html! { div.form-narrow {
        @if role.system { p.soft."mb-6" { "A role of the house: it stays as it is and grows with the program. A copy of it can be changed." } }
        @else if !open { p.soft."mb-6" { "You can look at this role and not change it: it is your own, or it may do what you may not." } }
        @if open { (form::form(&at, filled, fields)) } @else { (form::unsaid(filled, &fields)) (fields) }
    } };
    let actions =
        html! { @if open { (form::verb_form(&format!("{at}/delete"), html! { (button("Delete role").danger()) })) } };
    let crumbs = [crumbs(), vec![("Roles".into(), "/settings/roles".into())]].concat();
    let title = role.label.clone();
    shell::page(scope, Frame { title, active: "/settings", crumbs, actions, body, ..Frame::default() })
}

/// What the matrix sends: all that is ticked, and for each noun one choice under `reach_<noun>`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Typed {
    label: String,
    permissions: Vec<String>,
    #[serde(flatten)]
    #[schemars(skip)]
    rest: BTreeMap<String, String>,
    #[serde(skip)]
    change: Change,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        let mut reach = BTreeMap::new();
        for (name, value) in &self.rest {
            let noun = name.strip_prefix("reach_").filter(|noun| nouns().any(|known| known.name == *noun));
            match (noun, value.parse::<Reach>()) {
                (Some(noun), Ok(chosen)) => drop(reach.insert(noun.to_owned(), chosen)),
                _ => drop(checks.that(false, "reach", "unknown", "Choose whose records they see.")),
            }
        }
        self.change = Change {
            label: Some(std::mem::take(&mut self.label)),
            permissions: Some(std::mem::take(&mut self.permissions)),
            reach: Some(reach),
        };
        self.change.check(checks);
    }
}

pub async fn change_post(
    access: Access<MembersWrite>,
    Path(id): Path<RoleId>,
    form: Form<Typed>,
) -> Result<Either<Redirect, Page>> {
    let version = form.version();
    let outcome = form
        .then(async |typed: Typed| {
            let version = version?;
            let work = async |tx: &mut TenantTx| super::change(&access, tx, id, version, &typed.change).await;
            access.retrying(work).await
        })
        .await?;
    access.house().forget_principals();
    Ok(match outcome {
        Ok(role) => Either::Done(
            Redirect::to("/settings/roles").toast(&format!("{} is saved. It counts within seconds.", role.label)),
        ),
        Err(typed) => {
            let role = access.read_with(async |tx: &mut TenantTx| find::by_id(tx, id).await).await?;
            let mut filled = shell::filled(typed);
            let chosen = nouns().filter_map(|noun| {
                filled.values.get(&format!("reach_{}", noun.name)).map(|reach| format!("{}={reach}", noun.name))
            });
            let chosen = chosen.collect::<Vec<_>>().join(",");
            filled.values.insert("reach".into(), chosen);
            Either::Again(Page { status: 422, ..draw(&access, &role, &filled) })
        }
    })
}

pub async fn remove_post(access: Access<MembersWrite>, Path(id): Path<RoleId>) -> Result<Either<Redirect, Page>> {
    match access.retrying(async |tx: &mut TenantTx| super::remove(&access, tx, id).await).await {
        Ok(role) => Ok(Either::Done(Redirect::to("/settings/roles").toast(&format!("{} is deleted.", role.label)))),
        Err(kernel::Error::Conflict { message, .. }) => {
            let role = access.read_with(async |tx: &mut TenantTx| find::by_id(tx, id).await).await?;
            let body = html! { div.form-narrow {
                (card::empty("This role is in use", &message, html! { (link_button("Go to people", "/settings/people").primary()) }, html! {}))
            } };
            let crumbs = [crumbs(), vec![("Roles".into(), "/settings/roles".into())]].concat();
            let frame = Frame { title: role.label, active: "/settings", crumbs, body, ..Frame::default() };
            Ok(Either::Again(Page { status: 409, ..shell::page(&access, frame) }))
        }
        Err(error) => Err(error),
    }
}
