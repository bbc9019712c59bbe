//! The page of API keys: make one, see which there are, end one.
use kernel::{
    Access, Checks, Input, PERMISSIONS, Result, TenantTx,
    http::{Form, Page, Path, Redirect},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    Filled, button, card, field, form,
    table::{Column, Row, Table, nothing},
};

use super::{ApiKeyId, Made, New, list};
use crate::{
    ApiKeysManage,
    shell::{self, Frame},
};

pub async fn page(access: Access<ApiKeysManage>) -> Result<Page> {
    draw(&access, &Filled::of([("rights", "all".into())]), None).await
}

/// What a key made on the page may do: everything its maker may, or only look.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    rights: String,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "a name that says what uses the key");
        checks.that(matches!(self.rights.as_str(), "all" | "read"), "rights", "unknown", "Choose what the key may do.");
    }
}

async fn draw(access: &Access<ApiKeysManage>, filled: &Filled, made: Option<&Made>) -> Result<Page> {
    let keys = access.read(list::before(ApiKeyId::max(), 200)).await?;
    let columns = [
        Column::lead("Name").width(30),
        Column::text("Begins with").width(20),
        Column::text("May do").width(15).drops(),
        Column::text("Last used").width(20),
        Column::text("End it").side(),
    ];
    let day = |at: jiff::Timestamp| shell::moment(access.tenant(), at);
    let rows: Vec<Row> = keys
        .iter()
        .map(|key| {
            let end = match key.revoked_at {
                Some(_) => html! { span.dim { "revoked" } },
                None => form::verb_form(
                    &format!("/settings/api-keys/{}/revoke", key.id),
                    html! { (button("Revoke").danger().small()) },
                ),
            };
            let used = key.last_used_at.map_or(nothing("never"), |at| html! { span.num { (day(at)) } });
            Row::new(
                key.id.to_string(),
                key.name.clone(),
                vec![
                    html! { (key.name) },
                    html! { code { (key.prefix) } },
                    html! { span.num { (key.scopes.len()) " things" } },
                    used,
                    end,
                ],
            )
        })
        .collect();
    let choices = [
        ("all", "Everything you may do", "Read and write in your name's rights"),
        ("read", "Only look", "Read, never change"),
    ];
    let body = html! {
        @if let Some(made) = made {
            section.card."p-4"."mb-6" role="status" {
                p."mb-2" { "This is the key of " b { (made.api_key.name) } ". Copy it now: it is shown this once." }
                (card::copy(&made.key, "the key"))
            }
        }
        div.form-narrow."mb-8" {
            (form::form("/settings/api-keys", filled, html! {
                (form::part("New key", "For a program that reads or writes here. Send it as Authorization: Bearer.", html! {
                    (field::text(filled, "name", "What uses it").required().placeholder("Website"))
                    (field::choices(filled, "rights", "What it may do", &choices))
                }))
                (form::actions(html! { (button("Make key").primary()) }))
            }))
        }
        @if !rows.is_empty() { (Table::new("API keys", &columns).show(&rows)) }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    Ok(shell::page(access, Frame { title: "API keys".into(), active: "/settings", crumbs, body, ..Frame::default() }))
}

pub async fn post(access: Access<ApiKeysManage>, form: Form<Typed>) -> Result<Page> {
    let outcome = form
        .then(async |typed: Typed| {
            let held = PERMISSIONS.iter().map(|p| p.name).filter(|name| access.may(name));
            let scopes =
                held.filter(|name| typed.rights == "all" || name.ends_with(".read")).map(str::to_owned).collect();
            let new = New { name: typed.name, scopes, expires_at: None }.checked()?;
            access.retrying(async |tx: &mut TenantTx| super::create(&access, tx, &new).await).await
        })
        .await?;
    match outcome {
        Ok(made) => draw(&access, &Filled::of([("rights", "all".into())]), Some(&made)).await,
        Err(typed) => Ok(Page { status: 422, ..draw(&access, &shell::filled(typed), None).await? }),
    }
}

pub async fn revoke_post(access: Access<ApiKeysManage>, Path(id): Path<ApiKeyId>) -> Result<Redirect> {
    let key = access.retrying(async |tx: &mut TenantTx| super::revoke(tx, id).await).await?;
    access.house().forget_principals();
    Ok(Redirect::to("/settings/api-keys").toast(&format!("{} no longer opens anything.", key.name)))
}
