//! What follows the tables: the link, notes and signatures.

use crate::Error;
use crate::band::{Band, cut};
use crate::block::Block;
use crate::document::{Align, Document, FIELD, Note, Signature};
use crate::flow::Frame;
use crate::furnish;
use crate::picture::picture;
use crate::piece::{Ink, Meaning, Piece};
use crate::structure::{Kind, Structure};
use crate::style::{BODY, CONTACT, INK, INK_2, LABEL, STRONG, readable};

pub fn remarks(document: &Document, frame: &Frame, tree: &mut Structure, bands: &mut Vec<Band>) -> Result<(), Error> {
    let column = (frame.left, frame.width);
    if let Some(link) = &document.link {
        let known = ["https:", "http:", "mailto:", "tel:"].iter().any(|scheme| link.url.starts_with(scheme));
        if !known {
            return Err(Error::Link(link.url.clone()));
        }
        let node = tree.add(Kind::Link(link.url.clone()));
        let style = crate::style::Style { colour: readable(document.brand.accent), ..STRONG };
        let mut block = Block::default();
        let text = if link.label.trim().is_empty() { &link.url } else { &link.label };
        block.set(text, style, column, Align::Left, 0.0, node);
        bands.extend(block.together(18.0));
    }
    for note in &document.notes {
        set_note(note, column, tree, bands);
    }
    if let Some(text) = furnish::long_footer(document, frame) {
        set_note(&Note { heading: String::new(), text }, column, tree, bands);
    }
    for pair in document.signatures.chunks(2) {
        let mut block = Block::default();
        let width = (frame.width - 40.0) / 2.0;
        for (index, signature) in pair.iter().enumerate() {
            sign(signature, (frame.left + (width + 40.0) * index as f32, width), tree, &mut block)?;
        }
        bands.extend(block.together(26.0));
    }
    Ok(())
}

fn set_note(note: &Note, column: (f32, f32), tree: &mut Structure, bands: &mut Vec<Band>) {
    let mut block = Block::default();
    if !note.heading.trim().is_empty() {
        let node = tree.add(Kind::Heading(note.heading.clone()));
        block.set(&note.heading, LABEL, column, Align::Left, 0.0, node);
    }
    let headings = block.pieces.len();
    let node = tree.add(Kind::Paragraph);
    let below = block.bottom();
    block.set(&note.text, CONTACT, column, Align::Left, below, node);
    let mut strips = cut(block.pieces, 18.0);
    let count = strips.len();
    for (place, band) in strips.iter_mut().enumerate() {
        // The heading stays with two lines; no line stands alone at the top or the foot of a page.
        band.keep = place + 1 < count && (place <= headings || place + 2 == count);
    }
    bands.extend(strips);
}

fn sign(signature: &Signature, column: (f32, f32), tree: &mut Structure, block: &mut Block) -> Result<(), Error> {
    const ROOM: f32 = 46.0;
    let (left, width) = column;
    if let Some(bytes) = &signature.image {
        let what = if signature.label.trim().is_empty() { "signature" } else { signature.label.trim() };
        let drawn = picture(what, bytes, width, ROOM - 4.0)?;
        let (across, down) = drawn.size;
        let meaning = Meaning::Node(tree.add(Kind::Figure(what.to_owned())));
        let top = ROOM - 2.0 - down;
        block.pieces.push(Piece { left, top, width: across, height: down, ink: Ink::Picture(drawn), meaning });
    }
    if !signature.strokes.is_empty() {
        let (high, scale) = (ROOM - 4.0, (ROOM - 4.0) / f32::from(FIELD.1));
        let at = |(x, y): &(u16, u16)| (f32::from(*x) * scale, f32::from(*y) * scale);
        let strokes = signature.strokes.iter().map(|stroke| stroke.iter().map(at).collect()).collect();
        let meaning = Meaning::Node(tree.add(Kind::Figure(format!("Signature: {}", signature.signed))));
        let (width, ink) = (f32::from(FIELD.0) * scale, Ink::Strokes(strokes, INK));
        block.pieces.push(Piece { left, top: 2.0, width, height: high, ink, meaning });
    }
    block.pieces.push(Piece::rule(left, ROOM, width, 0.8, INK_2));
    let node = tree.add(Kind::Paragraph);
    let below = block.set(&signature.signed, BODY, column, Align::Left, ROOM + 4.0, node);
    let node = tree.add(Kind::Paragraph);
    block.set(&signature.label, LABEL, column, Align::Left, below, node);
    Ok(())
}
