//! Closing the books up to a day, and opening them again.
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Checks, Error, Input, Result, TenantTx,
    http::{Either, Form, IfMatch, Json, One, Page, Redirect, Repeatable, Versioned},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::shell::filled;
use ui::{Filled, button, field, form};
use uuid::Uuid;

use super::page::{Tab, framed};
use crate::{
    CloseId,
    permissions::{LedgerClose, LedgerRead},
    series, written,
};

row! {
    struct Kept { id: CloseId, closed_to: Option<Date>, version: i64 }
}

sql! {
    /// The first day that is open, where some are closed.
    pub fn first_open() -> Option<Date> = "select closed_to + 1 as day from ledger_close where tenant_id = $1 and closed_to is not null";
    fn kept() -> Option<Kept> = "select id, closed_to, version from ledger_close where tenant_id = $1";
    fn keep(id: CloseId, closed_to: Option<Date>, seen: i64, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into ledger_close as c (tenant_id, id, closed_to, created_at, updated_at, created_by) values ($1, $2, $3, $5, $5, $6)
        on conflict (tenant_id) do update set closed_to = $3, updated_at = $5, version = c.version + 1 where c.version = $4";
}

kernel::event! {
    /// Up to which day nothing is posted any more.
    pub struct LedgerClosed = "ledger.closed", seen by LedgerRead { close: CloseId, closed_to: Option<Date> }
}
kernel::promise! {
    "voucher_period_open": "", "The books are closed for that day. Choose a later one, or have them opened again under Books.";
    "ledger_close_once": "", "Somebody else closed them at the same moment. Load the page again.";
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Closed {
    /// The last day that is closed; none: all days are open.
    pub closed_to: Option<Date>,
    /// Zero as long as they were never closed.
    pub version: i64,
}
impl Versioned for Closed {
    fn version(&self) -> i64 {
        self.version
    }
}
impl Closed {
    fn of(kept: Option<Kept>) -> Self {
        kept.map_or(Self { closed_to: None, version: 0 }, |kept| Self {
            closed_to: kept.closed_to,
            version: kept.version,
        })
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CloseInput {
    /// The last day that shall be closed; none opens all days.
    pub closed_to: Option<Date>,
}
impl Input for CloseInput {
    fn check(&mut self, checks: &mut Checks) {
        let days = self.closed_to.is_none_or(|on| (1990..=2200).contains(&on.year()));
        checks.that(days, "closed_to", "range", "Give a day between 1990 and 2200.");
    }
}

/// `seen` is 0 for who saw that they were never closed.
pub async fn close(tx: &mut TenantTx, seen: i64, closed_to: Option<Date>) -> Result<Closed> {
    // Each voucher takes its number before it is written: whoever is posting is waited for, and whoever comes after sees the closing.
    let (_, found) = tx.run((series::hold(series::VOUCHERS), kept())).await?;
    let id = found.as_ref().map_or_else(CloseId::new, |kept| kept.id);
    let now = Closed::of(found);
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    if closed_to.is_some_and(|day| day >= tx.today()) {
        return Err(Error::field(
            "/closed_to",
            "future",
            "Close up to yesterday at most: today’s vouchers still come.",
        ));
    }
    if tx.run(keep(id, closed_to, seen, tx.now(), tx.user())).await? != 1 {
        return Err(Error::Stale(None));
    }
    tx.tell(&LedgerClosed { close: id, closed_to });
    Ok(Closed { closed_to, version: seen + 1 })
}

pub async fn api(access: Access<LedgerRead>) -> Result<One<Closed>> {
    Ok(One(Closed::of(access.read(kept()).await?)))
}

pub async fn change_api(
    access: Access<LedgerClose>,
    version: IfMatch,
    Json(input): Json<CloseInput>,
) -> Result<One<Closed>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| close(tx, seen, input.closed_to).await).await.map(One)
}

async fn draw(scope: &kernel::Scope, wrong: Option<Filled>) -> Result<Page> {
    let now = Closed::of(scope.read(kept()).await?);
    let is_wrong = wrong.is_some();
    let filled = wrong.unwrap_or_else(|| {
        Filled::of([
            ("version", now.version.to_string()),
            ("closed_to", now.closed_to.map(|day| day.to_string()).unwrap_or_default()),
        ])
    });
    let may = scope.can::<LedgerClose>();
    let says = match now.closed_to {
        Some(day) => format!("Closed up to {}.", written::day(day)),
        None => "All days are open.".to_owned(),
    };
    let body = html! {
        p.mb-4 { (says) }
        (form::form("/books/close", &filled, html! {
            (field::hidden("version", filled.value("version")))
            (form::part("Close the books", "Once a period is filed or with your accountant, nothing shall change in it: no invoice, payment or credit note gets a date in it, by whichever way it comes.", html! {
                (field::date(&filled, "closed_to", "Last closed day").hint("Empty opens all days."))
            }))
            @if may { (form::actions(html! { (button("Save").primary()) })) }
        }))
    };
    let page = framed(scope, Tab::Close, html! {}, body);
    Ok(Page { status: if is_wrong { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<LedgerRead>) -> Result<Page> {
    draw(&access, None).await
}

pub async fn post(access: Access<LedgerClose>, form: Form<CloseInput>) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |typed: CloseInput| {
        access
            .once(async |tx: &mut TenantTx| {
                close(tx, seen, typed.closed_to).await?;
                Ok(Redirect::to("/books/close").toast("Saved"))
            })
            .await
    };
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => Ok(Either::Again(draw(&access, Some(filled(typed))).await?)),
    }
}
