//! What stands on every page: the running head, the foot with the page's number, the watermark.

use crate::document::{Document, Paper};
use crate::flow::{Frame, Page};
use crate::piece::{Ink, Meaning, Piece};
use crate::shape::{Run, shape};
use crate::structure::{Kind, Structure};
use crate::style::{FOOT, HAIR, Style, WATERMARK};
use crate::typeface::Weight;
use crate::wrap::{printable, wrap};

const MARGIN: f32 = 48.0;
const MOST_FOOT_LINES: usize = 4;
/// Kept free for "Page 1 of 3" at the right of the foot.
const NUMBER: f32 = 110.0;

pub fn frame(document: &Document) -> Frame {
    let sheet = match document.paper {
        Paper::A4 => (595.276, 841.89),
        Paper::Letter => (612.0, 792.0),
    };
    let mut frame =
        Frame { sheet, left: MARGIN, width: sheet.0 - 2.0 * MARGIN, top: 44.0, top_later: 64.0, bottom: 0.0 };
    let lines = foot(document, &frame).len().clamp(1, MOST_FOOT_LINES);
    frame.bottom = sheet.1 - 34.0 - FOOT.leading * lines as f32 - 20.0;
    frame
}

/// The foot's lines, or none when it is too long to stand on every page.
fn foot(document: &Document, frame: &Frame) -> Vec<Run> {
    let lines = wrap(&document.footer, FOOT, frame.width - NUMBER);
    if lines.len() > MOST_FOOT_LINES { Vec::new() } else { lines }
}

pub fn long_footer(document: &Document, frame: &Frame) -> Option<String> {
    let long = foot(document, frame).is_empty() && !document.footer.trim().is_empty();
    long.then(|| document.footer.clone())
}

pub fn furnish(document: &Document, frame: &Frame, tree: &mut Structure, pages: &mut [Page]) {
    let count = pages.len();
    let foot = foot(document, frame);
    for (index, page) in pages.iter_mut().enumerate() {
        if let Some(mark) = watermark(document, frame, tree, index) {
            page.insert(0, mark);
        }
        if index > 0 {
            running_head(document, frame, page);
        }
        let mut top = frame.bottom + 12.0;
        page.push(Piece { meaning: Meaning::Footer, ..Piece::rule(frame.left, top, frame.width, 0.5, HAIR) });
        top += 8.0;
        let number = document.labels.page_of.replace("{pages}", &count.to_string());
        let number = number.replace("{page}", &(index + 1).to_string());
        for run in wrap(&number, FOOT, NUMBER - 10.0).into_iter().take(1) {
            let left = frame.left + frame.width - run.width;
            page.push(Piece::text(run, left, top, Meaning::Footer));
        }
        for run in &foot {
            page.push(Piece::text(run.clone(), frame.left, top, Meaning::Footer));
            top += FOOT.leading;
        }
    }
}

fn running_head(document: &Document, frame: &Frame, page: &mut Page) {
    let half = frame.width / 2.0 - 10.0;
    let top = 36.0;
    if let Some(run) = wrap(&document.brand.name, FOOT, half).into_iter().next() {
        page.push(Piece::text(run, frame.left, top, Meaning::Header));
    }
    if let Some(run) = wrap(&document.title, FOOT, half).into_iter().next() {
        let left = frame.left + frame.width - run.width;
        page.push(Piece::text(run, left, top, Meaning::Header));
    }
}

fn watermark(document: &Document, frame: &Frame, tree: &mut Structure, page: usize) -> Option<Piece> {
    let text = printable(&document.watermark).replace('\n', " ");
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let style = |size| Style { weight: Weight::Bold, size, leading: size, colour: WATERMARK, tabular: false };
    let (width, height) = frame.sheet;
    // Rising at 45 degrees a line of n points takes n/√2 both ways, and its height as much again.
    let reach = (shape(text, style(1.0)).width + 1.3) * std::f32::consts::FRAC_1_SQRT_2;
    let size = (width * 0.84 / reach).min(130.0);
    let side = reach * size;
    // Heard once: what the paper is not yet, or no longer, is no decoration.
    let meaning = if page == 0 { Meaning::Node(tree.add(Kind::Paragraph)) } else { Meaning::Watermark };
    let ink = Ink::Slanted(shape(text, style(size)), 45.0);
    Some(Piece { left: (width - side) / 2.0, top: (height - side) / 2.0, width: side, height: side, ink, meaning })
}
