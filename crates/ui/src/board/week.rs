//! A week of the board: each technician a row, each day a column, each job a link to its day. For the phone a list by technician.
use maud::{Markup, html};

use crate::{icon, status_class, status_icon, status_word};

/// A day at the head of its column.
#[derive(Clone, Debug)]
pub struct Head {
    /// "Mon 22".
    pub words: String,
    pub href: String,
    pub today: bool,
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
    /// Jobs that nobody has.
    pub nobody: bool,
    /// One for each day.
    pub cells: Vec<Cell>,
}

fn entry(one: &Entry) -> Markup {
    html! { li {
        a.wk-job.(status_class(&one.status)).is-over[one.overlap.is_some()] href=(one.href) title=[&one.overlap] {
            (icon(status_icon(&one.status))) span.num { (one.time) } " " b { (one.name) } " " small { (one.kind) }
            span.vh { ", " (status_word(&one.status)) @if let Some(words) = &one.overlap { ". " (words) } }
        }
    } }
}

fn cell(head: &Head, one: &Cell) -> Markup {
    let empty = one.entries.is_empty() && one.off.is_empty();
    html! { td.is-today[head.today].is-closed[one.closed].is-empty[empty] data-day=(head.words) {
        @if !one.off.is_empty() { p.wk-off { (icon("palmtree")) (one.off.join(", ")) } }
        @if !one.entries.is_empty() { ol { @for one in &one.entries { (entry(one)) } } }
        @if empty { span.vh { (if one.closed { "No shift" } else { "Nothing planned" }) } }
    } }
}

/// `bar` as over the board of a day.
pub fn week(label: &str, bar: Markup, heads: &[Head], lines: &[Line]) -> Markup {
    html! { div."wk-page" {
        div."bd-bar" { (bar) }
        div."wk-scroll" tabindex="0" role="region" aria-label=(label) { table.wk {
            caption.vh { (label) }
            thead { tr {
                th scope="col" { "Technician" }
                @for head in heads { th scope="col" .is-today[head.today] { a href=(head.href) aria-current=[head.today.then_some("date")] { (head.words) } } }
            } }
            tbody { @for line in lines { tr.is-nobody[line.nobody] {
                th scope="row" { b { (line.name) } small { (line.says) } }
                @for (head, one) in heads.iter().zip(&line.cells) { (cell(head, one)) }
            } } }
        } }
    } }
}
