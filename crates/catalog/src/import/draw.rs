//! How far an import is and what became of its lines: part of its page, fetched again while it is at work.
use kernel::{Access, Result, row, sql};
use maud::{Markup, html};
use sheets::cell::count;
use ui::{
    button,
    card::{Stat, stats},
    form, link_button, note,
    table::{Column, plain},
};
use uuid::Uuid;

use super::{ItemImport, ItemImportId, Line, Outcome, State, lines_of};
use crate::permissions::CatalogWrite;

row! { struct Left { item_id: Uuid, name: String } }

sql! {
    fn left(import: ItemImportId, most: i64) -> Vec<Left> = "
        select item_id, name from item_import_deed
        where tenant_id = $1 and import_id = $2 and outcome = 'kept' order by item_id limit $3";
}

/// So many of each kind are shown; the refused ones can be had as a file, and all by the API.
const SHOWN: i64 = 20;

pub(super) async fn draw(access: &Access<CatalogWrite>, import: &ItemImport) -> Result<Markup> {
    if import.is_at_work() {
        return Ok(at_work(import));
    }
    if import.status == State::Uploaded {
        return Ok(html! {
            span data-done="The file could not be checked" {}
            (given_up(import))
            (link_button("Match the columns again", format!("/price-book/imports/{}", import.id)))
        });
    }
    let of = |outcome| lines_of(import.id, outcome, 0, SHOWN);
    let (wrong, changed, new, same, left) = access
        .read((of(Outcome::Wrong), of(Outcome::Changed), of(Outcome::New), of(Outcome::Same), left(import.id, 100)))
        .await?;
    let headings = match import.status == State::Checked {
        true => ["Would be added", "Would be changed", "Nothing to change", "Would be refused"],
        false => ["Added", "Changed", "As they were", "Refused"],
    };
    let stat =
        |label: &str, number: i32, tone| Stat { label: label.into(), value: Some(count(number)), tone, href: None };
    let figures = [
        stat(headings[0], import.made, ""),
        stat(headings[1], import.changed, ""),
        stat(headings[2], import.same, ""),
        stat(headings[3], import.wrong, if import.wrong > 0 { "down" } else { "" }),
    ];
    Ok(html! {
        span data-done=(if import.problem.is_some() { "It was not done" } else { "" }) {}
        (given_up(import))
        (stats(&figures))
        (next(import))
        @if !left.is_empty() { section.mt-4 { div.sect-head { h2 { "Left as they are" } }
            ul.t13 { @for one in &left { li { a.link href={ "/price-book/" (one.item_id) } { (one.name) } } } }
        } }
        (lines(headings[3], &wrong, import.wrong))
        (lines(headings[1], &changed, import.changed))
        (lines(headings[0], &new, import.made))
        (lines(headings[2], &same, import.same))
    })
}

/// What was not done is told by where it went back to.
pub(super) fn given_up(import: &ItemImport) -> Markup {
    html! { @if let Some(problem) = &import.problem { (note("warn", html! { @match import.status {
        State::Uploaded => p { "The file could not be checked. " (problem) },
        State::Done => p { "It was not undone: all of it is as it was before you asked. " (problem) },
        _ => p { "It was not imported: the price book is as it was. " (problem) " Check the file again." },
    } })) } }
}

fn at_work(import: &ItemImport) -> Markup {
    let doing = match import.status {
        State::Undoing => "Undoing",
        State::Running => "Importing",
        _ => "Checking",
    };
    html! {
        p.strong { (doing) " " (count(import.lines)) " lines" }
        progress.meter aria-label=(doing) {}
        p.soft.t13 { "You can leave this page; the work goes on." }
        noscript { p { a.link href={ "/price-book/imports/" (import.id) } { "Look again" } } }
    }
}

/// What can be done now, in each state.
fn next(import: &ItemImport) -> Markup {
    html! { @match import.status {
        State::Uploaded | State::Checking | State::Running | State::Undoing => {}
        State::Checked => (decision(import)),
        State::Done => {
            div.form-acts.mt-3 { (link_button("Show the price book", "/price-book").primary()) }
            (refused(import))
            (undo(import))
        }
        State::Undone => {
            (note("info", html! {
                p { "Undone for " (items(import.taken_back)) ": what came with the file is gone, or out of the price book where it was worked with; what was changed is as before. What was sold stays as it was sold." }
                @if import.kept > 0 { p { "Left as they are, for they were changed since, or what they need has changed: " (items(import.kept)) "." } }
            }))
            (refused(import))
        }
    } }
}

fn decision(import: &ItemImport) -> Markup {
    let count = import.made + import.changed;
    html! {
        @if count > 0 {
            div.form-acts.mt-3 { (form::verb_form(&format!("/price-book/imports/{}/run", import.id), html! { (button(format!("Import {}", items(count))).primary().large()) })) }
        } @else { (note("info", html! { p { "There is nothing to import: all lines are as they are, or refused." } })) }
        (refused(import))
    }
}

/// Asked once more: it is many items at once.
fn undo(import: &ItemImport) -> Markup {
    html! { @if import.made + import.changed > 0 {
        details.fold.mt-4 {
            summary { "Undo this import" }
            p.soft.t13 { "What came with this file is removed again, or taken out of the price book where it was worked with; what was changed is put back as before, from today on. What somebody has changed since stays. Taxes that came with it stay." }
            div.form-acts.mt-3 { (form::verb_form(&format!("/price-book/imports/{}/undo", import.id), html! { (button("Undo all of it").danger()) })) }
        }
    } }
}

fn refused(import: &ItemImport) -> Markup {
    let says = match import.wrong {
        1 => "Download the refused line with its reason".to_owned(),
        wrong => format!("Download the {} refused lines with their reasons", count(wrong)),
    };
    html! { @if import.wrong > 0 {
        p.t13.mt-3 { a.link href={ "/price-book/imports/" (import.id) "/errors.csv" } { (says) } ", mend them there, and import that file." }
    } }
}

fn items(n: i32) -> String {
    if n == 1 { "1 item".into() } else { format!("{} items", count(n)) }
}

fn lines(title: &str, lines: &[Line], all: i32) -> Markup {
    let columns = [
        Column::text("Line").width(8),
        Column::lead("In the file").width(46),
        Column::text("Column").width(14),
        Column::text("Why"),
    ];
    let row = |line: &Line| {
        let cells = line.cells().into_iter().filter(|cell| !cell.is_empty()).take(5).collect::<Vec<_>>().join(" · ");
        let cells: String = cells.chars().take(120).collect();
        vec![
            html! { span.num { (count(line.line)) } },
            html! { (cells) },
            html! { (line.about.as_deref().unwrap_or("")) },
            html! { (line.reason.as_deref().unwrap_or("")) },
        ]
    };
    let rows: Vec<Vec<Markup>> = lines.iter().map(row).collect();
    html! { @if !rows.is_empty() {
        section.mt-4 { div.sect-head { h2 { (title) } @if all > lines.len() as i32 { span.dim.t13 { "the first " (lines.len()) " of " (count(all)) } } } (plain(title, &columns, &rows)) }
    } }
}
