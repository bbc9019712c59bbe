//! The people of the company, as a list and a form.
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    Filled, button, card, field, form, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{Added, Change, Member, MemberId, New, list};
use crate::{
    MembersRead, MembersWrite,
    role::{self, RoleName},
    shell::{self, Frame},
    team::{self, TeamId},
};

fn crumbs() -> Vec<(String, String)> {
    vec![("Settings".into(), "/settings".into())]
}

pub async fn list_page(access: Access<MembersRead>) -> Result<Page> {
    let members = access.read(list::after(MemberId(uuid::Uuid::nil()), 200)).await?;
    let columns = [
        Column::lead("Name").width(30),
        Column::text("Role").width(20),
        Column::text("Email").width(30).drops(),
        Column::text("Last here"),
    ];
    let rows: Vec<Row> = members
        .iter()
        .map(|member| {
            let state = match (member.active, member.invited) {
                (false, _) => "access ended",
                (true, true) => "invited",
                _ => "",
            };
            let seen = member.last_seen_at.map(|at| shell::moment(access.tenant(), at));
            let seen = seen.map_or(nothing("never"), |seen| html! { span.num { (seen) } });
            Row::new(
                member.id.to_string(),
                member.name.clone(),
                vec![
                    row_link(&format!("/settings/people/{}", member.id), &member.name, state),
                    html! { (member.role_label) },
                    html! { (member.email) },
                    seen,
                ],
            )
            .sub(format!("{} · {}", member.role_label, member.email))
        })
        .collect();
    let actions = match access.can::<MembersWrite>() {
        true => html! { (link_button("Add somebody", "/settings/people/new").primary().icon("user-plus")) },
        false => html! {},
    };
    let body = ui::filters::list(html! { (Table::new("People", &columns).show(&rows)) });
    Ok(shell::page(
        &access,
        Frame {
            title: "People".into(),
            active: "/settings",
            crumbs: crumbs(),
            actions,
            body,
            wide: true,
            ..Frame::default()
        },
    ))
}

/// Those whom whoever looks may give.
async fn roles(scope: &Scope) -> Result<Vec<(String, String)>> {
    let all = role::all(scope).await?;
    let may = all.into_iter().filter(|role| role.given_by(scope).is_ok());
    Ok(may.map(|role| (role.name.to_string(), role.label)).collect())
}

pub async fn add_page(access: Access<MembersWrite>) -> Result<Page> {
    draw_add(&access, &Filled::of([("role", "dispatcher".into())])).await
}

async fn draw_add(access: &Access<MembersWrite>, filled: &Filled) -> Result<Page> {
    let roles = roles(access).await?;
    let fields = html! {
        (form::pair(html! {
            (field::text(filled, "name", "Name").required().autocomplete("off").focus())
            (field::email(filled, "email", "Email").required().autocomplete("off"))
        }))
        (form::pair(html! {
            (field::tel(filled, "phone", "Phone").autocomplete("off"))
            (field::select(filled, "role", "Role", &roles))
        }))
        (form::actions(html! { (button("Add and invite").primary()) (link_button("Cancel", "/settings/people").quiet()) }))
    };
    let body = html! { div.form-narrow { (form::form("/settings/people/new", filled, fields)) } };
    let crumbs = [crumbs(), vec![("People".into(), "/settings/people".into())]].concat();
    Ok(shell::page(
        access,
        Frame { title: "Add somebody".into(), active: "/settings", crumbs, body, ..Frame::default() },
    ))
}

pub async fn add_post(access: Access<MembersWrite>, form: Form<New>) -> Result<Page> {
    let outcome = form
        .then(async |new: New| {
            let hash = super::add::hashed(&new).await?;
            access.retrying(async |tx: &mut TenantTx| super::add(&access, tx, &new, hash.clone()).await).await
        })
        .await?;
    Ok(match outcome {
        Ok(Added { member, invitation }) => show_link(&access, &member, invitation.as_deref()),
        Err(typed) => Page { status: 422, ..draw_add(&access, &shell::filled(typed)).await? },
    })
}

/// The link is in this answer and nowhere else.
fn show_link(scope: &Scope, member: &Member, link: Option<&str>) -> Page {
    let body = html! {
        div.form-narrow {
            @if let Some(link) = link {
                p { "A letter with a link is on its way to " b { (member.email) } "." }
                p."mt-2" { "Or hand over this one yourself. Whoever opens a link first chooses the password; both are good for seven days, and this one is shown this once." }
                (card::copy(link, "the link"))
            } @else { p { (member.name) " can sign in now." } }
            p."mt-6" { (link_button("Back to people", "/settings/people")) }
        }
    };
    let crumbs = [crumbs(), vec![("People".into(), "/settings/people".into())]].concat();
    shell::page(scope, Frame { title: member.name.clone(), active: "/settings", crumbs, body, ..Frame::default() })
}

pub async fn edit_page(access: Access<MembersRead>, Path(id): Path<MemberId>) -> Result<Page> {
    let member = access.read(super::find(id)).await?.ok_or(Error::NotFound)?;
    let filled = Filled::of([
        ("name", member.name.clone()),
        ("phone", member.phone.clone().unwrap_or_default()),
        ("role", member.role.to_string()),
        ("team_id", member.team_id.map(|id| id.to_string()).unwrap_or_default()),
    ]);
    draw(&access, &member, &filled).await
}

async fn draw(scope: &Scope, member: &Member, filled: &Filled) -> Result<Page> {
    let mut choices = roles(scope).await?;
    let none = (String::new(), "None".to_owned());
    let teams = scope.read(team::all()).await?.into_iter().map(|team| (team.id.to_string(), team.name));
    let teams: Vec<(String, String)> = [none].into_iter().chain(teams).collect();
    if !choices.iter().any(|(role, _)| *role == member.role.0) {
        choices.insert(0, (member.role.to_string(), member.role_label.clone()));
    }
    let at = |verb: &str| format!("/settings/people/{}{verb}", member.id);
    let verbs: Markup = html! {
        @if scope.can::<MembersWrite>() {
            @if member.active {
                (form::verb_form(&at("/invite"), html! { (button("New sign-in link").icon("link")) }))
                @if member.second_factor && scope.user() != Some(member.id.0) {
                    (form::verb_form(&at("/second-step/remove"), html! { (button("Remove second step")) }))
                }
                (form::verb_form(&at("/deactivate"), html! { (button("End access").danger()) }))
            } @else { (form::verb_form(&at("/reactivate"), html! { (button("Give access back")) })) }
        }
    };
    let body = html! {
        div.form-narrow {
            p.soft."mb-6" { (member.email) @if !member.active { " · access ended" } @else if member.invited { " · invited, has not chosen a password yet" } }
            (form::form(&at(""), filled, html! {
                (field::hidden("version", member.version.to_string()))
                (field::text(filled, "name", "Name").required())
                (field::tel(filled, "phone", "Phone"))
                (field::select(filled, "role", "Role", &choices))
                @if teams.len() > 1 { (field::select(filled, "team_id", "Team", &teams)) }
                @if scope.can::<MembersWrite>() { (form::actions(html! { (button("Save").primary()) })) }
            }))
        }
    };
    let crumbs = [crumbs(), vec![("People".into(), "/settings/people".into())]].concat();
    Ok(shell::page(
        scope,
        Frame { title: member.name.clone(), active: "/settings", crumbs, actions: verbs, body, ..Frame::default() },
    ))
}

/// What the form of a person holds: all of it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EditForm {
    name: Option<String>,
    phone: Option<String>,
    role: Option<RoleName>,
    team_id: Option<TeamId>,
}
impl EditForm {
    /// A form says all there is: no team is none.
    fn whole(&self) -> Change {
        let Self { name, phone, role, team_id } = self.clone();
        Change { name, phone, role, team_id: Some(team_id) }
    }
}
impl Input for EditForm {
    fn check(&mut self, checks: &mut Checks) {
        let mut change = self.whole();
        change.check(checks);
        *self = Self { name: change.name, phone: change.phone, role: change.role, team_id: self.team_id };
    }
}

pub async fn edit_post(
    access: Access<MembersWrite>,
    Path(id): Path<MemberId>,
    form: Form<EditForm>,
) -> Result<Either<Redirect, Page>> {
    let version = form.version();
    let outcome = form
        .then(async |typed: EditForm| {
            let input = typed.whole();
            let version = version?;
            access.retrying(async |tx: &mut TenantTx| super::change(&access, tx, id, version, &input).await).await
        })
        .await?;
    access.house().forget_principals();
    Ok(match outcome {
        Ok(member) => Either::Done(Redirect::to("/settings/people").toast(&format!("{} saved.", member.name))),
        Err(typed) => {
            let member = access.read(super::find(id)).await?.ok_or(Error::NotFound)?;
            Either::Again(Page { status: 422, ..draw(&access, &member, &shell::filled(typed)).await? })
        }
    })
}

pub async fn invite_post(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Page> {
    let made = access.retrying(async |tx: &mut TenantTx| super::invite(&access, tx, id).await).await?;
    let member = access.read(super::find(id)).await?.ok_or(Error::NotFound)?;
    Ok(show_link(&access, &member, Some(&made.url)))
}

pub async fn deactivate_post(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Redirect> {
    let member = access.retrying(async |tx: &mut TenantTx| super::deactivate(&access, tx, id).await).await?;
    access.house().forget_principals();
    let undo = format!("/settings/people/{id}/reactivate");
    Ok(Redirect::to("/settings/people").toast_undo(&format!("{} can no longer sign in.", member.name), &undo))
}

pub async fn reactivate_post(access: Access<MembersWrite>, Path(id): Path<MemberId>) -> Result<Redirect> {
    let member = access.retrying(async |tx: &mut TenantTx| super::reactivate(&access, tx, id).await).await?;
    Ok(Redirect::to("/settings/people").toast(&format!("{} can sign in again.", member.name)))
}
