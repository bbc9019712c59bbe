//! When customers are reminded of late invoices, and what is said besides.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, IfMatch, Json, One, Page, Redirect, Repeatable, Versioned},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::shell::{self, Frame};
use ui::{Filled, button, field, form};
use uuid::Uuid;

use crate::{
    ReminderTermsId,
    permissions::{InvoicesRead, InvoicesWrite},
};

row! {
    pub struct Kept { pub id: ReminderTermsId, pub days: Vec<i32>, pub words: Option<String>, pub version: i64 }
}

sql! {
    pub fn kept() -> Option<Kept> = "select id, days, words, version from reminder_terms where tenant_id = $1";
    fn keep(id: ReminderTermsId, days: Vec<i32>, words: Option<String>, seen: i64, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into reminder_terms as t (tenant_id, id, days, words, created_at, updated_at, created_by) values ($1, $2, $3, $4, $6, $6, $7)
        on conflict (tenant_id) do update set days = $3, words = $4, updated_at = $6, version = t.version + 1 where t.version = $5";
}

kernel::event! {
    /// When customers are reminded of late invoices.
    pub struct ReminderTermsChanged = "reminder_terms.changed", seen by InvoicesRead { terms: ReminderTermsId }
}
kernel::heard! { "reminder_terms." by everybody }
kernel::promise! { "reminder_terms_once": "", "Somebody else saved this at the same moment. Load the page again." }

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ReminderTerms")]
pub struct Terms {
    /// So many days after an invoice was due, one letter each; empty: nobody is reminded.
    pub days: Vec<i32>,
    /// A paragraph of one's own in each of them.
    pub words: Option<String>,
    /// Zero as long as nothing was said.
    pub version: i64,
}
impl Versioned for Terms {
    fn version(&self) -> i64 {
        self.version
    }
}
impl Terms {
    fn of(kept: Option<Kept>) -> Self {
        kept.map_or(Self { days: vec![], words: None, version: 0 }, |kept| Self {
            days: kept.days,
            words: kept.words,
            version: kept.version,
        })
    }
}

/// The whole anew.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "ReminderTermsInput")]
pub struct Change {
    /// Such as 3, 14 and 30; at most five, the earliest first.
    pub days: Vec<i32>,
    pub words: Option<String>,
}
impl Input for Change {
    fn check(&mut self, checks: &mut Checks) {
        self.days.sort_unstable();
        self.days.dedup();
        checks.that(self.days.len() <= 5, "days", "too_many", "At most five reminders.");
        let fit = self.days.iter().all(|day| (1..=365).contains(day));
        checks.that(fit, "days", "range", "Each is 1 to 365 days after the due date.");
        let apart = self.days.windows(2).all(|pair| pair[1] - pair[0] >= 3);
        checks.that(apart, "days", "close", "Leave at least three days between two reminders.");
        checks.optional("words", &mut self.words, 600);
    }
}

pub async fn change(tx: &mut TenantTx, seen: i64, change: Change) -> Result<Terms> {
    let found = tx.run(kept()).await?;
    let id = found.as_ref().map_or_else(ReminderTermsId::new, |kept| kept.id);
    let now = Terms::of(found);
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    let keep = keep(id, change.days.clone(), change.words.clone(), seen, tx.now(), tx.user());
    if tx.run(keep).await? != 1 {
        return Err(Error::Stale(None));
    }
    tx.tell(&ReminderTermsChanged { terms: id });
    Ok(Terms { days: change.days, words: change.words, version: seen + 1 })
}

pub async fn api(access: Access<InvoicesRead>) -> Result<One<Terms>> {
    Ok(One(Terms::of(access.read(kept()).await?)))
}

pub async fn change_api(
    access: Access<InvoicesWrite>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Terms>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, seen, input.clone()).await).await.map(One)
}

async fn draw(scope: &Scope, wrong: Option<Filled>) -> Result<Page> {
    let terms = Terms::of(scope.read(kept()).await?);
    let is_wrong = wrong.is_some();
    let filled = wrong.unwrap_or_else(|| {
        let days = terms.days.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
        Filled::of([
            ("version", terms.version.to_string()),
            ("days", days),
            ("words", terms.words.clone().unwrap_or_default()),
        ])
    });
    let body = form::form(
        "/settings/reminders",
        &filled,
        html! {
            (field::hidden("version", filled.value("version")))
            (form::part("Reminders of late invoices", "By e-mail with the invoice attached, between eight and six. Who pays, objects or has no address gets none.", html! {
                (field::text(&filled, "days", "Days after the due date").most(40).placeholder("3, 14, 30").hint("With commas between. Empty: nobody is reminded."))
                (field::textarea(&filled, "words", "In your words").rows(3).most(600).hint("A paragraph of yours: where to pay, whom to call."))
            }))
            @if scope.can::<InvoicesWrite>() { (form::actions(html! { (button("Save").primary()) })) }
        },
    );
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame = Frame { title: "Reminders".into(), active: "/settings", crumbs, body, ..Frame::default() };
    let page = shell::page(scope, frame);
    Ok(Page { status: if is_wrong { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<InvoicesRead>) -> Result<Page> {
    draw(&access, None).await
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "TypedReminderTerms")]
pub struct Typed {
    days: Option<String>,
    words: Option<String>,
}
impl Input for Typed {
    fn check(&mut self, checks: &mut Checks) {
        checks.optional("days", &mut self.days, 40);
        checks.optional("words", &mut self.words, 600);
    }
}

pub async fn post(access: Access<InvoicesWrite>, form: Form<Typed>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |typed: Typed| {
        let number = |text: &str| text.trim().parse::<i32>();
        let words = typed.days.unwrap_or_default();
        let days: Result<Vec<i32>, _> =
            words.split([',', ';', ' ']).filter(|text| !text.trim().is_empty()).map(number).collect();
        let days =
            days.map_err(|_| Error::field("/days", "number", "Write days with commas between, such as 3, 14, 30."))?;
        let input = Change { days, words: typed.words }.checked()?;
        access
            .once(async |tx: &mut TenantTx| {
                change(tx, seen, input.clone()).await?;
                Ok(Redirect::to("/settings/reminders").toast("Saved"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, Some(shell::filled(typed))).await?)),
    }
}
