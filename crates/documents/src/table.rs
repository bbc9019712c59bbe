//! Tables: columns as wide as they need, rows whole, a header to repeat.

use crate::Error;
use crate::band::{Band, cut};
use crate::block::Block;
use crate::document::{Align, Document, Row, Table};
use crate::flow::Frame;
use crate::piece::Piece;
use crate::shape::shape;
use crate::structure::{Kind, Structure};
use crate::style::{BODY, CAPTION, HAIR, INK, LABEL, SMALL, Style, figures};
use crate::wrap::printable;

const BETWEEN: f32 = 14.0;
const PADDING: f32 = 6.0;
/// What the columns beside the main one may take of the width.
const SIDE_SHARE: f32 = 0.62;
/// Rows up to this height are never broken over pages.
const WHOLE_ROW: f32 = 160.0;

pub fn check(document: &Document) -> Result<(), Error> {
    for table in &document.tables {
        let columns = table.columns.len();
        if table.main >= columns {
            return Err(Error::Main { main: table.main, columns });
        }
        if let Some((row, cells)) =
            table.rows.iter().map(|row| row.cells.len()).enumerate().find(|(_, cells)| *cells != columns)
        {
            return Err(Error::Cells { row: row + 1, cells, columns });
        }
    }
    Ok(())
}

pub fn table(table: &Table, frame: &Frame, tree: &mut Structure, bands: &mut Vec<Band>, heads: &mut Vec<Band>) {
    if !table.caption.trim().is_empty() {
        let mut block = Block::default();
        let node = tree.add(Kind::Heading(table.caption.clone()));
        block.set(&table.caption, CAPTION, (frame.left, frame.width), Align::Left, 0.0, node);
        let mut caption = block.together(20.0);
        caption.iter_mut().for_each(|band| band.keep = true);
        bands.extend(caption);
    }
    let columns = columns(table, frame);
    let node = tree.add(Kind::Table);
    let head = heads.len();
    if let Some(mut band) = header(table, &columns, frame, tree, node) {
        band.keep = !table.rows.is_empty();
        bands.push(band.clone());
        heads.push(band);
    }
    let body = tree.within(node, Kind::TableBody);
    let last = table.rows.len().saturating_sub(1);
    for (index, row) in table.rows.iter().enumerate() {
        let mut strips = set_row(row, table, &columns, frame, tree, body);
        let height: f32 = strips.iter().map(|band| band.space + band.height).sum();
        let count = strips.len();
        for (place, band) in strips.iter_mut().enumerate() {
            band.head = Some(head);
            // A tall row may break, but two lines stay with its first and with its last.
            band.keep = place + 1 < count && (height <= WHOLE_ROW || place < 2 || place + 3 >= count);
        }
        // The first two rows stay together, and the last two, and the totals stay with the last.
        let joined = (index == 0 && last > 0) || index + 1 == last || (index == last && !table.totals.is_empty());
        if let Some(band) = strips.last_mut() {
            band.keep = joined;
        }
        bands.extend(strips);
    }
}

fn cell_style(align: Align) -> Style {
    if align == Align::Right { figures(BODY) } else { BODY }
}

/// Left edge and width of each column.
fn columns(table: &Table, frame: &Frame) -> Vec<(f32, f32)> {
    let widest_line =
        |text: &str, style| printable(text).lines().map(|line| shape(line, style).width).fold(0.0, f32::max);
    let mut widths: Vec<f32> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let heading = widest_line(&column.heading, LABEL);
            let cells = table.rows.iter().filter_map(|row| row.cells.get(index));
            cells.map(|cell| widest_line(cell, cell_style(column.align))).fold(heading, f32::max).max(24.0) + 0.1
        })
        .collect();
    let gaps = BETWEEN * widths.len().saturating_sub(1) as f32;
    let mut room = ((frame.width - gaps) * SIDE_SHARE).max(0.0);
    // Narrow columns keep what they need; the wide ones share what is left evenly.
    let mut sides: Vec<usize> = (0..widths.len()).filter(|index| *index != table.main).collect();
    sides.sort_by(|one, other| widths[*one].total_cmp(&widths[*other]));
    for (place, index) in sides.iter().enumerate() {
        let share = room / (sides.len() - place) as f32;
        widths[*index] = widths[*index].min(share);
        room -= widths[*index];
    }
    let taken: f32 = sides.iter().map(|index| widths[*index]).sum();
    widths[table.main] = frame.width - gaps - taken;
    let mut left = frame.left;
    let place = |width| {
        let column = (left, width);
        left += width + BETWEEN;
        column
    };
    widths.into_iter().map(place).collect()
}

fn header(table: &Table, columns: &[(f32, f32)], frame: &Frame, tree: &mut Structure, node: usize) -> Option<Band> {
    let head = tree.within(node, Kind::TableHead);
    let row = tree.within(head, Kind::TableRow);
    let mut block = Block::default();
    for (column, place) in table.columns.iter().zip(columns) {
        let heading = tree.within(row, Kind::ColumnHeading);
        block.set(&column.heading, LABEL, *place, column.align, 0.0, heading);
    }
    let below = block.bottom() + 4.0;
    block.pieces.push(Piece::rule(frame.left, below, frame.width, 0.8, INK));
    let height = block.bottom();
    Some(Band { space: 20.0, height, pieces: block.pieces, keep: true, head: None })
}

fn set_row(
    row: &Row,
    table: &Table,
    columns: &[(f32, f32)],
    frame: &Frame,
    tree: &mut Structure,
    body: usize,
) -> Vec<Band> {
    let node = tree.within(body, Kind::TableRow);
    let mut block = Block::default();
    for (index, (cell, place)) in row.cells.iter().zip(columns).enumerate() {
        let align = table.columns.get(index).map_or(Align::Left, |column| column.align);
        let inside = tree.within(node, Kind::Cell);
        let name = tree.within(inside, Kind::Paragraph);
        let below = block.set(cell, cell_style(align), *place, align, 0.0, name);
        if index == table.main && !row.description.trim().is_empty() {
            let description = tree.within(inside, Kind::Paragraph);
            block.set(&row.description, SMALL, *place, align, below + 0.5, description);
        }
    }
    let foot = block.bottom() + PADDING;
    let mut bands = cut(block.pieces, PADDING);
    // The line below belongs to the last line of text, so that it never begins a page.
    let rule = Piece::rule(frame.left, 0.0, frame.width, 0.5, HAIR);
    match bands.last_mut() {
        Some(band) => {
            let top = band.height + PADDING;
            band.height = top + 0.5;
            band.pieces.push(Piece { top, ..rule });
        }
        None => bands.extend(cut(vec![rule], foot)),
    }
    bands
}
