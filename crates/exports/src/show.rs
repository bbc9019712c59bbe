//! How far an export is, and its file: in the API, and as a page that looks again by itself.
use kernel::{
    Access, Result,
    http::{Json, Page, Path},
    text::size,
};
use maud::{Markup, html};
use tenancy::shell::{self, Frame};
use ui::{button, card, form, link_button, note};

use crate::{
    Export, ExportId, ExportsCreate, Status,
    export::{Shown, own},
    link,
    mine::pill,
};

pub async fn api(access: Access<ExportsCreate>, Path(id): Path<ExportId>) -> Result<Json<Shown>> {
    own(&access, id).await?.shown(&access).map(Json)
}

pub async fn page(access: Access<ExportsCreate>, Path(id): Path<ExportId>) -> Result<Page> {
    let export = own(&access, id).await?;
    let body = html! {
        div #export data-island="import" data-progress=[export.status.is_at_work().then(|| format!("/exports/{id}/progress"))] {
            (inside(&access, &export)?)
        }
    };
    let crumbs = vec![("Settings".into(), "/settings".into()), ("Exports".into(), "/exports".into())];
    let title = format!("{} as {}", export.label(), export.format.label());
    Ok(shell::page(&access, Frame { title, active: "/settings", crumbs, body, ..Frame::default() }))
}

/// What changes by itself.
pub async fn fragment(access: Access<ExportsCreate>, Path(id): Path<ExportId>) -> Result<Page> {
    let export = own(&access, id).await?;
    Ok(inside(&access, &export)?.into())
}

/// "1,204 rows".
fn rows(count: i64) -> String {
    let figure = |n: i64| -> String {
        let digits = n.to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
        groups.join(",")
    };
    if count == 1 { "1 row".into() } else { format!("{} rows", figure(count)) }
}

fn inside(access: &Access<ExportsCreate>, export: &Export) -> Result<Markup> {
    let id = export.id;
    let at = |at| shell::moment(access.tenant(), at);
    if export.status.is_at_work() {
        return Ok(html! {
            p.strong aria-live="polite" { @if export.status == Status::Waiting { "Waiting for its turn" } @else { "Being written: " (rows(export.rows)) " so far" } }
            progress.meter aria-label="The file is being written" {}
            p.soft.t13 { "You can leave this page; the work goes on, and the file waits under Settings, Exports." }
            noscript { p { a.link href={ "/exports/" (id) } { "Look again" } } }
            div.form-acts.mt-3 { (form::verb_form(&format!("/exports/{id}/cancel"), html! { (button("Stop").quiet().icon("x")) })) }
        });
    }
    let there = export.is_there(access.now());
    let open = there && export.opens_to(access);
    let again = || link_button("Export again", format!("/exports/new?list={}", export.list)).icon("rotate-cw");
    let mut facts = vec![("State", pill(export, access.now())), ("Asked for", html! { (at(export.created_at)) })];
    if export.status == Status::Done {
        facts.push(("Holds", html! { (rows(export.rows)) @if let Some(bytes) = export.bytes { ", " (size(bytes)) } }));
    }
    if let Some(ends) = export.expires_at.filter(|_| there) {
        facts.push(("Can be had until", html! { (at(ends)) }));
    }
    Ok(html! {
        span data-done="The export is over" {}
        @if let Some(problem) = &export.problem { (note("danger", html! { p { (problem) } })) }
        (card::facts(&facts))
        @if there && !open { (note("", html! { p { "What you may see has changed since this file was written, so it does not open any more." } })) }
        div.form-acts.mt-3 {
            @if open { (link_button(format!("Download {}", export.format.label()), link::to(access, export)?).primary().large().icon("download")) }
            @else { (again().primary()) }
            @if let Some(entry) = export.entry() { (link_button(format!("Show {}", entry.label.to_lowercase()), entry.href).quiet()) }
        }
    })
}

#[test]
fn rows_are_counted_in_groups() {
    for (count, words) in
        [(0, "0 rows"), (1, "1 row"), (999, "999 rows"), (40_000, "40,000 rows"), (1_234_567, "1,234,567 rows")]
    {
        assert_eq!(rows(count), words);
    }
}
