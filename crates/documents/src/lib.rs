//! Business papers as PDF: estimate, work order, invoice, receipt and statement from the same parts.
//!
//! [`render`] turns a [`Document`], which holds only finished strings, into the bytes of a tagged PDF. The same
//! document always gives the same bytes: nothing here asks the clock.
//!
//! # Typeface
//! The letters are Inter (Regular, Medium, SemiBold, Bold), © The Inter Project Authors, under the SIL Open Font
//! License 1.1. They come with the web build (`web/dist/fonts`, from the npm package `@expo-google-fonts/inter`), are
//! embedded into the binary when it is compiled, and subset into each PDF.
//!
//! Inter knows Latin (with all European accents and Vietnamese), Greek, Cyrillic and the currency signs in use. It has no
//! Arabic, Hebrew, Indic scripts, Thai, Chinese, Japanese or Korean, and no emoji. A character it lacks is drawn as an
//! empty box and keeps its place in the text that is searched and copied; [`missing_letters`] tells them beforehand.

mod band;
mod block;
mod document;
mod error;
mod flow;
mod furnish;
mod letterhead;
mod paint;
mod picture;
mod piece;
mod remarks;
mod shape;
mod structure;
mod style;
mod table;
mod tag;
mod totals;
mod typeface;
mod wrap;

pub use document::{
    Align, Brand, Column, Document, Emphasis, FIELD, Fact, Labels, Link, Note, Paper, Party, Row, Signature, Table,
    Total,
};
pub use error::Error;
pub use shape::missing_letters;

/// Typesets the document and returns the bytes of the PDF.
///
/// It is work for a processor, a few milliseconds a page: call it where blocking is allowed.
pub fn render(document: &Document) -> Result<Vec<u8>, Error> {
    let (pages, structure) = set(document)?;
    paint::paint(document, &pages, &structure)
}

/// The pages with every piece in its place, before any of it is PDF.
fn set(document: &Document) -> Result<(Vec<flow::Page>, structure::Structure), Error> {
    table::check(document)?;
    typeface::ready()?;
    let frame = furnish::frame(document);
    let mut structure = structure::Structure::default();
    let mut bands = letterhead::letterhead(document, &frame, &mut structure)?;
    let mut heads = Vec::new();
    for table in &document.tables {
        table::table(table, &frame, &mut structure, &mut bands, &mut heads);
        totals::totals(&table.totals, document.brand.accent, &frame, &mut structure, &mut bands);
    }
    remarks::remarks(document, &frame, &mut structure, &mut bands)?;
    let mut pages = flow::pages(bands, &heads, &frame);
    furnish::furnish(document, &frame, &mut structure, &mut pages);
    Ok((pages, structure))
}

#[cfg(test)]
extern crate self as documents;
#[cfg(test)]
#[path = "../examples/invoice/paper.rs"]
mod paper;
#[cfg(test)]
mod tests;
