//! The page of API keys: make one, see which there are, put a new one in its place, end one.
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Access, Checks, Input, PERMISSIONS, Result, TenantTx,
    http::{Form, Page, Path, Query, Redirect},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    Filled, button, card, field, fold, form, link_button,
    table::{Column, Row, Table, nothing},
};

use super::{ApiKey, ApiKeyId, Made, New, Rotation, list};
use crate::{
    ApiKeysManage, role,
    service_account::{self, ServiceAccountId},
    shell::{self, Frame},
};

/// For whom the form shall be filled in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    account: Option<ServiceAccountId>,
}

pub async fn page(access: Access<ApiKeysManage>, Query(asked): Query<Asked>) -> Result<Page> {
    draw(&access, &fresh(asked.account), None).await
}

fn fresh(account: Option<ServiceAccountId>) -> Filled {
    let account = account.map(|id| id.to_string()).unwrap_or_default();
    Filled::of([("rights", "read".into()), ("days", "365".into()), ("account", account)])
}

/// What a key made on the page may do: all that its maker (or its account) may, only look, or what is ticked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    #[serde(default)]
    name: String,
    account: Option<ServiceAccountId>,
    #[serde(default)]
    days: Option<i64>,
    #[serde(default)]
    rights: String,
    #[serde(default)]
    scopes: Vec<String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 60, "a name that says what uses the key");
        let days = self.days.is_none_or(|days| (1..=3650).contains(&days));
        checks.that(days, "days", "range", "Choose how long the key is good.");
        let rights = matches!(self.rights.as_str(), "all" | "read" | "some");
        checks.that(rights, "rights", "unknown", "Choose what the key may do.");
        let ticked = self.rights != "some" || !self.scopes.is_empty();
        checks.that(ticked, "rights", "required", "Tick below what the key may do.");
    }
}

const DAYS: [(&str, &str); 4] = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is revoked")];
const RIGHTS: [(&str, &str, &str); 3] = [
    ("read", "Only look", "Read, never change"),
    ("all", "Everything", "All that you may do, or the account it is for"),
    ("some", "What is ticked below", "Choose one by one"),
];

async fn draw(access: &Access<ApiKeysManage>, filled: &Filled, made: Option<&Made>) -> Result<Page> {
    let (keys, accounts) = access.read((list::before(ApiKeyId::max(), 200), service_account::all())).await?;
    let columns = [
        Column::lead("Name").width(24),
        Column::text("Begins with").width(15),
        Column::text("May do").width(10).drops(),
        Column::text("Good until").width(18).drops(),
        Column::text("Last used").width(18),
        Column::text("Change it").side(),
    ];
    let account_of = |key: &ApiKey| accounts.iter().find(|account| Some(account.id) == key.service_account_id);
    let rows: Vec<Row> = keys
        .iter()
        .map(|key| {
            let day = |at: Timestamp| html! { span.num { (shell::moment(access.tenant(), at)) } };
            Row::new(
                key.id.to_string(),
                key.name.clone(),
                vec![
                    html! { (key.name) @if let Some(account) = account_of(key) { " " span.dim.t12 { (account.name) } } },
                    html! { code { (key.prefix) } },
                    html! { span.num { (key.scopes.len()) " things" } },
                    key.expires_at.map_or(nothing("it is revoked"), day),
                    key.last_used_at.map_or(nothing("never"), day),
                    verbs(key, access.now()),
                ],
            )
        })
        .collect();
    let mut whose = vec![(String::new(), "Itself".to_owned())];
    whose.extend(accounts.iter().filter(|a| a.active).map(|a| (a.id.to_string(), a.name.clone())));
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
                    (form::pair(html! {
                        (field::select(filled, "account", "It acts as", &whose))
                        (field::select(filled, "days", "Good for", &DAYS))
                    }))
                    (field::choices(filled, "rights", "What it may do", &RIGHTS))
                    (fold("One by one", ticks(access, filled)))
                }))
                (form::actions(html! { (button("Make key").primary()) }))
            }))
        }
        @if !rows.is_empty() { (Table::new("API keys", &columns).show(&rows)) }
    };
    let actions = html! { (link_button("Service accounts", "/settings/service-accounts").icon("users")) };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let title = "API keys".into();
    Ok(shell::page(access, Frame { title, active: "/settings", crumbs, actions, body, ..Frame::default() }))
}

/// Only what its maker may themselves.
fn ticks(access: &Access<ApiKeysManage>, filled: &Filled) -> Markup {
    html! { div."grid"."gap-2" {
        @for one in PERMISSIONS.iter().filter(|one| access.may(one.name)) {
            label.tickline {
                input.check type="checkbox" name="scopes" value=(one.name) checked[filled.has("scopes", one.name)];
                span { (one.sentence) } small { (one.name) }
            }
        }
    } }
}

fn verbs(key: &ApiKey, now: Timestamp) -> Markup {
    let at = |verb: &str| format!("/settings/api-keys/{}/{verb}", key.id);
    let end = form::verb_form(&at("revoke"), html! { (button("Revoke").danger().small()) });
    match (key.revoked_at, key.opens(now), key.replaced_by) {
        (Some(_), _, _) => html! { span.dim { "revoked" } },
        (None, false, _) => html! { span.dim { "over" } },
        (None, true, Some(_)) => html! { span."flex"."gap-2"."items-center" { span.dim { "replaced" } (end) } },
        (None, true, None) => {
            let new = form::verb_form(&at("rotate"), html! { (button("Replace").small()) });
            html! { span."flex"."gap-2" { (new) (end) } }
        }
    }
}

/// What the words of the form come to.
async fn chosen(access: &Access<ApiKeysManage>, typed: Typed) -> Result<New> {
    let within = match typed.account {
        Some(id) => access.read(service_account::find(id)).await?.map(|account| role::permissions_of(account.role)),
        None => None,
    };
    let held = |name: &str| access.may(name) && within.as_ref().is_none_or(|all| all.iter().any(|one| one == name));
    let mut scopes = typed.scopes;
    if typed.rights != "some" {
        let all = PERMISSIONS.iter().map(|p| p.name).filter(|name| held(name));
        scopes =
            all.filter(|name| typed.rights == "all" || !kernel::permission::changes(name)).map(str::to_owned).collect();
    }
    let end = |days: i64| access.now().saturating_add(SignedDuration::from_hours(24 * days)).ok();
    let expires_at = typed.days.and_then(end);
    New { name: typed.name, scopes, expires_at, service_account_id: typed.account }.checked()
}

pub async fn post(access: Access<ApiKeysManage>, form: Form<Typed>) -> Result<Page> {
    let outcome = form
        .then(async |typed: Typed| {
            let new = chosen(&access, typed).await?;
            access.retrying(async |tx: &mut TenantTx| super::create(&access, tx, &new).await).await
        })
        .await?;
    match outcome {
        Ok(made) => draw(&access, &fresh(None), Some(&made)).await,
        Err(typed) => Ok(Page { status: 422, ..draw(&access, &shell::filled(typed), None).await? }),
    }
}

/// With a day for the change; by the API it may be more or less. The new key is in this answer and nowhere else.
pub async fn rotate_post(access: Access<ApiKeysManage>, Path(id): Path<ApiKeyId>) -> Result<Page> {
    let rotation = Rotation { overlap_hours: None };
    let made = access.retrying(async |tx: &mut TenantTx| super::rotate(&access, tx, id, &rotation).await).await?;
    access.house().forget_principals();
    draw(&access, &fresh(None), Some(&made)).await
}

pub async fn revoke_post(access: Access<ApiKeysManage>, Path(id): Path<ApiKeyId>) -> Result<Redirect> {
    let key = access.retrying(async |tx: &mut TenantTx| super::revoke(tx, id).await).await?;
    access.house().forget_principals();
    Ok(Redirect::to("/settings/api-keys").toast(&format!("{} no longer opens anything.", key.name)))
}
