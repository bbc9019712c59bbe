//! All companies, by name: found by a part of name or address, a page after the other.
use jiff::Timestamp;
use kernel::{
    Cursor, Paged, Result,
    http::{Page, Query},
    page, row, sql,
    tenant::Status,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{
    MenuItem, card,
    filters::{self, Chip},
    status_saying,
    table::{Column, Row, Table, row_link},
};
use uuid::Uuid;

use super::{Operator, frame};
use crate::company::plan;

row! {
    struct Company {
        id: Uuid,
        slug: String,
        name: String,
        plan: String,
        status: Status,
        placement: String,
        created_at: Timestamp,
    }
}

sql! {
    #![control]
    fn after(name: String, id: Uuid, limit: i64, part: String, status: Option<String>) -> Vec<Company> = "
        select id, slug, name, plan, status, placement, created_at from ctl.tenant
        where (name, id) > ($1, $2) and ($4 = '' or position($4 in lower(name)) > 0 or position($4 in slug) > 0)
          and ($5::text is null or status = $5)
        order by name, id limit $3";
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A part of name or address.
    q: Option<String>,
    /// Only companies that stand so.
    status: Option<Status>,
    cursor: Option<String>,
}

pub(super) fn look(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Trial | Status::Provisioning => "trial",
        Status::Suspended => "suspended",
        Status::Cancelled | Status::Deleted => "cancelled",
    }
}

pub async fn page(operator: Operator, Query(asked): Query<Asked>) -> Result<Page> {
    let limit = page::limit(None)?;
    let typed = asked.q.clone().unwrap_or_default();
    let part: String = typed.trim().to_lowercase().chars().filter(|c| *c != '\0').take(100).collect();
    let (name, id) = Cursor::maybe::<(String, Uuid)>(asked.cursor.as_deref())?.unwrap_or_default();
    let status = asked.status.map(|status| status.to_string());
    let rows = operator.outside.house.control().run(after(name, id, limit as i64 + 1, part, status.clone())).await?;
    let found = Paged::of(rows, limit, |company| (company.name.clone(), company.id));
    let columns = [
        Column::lead("Company").width(40),
        Column::text("Status").width(20),
        Column::text("Plan").width(15),
        Column::text("Placement").width(15).drops(),
        Column::text("Since").drops(),
    ];
    let rows: Vec<Row> = found
        .data
        .iter()
        .map(|company| {
            let lead = row_link(&format!("/operator/companies/{}", company.id), &company.name, &company.slug);
            let since = company.created_at.strftime("%-d %b %Y").to_string();
            let plan = plan::of(&company.plan).label;
            let state = status_saying(look(company.status), company.status.label());
            let cells =
                vec![lead, state, html! { (plan) }, html! { (company.placement) }, html! { span.num { (since) } }];
            Row::new(company.id.to_string(), company.name.clone(), cells).sub(format!("{plan}, {}", company.placement))
        })
        .collect();
    let href = |status: Option<&str>, cursor: Option<&str>| {
        let said = |text: &str| Some(text.to_owned());
        let fields = [("q", said(typed.trim())), ("status", status.and_then(said)), ("cursor", cursor.and_then(said))];
        ui::address("/operator", fields)
    };
    let choices: Vec<MenuItem> =
        Status::ALL.iter().map(|one| MenuItem::link(one.label(), href(Some(one.as_str()), None))).collect();
    let chips: Vec<Chip> = asked
        .status
        .map(|one| Chip {
            field: "Status".into(),
            value: one.label().into(),
            others: choices.clone(),
            remove: href(None, None),
        })
        .into_iter()
        .collect();
    let add = if chips.is_empty() { choices } else { vec![] };
    let keep: Vec<(&str, &str)> = status.iter().map(|status| ("status", status.as_str())).collect();
    let mut table = Table::new("Companies", &columns);
    if let Some(cursor) = &found.next_cursor {
        table = table.more(href(status.as_deref(), Some(cursor)), format!("{} shown", rows.len()));
    }
    let search = filters::search("/operator", typed.trim(), "Search companies", &keep);
    let body = filters::list(html! {
        (filters::bar(html! {}, search, &chips, &add, html! {}))
        @if rows.is_empty() && typed.trim().is_empty() && asked.status.is_none() { (card::empty("No company yet", "Who signs up stands here.", html! {}, html! {})) }
        @else if rows.is_empty() { (card::empty("No company fits", "Try a shorter part of the name or address, or take the filter away.", html! {}, html! {})) }
        @else { (table.show(&rows)) }
    });
    Ok(frame::page(
        &operator,
        frame::Inside { title: "Companies".into(), active: "/operator", body, wide: true, ..Default::default() },
    ))
}
