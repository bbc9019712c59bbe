//! The history of a record as a page, the record as it was on a day, and the card on the record's own page.
use futures_util::future::BoxFuture;
use jiff::{Timestamp, civil};
use kernel::{
    Access, Error, Money, Result, Scope,
    http::{Page, Path, Query},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use ui::{
    form::verb_form,
    timeline::{Happened, happened},
};
use uuid::Uuid;

use super::{Change, Past, home, list, put_back, said};
use crate::{
    AuditRead,
    chain::archive,
    shell::{self, Frame},
};

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    cursor: Option<String>,
    /// As it was at this moment.
    at: Option<Timestamp>,
    /// The same as a day and time on the company's clock, as a form sends it.
    on: Option<String>,
}

row! { struct Called { record_id: Uuid, name: String } }

sql! {
    fn called(ids: Vec<Uuid>) -> Vec<Called> = "
        select distinct on (record_id) record_id, after ->> 'name' as name from record_change
        where tenant_id = $1 and record_id = any($2) and after ->> 'name' is not null order by record_id, n desc";
}

type Names = BTreeMap<Uuid, String>;

/// What ids in these fields are called, so that people need not read ids.
async fn names<'a>(scope: &Scope, states: impl Iterator<Item = &'a Value>) -> Result<Names> {
    let fields = states.filter_map(Value::as_object).flat_map(|fields| fields.values());
    let ids: Vec<Uuid> = fields.filter_map(|value| value.as_str()?.parse().ok()).collect();
    if ids.is_empty() {
        return Ok(Names::new());
    }
    Ok(scope.read(called(ids)).await?.into_iter().map(|called| (called.record_id, called.name)).collect())
}

/// Housekeeping that nobody reads.
fn is_quiet(field: &str) -> bool {
    matches!(field, "id" | "version" | "created_at" | "updated_at" | "created_by" | "position")
}

/// A value as a person reads it.
fn word(scope: &Scope, names: &Names, field: &str, value: &Value) -> String {
    let locale = &scope.tenant().locale;
    match value {
        _ if kernel::sight::hides(field) => "—".into(),
        Value::Null => "nothing".into(),
        Value::String(text) if text.is_empty() => "nothing".into(),
        Value::Bool(is) => if *is { "yes" } else { "no" }.into(),
        Value::Number(number) if field.ends_with("_minor") => {
            Money::new(number.as_i64().unwrap_or_default(), locale.currency).display(&locale.language)
        }
        Value::String(text) => match (text.parse::<Uuid>(), text.parse::<Timestamp>()) {
            (Ok(id), _) => names.get(&id).cloned().unwrap_or_else(|| "another one".into()),
            (_, Ok(at)) => shell::moment(scope.tenant(), at),
            _ => text.clone(),
        },
        Value::Array(all) if all.is_empty() => "nothing".into(),
        Value::Array(all) => all.iter().map(|one| word(scope, names, field, one)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn sentence(change: &Change) -> String {
    let what = said(&change.record);
    let verb = match change.deed.as_str() {
        "insert" => "added",
        "delete" => "removed",
        "found" => "was here when its history began",
        _ => "changed",
    };
    format!("{what} {verb}")
}

fn who(change: &Change) -> String {
    let name = match change.actor_name.as_deref() {
        Some(name) if name.starts_with("job:") => "Tradewind, by itself",
        Some(name) => name,
        None => return String::new(),
    };
    let key = if change.via.as_deref() == Some("key") { ", API key" } else { "" };
    let from = change.address.as_ref().map(|address| format!(", from {address}")).unwrap_or_default();
    format!("{name}{key}{from}")
}

fn line(scope: &Scope, record: Uuid, change: &Change, names: &Names) -> Happened {
    let at = shell::moment(scope.tenant(), change.at);
    let (sign, tone) = match change.deed.as_str() {
        "insert" => ("plus", "tone-good"),
        "delete" => ("trash-2", "tone-bad"),
        _ => ("pencil", ""),
    };
    let empty = serde_json::Map::new();
    let fields = change.before.as_object().filter(|_| change.deed == "update").unwrap_or(&empty);
    let more = html! {
        @for (field, was) in fields.iter().filter(|(field, _)| !is_quiet(field)) {
            @let is = change.after.get(field).unwrap_or(&Value::Null);
            div.was {
                span { b { (said(field)) } ": " s.dim { (word(scope, names, field, was)) } " → " (word(scope, names, field, is)) }
                @if put_back::way(scope, change, field).is_some() {
                    (verb_form(&format!("/history/{}/put-back", change.id), html! {
                        input type="hidden" name="field" value=(field);
                        (ui::button("Put back").quiet().small().attr("aria-label", format!("Put back: {} as {}", said(field), word(scope, names, field, was))))
                    }))
                }
            }
        }
        @let who = who(change);
        p.t12.dim { @if !who.is_empty() { (who) " · " } a.link href={ "/history/" (record) "?at=" (change.at) } { "As it was then" } }
    };
    Happened {
        icon: sign.into(),
        tone,
        what: html! { (sentence(change)) },
        when: at,
        datetime: change.at.to_string(),
        more: Some(more),
    }
}

/// All changes, or with `at` the record as it was.
pub async fn page(access: Access<AuditRead>, Path(id): Path<Uuid>, Query(asked): Query<Asked>) -> Result<Page> {
    let moment = match (&asked.on, asked.at) {
        (Some(on), _) => Some(on_clock(&access, on)?),
        (None, at) => at,
    };
    let found = list::list(&access, id, &kernel::page::Asked { limit: Some(50), cursor: asked.cursor.clone() }).await?;
    let own = found.data.iter().find(|change| change.record_id == id);
    let kind = own.or(found.data.first()).ok_or(Error::NotFound)?;
    let record = if kind.record_id == id { kind.record.clone() } else { String::new() };
    let past = match moment {
        Some(at) => Some((at, Past::of(&access, at, async |past: &mut Past<'_>| past.find(id).await).await?)),
        None => None,
    };
    let states = found.data.iter().flat_map(|change| [&*change.before, &*change.after]);
    let names = names(&access, states.chain(past.iter().filter_map(|(_, found)| found.as_ref().map(|f| &f.1)))).await?;
    let lines: Vec<Happened> = found.data.iter().map(|change| line(&access, id, change, &names)).collect();
    let last = archive::extent(&access).await?.and_then(|archived| archived.last_at);
    let unsaid = last.filter(|last| found.data.iter().any(|one| one.actor_name.is_none() && one.at <= *last));
    let body = html! {
        div.px-4.pb-4 {
            form.asof method="get" action={ "/history/" (id) } {
                label for="on" { "As it was on" } input.input #on type="datetime-local" name="on" required;
                (ui::button("Show").attr("type", "submit"))
            }
            @if let Some((at, found)) = &past { (as_it_was(&access, *at, found.as_ref(), &names)) }
            h2."day-h" { "Changes" }
            ol.tl { @for one in &lines { (happened(one)) } }
            @if let Some(last) = unsaid {
                p.mt-3.t13.soft { "Who made changes up to " (shell::moment(access.tenant(), last)) " is told by the archive. " a.link href="/settings/audit/export" { "Download it" } }
            }
            @if let Some(cursor) = &found.next_cursor { p.mt-3 { a.link href={ "/history/" (id) "?cursor=" (cursor) } { "Older" } } }
        }
    };
    let crumbs = home(&record, id).map(|(label, href)| vec![(label.to_owned(), href)]).unwrap_or_default();
    let title = if record.is_empty() {
        "History".to_owned()
    } else {
        format!("History of this {}", said(&record).to_lowercase())
    };
    Ok(shell::page(&access, Frame { title, active: "/settings", crumbs, body, ..Frame::default() }))
}

fn as_it_was(scope: &Scope, at: Timestamp, found: Option<&(String, Value)>, names: &Names) -> Markup {
    let when = shell::moment(scope.tenant(), at);
    let Some((_, state)) = found else {
        return html! { p.soft role="status" { "At " (when) " it was not here, or its history had not begun." } };
    };
    let empty = serde_json::Map::new();
    let fields = state.as_object().unwrap_or(&empty).iter();
    let labels: Vec<(String, Markup)> = fields
        .filter(|(field, value)| !matches!(field.as_str(), "id" | "position") && !value.is_null())
        .map(|(field, value)| (said(field), html! { (word(scope, names, field, value)) }))
        .collect();
    let pairs: Vec<(&str, Markup)> = labels.iter().map(|(label, value)| (label.as_str(), value.clone())).collect();
    ui::card::card("As it was", &when, None, ui::card::card_body(ui::card::facts(&pairs)))
}

/// "2026-06-22T09:30" on the company's clock.
fn on_clock(scope: &Scope, text: &str) -> Result<Timestamp> {
    let bad = || Error::field("/on", "moment", "Give a day and a time, such as 2026-06-22T09:30.");
    let time: civil::DateTime = text.parse().map_err(|_| bad())?;
    // The minute that was typed belongs to it whole.
    let time = if time.second() == 0 { time.with().second(59).build().map_err(|_| bad())? } else { time };
    let at = time.to_zoned(scope.tenant().locale.zone.clone()).map_err(|_| bad())?.timestamp();
    Ok(at.min(scope.now()))
}

/// The latest changes, on the record's own page.
pub fn card(scope: Scope, id: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let found = list::list(&scope, id, &kernel::page::Asked { limit: Some(3), cursor: None }).await?;
        let all = html! { a.link.t12 href={ "/history/" (id) } { "All" } };
        let lines = html! {
            @for change in &found.data {
                @let small = [who(change), shell::moment(scope.tenant(), change.at)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
                (ui::card::line("file-text", &sentence(change), &small, html! {}))
            }
            @if found.data.is_empty() { p.dim.t13 { "Nothing yet." } }
        };
        Ok(ui::card::section("History", all, lines))
    })
}
