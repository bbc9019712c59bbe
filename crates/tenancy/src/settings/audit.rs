//! Who did what, and when: written with each change, never changed.
use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{
    Access, Cursor, Error, Paged, Result,
    http::{Json, Page, Query},
    page, row,
    sight::Remembered,
    sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ui::{
    MenuItem, filters,
    filters::Chip,
    table::{Column, Row, Table},
};
use uuid::Uuid;

use crate::{
    AuditRead,
    chain::archive,
    shell::{self, Frame},
};

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Entry {
        pub id: Uuid,
        pub at: Timestamp,
        /// `user`, `key`, `visitor` or `system`.
        pub actor_kind: String,
        pub actor_id: Option<Uuid>,
        pub actor_name: String,
        /// Such as `invoice.issued`.
        pub action: String,
        pub subject: Option<Uuid>,
        pub request_id: Option<Uuid>,
        pub detail: Remembered,
        /// Through what they came: `session`, `token`, `key`, `visit`, `public`; `job` for the house's own work.
        pub via: String,
        pub session_id: Option<Uuid>,
        /// From where.
        pub address: Option<String>,
        /// What their browser or program calls itself.
        pub agent: Option<String>,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 1–200, 50 when not given.
    limit: Option<i64>,
    cursor: Option<String>,
    /// What: only this action, such as `invoice.issued`.
    action: Option<String>,
    /// Which record: only what was done to this.
    subject: Option<Uuid>,
    /// Who: only what this member or key did.
    actor: Option<Uuid>,
    /// When: from the beginning of this day, on the company's clock.
    from: Option<Date>,
    /// To the end of this day.
    to: Option<Date>,
}

sql! {
    fn before(id: Uuid, limit: i64) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent
        from audit where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn of_action(id: Uuid, limit: i64, action: String, from: Timestamp, to: Timestamp) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent
        from audit where tenant_id = $1 and action = $4 and at >= $5 and at < $6 and id < $2 order by id desc limit $3";
    fn of_subject(id: Uuid, limit: i64, subject: Uuid, action: Option<String>, actor: Option<Uuid>, from: Timestamp, to: Timestamp) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent
        from audit where tenant_id = $1 and subject = $4 and ($5::text is null or action = $5) and ($6::uuid is null or actor_id = $6)
          and at >= $7 and at < $8 and id < $2 order by id desc limit $3";
    fn of_actor(id: Uuid, limit: i64, actor: Uuid, action: Option<String>, from: Timestamp, to: Timestamp) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent
        from audit where tenant_id = $1 and actor_id = $4 and ($5::text is null or action = $5) and at >= $6 and at < $7 and id < $2
        order by id desc limit $3";
    fn of_time(id: Uuid, limit: i64, from: Timestamp, to: Timestamp) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail, via, session_id, address, agent
        from audit where tenant_id = $1 and at >= $4 and at < $5 and id < $2 order by id desc limit $3";
    fn remembered(ids: Vec<Uuid>) -> Vec<Uuid> = "
        select distinct record_id from record_change where tenant_id = $1 and record_id = any($2)";
    fn actors() -> Vec<Actor> = "
        select id, name from member where tenant_id = $1
        union all select id, name || ' (API key)' as name from api_key where tenant_id = $1
        union all select id, name || ' (service account)' as name from service_account where tenant_id = $1
        order by name limit 200";
}

row! { struct Actor { id: Uuid, name: String } }

async fn find(access: &Access<AuditRead>, asked: &Asked) -> Result<Paged<Entry>> {
    let limit = page::limit(asked.limit)?;
    let (id, rows) = (Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(Uuid::max()), limit as i64 + 1);
    let zone = &access.tenant().locale.zone;
    let begins = |day: Date| day.to_zoned(zone.clone()).map(|at| at.timestamp());
    let odd = |_| Error::field("/from", "day", "Give a day of the calendar, such as 2026-06-22.");
    let from = asked.from.map(begins).transpose().map_err(odd)?.unwrap_or(Timestamp::UNIX_EPOCH);
    let to = asked.to.and_then(|day| day.tomorrow().ok()).map(begins).transpose().map_err(odd)?;
    let to =
        to.unwrap_or_else(|| access.now().saturating_add(SignedDuration::from_hours(24 * 366)).unwrap_or(access.now()));
    let found = match (asked.subject, asked.actor, &asked.action) {
        (Some(subject), actor, action) => {
            access.read(of_subject(id, rows, subject, action.clone(), actor, from, to)).await?
        }
        (None, Some(actor), action) => access.read(of_actor(id, rows, actor, action.clone(), from, to)).await?,
        (None, None, Some(action)) => access.read(of_action(id, rows, action.clone(), from, to)).await?,
        _ if asked.from.is_some() || asked.to.is_some() => access.read(of_time(id, rows, from, to)).await?,
        _ => access.read(before(id, rows)).await?,
    };
    Ok(Paged::of(found, limit, |entry| entry.id))
}

/// The address of the list with this asked for.
fn href(asked: &Asked) -> String {
    let text = |value: Option<String>| value.unwrap_or_default();
    let pairs = [
        ("action", text(asked.action.clone())),
        ("subject", text(asked.subject.map(|id| id.to_string()))),
        ("actor", text(asked.actor.map(|id| id.to_string()))),
        ("from", text(asked.from.map(|day| day.to_string()))),
        ("to", text(asked.to.map(|day| day.to_string()))),
        ("cursor", text(asked.cursor.clone())),
    ];
    let set: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if set.is_empty() { "/settings/audit".into() } else { format!("/settings/audit?{}", set.join("&")) }
}

pub async fn api(access: Access<AuditRead>, Query(asked): Query<Asked>) -> Result<Json<Paged<Entry>>> {
    find(&access, &asked).await.map(Json)
}

pub async fn page(access: Access<AuditRead>, Query(asked): Query<Asked>) -> Result<Page> {
    let found = find(&access, &asked).await?;
    let columns = [
        Column::lead("What").width(30),
        Column::text("Who").width(25),
        Column::text("When").width(25),
        Column::text("Facts").drops(),
    ];
    let when = |at: Timestamp| shell::moment(access.tenant(), at);
    let remembered = access.read(remembered(found.data.iter().filter_map(|entry| entry.subject).collect())).await?;
    let rows: Vec<Row> = found
        .data
        .iter()
        .map(|entry| {
            // The names of jobs are for programmers.
            let by_itself = entry.actor_name.starts_with("job:");
            let name = if by_itself { "Tradewind, by itself" } else { entry.actor_name.as_str() };
            let kind = Some(entry.actor_kind.as_str())
                .filter(|kind| *kind != "user" && !by_itself && !name.eq_ignore_ascii_case(kind));
            let who = html! { (name) @if let Some(kind) = kind { " " span.dim.t12 { (kind) } } };
            let told =
                [facts(&entry.detail), entry.address.as_ref().map(|from| format!("from {from}")).unwrap_or_default()];
            let told = told.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
            let past = entry.subject.filter(|subject| remembered.contains(subject));
            let facts = html! {
                span.dim.t12 { (told) }
                @if let Some(subject) = past { " " a.link.t12 href={ "/history/" (subject) } { "History" } }
            };
            Row::new(
                entry.id.to_string(),
                entry.action.clone(),
                vec![html! { (said(&entry.action)) }, who, html! { span.num { (when(entry.at)) } }, facts],
            )
            .sub(format!("{name}, {}", when(entry.at)))
        })
        .collect();
    let first = Asked { cursor: None, limit: None, ..asked.clone() };
    let mut kinds: Vec<&str> = kernel::EVENTS.iter().map(|event| event.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let what =
        |kind: &&str| MenuItem::link(said(kind), href(&Asked { action: Some((*kind).to_owned()), ..first.clone() }));
    let choices: Vec<MenuItem> = kinds.iter().map(what).collect();
    let people = access.read(actors()).await?;
    let called =
        |id: Uuid| people.iter().find(|one| one.id == id).map_or("Somebody", |one| one.name.as_str()).to_owned();
    let whose = |one: &Actor| MenuItem::link(one.name.clone(), href(&Asked { actor: Some(one.id), ..first.clone() }));
    let others: Vec<MenuItem> = people.iter().map(whose).collect();
    let mut chips: Vec<Chip> = vec![];
    let mut chip = |field: &str, value: Option<String>, others: Vec<MenuItem>, without: Asked| {
        chips.extend(value.map(|value| Chip { field: field.into(), value, others, remove: href(&without) }));
    };
    chip("What", asked.action.as_deref().map(said), choices.clone(), Asked { action: None, ..first.clone() });
    chip("Who", asked.actor.map(called), others.clone(), Asked { actor: None, ..first.clone() });
    chip("Record", asked.subject.map(|_| "one record".into()), vec![], Asked { subject: None, ..first.clone() });
    chip("From", asked.from.map(|day| day.to_string()), vec![], Asked { from: None, ..first.clone() });
    chip("To", asked.to.map(|day| day.to_string()), vec![], Asked { to: None, ..first.clone() });
    let add: Vec<MenuItem> = match (asked.action.is_some(), asked.actor.is_some()) {
        (true, true) => vec![],
        (true, false) => others,
        (false, true) => choices,
        (false, false) => others.into_iter().chain(choices).collect(),
    };
    let days = html! {
        form.days.flex.items-center.gap-2 method="get" action="/settings/audit" aria-label="Between two days" {
            @for (name, value) in [("action", asked.action.clone()), ("actor", asked.actor.map(|id| id.to_string())), ("subject", asked.subject.map(|id| id.to_string()))] {
                @if let Some(value) = value { input type="hidden" name=(name) value=(value); }
            }
            label.vh for="from" { "From" } input.input #from type="date" name="from" required value=[asked.from.map(|day| day.to_string())];
            label.vh for="to" { "To" } input.input #to type="date" name="to" required value=[asked.to.map(|day| day.to_string())];
            (ui::button("Show").quiet())
        }
    };
    let mut table = Table::new("What happened", &columns);
    if let Some(cursor) = &found.next_cursor {
        table =
            table.more(href(&Asked { cursor: Some(cursor.clone()), ..first.clone() }), format!("{} shown", rows.len()));
    }
    let body = filters::list(html! {
        (filters::bar(html! {}, html! {}, &chips, &add, days))
        @if rows.is_empty() && !chips.is_empty() { (ui::card::empty("Nothing like that", "Nothing that happened fits all these filters. Take one away.", html! {}, html! {})) }
        @else if rows.is_empty() { (ui::card::empty("Nothing yet", "Each change anybody makes here is written down, with who and when.", html! {}, html! {})) }
        @else { (table.show(&rows)) }
    });
    let body = match archive::extent(&access).await?.and_then(|extent| extent.last_at) {
        Some(last) if found.next_cursor.is_none() => html! {
            (body)
            p.px-4.pb-4.t13.soft { "What happened up to " (when(last)) " lies in the archive. " a.link href="/settings/audit/export" { "Download it" } }
        },
        _ => body,
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let actions = ui::link_button("Download", "/settings/audit/export").quiet();
    let title = "What happened".into();
    Ok(shell::page(
        &access,
        Frame {
            title,
            active: "/settings",
            crumbs,
            actions: html! { (actions) },
            body,
            wide: true,
            ..Frame::default()
        },
    ))
}

/// `work_order.completed` as a person says it: "Work order completed".
fn said(kind: &str) -> String {
    let words = kind.replace("api_key", "API key").replace(['.', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Small facts in a line; ids are for machines and left out.
fn facts(detail: &serde_json::Value) -> String {
    let Some(fields) = detail.as_object() else { return String::new() };
    let told = fields.iter().filter_map(|(name, value)| {
        let text = value.as_str().map(str::to_owned).unwrap_or_else(|| value.to_string());
        (Uuid::parse_str(&text).is_err() && !text.is_empty() && !value.is_null() && text.len() <= 60)
            .then(|| format!("{}: {text}", name.replace('_', " ")))
    });
    told.collect::<Vec<_>>().join(" · ")
}
