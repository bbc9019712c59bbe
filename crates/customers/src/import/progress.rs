//! How far an import is and what became of its lines: part of its page, fetched again while it is at work.
use kernel::{
    Access, Error, Result,
    http::{Page, Path},
};
use maud::{Markup, html};
use ui::{
    button,
    card::{Stat, stats},
    form, link_button, note,
    table::{Column, plain},
};

use super::{Import, ImportId, Line, Outcome, Status, find, lines_of};
use crate::permissions::CustomersImport;

/// So many of each kind are shown; the refused ones can be had as a file.
const SHOWN: i64 = 20;

pub async fn fragment(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Page> {
    let import = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    Ok(draw(&access, &import).await?.into())
}

pub(super) async fn draw(access: &Access<CustomersImport>, import: &Import) -> Result<Markup> {
    let of = |outcome| lines_of(import.id, outcome, 0, SHOWN);
    let (wrong, changed, same, new) =
        access.read((of(Outcome::Wrong), of(Outcome::Changed), of(Outcome::Same), of(Outcome::New))).await?;
    let done = import.status == Status::Done;
    let headings = match done {
        true => ["Added", "Changed", "As they were", "Refused"],
        false => ["Would be added", "Would be changed", "Nothing to change", "Would be refused"],
    };
    let stat =
        |label: &str, count: i32, tone| Stat { label: label.into(), value: Some(self::count(count)), tone, href: None };
    let figures = [
        stat(headings[0], import.made, ""),
        stat(headings[1], import.changed, ""),
        stat(headings[2], import.same, ""),
        stat(headings[3], import.wrong, if import.wrong > 0 { "down" } else { "" }),
    ];
    Ok(html! {
        @if import.is_at_work() {
            p.strong { @if import.status == Status::Running { "Importing" } @else { "Checking" } ": " (count(import.worked_on())) " of " (count(import.lines)) " lines" }
            progress.meter value=(import.worked_on()) max=(import.lines) aria-label="Lines worked on" {}
            p.soft.t13 { "You can leave this page; the work goes on." }
            noscript { p { a.link href={ "/customers/import/" (import.id) } { "Look again" } } }
        } @else { span data-done {} }
        (stats(&figures))
        @if import.status == Status::Checked { (decision(import)) }
        @if done { (outcome(import)) }
        (lines(import, headings[3], &wrong, import.wrong))
        (lines(import, headings[1], &changed, import.changed))
        (lines(import, headings[2], &same, import.same))
        (lines(import, headings[0], &new, import.made))
    })
}

/// "39,995": as the rest of the page counts.
pub(super) fn count(n: i32) -> String {
    let plain = n.to_string();
    let (head, tail) = plain.split_at(plain.len().saturating_sub(3));
    if head.is_empty() {
        tail.to_owned()
    } else {
        format!("{},{tail}", head.parse().map_or_else(|_| head.to_owned(), count))
    }
}

fn customers(n: i32) -> String {
    if n == 1 { "1 customer".into() } else { format!("{} customers", count(n)) }
}

fn decision(import: &Import) -> Markup {
    let count = import.made + import.changed;
    html! {
        @if count > 0 {
            div.form-acts.mt-3 { (form::verb_form(&format!("/customers/import/{}/run", import.id), html! { (button(format!("Import {}", customers(count))).primary().large()) })) }
        } @else { (note("info", html! { p { "There is nothing to import: all lines are as they are, or refused." } })) }
        (errors(import))
    }
}

fn outcome(import: &Import) -> Markup {
    html! {
        div.form-acts.mt-3 { (link_button("Show customers", "/customers").primary()) }
        (errors(import))
    }
}

fn errors(import: &Import) -> Markup {
    html! { @if import.wrong > 0 {
        p.t13.mt-3 { a.link href={ "/customers/import/" (import.id) "/errors.csv" } { (if import.wrong == 1 { "Download the refused line with its reason".to_owned() } else { format!("Download the {} refused lines with their reasons", count(import.wrong)) }) } ", mend them there, and import that file." }
    } }
}

fn lines(import: &Import, title: &str, lines: &[Line], all: i32) -> Markup {
    let columns = [Column::text("Line").width(8), Column::lead("In the file").width(50), Column::text("Why")];
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let cells =
                line.cells().into_iter().filter(|cell| !cell.is_empty()).take(5).collect::<Vec<_>>().join(" · ");
            let cells: String = cells.chars().take(120).collect();
            vec![
                html! { span.num { (count(line.line)) } },
                html! { (cells) },
                html! { (line.reason.as_deref().unwrap_or("")) },
            ]
        })
        .collect();
    html! { @if !rows.is_empty() && (!import.is_at_work() || import.cursor != 0) {
        section.mt-4 { div.sect-head { h2 { (title) } @if all > lines.len() as i32 { span.dim.t13 { "the first " (lines.len()) " of " (count(all)) } } } (plain(title, &columns, &rows)) }
    } }
}

#[test]
fn figures_are_grouped() {
    for (n, written) in [(0, "0"), (999, "999"), (1000, "1,000"), (39995, "39,995"), (1_234_567, "1,234,567")] {
        assert_eq!(count(n), written);
    }
}
