//! The invoice and the estimate on the screen, as the paper they become.
use crate::icon_class;
use crate::shell::Brand;
use maud::{Markup, html};

/// A line of the paper; all amounts formatted.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// "Run capacitor 45/5 µF".
    pub name: String,
    /// "Supplied and fitted".
    pub says: String,
    /// "1".
    pub count: String,
    /// "214.00".
    pub rate: String,
    /// "214.00".
    pub amount: String,
    /// Where the changed count and rate are posted; `None` for paper that is issued.
    pub edit: Option<String>,
    /// Being edited now.
    pub open: bool,
}

/// A sum at the foot.
#[derive(Clone, Debug)]
pub enum Sum {
    /// A step.
    Step(String, String),
    /// A total, with a line over it.
    Total(String, String),
    /// What is due, large.
    Due(String, String),
}

/// The paper.
#[derive(Clone, Debug, Default)]
pub struct Paper {
    /// "Invoice".
    pub kind: String,
    /// "INV-0231", or "Number is given at issue".
    pub number: String,
    /// Lines under the company's name.
    pub company: Vec<String>,
    /// Heading and lines: bill to, work, due.
    pub blocks: Vec<(String, Vec<String>)>,
    /// "Description", "Qty", "Rate", "Amount" in the tenant's language.
    pub heads: [String; 4],
    /// The lines.
    pub lines: Vec<Line>,
    /// The sums.
    pub sums: Vec<Sum>,
    /// Words at the foot.
    pub note: String,
    /// Across the paper: "Void".
    pub stamp: Option<String>,
}

/// Draws the paper; `add` stands under the lines (the "Add a line" form) or is nothing.
pub fn paper(brand: &Brand, paper: &Paper, add: Markup) -> Markup {
    html! {
        article.paper aria-labelledby="paper-h" {
            @if let Some(words) = &paper.stamp { p.stamp aria-hidden="true" { (words) } }
            div."paper-head" {
                div { div."paper-brand" { (brand.mark()) (brand.company) } p.p2.t12."mt-3" { @for (n, line) in paper.company.iter().enumerate() { @if n > 0 { br; } (line) } } }
                div."paper-kind" { h2 #paper-h { (paper.kind) } p.p2.t13.num { (paper.number) } }
            }
            div."paper-meta" { @for (title, lines) in &paper.blocks { div { h3 { (title) } p { @for (n, line) in lines.iter().enumerate() { @if n > 0 { br; } (line) } } } } }
            table.lines #lines {
                caption.vh { "Lines" }
                thead { tr { th scope="col" { (paper.heads[0]) } th.r scope="col" { (paper.heads[1]) } th.r.rate scope="col" { (paper.heads[2]) } th.r scope="col" { (paper.heads[3]) } } }
                tbody { @for (n, line) in paper.lines.iter().enumerate() { (row(n, line)) } }
            }
            (add)
            dl.totals { @for sum in &paper.sums {
                @match sum {
                    Sum::Step(label, value) => div { dt { (label) } dd { (value) } },
                    Sum::Total(label, value) => div."sum-l" { dt { (label) } dd { (value) } },
                    Sum::Due(label, value) => div.due { dt { (label) } dd { (value) } },
                }
            } }
            @if !paper.note.is_empty() { p.p2.t12."mt-6" { (paper.note) } }
        }
    }
}

fn row(n: usize, line: &Line) -> Markup {
    let form = format!("line-{n}");
    html! {
        tr.is-edit[line.open] {
            td { (line.name) @if !line.says.is_empty() { small { (line.says) } }
                @if let (Some(action), true) = (&line.edit, line.open) { form id=(form) method="post" action=(action) data-form { (crate::form::key()) button.vh type="submit" { "Save line" } } } }
            @if line.edit.is_some() && line.open {
                td.r { input.q form=(form) name="quantity" value=(line.count) inputmode="decimal" autocomplete="off" aria-label={ "Quantity, " (line.name) }; }
                td.r.rate { input.a form=(form) name="rate" value=(line.rate) inputmode="decimal" autocomplete="off" aria-label={ "Rate, " (line.name) }; }
            } @else { td.r { (line.count) } td.r.rate { (line.rate) } }
            td.r { (line.amount) }
        }
    }
}

/// The button under the lines.
pub fn add_line(attrs_href: &str, label: &str) -> Markup {
    html! { a.addline href=(attrs_href) data-key="/" { (icon_class("plus", "i-s")) (label) " " kbd aria-hidden="true" { "/" } } }
}

/// Paper at the left, facts and the deliberate act at the right. `due` and `act` repeat at the foot of a phone.
pub fn desk(paper: Markup, side: Markup, due: (&str, &str), act: Markup) -> Markup {
    html! {
        div.inv {
            div."inv-desk" { (paper) }
            aside."inv-side" aria-label="About this paper" { (side) }
            @if !act.0.is_empty() { div.stickbar.narrow { div { span.t12.dim.block { (due.0) } span.t16.strong.num { (due.1) } } (act) } }
        }
    }
}
