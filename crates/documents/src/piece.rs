//! The smallest thing with a place: a line of text, a rule, a picture. Lengths in points from the page's top left.

use crate::picture::Picture;
use crate::shape::Run;
use crate::style::Colour;

#[derive(Clone, Debug)]
pub struct Piece {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
    pub ink: Ink,
    pub meaning: Meaning,
}

#[derive(Clone, Debug)]
pub enum Ink {
    Text(Run),
    Rule(Colour),
    Picture(Picture),
    /// What a pen drew, in points from the piece's own top left.
    Strokes(Vec<Vec<(f32, f32)>>, Colour),
    /// Text across the page, rising by the angle in degrees around the middle of the piece.
    Slanted(Run, f32),
}

/// What the piece is to somebody who hears the page instead of seeing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Part of the text: the number of its node in the structure.
    Node(usize),
    Decoration,
    Header,
    Footer,
    Watermark,
}

impl Piece {
    pub fn text(run: Run, left: f32, top: f32, meaning: Meaning) -> Self {
        Self { left, top, width: run.width, height: run.style.leading, ink: Ink::Text(run), meaning }
    }

    pub fn rule(left: f32, top: f32, width: f32, thickness: f32, colour: Colour) -> Self {
        Self { left, top, width, height: thickness, ink: Ink::Rule(colour), meaning: Meaning::Decoration }
    }

    pub fn bottom(&self) -> f32 {
        self.top + self.height
    }
}
