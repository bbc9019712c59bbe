//! Bands onto pages: what belongs together stays together, table headers repeat.

use crate::band::Band;
use crate::piece::{Meaning, Piece};

pub type Page = Vec<Piece>;

/// The room for text on a sheet.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub sheet: (f32, f32),
    pub left: f32,
    pub width: f32,
    /// Where text begins on the first page and on the others.
    pub top: f32,
    pub top_later: f32,
    pub bottom: f32,
}

pub fn pages(bands: Vec<Band>, heads: &[Band], frame: &Frame) -> Vec<Page> {
    let mut flow = Flow { pages: vec![Page::new()], y: frame.top, fresh: true, bare: true, heads, frame };
    let mut waiting = bands.into_iter().peekable();
    let mut group: Vec<Band> = Vec::new();
    while let Some(band) = waiting.next() {
        let open = band.keep && waiting.peek().is_some();
        group.push(band);
        if !open {
            flow.place(std::mem::take(&mut group));
        }
    }
    flow.pages
}

struct Flow<'a> {
    pages: Vec<Page>,
    y: f32,
    /// Nothing stands on the page, or only a repeated header.
    fresh: bool,
    /// Not even a header: the space above the next band is dropped.
    bare: bool,
    heads: &'a [Band],
    frame: &'a Frame,
}

impl Flow<'_> {
    fn place(&mut self, group: Vec<Band>) {
        if !self.fits(&group) {
            self.turn(group.first());
        }
        if self.fits(&group) {
            group.into_iter().for_each(|band| self.put(band));
            return;
        }
        // Even an empty page is too short for all of it: fill pages band by band.
        for band in group {
            if !self.fits(std::slice::from_ref(&band)) {
                self.turn(Some(&band));
            }
            self.put(band);
        }
    }

    fn fits(&self, group: &[Band]) -> bool {
        let height: f32 = group.iter().map(|band| band.space + band.height).sum();
        let dropped = if self.bare { group.first().map_or(0.0, |band| band.space) } else { 0.0 };
        self.y + height - dropped <= self.frame.bottom + 0.01
    }

    fn turn(&mut self, next: Option<&Band>) {
        if self.fresh {
            return;
        }
        self.pages.push(Page::new());
        self.y = self.frame.top_later;
        self.bare = true;
        if let Some(head) = next.and_then(|band| band.head).and_then(|head| self.heads.get(head)) {
            let mut again = head.clone();
            for piece in &mut again.pieces {
                // Heard once, at the first of the pages, is enough.
                piece.meaning = Meaning::Decoration;
            }
            self.put(again);
        }
        self.fresh = true;
    }

    fn put(&mut self, band: Band) {
        if !self.bare {
            self.y += band.space;
        }
        if let Some(page) = self.pages.last_mut() {
            page.extend(band.pieces.into_iter().map(|mut piece| {
                piece.top += self.y;
                piece
            }));
        }
        self.y += band.height;
        self.fresh = false;
        self.bare = false;
    }
}
