//! Lines of text set one below another at a place, before it is known on which page they will be.

use crate::band::{Band, cut};
use crate::document::Align;
use crate::piece::{Meaning, Piece};
use crate::style::Style;
use crate::wrap::wrap;

/// Pieces whose tops count from the top of the block.
#[derive(Default)]
pub struct Block {
    pub pieces: Vec<Piece>,
}

impl Block {
    /// Sets the text into a column and says where the next line may begin.
    pub fn set(&mut self, text: &str, style: Style, column: (f32, f32), align: Align, top: f32, node: usize) -> f32 {
        let (left, width) = column;
        let mut top = top;
        for run in wrap(text, style, width) {
            let left = if align == Align::Right { left + width - run.width } else { left };
            // An empty line has height and nothing to draw.
            if !run.glyphs.is_empty() {
                self.pieces.push(Piece::text(run, left, top, Meaning::Node(node)));
            }
            top += style.leading;
        }
        top
    }

    pub fn bottom(&self) -> f32 {
        self.pieces.iter().map(Piece::bottom).fold(0.0, f32::max)
    }

    /// The block as bands that stay on one page if a page is large enough; the first has the space above.
    pub fn together(self, space: f32) -> Vec<Band> {
        let mut bands = cut(self.pieces, space);
        let last = bands.len().saturating_sub(1);
        for band in bands.iter_mut().take(last) {
            band.keep = true;
        }
        bands
    }
}
