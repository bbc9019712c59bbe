//! The top of the first page: who sends it, what it is, for whom, and the facts about it.

use crate::Error;
use crate::band::Band;
use crate::block::Block;
use crate::document::{Align, Document};
use crate::flow::Frame;
use crate::picture::picture;
use crate::piece::{Ink, Meaning, Piece};
use crate::structure::{Kind, Structure};
use crate::style::{BODY, COMPANY, CONTACT, LABEL, SUBTITLE, TITLE};

const BETWEEN_COLUMNS: f32 = 20.0;

pub fn letterhead(document: &Document, frame: &Frame, structure: &mut Structure) -> Result<Vec<Band>, Error> {
    let mut block = Block::default();
    let half = (frame.width - BETWEEN_COLUMNS) / 2.0;
    sender(document, frame.left, half, structure, &mut block)?;
    let right = (frame.left + frame.width - half, half);
    let title = structure.add(Kind::Title(document.title.clone()));
    let below = block.set(&document.title, TITLE, right, Align::Right, 1.0, title);
    let subtitle = structure.add(Kind::Paragraph);
    block.set(&document.subtitle, SUBTITLE, right, Align::Right, below + 2.0, subtitle);
    let rule = block.bottom() + 14.0;
    block.pieces.push(Piece::rule(frame.left, rule, frame.width, 1.4, document.brand.accent));
    let mut bands = block.together(0.0);
    bands.extend(particulars(document, frame, structure));
    Ok(bands)
}

fn sender(
    document: &Document,
    left: f32,
    width: f32,
    structure: &mut Structure,
    block: &mut Block,
) -> Result<(), Error> {
    let brand = &document.brand;
    let mut name = (left, width);
    let (mut name_top, mut below) = (0.0, 0.0);
    if let Some(bytes) = &brand.logo {
        let logo = picture("logo", bytes, 150.0, 30.0)?;
        let (across, down) = logo.size;
        let meaning = Meaning::Node(structure.add(Kind::Figure(brand.name.clone())));
        block.pieces.push(Piece { left, top: 0.0, width: across, height: down, ink: Ink::Picture(logo), meaning });
        below = down;
        if across <= down * 2.2 {
            name = (left + across + 10.0, width - across - 10.0);
            name_top = ((down - COMPANY.leading) / 2.0).max(0.0);
        } else {
            name_top = down + 8.0;
        }
    }
    let node = structure.add(Kind::Paragraph);
    below = block.set(&brand.name, COMPANY, name, Align::Left, name_top, node).max(below) + 7.0;
    let reach = [&brand.phone, &brand.email];
    let reach: Vec<&str> = reach.into_iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    for line in brand.address.iter().chain([&reach.join(" · "), &brand.registration]) {
        let node = structure.add(Kind::Paragraph);
        below = block.set(line, CONTACT, (left, width), Align::Left, below, node);
    }
    Ok(())
}

/// Up to three columns: the parties, then the facts; more parties begin another row.
fn particulars(document: &Document, frame: &Frame, structure: &mut Structure) -> Vec<Band> {
    let cells = document.parties.len() + usize::from(!document.facts.is_empty());
    let columns = cells.clamp(1, 3);
    let width = (frame.width - BETWEEN_COLUMNS * (columns as f32 - 1.0)) / columns as f32;
    let place = |cell: usize| (frame.left + (width + BETWEEN_COLUMNS) * (cell % columns) as f32, width);
    let mut bands = Vec::new();
    let mut block = Block::default();
    for cell in 0..cells {
        if cell > 0 && cell % columns == 0 {
            bands.extend(std::mem::take(&mut block).together(16.0));
        }
        if let Some(party) = document.parties.get(cell) {
            let node = structure.add(Kind::Paragraph);
            let mut below = block.set(&party.label, LABEL, place(cell), Align::Left, 0.0, node) + 2.0;
            for line in &party.lines {
                let node = structure.add(Kind::Paragraph);
                below = block.set(line, BODY, place(cell), Align::Left, below, node);
            }
        } else {
            facts(document, place(cell), structure, &mut block);
        }
    }
    bands.extend(block.together(16.0));
    bands
}

fn facts(document: &Document, (left, width): (f32, f32), structure: &mut Structure, block: &mut Block) {
    let widest = |fact: &crate::Fact| crate::shape::shape(&crate::wrap::printable(&fact.label), LABEL).width;
    let label = document.facts.iter().map(widest).fold(0.0, f32::max).min(width * 0.5) + 0.1;
    let mut below = 0.0_f32;
    for fact in &document.facts {
        let node = structure.add(Kind::Paragraph);
        let one = block.set(&fact.label, LABEL, (left, label), Align::Left, below, node);
        let column = (left + label + 10.0, width - label - 10.0);
        let other = block.set(&fact.value, BODY, column, Align::Left, below, node);
        below = one.max(other) + 1.0;
    }
}
