//! The few sizes, weights and inks the papers are set in; lengths are points, a 72nd of an inch.

use crate::typeface::Weight;

pub type Colour = [u8; 3];

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub weight: Weight,
    pub size: f32,
    pub leading: f32,
    pub colour: Colour,
    /// Figures of one width, so that amounts stand in columns. It also widens hyphens, so running text goes without.
    pub tabular: bool,
}

pub const INK: Colour = [0x1b, 0x20, 0x27];
pub const INK_2: Colour = [0x58, 0x5d, 0x65];
pub const HAIR: Colour = [0xdd, 0xdc, 0xd8];
/// Pale enough that text printed over it keeps a contrast of more than 4.5.
pub const WATERMARK: Colour = [0xec, 0xeb, 0xe8];

const fn style(weight: Weight, size: f32, leading: f32, colour: Colour) -> Style {
    Style { weight, size, leading, colour, tabular: false }
}

/// The same style for a column of figures.
pub const fn figures(style: Style) -> Style {
    Style { tabular: true, ..style }
}

pub const COMPANY: Style = style(Weight::SemiBold, 15.0, 19.0, INK);
pub const TITLE: Style = style(Weight::SemiBold, 18.0, 22.0, INK);
pub const SUBTITLE: Style = style(Weight::Regular, 9.5, 13.0, INK_2);
pub const CONTACT: Style = style(Weight::Regular, 8.5, 12.0, INK_2);
pub const LABEL: Style = style(Weight::Medium, 8.5, 13.5, INK_2);
pub const BODY: Style = style(Weight::Regular, 9.5, 13.5, INK);
pub const QUIET: Style = style(Weight::Regular, 9.5, 13.5, INK_2);
pub const SMALL: Style = style(Weight::Regular, 8.5, 11.5, INK_2);
pub const STRONG: Style = style(Weight::SemiBold, 9.5, 13.5, INK);
pub const DUE: Style = style(Weight::Bold, 15.0, 19.0, INK);
pub const CAPTION: Style = style(Weight::SemiBold, 11.0, 15.0, INK);
pub const FOOT: Style = style(Weight::Regular, 7.5, 10.0, INK_2);

/// The accent, darkened until text in it has a contrast of 4.5 on white (WCAG 2.2, 1.4.3).
pub fn readable(accent: Colour) -> Colour {
    let mut colour = accent;
    while 1.05 / (luminance(colour) + 0.05) < 4.5 {
        colour = colour.map(|part| (f32::from(part) * 0.94) as u8);
    }
    colour
}

fn luminance(colour: Colour) -> f32 {
    let [red, green, blue] = colour.map(|part| {
        let part = f32::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
