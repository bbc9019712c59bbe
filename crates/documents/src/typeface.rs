//! The four weights of Inter, read once: shaping measures them and the PDF embeds them.

use std::sync::LazyLock;

use krilla::text::Font;
use rustybuzz::Face;

use crate::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    Regular,
    Medium,
    SemiBold,
    Bold,
}

pub struct Typeface {
    pub face: Face<'static>,
    pub font: Font,
    /// Font units in one em.
    pub em: f32,
    /// Above and below the baseline, in ems; both positive.
    pub ascent: f32,
    pub descent: f32,
    /// The empty box that stands for a character the font lacks, with its advance in font units.
    pub lacking: (u32, i32),
}

static TYPEFACES: LazyLock<Option<[Typeface; 4]>> = LazyLock::new(|| {
    Some([
        read(include_bytes!(concat!(env!("OUT_DIR"), "/Inter-Regular.ttf")))?,
        read(include_bytes!(concat!(env!("OUT_DIR"), "/Inter-Medium.ttf")))?,
        read(include_bytes!(concat!(env!("OUT_DIR"), "/Inter-SemiBold.ttf")))?,
        read(include_bytes!(concat!(env!("OUT_DIR"), "/Inter-Bold.ttf")))?,
    ])
});

fn read(bytes: &'static [u8]) -> Option<Typeface> {
    let face = Face::from_slice(bytes, 0)?;
    let em = face.units_per_em() as f32;
    let box_glyph = face.glyph_index('\u{25a1}')?;
    let lacking = (u32::from(box_glyph.0), i32::from(face.glyph_hor_advance(box_glyph)?));
    let (ascent, descent) = (f32::from(face.ascender()) / em, -f32::from(face.descender()) / em);
    Some(Typeface { face, font: Font::new(bytes.into(), 0)?, em, ascent, descent, lacking })
}

/// Refuses to begin without fonts; after it, [`typeface`] always answers.
pub fn ready() -> Result<(), Error> {
    TYPEFACES.as_ref().map(|_| ()).ok_or(Error::Fonts)
}

pub fn typeface(weight: Weight) -> Option<&'static Typeface> {
    TYPEFACES.as_ref()?.get(weight as usize)
}
