//! How far an import is and what became of its lines: part of its page, fetched again while it is at work.
use kernel::{
    Access, Error, Result,
    http::{Page, Path},
};
use maud::{Markup, html};
use sheets::cell::count;
use ui::{
    Button, button,
    card::{Stat, stats},
    form, link_button, note,
    table::{Column, plain},
};

use super::{Import, ImportId, Line, Outcome, Status, find, kept, lines_of};
use crate::{CustomerId, permissions::CustomersImport};

/// So many of each kind are shown; the refused ones can be had as a file.
const SHOWN: i64 = 20;
/// The others can be had by the API.
const KEPT_SHOWN: i64 = 200;

pub async fn fragment(access: Access<CustomersImport>, Path(id): Path<ImportId>) -> Result<Page> {
    let import = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    Ok(draw(&access, &import).await?.into())
}

pub(super) async fn draw(access: &Access<CustomersImport>, import: &Import) -> Result<Markup> {
    let of = |outcome| lines_of(import.id, outcome, 0, SHOWN);
    let left = kept::kept(import.id, CustomerId(uuid::Uuid::nil()), KEPT_SHOWN);
    let (wrong, changed, same, new, left) =
        access.read((of(Outcome::Wrong), of(Outcome::Changed), of(Outcome::Same), of(Outcome::New), left)).await?;
    let only_looked = matches!(import.status, Status::Uploaded | Status::Checking | Status::Checked);
    let headings = match only_looked {
        false => ["Added", "Changed", "As they were", "Refused"],
        true => ["Would be added", "Would be changed", "Nothing to change", "Would be refused"],
    };
    let stat = |label: &str, count: i32, tone| Stat {
        label: label.into(),
        value: Some(sheets::cell::count(count)),
        tone,
        href: None,
    };
    let figures = [
        stat(headings[0], import.made, ""),
        stat(headings[1], import.changed, ""),
        stat(headings[2], import.same, ""),
        stat(headings[3], import.wrong, if import.wrong > 0 { "down" } else { "" }),
    ];
    Ok(html! {
        @if import.is_at_work() { (at_work(import)) } @else { span data-done {} }
        (stats(&figures))
        (next(import))
        (kept::draw(import, &left))
        (lines(import, headings[3], &wrong, import.wrong))
        (lines(import, headings[1], &changed, import.changed))
        (lines(import, headings[2], &same, import.same))
        (lines(import, headings[0], &new, import.made))
    })
}

fn at_work(import: &Import) -> Markup {
    let (doing, worked_on, all, what) = match import.status {
        Status::Undoing => ("Undoing", import.taken_back + import.kept, import.deeds, "customers"),
        Status::Running => ("Importing", import.worked_on(), import.lines, "lines"),
        _ => ("Checking", import.worked_on(), import.lines, "lines"),
    };
    html! {
        p.strong { (doing) ": " (count(worked_on)) " of " (count(all)) " " (what) }
        progress.meter value=(worked_on) max=(all) aria-label={ (doing) ", " (what) } {}
        p.soft.t13 { "You can leave this page; the work goes on." }
        noscript { p { a.link href={ "/customers/import/" (import.id) } { "Look again" } } }
    }
}

fn verb(import: &Import, verb: &str, button: Button) -> Markup {
    form::verb_form(&format!("/customers/import/{}/{verb}", import.id), html! { (button) })
}

/// What can be done now, in each state.
fn next(import: &Import) -> Markup {
    let done = || format!("{} of {} lines", count(import.worked_on()), count(import.lines));
    html! { @match import.status {
        Status::Uploaded => {}
        Status::Checking => div.form-acts.mt-3 { (verb(import, "cancel", button("Stop").quiet())) }
        Status::Checked => (decision(import)),
        Status::Running => div.form-acts.mt-3 {
            (verb(import, "pause", button("Pause")))
            (verb(import, "cancel", button("Stop").quiet()))
        }
        Status::Paused => {
            (note("info", html! { p { "Paused after " (done()) "." } }))
            div.form-acts.mt-3 {
                (verb(import, "resume", button("Go on").primary()))
                (verb(import, "cancel", button("Stop").quiet()))
            }
        }
        Status::Cancelled => {
            (note("info", html! { p { "Stopped after " (done()) ". What was imported until then stays." } }))
            (outcome(import))
        }
        Status::Done => (outcome(import)),
        // Who reads by keys alone has something here to stand on.
        Status::Undoing => div.form-acts.mt-3 { (link_button("Show customers", "/customers").quiet()) }
        Status::Undone => {
            (note("info", html! {
                p { "Undone for " (customers(import.taken_back)) ": who came with the file is gone, or archived where there is work for them; who was changed is as before." }
                @if import.kept > 0 { p { "Left as they are: " (customers(import.kept)) ", listed below." } }
            }))
            (errors(import))
        }
    } }
}

/// Asked once more: it is many customers at once.
fn undo(import: &Import) -> Markup {
    html! { @if import.did_something() {
        details.fold.mt-4 {
            summary { "Undo this import" }
            p.soft.t13 { "Who came with this file is removed again, or archived where there is work, equipment, a note or a word of consent; who was changed is put back as before. Who was changed since stays as they are and is listed." }
            div.form-acts.mt-3 { (verb(import, "undo", button("Undo all of it").danger())) }
        }
    } }
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
        (undo(import))
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
