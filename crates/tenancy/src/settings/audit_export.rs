//! Taking along what happened between two days, as a table: what is in the archive as well as what is not there yet.
use jiff::civil::Date;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Download, Either, Form, Json, Page},
    text::harmless,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, card, field, form};
use uuid::Uuid;

use super::Entry;
use crate::{
    AuditRead,
    chain::archive::{Storage, extent, gather},
    shell::{self, Frame},
};

kernel::event! {
    pub struct AuditExported = "audit.exported", seen by AuditRead { tenant: Uuid, from: Date, to: Date, entries: i64 }
}

/// Entries in one table: as many as are held in memory without harm.
const MOST: usize = 50_000;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AuditExport")]
pub struct Days {
    /// From the beginning of this day, on the company's clock.
    from: Date,
    /// To the end of this day.
    to: Date,
}
impl Input for Days {
    fn check(&mut self, checks: &mut Checks) {
        checks.that(self.from <= self.to, "to", "order", "Choose the same day as the first, or a later one.");
    }
}

async fn export(access: &Access<AuditRead>, days: Days) -> Result<Download> {
    let zone = &access.tenant().locale.zone;
    let begins = |day: Date| day.to_zoned(zone.clone()).map(|at| at.timestamp());
    let odd =
        |name: &'static str| move |_| Error::field(name, "day", "Give a day of the calendar, such as 2026-06-22.");
    let from = begins(days.from).map_err(odd("/from"))?;
    let to = days.to.tomorrow().and_then(begins).map_err(odd("/to"))?;
    let gathered = gather(access, from, to, MOST).await?.ok_or_else(|| {
        let says =
            "More than 50,000 entries lie between these days. Choose fewer days, and the rest with the next table.";
        Error::field("/to", "too_many", says)
    })?;
    let bytes = write(&gathered.entries).map_err(|e| Error::Bug(format!("a table of the audit: {e}")))?;
    let (tenant, entries) = (access.tenant().id, gathered.entries.len() as i64);
    let told = AuditExported { tenant, from: days.from, to: days.to, entries };
    let tell = async |tx: &mut TenantTx| {
        tx.tell(&told);
        Ok(())
    };
    access.write_with(tell).await?;
    Ok(Download {
        name: format!("What happened {} to {}.csv", days.from, days.to),
        media_type: "text/csv".into(),
        bytes: bytes.into(),
        inline: false,
    })
}

const COLUMNS: [&str; 13] = [
    "at",
    "actor_kind",
    "actor_name",
    "action",
    "detail",
    "via",
    "address",
    "agent",
    "actor_id",
    "subject",
    "session_id",
    "request_id",
    "id",
];

fn write(entries: &[Entry]) -> Result<Vec<u8>, csv::Error> {
    // The mark makes a spreadsheet read it as UTF-8.
    let mut out = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    out.write_record(COLUMNS)?;
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    for one in entries {
        let [address, agent] = [&one.address, &one.agent].map(|text| text.as_deref().unwrap_or_default());
        out.write_record([
            one.at.to_string(),
            one.actor_kind.clone(),
            harmless(&one.actor_name),
            one.action.clone(),
            one.detail.to_string(),
            one.via.clone(),
            harmless(address),
            harmless(agent),
            id(one.actor_id),
            id(one.subject),
            id(one.session_id),
            id(one.request_id),
            one.id.to_string(),
        ])?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// The same question gives the same table, and is written down each time, so nothing is kept with an idempotency key.
pub async fn api(access: Access<AuditRead>, Json(days): Json<Days>) -> Result<Download> {
    export(&access, days).await
}

pub async fn page(access: Access<AuditRead>) -> Result<Page> {
    draw(&access, &Filled::default()).await
}

pub async fn post(access: Access<AuditRead>, form: Form<Days>) -> Result<Either<Download, Page>> {
    match form.then(async |days| export(&access, days).await).await? {
        Ok(table) => Ok(Either::Done(table)),
        Err(typed) => Ok(Either::Again(Page { status: 422, ..draw(&access, &shell::filled(typed)).await? })),
    }
}

async fn draw(scope: &Scope, filled: &Filled) -> Result<Page> {
    let kept = Storage::of(scope.house())?.kept_days();
    let archive = extent(scope).await?;
    let lies = match archive.as_ref().and_then(|all| Some((all, all.first_at?, all.last_at?))) {
        Some((all, first, last)) => {
            let [first, last] = [first, last].map(|at| shell::moment(scope.tenant(), at));
            html! {
                (card::card("In the archive", "", None, card::card_body(card::facts(&[
                    ("From", html! { (first) }), ("To", html! { (last) }), ("Entries", html! { span.num { (all.entries) } }),
                    ("Kept for", html! { (kept) " days" }),
                ]))))
            }
        }
        None => {
            html! { p.soft.t13 { "Nothing is in the archive yet. What happened goes there when it is old, and is kept for " (kept) " days altogether." } }
        }
    };
    let body = html! {
        (form::form("/settings/audit/export", filled, form::part(
            "Which days", "A table with everything that happened in them, for a spreadsheet. That you took it is written down.",
            html! {
                (form::pair(html! { (field::date(filled, "from", "From").required()) (field::date(filled, "to", "To").required()) }))
                (form::actions(html! { (button("Download").primary()) }))
            },
        )))
        div.mt-4 { (lies) }
    };
    let crumbs = vec![("Settings".into(), "/settings".into()), ("What happened".into(), "/settings/audit".into())];
    let title = "Download what happened".into();
    Ok(shell::page(scope, Frame { title, active: "/settings", crumbs, body, ..Frame::default() }))
}

#[test]
fn a_table_has_a_line_for_each_entry_and_calculates_nothing() {
    let entry = Entry {
        id: Uuid::nil(),
        at: jiff::Timestamp::UNIX_EPOCH,
        actor_kind: "user".into(),
        actor_id: None,
        actor_name: "=cmd()".into(),
        action: "customer.created".into(),
        subject: Some(Uuid::nil()),
        request_id: None,
        detail: serde_json::json!({ "name": "Zoë, \"the\" first" }).into(),
        via: "session".into(),
        session_id: None,
        address: None,
        agent: Some("-curl".into()),
    };
    let bytes = write(&[entry]).unwrap();
    let mut read = csv::Reader::from_reader(&bytes[3..]);
    assert_eq!(read.headers().unwrap(), &COLUMNS[..]);
    let [line] = &read.records().collect::<Result<Vec<_>, _>>().unwrap()[..] else { panic!("one line") };
    assert_eq!((&line[2], &line[7], &line[1]), ("'=cmd()", "'-curl", "user"));
    assert_eq!(&line[4], "{\"name\":\"Zoë, \\\"the\\\" first\"}");
}
