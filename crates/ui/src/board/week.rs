//! A week of the board: each technician a row, each day a column, each job a link to its day that is carried to another one. For the
//! phone a list by technician.
use maud::{Markup, html};

use crate::{icon, status_class, status_icon, status_word};

/// A day at the head of its column.
#[derive(Clone, Debug)]
pub struct Head {
    /// "Mon 22".
    pub words: String,
    pub href: String,
    /// "2026-06-22".
    pub date: String,
    pub today: bool,
}

/// What the island needs to carry a job to another day or technician.
#[derive(Clone, Debug)]
pub struct Carried {
    pub id: String,
    pub version: i64,
    /// "08:00", which it keeps.
    pub start: String,
    /// When it begins, to the second, for the way back.
    pub at: String,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub href: String,
    /// "8:00".
    pub time: String,
    pub name: String,
    pub kind: String,
    /// `confirmed`, `en_route` …
    pub status: String,
    /// Planned over something else on purpose: who and why.
    pub overlap: Option<String>,
    /// None where it stays: it is under way or over, one of several days, or not for whoever looks to move.
    pub carried: Option<Carried>,
}

#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub entries: Vec<Entry>,
    /// Vacation, training, lunch.
    pub off: Vec<String>,
    /// Not at work at all.
    pub closed: bool,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    /// "12 jobs, 18 h".
    pub says: String,
    /// Whose it is; none: jobs that nobody has.
    pub lane: Option<String>,
    /// One for each day.
    pub cells: Vec<Cell>,
}

/// The live part of a week, and where a job that is dropped is sent.
#[derive(Clone, Debug)]
pub struct Live {
    pub src: String,
    pub kinds: String,
    pub move_url: String,
}

fn entry(one: &Entry) -> Markup {
    let carried = one.carried.as_ref();
    html! { li id=[carried.map(|job| format!("wk-{}", job.id))] {
        a.wk-job.(status_class(&one.status)).is-over[one.overlap.is_some()] href=(one.href) title=[&one.overlap] draggable=[carried.map(|_| "true")]
            data-carry-week[carried.is_some()] data-id=[carried.map(|job| &job.id)] data-version=[carried.map(|job| job.version)] data-start=[carried.map(|job| &job.start)] data-at=[carried.map(|job| &job.at)] data-name=[carried.map(|_| &one.name)] {
            (icon(status_icon(&one.status))) span.num { (one.time) } " " b { (one.name) } " " small { (one.kind) }
            span.vh { ", " (status_word(&one.status)) @if let Some(words) = &one.overlap { ". " (words) } }
        }
    } }
}

fn cell(line: &Line, head: &Head, one: &Cell) -> Markup {
    let empty = one.entries.is_empty() && one.off.is_empty();
    html! { td.is-today[head.today].is-closed[one.closed].is-empty[empty] data-day=(head.words) data-date=(head.date) data-lane=(line.lane.as_deref().unwrap_or_default()) data-name=(line.lane.as_ref().map_or("", |_| &line.name)) {
        @if !one.off.is_empty() { p.wk-off { (icon("palmtree")) (one.off.join(", ")) } }
        @if !one.entries.is_empty() { ol { @for one in &one.entries { (entry(one)) } } }
        @if empty { span.vh { (if one.closed { "No shift" } else { "Nothing planned" }) } }
    } }
}

/// `bar` as over the board of a day.
pub fn week(label: &str, bar: Markup, live: &Live, heads: &[Head], lines: &[Line]) -> Markup {
    html! { div."wk-page" data-island="week" data-move-url=(live.move_url) {
        div."bd-bar" { (bar) }
        div."wk-scroll" #week-live tabindex="0" role="region" aria-label=(label) data-live=(live.kinds) data-live-src=(live.src) { (part(label, heads, lines)) }
    } }
}

/// The table alone: the answer to the address in `live`.
pub fn part(label: &str, heads: &[Head], lines: &[Line]) -> Markup {
    html! { table.wk {
            caption.vh { (label) ". The space bar picks a job up, arrows choose another day or technician, Enter drops it." }
            thead { tr {
                th scope="col" { "Technician" }
                @for head in heads { th scope="col" .is-today[head.today] { a href=(head.href) aria-current=[head.today.then_some("date")] { (head.words) } } }
            } }
            tbody { @for line in lines { tr.is-nobody[line.lane.is_none()] {
                th scope="row" { b { (line.name) } small { (line.says) } }
                @for (head, one) in heads.iter().zip(&line.cells) { (cell(line, head, one)) }
            } } }
        }
        p.dim.t12."p-3".wide aria-hidden="true" { "Drag a job to another day or technician, or pick it up with " (crate::kbd("space")) ", move with arrows, drop with " (crate::kbd("⏎")) "." }
    }
}
