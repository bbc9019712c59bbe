//! Whether the portal is open, and what the company says on its first page.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{Either, Form, IfMatch, Json, One, Page, Redirect, Repeatable, Versioned},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::{
    SettingsRead, SettingsWrite,
    shell::{self, Frame, filled},
};
use ui::{Filled, button, card, field, form};

use crate::events::PortalTermsChanged;

kernel::id!(PortalTermsId);

row! { struct Kept { id: PortalTermsId, open: bool, welcome: Option<String>, version: i64 } }

sql! {
    fn kept() -> Option<Kept> = "select id, open, welcome, version from portal_terms where tenant_id = $1";
    fn keep(id: PortalTermsId, open: bool, welcome: Option<String>, seen: i64, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into portal_terms as t (tenant_id, id, open, welcome, created_at, updated_at, created_by) values ($1, $2, $3, $4, $6, $6, $7)
        on conflict (tenant_id) do update set open = $3, welcome = $4, updated_at = $6, version = t.version + 1 where t.version = $5";
}

kernel::promise! { "portal_terms_once": "", "Somebody else saved this at the same moment. Load the page again." }

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PortalTerms")]
pub struct Terms {
    /// Open until the company says otherwise. Closed, nobody signs in, and whoever is signed in sees nothing.
    pub open: bool,
    /// A paragraph on the first page.
    pub welcome: Option<String>,
    /// Where customers sign in.
    pub url: String,
    /// Zero as long as nothing was said.
    pub version: i64,
}
impl Versioned for Terms {
    fn version(&self) -> i64 {
        self.version
    }
}

/// "https://acme.example/portal".
pub(crate) fn url(scope: &Scope) -> String {
    scope.house().url(Some(&scope.tenant().slug), "/portal")
}

impl Terms {
    fn of(scope: &Scope, kept: Option<Kept>) -> Self {
        let url = url(scope);
        match kept {
            None => Self { open: true, welcome: None, url, version: 0 },
            Some(Kept { open, welcome, version, .. }) => Self { open, welcome, url, version },
        }
    }
}

pub(crate) async fn is_open(scope: &Scope) -> Result<bool> {
    Ok(scope.read(kept()).await?.is_none_or(|kept| kept.open))
}

/// What is said on the first page; a portal that is closed is not there.
pub(crate) async fn open(scope: &Scope) -> Result<Option<String>> {
    match scope.read(kept()).await? {
        Some(kept) if !kept.open => Err(Error::NotFound),
        kept => Ok(kept.and_then(|kept| kept.welcome)),
    }
}

/// Left out means unchanged.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PortalTermsChange")]
pub struct Change {
    pub open: Option<bool>,
    /// At most 600 characters; empty: nothing.
    pub welcome: Option<String>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        if let Some(welcome) = &mut self.welcome {
            *welcome = welcome.trim().to_owned();
            let length = welcome.chars().count();
            checks.that(length <= 600, "welcome", "too_long", format!("At most 600 characters; this has {length}."));
            checks.that(
                !welcome.contains('\0'),
                "welcome",
                "bad_character",
                "This holds a character that cannot be kept.",
            );
        }
    }
}

async fn change(scope: &Scope, tx: &mut TenantTx, seen: i64, change: Change) -> Result<Terms> {
    let found = tx.run(kept()).await?;
    let id = found.as_ref().map_or_else(PortalTermsId::new, |kept| kept.id);
    let mut now = Terms::of(scope, found);
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    now.open = change.open.unwrap_or(now.open);
    now.welcome = change.welcome.map_or(now.welcome, |welcome| Some(welcome).filter(|words| !words.is_empty()));
    if tx.run(keep(id, now.open, now.welcome.clone(), seen, tx.now(), tx.user())).await? != 1 {
        return Err(Error::Stale(None));
    }
    tx.tell(&PortalTermsChanged { terms: id });
    now.version += 1;
    Ok(now)
}

pub async fn api(access: Access<SettingsRead>) -> Result<One<Terms>> {
    Ok(One(Terms::of(&access, access.read(kept()).await?)))
}

pub async fn change_api(
    access: Access<SettingsWrite>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Terms>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(&access, tx, seen, input.clone()).await).await.map(One)
}

async fn draw(scope: &Scope, wrong: Option<Filled>) -> Result<Page> {
    let terms = Terms::of(scope, scope.read(kept()).await?);
    let is_wrong = wrong.is_some();
    let filled = wrong.unwrap_or_else(|| {
        Filled::of([
            ("version", terms.version.to_string()),
            ("open", terms.open.to_string()),
            ("welcome", terms.welcome.clone().unwrap_or_default()),
        ])
    });
    let may = scope.can::<SettingsWrite>();
    let body = html! {
        @if terms.open { div."mb-6" { p."mb-2" { "Customers sign in here, by a link to their e-mail address. Put it on your site, or send it to them from their page." } (card::copy(&terms.url, "the address of the portal")) } }
        (form::form("/settings/portal", &filled, html! {
            (field::hidden("version", filled.value("version")))
            (form::part("Customer portal", "Customers see their visits, estimates and invoices, book again and ask for changes. They see no other customer, and nothing of the office.", html! {
                (field::checkbox(&filled, "open", "Customers may sign in").hint("Closed, the address is not there, and whoever is signed in sees nothing any more."))
                (field::textarea(&filled, "welcome", "On the first page").rows(3).most(600).hint("A paragraph of yours, such as your hours."))
            }))
            @if may { (form::actions(html! { (button("Save").primary()) })) }
        }))
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame = Frame { title: "Customer portal".into(), active: "/settings", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if is_wrong { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<SettingsRead>) -> Result<Page> {
    draw(&access, None).await
}

/// A box that is not ticked is not sent.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TypedPortalTerms")]
pub struct Typed {
    open: Option<bool>,
    welcome: Option<String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("welcome", &mut self.welcome, 600);
    }
}

pub async fn post(access: Access<SettingsWrite>, form: Form<Typed>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |typed: Typed| {
        let welcome = Some(typed.welcome.unwrap_or_default());
        let input = Change { open: Some(typed.open == Some(true)), welcome };
        access
            .once(async |tx: &mut TenantTx| {
                change(&access, tx, seen, input.clone()).await?;
                Ok(Redirect::to("/settings/portal").toast("Saved"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, Some(filled(typed))).await?)),
    }
}
