//! One's own exports, newest first.
use jiff::Timestamp;
use kernel::{
    Access, Cursor, Paged, Result, Scope, Uuid,
    http::{Json, Page, Query},
    page::{Asked, limit},
    sql,
    text::size,
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{
    card, filters, link_button,
    table::{Column, Row, Table, row_link},
};

use crate::{Export, ExportId, ExportsCreate, Status, export::Shown};

sql! {
    fn of_asker(asker: Uuid, before: ExportId, most: i64) -> Vec<Export> = "
        select id, list, format, filter, status, rows, bytes, problem, attempts, file_id, asker_kind, asker_id, asker_key, reach, prices, costs,
               created_at, finished_at, expires_at
        from export where tenant_id = $1 and asker_id = $2 and id < $3 order by id desc limit $4";
}

async fn list(scope: &Scope, query: &Asked) -> Result<Paged<Export>> {
    let most = limit(query.limit)?;
    let before = Cursor::maybe(query.cursor.as_deref())?.unwrap_or(ExportId::max());
    let Some(me) = scope.actor().id() else { return Ok(Paged { data: vec![], next_cursor: None }) };
    let rows = scope.read(of_asker(me, before, most as i64 + 1)).await?;
    Ok(Paged::of(rows, most, |export| export.id))
}

pub async fn api(access: Access<ExportsCreate>, Query(query): Query<Asked>) -> Result<Json<Paged<Shown>>> {
    let found = list(&access, &query).await?;
    let data = found.data.into_iter().map(|export| export.shown(&access)).collect::<Result<_>>()?;
    Ok(Json(Paged { data, next_cursor: found.next_cursor }))
}

pub(crate) fn pill(export: &Export, now: Timestamp) -> Markup {
    let (look, words) = match export.status {
        Status::Done if !export.is_there(now) => ("draft", Status::Expired.label()),
        Status::Waiting | Status::Running => ("requested", export.status.label()),
        Status::Done => ("paid", export.status.label()),
        Status::Failed => ("failed", export.status.label()),
        Status::Cancelled => ("cancelled", export.status.label()),
        Status::Expired => ("draft", export.status.label()),
    };
    ui::status_saying(look, words)
}

pub async fn page(access: Access<ExportsCreate>, Query(query): Query<Asked>) -> Result<Page> {
    let found = list(&access, &query).await?;
    let columns = [
        Column::lead("List").width(30),
        Column::text("State").width(25).side(),
        Column::number("Rows").width(15).drops(),
        Column::number("Size").width(15).drops(),
        Column::text("Asked for"),
    ];
    let now = access.now();
    let rows: Vec<Row> = found
        .data
        .iter()
        .map(|export| {
            let when = shell::moment(access.tenant(), export.created_at);
            let size = export.bytes.filter(|_| export.is_there(now)).map(size).unwrap_or_default();
            let cells = vec![
                row_link(&format!("/exports/{}", export.id), export.label(), export.format.label()),
                pill(export, now),
                html! { (export.rows) },
                html! { (size) },
                html! { span.num { (&when) } },
            ];
            Row::new(export.id.to_string(), export.label(), cells).sub(when)
        })
        .collect();
    let mut table = Table::new("Exports", &columns);
    if let Some(cursor) = &found.next_cursor {
        table = table.more(format!("/exports?cursor={cursor}"), format!("{} shown", rows.len()));
    }
    let says = "Open a list, narrow it to what you need and choose Export: a table for a spreadsheet, or JSON for a program. The file waits here for 24 hours.";
    let body = filters::list(html! {
        @if rows.is_empty() { (card::empty("Nothing was exported in the last days", says, html! { (link_button("Export a list", "/exports/new").primary().large().icon("download")) }, html! {})) }
        @else { (table.show(&rows)) }
    });
    let actions =
        html! { @if !rows.is_empty() { (link_button("Export a list", "/exports/new").primary().icon("download")) } };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame =
        Frame { title: "Exports".into(), active: "/settings", crumbs, actions, body, wide: true, ..Frame::default() };
    Ok(shell::page(&access, frame))
}
