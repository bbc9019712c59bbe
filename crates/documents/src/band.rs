//! A strip across the page that is never broken: the smallest amount of paper that moves to the next page.

use crate::piece::Piece;

/// No band is taller, so that every one fits on a page.
const TALLEST: f32 = 200.0;

#[derive(Clone, Debug)]
pub struct Band {
    /// Left out at the top of a page.
    pub space: f32,
    pub height: f32,
    /// Tops count from the top of the band.
    pub pieces: Vec<Piece>,
    /// Stays on one page with the band that follows.
    pub keep: bool,
    /// The table header to repeat when this band begins a page.
    pub head: Option<usize>,
}

/// Cuts between lines: pieces that stand beside each other share a band.
pub fn cut(mut pieces: Vec<Piece>, space: f32) -> Vec<Band> {
    pieces.sort_by(|one, other| one.top.total_cmp(&other.top));
    let mut bands: Vec<Band> = Vec::new();
    let (mut top, mut bottom) = (0.0_f32, -space);
    for mut piece in pieces {
        // Half a hundredth of a point is rounding, not overlap.
        let beside = piece.top < bottom - 0.005 && piece.bottom() - top <= TALLEST;
        match bands.last_mut() {
            Some(band) if beside => {
                bottom = bottom.max(piece.bottom());
                piece.top -= top;
                band.height = bottom - top;
                band.pieces.push(piece);
            }
            _ => {
                let space = (piece.top - bottom).max(0.0);
                (top, bottom) = (piece.top, piece.bottom());
                piece.top = 0.0;
                bands.push(Band { space, height: piece.height, pieces: vec![piece], keep: false, head: None });
            }
        }
    }
    bands
}
