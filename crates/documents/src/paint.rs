//! Placed pieces into PDF: the only file that draws.

use krilla::SerializeSettings;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};

use crate::document::Document;
use crate::flow::Page;
use crate::piece::{Ink, Meaning, Piece};
use crate::shape::Run;
use crate::structure::{Kind, Structure};
use crate::style::Colour;
use crate::typeface::typeface;
use crate::{Error, furnish, tag};

/// Writes PDF/UA-1; a paper that breaks one of its rules, such as one without a title, is written without that promise.
pub fn paint(document: &Document, pages: &[Page], structure: &Structure) -> Result<Vec<u8>, Error> {
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let accessible = accessible.map_err(|error| Error::Pdf(format!("{error:?}")))?;
    match write(document, pages, structure, accessible) {
        Err(KrillaError::Validation(_)) => write(document, pages, structure, Configuration::default()),
        written => written,
    }
    .map_err(|error| match error {
        KrillaError::Image(_, _, reason) => Error::Picture { what: "logo or signature".to_owned(), reason },
        error => Error::Pdf(error.to_string()),
    })
}

fn write(
    document: &Document,
    pages: &[Page],
    structure: &Structure,
    configuration: Configuration,
) -> Result<Vec<u8>, KrillaError> {
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut pdf = krilla::Document::new_with(settings);
    let mut leaves: Vec<Vec<Identifier>> = structure.nodes.iter().map(|_| Vec::new()).collect();
    let (width, height) = furnish::frame(document).sheet;
    for pieces in pages {
        let Some(size) = Size::from_wh(width, height) else { continue };
        let mut page = pdf.start_page_with(PageSettings::new(size));
        let mut surface = page.surface();
        for piece in pieces {
            let leaf = surface.start_tagged(content(piece));
            draw(&mut surface, piece);
            surface.end_tagged();
            if let Meaning::Node(node) = piece.meaning {
                leaves[node].push(leaf);
            }
        }
        surface.finish();
        for piece in pieces {
            let Meaning::Node(node) = piece.meaning else { continue };
            if let Kind::Link(url) = &structure.nodes[node].kind
                && let Some(area) = Rect::from_xywh(piece.left, piece.top, piece.width.max(1.0), piece.height)
            {
                let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
                let annotation = Annotation::new_link(LinkAnnotation::new(area, target), Some(url.clone()));
                leaves[node].push(page.add_tagged_annotation(annotation));
            }
        }
        page.finish();
    }
    let mut outline = Outline::new();
    let beginning = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(document.title.clone(), beginning));
    pdf.set_outline(outline);
    let mut metadata = Metadata::new().producer("Tradewind".to_owned());
    for (text, put) in [
        (&document.title, Metadata::title as fn(Metadata, String) -> Metadata),
        (&document.language, Metadata::language),
        (&document.brand.name, |metadata, name| metadata.authors(vec![name])),
    ] {
        if !text.trim().is_empty() {
            metadata = put(metadata, text.trim().to_owned());
        }
    }
    pdf.set_metadata(metadata);
    pdf.set_tag_tree(tag::tree(structure, leaves, document.language.trim()));
    pdf.finish()
}

fn content(piece: &Piece) -> ContentTag<'static> {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    match (piece.meaning, &piece.ink) {
        (Meaning::Node(_), Ink::Text(_) | Ink::Slanted(..)) => ContentTag::Span(SpanTag::empty()),
        (Meaning::Node(_), _) => ContentTag::Other,
        (Meaning::Decoration, _) => artifact(ArtifactType::Layout),
        (Meaning::Header, _) => artifact(ArtifactType::Header),
        (Meaning::Footer, _) => artifact(ArtifactType::Footer),
        (Meaning::Watermark, _) => artifact(ArtifactType::Watermark),
    }
}

fn draw(surface: &mut Surface<'_>, piece: &Piece) {
    match &piece.ink {
        Ink::Text(run) => write_run(surface, run, piece.left, piece.top, piece.height),
        Ink::Rule(colour) => {
            let mut path = PathBuilder::new();
            if let Some(area) = Rect::from_xywh(piece.left, piece.top, piece.width, piece.height) {
                path.push_rect(area);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*colour)));
                surface.draw_path(&path);
            }
        }
        Ink::Picture(picture) => {
            if let Some(size) = Size::from_wh(piece.width, piece.height) {
                surface.push_transform(&Transform::from_translate(piece.left, piece.top));
                surface.draw_image(picture.image.clone(), size);
                surface.pop();
            }
        }
        Ink::Strokes(strokes, colour) => {
            surface.set_fill(None);
            surface.set_stroke(Some(pen(*colour)));
            for stroke in strokes {
                let mut path = PathBuilder::new();
                let mut points = stroke.iter().map(|(x, y)| (piece.left + x, piece.top + y));
                let Some((x, y)) = points.next() else { continue };
                path.move_to(x, y);
                // A dot is a short line.
                path.line_to(x + 0.1, y);
                points.for_each(|(x, y)| path.line_to(x, y));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
            surface.set_stroke(None);
        }
        Ink::Slanted(run, angle) => {
            let (x, y) = (piece.left + piece.width / 2.0, piece.top + piece.height / 2.0);
            surface.push_transform(&Transform::from_rotate_at(-angle, x, y));
            write_run(surface, run, x - run.width / 2.0, y - run.style.leading / 2.0, run.style.leading);
            surface.pop();
        }
    }
}

fn write_run(surface: &mut Surface<'_>, run: &Run, left: f32, top: f32, height: f32) {
    let Some(typeface) = typeface(run.style.weight) else { return };
    let size = run.style.size;
    let baseline = top + (height - (typeface.ascent + typeface.descent) * size) / 2.0 + typeface.ascent * size;
    surface.set_fill(Some(fill(run.style.colour)));
    surface.draw_glyphs(Point::from_xy(left, baseline), &run.glyphs, typeface.font.clone(), &run.text, size, false);
}

fn pen([red, green, blue]: Colour) -> Stroke {
    Stroke {
        paint: rgb::Color::new(red, green, blue).into(),
        width: 0.9,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    }
}

fn fill([red, green, blue]: Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}
