//! The sums below a table, at the right, on one page with its last rows.

use crate::band::Band;
use crate::block::Block;
use crate::document::{Align, Emphasis, Total};
use crate::flow::Frame;
use crate::piece::Piece;
use crate::shape::shape;
use crate::structure::{Kind, Structure};
use crate::style::{BODY, Colour, DUE, INK, QUIET, STRONG, figures};
use crate::wrap::printable;

pub fn totals(totals: &[Total], accent: Colour, frame: &Frame, tree: &mut Structure, bands: &mut Vec<Band>) {
    if totals.is_empty() {
        return;
    }
    let node = tree.add(Kind::Table);
    let width = frame.width * 0.46;
    let left = frame.left + frame.width - width;
    let mut block = Block::default();
    let mut top = 0.0;
    for (index, total) in totals.iter().enumerate() {
        let (label_style, value_style, rule) = match total.emphasis {
            Emphasis::Plain => (QUIET, figures(BODY), None),
            Emphasis::Strong => (STRONG, figures(STRONG), Some((0.8, INK))),
            Emphasis::Due => (DUE, figures(DUE), Some((1.4, accent))),
        };
        if let Some((thickness, colour)) = rule.filter(|_| index > 0) {
            block.pieces.push(Piece::rule(left, top + 1.0, width, thickness, colour));
            top += thickness + 7.0;
        }
        let row = tree.within(node, Kind::TableRow);
        let label = tree.within(row, Kind::RowHeading);
        let value = tree.within(row, Kind::Cell);
        let need = (shape(&printable(&total.value), value_style).width + 0.1).min(width * 0.65);
        let below = block.set(&total.label, label_style, (left, width - need - 12.0), Align::Left, top, label);
        let place = (left + width - need, need);
        top = block.set(&total.value, value_style, place, Align::Right, top, value).max(below) + 5.5;
    }
    bands.extend(block.together(9.0));
}
