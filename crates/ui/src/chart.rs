//! Small charts as SVG, labelled, with a table of the figures behind each. Nothing here needs a script or a style.
use maud::{Markup, html};

/// A column of a bar chart.
#[derive(Clone, Debug)]
pub struct Bar {
    /// "Mon".
    pub label: String,
    /// Its height, in any unit; below zero counts as zero.
    pub value: f64,
    /// "$3,120", formatted.
    pub text: String,
    /// "3.1k", for inside the bar; empty for none.
    pub short: String,
    /// What it is compared with, and its words.
    pub before: Option<(f64, String)>,
    /// Today.
    pub now: bool,
}

/// Columns, each before a paler one to compare with. `names` are the words of both for the legend; `title` says in one
/// sentence what is seen.
pub fn bars(title: &str, names: (&str, &str), all: &[Bar]) -> Markup {
    let most =
        all.iter().flat_map(|bar| [bar.value, bar.before.as_ref().map_or(0.0, |b| b.0)]).fold(0.0, f64::max).max(1e-9);
    let step = 320.0 / all.len().max(1) as f64;
    let (wide, thin) = ((step - 8.0).clamp(4.0, 38.0), (step - 16.0).clamp(2.0, 30.0));
    let height = |value: f64| (value.max(0.0) / most * 92.0).max(if value > 0.0 { 1.5 } else { 0.0 });
    let column = |class: &str, middle: f64, width: f64, value: f64| {
        let tall = height(value);
        html! { @if tall > 0.0 { rect class=(class) x=(place(middle - width / 2.0)) y=(place(112.0 - tall)) width=(place(width)) height=(place(tall)) rx="2" {} } }
    };
    let compared = all.iter().any(|bar| bar.before.is_some());
    // Empty axes say less than a word.
    if !all.is_empty()
        && all.iter().all(|bar| bar.value <= 0.0 && bar.before.as_ref().is_none_or(|before| before.0 <= 0.0))
    {
        return html! { p.dim.t13 { "Nothing yet. The first figures are drawn here by themselves." } };
    }
    html! {
        figure {
            svg.chart viewBox="0 0 320 134" role="img" aria-label=(title) {
                path.ax d="M0 112.5H320" {}
                @for (n, bar) in all.iter().enumerate() {
                    @let middle = step * (n as f64 + 0.5);
                    @if let Some((value, _)) = &bar.before { (column("p", middle, wide, *value)) }
                    (column("a", middle, thin, bar.value))
                    @if !bar.short.is_empty() && height(bar.value) > 18.0 && thin > 7.0 * bar.short.chars().count() as f64 { text.in x=(place(middle)) y="107" text-anchor="middle" { (bar.short) } }
                    @if all.len() <= 14 || n % all.len().div_ceil(12) == 0 { text.v[bar.now] x=(place(middle)) y="129" text-anchor="middle" { (bar.label) } }
                }
            }
            @if compared { div.legend."mt-1" aria-hidden="true" { span { i {} (names.0) } span { i.p {} (names.1) } } }
            (figures(&["", names.0, names.1][..if compared { 3 } else { 2 }], all.iter().map(|bar| {
                let mut row = vec![bar.label.as_str(), bar.text.as_str()];
                if compared { row.push(bar.before.as_ref().map_or("", |b| b.1.as_str())); }
                row
            })))
        }
    }
}

/// A piece of a whole.
#[derive(Clone, Debug)]
pub struct Piece {
    /// "1–30 days".
    pub label: String,
    /// How much.
    pub value: f64,
    /// "$3,755.00", formatted.
    pub text: String,
    /// "6", how many; empty for none.
    pub count: String,
    /// Its colour: `o1`…`o4` for ages, `s1`…`s5` otherwise.
    pub class: &'static str,
    /// The rows behind it.
    pub href: Option<String>,
}

/// One bar divided into pieces, with a legend that is the table and leads to the rows.
pub fn stacked(title: &str, pieces: &[Piece]) -> Markup {
    let sum: f64 = pieces.iter().map(|piece| piece.value.max(0.0)).sum::<f64>().max(1e-9);
    let mut x = 0.0;
    let rects: Vec<(f64, f64, &str)> = pieces
        .iter()
        .map(|piece| {
            let width = piece.value.max(0.0) / sum * 320.0;
            let at = x;
            x += width;
            (at, (width - 2.0).max(0.0), piece.class)
        })
        .collect();
    let words = pieces.iter().map(|p| format!("{} {}", p.label, p.text)).collect::<Vec<_>>().join(", ");
    html! {
        svg.chart viewBox="0 0 320 14" role="img" aria-label={ (title) ": " (words) } {
            @for (at, width, class) in rects { @if width > 0.0 { rect class=(class) x=(place(at)) y="0" width=(place(width)) height="14" rx="2" {} } }
        }
        div.age."mt-2" {
            @for piece in pieces {
                @let inner = html! { svg.chart viewBox="0 0 10 10" aria-hidden="true" { rect class=(piece.class) width="10" height="10" rx="2" {} } span { (piece.label) } span.n.num { (piece.count) } b { (piece.text) } };
                @match &piece.href { Some(href) => a href=(href) { (inner) }, None => div { (inner) } }
            }
        }
    }
}

/// A line without axes, the last point marked; `says` tells what it shows ("Jobs a week, rising from 12 to 19").
pub fn sparkline(says: &str, values: &[f64]) -> Markup {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let reach = (high - low).max(1e-9);
    let point = |n: usize, value: f64| {
        (2.0 + 92.0 * n as f64 / values.len().saturating_sub(1).max(1) as f64, 25.0 - 22.0 * (value - low) / reach)
    };
    let path: String = values
        .iter()
        .enumerate()
        .map(|(n, value)| {
            let (x, y) = point(n, *value);
            format!("{}{} {}", if n == 0 { "M" } else { "L" }, place(x), place(y))
        })
        .collect();
    html! {
        svg.spark viewBox="0 0 96 28" role="img" aria-label=(says) {
            path d=(path) {}
            @if let Some(last) = values.last() { @let (x, y) = point(values.len() - 1, *last); circle cx=(place(x)) cy=(place(y)) r="2.2" {} }
        }
    }
}

/// How full something is, 0 to 1: a day of a technician. Over 1 shows as full, in the colour of a warning.
pub fn load(share: f64) -> Markup {
    let width = (share.clamp(0.0, 1.0) * 84.0).round();
    html! {
        svg class=(if share >= 1.0 { "load is-full" } else { "load" }) viewBox="0 0 84 3" preserveAspectRatio="none" aria-hidden="true" { rect width="84" height="3" {} rect width=(width) height="3" {} }
    }
}

fn figures<'a>(heads: &[&str], rows: impl Iterator<Item = Vec<&'a str>>) -> Markup {
    html! {
        details.figures { summary { "Figures" }
            table { thead { tr { @for (n, head) in heads.iter().enumerate() { @if n == 0 { td {} } @else { th scope="col" { (head) } } } } }
                tbody { @for row in rows { tr { @for (n, cell) in row.iter().enumerate() { @if n == 0 { th scope="row" { (cell) } } @else { td { (cell) } } } } } } } }
    }
}

/// A coordinate with one decimal.
fn place(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(markup: &str, name: &str) -> Vec<f64> {
        markup
            .split(&format!(" {name}=\""))
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
            .collect()
    }

    #[test]
    fn bars_stay_inside_and_are_as_tall_as_their_value() {
        let bar = |value: f64| Bar {
            label: "x".into(),
            value,
            text: "t".into(),
            short: String::new(),
            before: None,
            now: false,
        };
        let drawn = bars("t", ("a", "b"), &[bar(50.0), bar(100.0), bar(0.0), bar(-5.0)]).into_string();
        let tall = numbers(&drawn, "height");
        assert_eq!(tall, vec![46.0, 92.0]);
    }

    #[test]
    fn pieces_fill_the_bar() {
        let piece = |value: f64| Piece {
            label: "x".into(),
            value,
            text: "t".into(),
            count: String::new(),
            class: "s1",
            href: None,
        };
        let drawn = stacked("t", &[piece(1.0), piece(3.0)]).into_string();
        assert_eq!(numbers(drawn.split("class=\"age").next().unwrap(), "width"), vec![78.0, 238.0]);
    }

    #[test]
    fn charts_of_nothing_draw() {
        assert!(
            bars("t", ("a", "b"), &[]).0.contains("<svg")
                && stacked("t", &[]).0.contains("<svg")
                && sparkline("t", &[]).0.contains("<svg")
        );
        assert!(!sparkline("t", &[1.0]).0.contains("NaN"));
    }
}
