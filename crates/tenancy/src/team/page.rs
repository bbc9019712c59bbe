//! The page of teams: which there are, a new one, another name, and an end.
use kernel::{
    Access, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect},
};
use maud::html;
use ui::{Filled, button, card, field, form};

use super::{New, TeamId, all};
use crate::{
    MembersRead, MembersWrite,
    shell::{self, Frame},
};

pub async fn list_page(access: Access<MembersRead>) -> Result<Page> {
    draw(&access, &Filled::default()).await
}

async fn draw(scope: &Scope, filled: &Filled) -> Result<Page> {
    let teams = scope.read(all()).await?;
    let may = scope.can::<MembersWrite>();
    let words = |people: i64| if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
    let body = html! { div.form-narrow {
        p.soft."mb-6" { "Who works together. A role can be let see the records of its team; who is in which team is said under " a.link href="/settings/people" { "People" } "." }
        @for team in &teams {
            section.card."p-4"."mb-4" {
                div."flex"."gap-2"."items-center"."justify-between" {
                    p.strong { (team.name) " " span.dim.t12 { (words(team.people)) } }
                    @if may { (form::verb_form(&format!("/settings/teams/{}/delete", team.id), html! { (button("Delete team").danger().small()) })) }
                }
                @if may {
                    @let called = Filled::of([("name", team.name.clone())]);
                    (form::form(&format!("/settings/teams/{}", team.id), &called, html! {
                        (field::hidden("version", team.version.to_string()))
                        (field::text(&called, "name", "Another name").required().most(60).id(format!("name-{}", team.id)))
                        (form::actions(html! { (button("Rename").small()) }))
                    }))
                }
            }
        }
        @if teams.is_empty() { (card::empty("No team yet", "Without teams, who sees their team's records sees their own.", html! {}, html! {})) }
        @if may {
            (form::form("/settings/teams", filled, html! {
                (form::part("New team", "", html! { (field::text(filled, "name", "What you call it").required().most(60).placeholder("North").autocomplete("off")) }))
                (form::actions(html! { (button("Add team").primary()) }))
            }))
        }
    } };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    Ok(shell::page(scope, Frame { title: "Teams".into(), active: "/settings", crumbs, body, ..Frame::default() }))
}

pub async fn new_post(access: Access<MembersWrite>, form: Form<New>) -> Result<Either<Redirect, Page>> {
    let outcome = form
        .then(async |new: New| access.retrying(async |tx: &mut TenantTx| super::create(tx, &new).await).await)
        .await?;
    Ok(match outcome {
        Ok(team) => Either::Done(Redirect::to("/settings/teams").toast(&format!("{} is added.", team.name))),
        Err(typed) => Either::Again(Page { status: 422, ..draw(&access, &shell::filled(typed)).await? }),
    })
}

pub async fn change_post(
    access: Access<MembersWrite>,
    Path(id): Path<TeamId>,
    form: Form<New>,
) -> Result<Either<Redirect, Page>> {
    let version = form.version();
    let outcome = form
        .then(async |new: New| {
            let version = version?;
            access.retrying(async |tx: &mut TenantTx| super::change(tx, id, version, &new).await).await
        })
        .await?;
    Ok(match outcome {
        Ok(team) => Either::Done(Redirect::to("/settings/teams").toast(&format!("{} is saved.", team.name))),
        Err(typed) => Either::Again(Page { status: 422, ..draw(&access, &shell::filled(typed)).await? }),
    })
}

pub async fn remove_post(access: Access<MembersWrite>, Path(id): Path<TeamId>) -> Result<Redirect> {
    let team = access.retrying(async |tx: &mut TenantTx| super::remove(tx, id).await).await?;
    access.house().forget_principals();
    Ok(Redirect::to("/settings/teams").toast(&format!("{} is deleted; its people stay.", team.name)))
}
