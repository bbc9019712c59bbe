//! The page of service accounts: which there are, a new one, and each with its keys.
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Either, Form, Page, Path, Redirect},
};
use maud::html;
use ui::{
    Filled, button, card, field, form, link_button,
    table::{Column, Row, Table, nothing, row_link},
};

use super::{Change, New, ServiceAccount, ServiceAccountId};
use crate::{
    ApiKeysManage, api_key, role,
    shell::{self, Frame},
};

fn crumbs() -> Vec<(String, String)> {
    vec![("Settings".into(), "/settings".into()), ("API keys".into(), "/settings/api-keys".into())]
}

fn roles(scope: &Scope, now: Option<kernel::Role>) -> Vec<(String, String)> {
    let may = role::STAFF.iter().filter(|role| super::may_give(scope, **role).is_ok() || Some(**role) == now);
    may.map(|role| (role.to_string(), role.label().to_owned())).collect()
}

fn fresh() -> Filled {
    Filled::of([("role", "viewer".into())])
}

pub async fn list_page(access: Access<ApiKeysManage>) -> Result<Page> {
    draw_list(&access, &fresh()).await
}

async fn draw_list(access: &Access<ApiKeysManage>, filled: &Filled) -> Result<Page> {
    let accounts = access.read(super::all()).await?;
    let columns = [Column::lead("Name").width(50), Column::text("Role").width(25), Column::text("Since").width(25)];
    let rows: Vec<Row> = accounts
        .iter()
        .map(|account| {
            let state = if account.active { "" } else { "access ended" };
            Row::new(
                account.id.to_string(),
                account.name.clone(),
                vec![
                    row_link(&format!("/settings/service-accounts/{}", account.id), &account.name, state),
                    html! { (account.role.label()) },
                    html! { span.num { (shell::moment(access.tenant(), account.created_at)) } },
                ],
            )
            .sub(account.role.label().to_owned())
        })
        .collect();
    let body = html! {
        div.form-narrow."mb-8" {
            (form::form("/settings/service-accounts", filled, html! {
                (form::part("New service account", "A program that works here under its own name: it has a role and keys, and no password.", html! {
                    (form::pair(html! {
                        (field::text(filled, "name", "Which program").required().placeholder("Website").autocomplete("off"))
                        (field::select(filled, "role", "Role", &roles(access, None)))
                    }))
                }))
                (form::actions(html! { (button("Add account").primary()) }))
            }))
        }
        @if rows.is_empty() { (card::empty("No program has an account yet", "A key without one acts as itself; with one, all keys of a program stop together.", html! {}, html! {})) }
        @else { (Table::new("Service accounts", &columns).show(&rows)) }
    };
    let frame =
        Frame { title: "Service accounts".into(), active: "/settings", crumbs: crumbs(), body, ..Frame::default() };
    Ok(shell::page(access, frame))
}

pub async fn new_post(access: Access<ApiKeysManage>, form: Form<New>) -> Result<Either<Redirect, Page>> {
    let outcome = form
        .then(async |new: New| access.retrying(async |tx: &mut TenantTx| super::create(&access, tx, &new).await).await)
        .await?;
    Ok(match outcome {
        Ok(account) => Either::Done(
            Redirect::to(format!("/settings/service-accounts/{}", account.id)).toast("Added. It needs a key next."),
        ),
        Err(typed) => Either::Again(Page { status: 422, ..draw_list(&access, &shell::filled(typed)).await? }),
    })
}

pub async fn edit_page(access: Access<ApiKeysManage>, Path(id): Path<ServiceAccountId>) -> Result<Page> {
    let account = access.read(super::find(id)).await?.ok_or(Error::NotFound)?;
    let filled = Filled::of([("name", account.name.clone()), ("role", account.role.to_string())]);
    draw(&access, &account, &filled).await
}

async fn draw(access: &Access<ApiKeysManage>, account: &ServiceAccount, filled: &Filled) -> Result<Page> {
    let keys = access.read(api_key::of_account(account.id)).await?;
    let at = |verb: &str| format!("/settings/service-accounts/{}{verb}", account.id);
    let new_key = format!("/settings/api-keys?account={}", account.id);
    let actions = html! {
        @if account.active {
            (link_button("New key", &new_key).icon("key-round"))
            (form::verb_form(&at("/deactivate"), html! { (button("End access").danger()) }))
        } @else { (form::verb_form(&at("/reactivate"), html! { (button("Give access back")) })) }
    };
    let columns =
        [Column::lead("Key").width(40), Column::text("Begins with").width(30), Column::text("Last used").width(30)];
    let rows: Vec<Row> = keys
        .iter()
        .map(|key| {
            let used = key.last_used_at.map(|at| shell::moment(access.tenant(), at));
            let state = if key.opens(access.now()) { "" } else { "over" };
            Row::new(
                key.id.to_string(),
                key.name.clone(),
                vec![
                    row_link("/settings/api-keys", &key.name, state),
                    html! { code { (key.prefix) } },
                    used.map_or(nothing("never"), |used| html! { span.num { (used) } }),
                ],
            )
        })
        .collect();
    let body = html! {
        div.form-narrow."mb-8" {
            @if !account.active { p.soft."mb-6" { "Its access has ended: none of its keys opens anything." } }
            (form::form(&at(""), filled, html! {
                (field::hidden("version", account.version.to_string()))
                (field::text(filled, "name", "Which program").required())
                (field::select(filled, "role", "Role", &roles(access, Some(account.role))).hint("Its keys may no more than this role"))
                (form::actions(html! { (button("Save").primary()) }))
            }))
        }
        @if rows.is_empty() { (card::empty("It has no key yet", "Without one it cannot come in.", html! {}, html! {})) }
        @else { (Table::new("Keys", &columns).show(&rows)) }
    };
    let crumbs = [crumbs(), vec![("Service accounts".into(), "/settings/service-accounts".into())]].concat();
    let title = account.name.clone();
    Ok(shell::page(access, Frame { title, active: "/settings", crumbs, actions, body, ..Frame::default() }))
}

pub async fn edit_post(
    access: Access<ApiKeysManage>,
    Path(id): Path<ServiceAccountId>,
    form: Form<Change>,
) -> Result<Either<Redirect, Page>> {
    let version = form.version();
    let outcome = form
        .then(async |input: Change| {
            let version = version?;
            access.retrying(async |tx: &mut TenantTx| super::change(&access, tx, id, version, &input).await).await
        })
        .await?;
    access.house().forget_principals();
    Ok(match outcome {
        Ok(account) => {
            Either::Done(Redirect::to("/settings/service-accounts").toast(&format!("{} saved.", account.name)))
        }
        Err(typed) => {
            let account = access.read(super::find(id)).await?.ok_or(Error::NotFound)?;
            Either::Again(Page { status: 422, ..draw(&access, &account, &shell::filled(typed)).await? })
        }
    })
}

pub async fn deactivate_post(access: Access<ApiKeysManage>, Path(id): Path<ServiceAccountId>) -> Result<Redirect> {
    let work = async |tx: &mut TenantTx| super::set_active(&access, tx, id, false).await;
    let account = access.retrying(work).await?;
    access.house().forget_principals();
    let undo = format!("/settings/service-accounts/{id}/reactivate");
    Ok(Redirect::to("/settings/service-accounts")
        .toast_undo(&format!("No key of {} opens anything now.", account.name), &undo))
}

pub async fn reactivate_post(access: Access<ApiKeysManage>, Path(id): Path<ServiceAccountId>) -> Result<Redirect> {
    let work = async |tx: &mut TenantTx| super::set_active(&access, tx, id, true).await;
    let account = access.retrying(work).await?;
    Ok(Redirect::to("/settings/service-accounts").toast(&format!("{} can work here again.", account.name)))
}
