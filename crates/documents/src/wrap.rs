//! Text into lines of a given width, broken where Unicode allows, inside a word only when it is wider than the line.

use krilla::text::Glyph;
use unicode_linebreak::linebreaks;

use crate::shape::{Run, shape};
use crate::style::Style;

/// The text as it can be printed: line ends are `\n`, tabs are spaces, control characters and noncharacters are gone.
pub fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n").replace('\t', " ");
    let hidden = |character: char| {
        (character.is_control() && character != '\n')
            || character == '\u{feff}'
            || (character as u32) & 0xfffe == 0xfffe
            || ('\u{fdd0}'..='\u{fdef}').contains(&character)
    };
    text.chars().filter(|character| !hidden(*character)).collect()
}

/// One run for each line; an empty line inside the text stays, those around it go.
pub fn wrap(text: &str, style: Style, width: f32) -> Vec<Run> {
    let text = printable(text);
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    text.split('\n').flat_map(|paragraph| fill(paragraph.trim_end(), style, width)).collect()
}

fn fill(paragraph: &str, style: Style, width: f32) -> Vec<Run> {
    let whole = shape(paragraph, style);
    if whole.width <= width {
        return vec![whole];
    }
    // Where each cluster begins, and how far its left edge is from the beginning of the paragraph.
    let mut edges: Vec<(usize, f32)> = Vec::with_capacity(whole.glyphs.len() + 1);
    let mut x = 0.0;
    for glyph in &whole.glyphs {
        if edges.last().is_none_or(|(start, _)| *start != glyph.text_range.start) {
            edges.push((glyph.text_range.start, x));
        }
        x += glyph.x_advance(style.size);
    }
    edges.push((paragraph.len(), x));
    let edge = |at: usize| edges.partition_point(|(start, _)| *start < at).min(edges.len() - 1);
    let fits = |from: usize, to: usize| {
        let seen = from + paragraph[from..to].trim_end().len();
        // Shaping a line alone may move its edge by a kerning pair.
        edges[edge(seen)].1 - edges[edge(from)].1 <= width - 0.05
    };
    let breaks: Vec<usize> = linebreaks(paragraph).map(|(at, _)| at).collect();
    let mut lines = Vec::new();
    let mut from = 0;
    while from < paragraph.len() {
        let mut to = from;
        for at in breaks.iter().copied().filter(|at| *at > from) {
            if !fits(from, at) {
                break;
            }
            to = at;
        }
        if to == from {
            let ahead = edges[edge(from) + 1..].iter().map(|(start, _)| *start);
            to = ahead
                .clone()
                .take_while(|at| fits(from, *at))
                .last()
                .or(ahead.clone().next())
                .unwrap_or(paragraph.len());
        }
        lines.push(shape(&paragraph[from..to], style));
        from = to;
    }
    lines
}
