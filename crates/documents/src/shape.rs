//! From characters to glyphs: one line of text in one style, measured.

use std::cell::RefCell;
use std::collections::HashMap;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, Script, ShapePlan, UnicodeBuffer};

use crate::style::Style;
use crate::typeface::{Weight, typeface};

/// One line, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Run {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub style: Style,
    /// In points, without the space a wrapped line ends with.
    pub width: f32,
}

thread_local! {
    /// Compiling the font's rules for a script costs more than applying them to a line.
    static PLANS: RefCell<HashMap<(Weight, bool, Script), ShapePlan>> = RefCell::default();
}

/// Contextual alternates are off, because they turn what was typed into something else (`->` into an arrow, the x of
/// `2x4` into a times sign).
fn features(tabular: bool) -> [Feature; 2] {
    [Feature::new(Tag::from_bytes(b"tnum"), tabular.into(), ..), Feature::new(Tag::from_bytes(b"calt"), 0, ..)]
}

pub fn shape(text: &str, style: Style) -> Run {
    let mut run = Run { text: text.to_owned(), glyphs: Vec::new(), style, width: 0.0 };
    let Some(typeface) = typeface(style.weight) else { return run };
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    // The scripts that run from right to left are ones the font lacks: their boxes keep the order of the text.
    buffer.set_direction(Direction::LeftToRight);
    let script = buffer.script();
    let shaped = PLANS.with_borrow_mut(|plans| {
        let plan = plans.entry((style.weight, style.tabular, script)).or_insert_with(|| {
            ShapePlan::new(&typeface.face, Direction::LeftToRight, Some(script), None, &features(style.tabular))
        });
        rustybuzz::shape_with_plan(&typeface.face, plan, buffer)
    });
    let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
    let visible = text.trim_end().len();
    let em = typeface.em;
    let mut ends = text.len();
    let mut glyphs = Vec::with_capacity(infos.len());
    for (index, (info, position)) in infos.iter().zip(positions).enumerate().rev() {
        let starts = info.cluster as usize;
        if let Some(next) = infos.get(index + 1)
            && next.cluster != info.cluster
        {
            ends = next.cluster as usize;
        }
        let (id, advance) = if info.glyph_id == 0 { typeface.lacking } else { (info.glyph_id, position.x_advance) };
        let advance = advance as f32 / em;
        if starts < visible {
            run.width += advance * style.size;
        }
        let (right, up) = (position.x_offset as f32 / em, position.y_offset as f32 / em);
        glyphs.push(KrillaGlyph::new(GlyphId::new(id), advance, right, up, 0.0, starts..ends, None));
    }
    glyphs.reverse();
    run.glyphs = glyphs;
    run
}

/// The characters of the text that the font lacks and a paper shows as empty boxes, each once, in the text's order.
pub fn missing_letters(text: &str) -> Vec<char> {
    let mut missing = Vec::new();
    let Some(typeface) = typeface(Weight::Regular) else { return missing };
    for character in crate::wrap::printable(text).chars().filter(|character| *character != '\n') {
        let drawn = shape(character.encode_utf8(&mut [0; 4]), crate::style::BODY);
        let boxed = drawn.glyphs.iter().any(|glyph| glyph.glyph_id.to_u32() == typeface.lacking.0);
        if boxed && character != '\u{25a1}' && !missing.contains(&character) {
            missing.push(character);
        }
    }
    missing
}
