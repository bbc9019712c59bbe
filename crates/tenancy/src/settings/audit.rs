//! Who did what, and when: written with each change, never changed.
use jiff::Timestamp;
use kernel::{
    Access, Cursor, Paged, Result,
    http::{Json, Page, Query},
    page, row, sql,
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
        pub detail: serde_json::Value,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 1–200, 50 when not given.
    limit: Option<i64>,
    cursor: Option<String>,
    /// Only this action.
    action: Option<String>,
    /// Only what was done to this.
    subject: Option<Uuid>,
}

sql! {
    fn before(id: Uuid, limit: i64) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail
        from audit where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn of_action(id: Uuid, limit: i64, action: String) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail
        from audit where tenant_id = $1 and action = $4 and id < $2 order by id desc limit $3";
    fn of_subject(id: Uuid, limit: i64, subject: Uuid) -> Vec<Entry> = "
        select id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail
        from audit where tenant_id = $1 and subject = $4 and id < $2 order by id desc limit $3";
}

async fn find(access: &Access<AuditRead>, asked: &Asked) -> Result<Paged<Entry>> {
    let limit = page::limit(asked.limit)?;
    let (from, rows) = (Cursor::maybe(asked.cursor.as_deref())?.unwrap_or(Uuid::max()), limit as i64 + 1);
    let found = match (&asked.subject, &asked.action) {
        (Some(subject), _) => access.read(of_subject(from, rows, *subject)).await?,
        (None, Some(action)) => access.read(of_action(from, rows, action.clone())).await?,
        (None, None) => access.read(before(from, rows)).await?,
    };
    Ok(Paged::of(found, limit, |entry| entry.id))
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
            let facts = html! { span.dim.t12 { (facts(&entry.detail)) } };
            Row::new(
                entry.id.to_string(),
                entry.action.clone(),
                vec![html! { (said(&entry.action)) }, who, html! { span.num { (when(entry.at)) } }, facts],
            )
            .sub(format!("{name}, {}", when(entry.at)))
        })
        .collect();
    let link = |action: &str| format!("/settings/audit?action={action}");
    let mut kinds: Vec<&str> = kernel::EVENTS.iter().map(|event| event.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let choices: Vec<MenuItem> = kinds.iter().map(|kind| MenuItem::link(said(kind), link(kind))).collect();
    let chips: Vec<Chip> = match &asked.action {
        Some(action) => vec![Chip {
            field: "What".into(),
            value: said(action),
            others: choices.clone(),
            remove: "/settings/audit".into(),
        }],
        None => vec![],
    };
    let add = if chips.is_empty() { choices } else { vec![] };
    let mut table = Table::new("What happened", &columns);
    if let Some(cursor) = &found.next_cursor {
        let action = asked.action.as_ref().map(|action| format!("&action={action}")).unwrap_or_default();
        table = table.more(format!("/settings/audit?cursor={cursor}{action}"), format!("{} shown", rows.len()));
    }
    let body = filters::list(html! {
        (filters::bar(html! {}, html! {}, &chips, &add, html! {}))
        @if rows.is_empty() { (ui::card::empty("Nothing yet", "Each change anybody makes here is written down, with who and when.", html! {}, html! {})) }
        @else { (table.show(&rows)) }
    });
    let crumbs = vec![("Settings".into(), "/settings".into())];
    Ok(shell::page(
        &access,
        Frame { title: "What happened".into(), active: "/settings", crumbs, body, wide: true, ..Frame::default() },
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
        (Uuid::parse_str(&text).is_err() && !value.is_null() && text.len() <= 60)
            .then(|| format!("{}: {text}", name.replace('_', " ")))
    });
    told.collect::<Vec<_>>().join(" · ")
}
