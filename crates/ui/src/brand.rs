//! The tenant's colour: a hue, moved so that every pair of text and ground keeps its contrast, whatever hue was chosen.
use std::fmt::Write;

/// A colour of OKLCH: lightness 0–1, chroma, hue in degrees.
#[derive(Clone, Copy, Debug)]
struct Oklch(f64, f64, f64);

/// A role, its lightness and chroma in light, and in dark.
type Role = (&'static str, (f64, f64), (f64, f64));

/// The five roles with lightness and chroma for light and dark, as in `web/css/tokens.css`. Lightness decides contrast,
/// and it is fixed; chroma is lowered where the screen could not show it, which would move lightness.
const ROLES: [Role; 6] = [
    ("brand", (0.450, 0.100), (0.720, 0.100)),
    ("brand-hover", (0.395, 0.090), (0.775, 0.090)),
    ("on-brand", (1.0, 0.0), (0.200, 0.030)),
    ("brand-ink", (0.435, 0.100), (0.810, 0.095)),
    ("brand-tint", (0.957, 0.018), (0.285, 0.034)),
    ("paper-brand", (0.450, 0.100), (0.450, 0.100)),
];

/// The stylesheet of a tenant's brand: served at `/brand.css?v=<hue>` and named in [`crate::Brand::css`].
pub fn brand_css(hue: u16) -> String {
    let hue = f64::from(hue % 360);
    let mut css = String::from(":root {\n");
    for (name, light, dark) in ROLES {
        let colour = |(lightness, chroma): (f64, f64)| {
            let Oklch(l, c, h) = in_gamut(Oklch(lightness, chroma, hue));
            format!("oklch({l:.3} {c:.3} {h:.0})")
        };
        let _ = writeln!(css, "  --{name}: light-dark({}, {});", colour(light), colour(dark));
    }
    css.push_str("}\n");
    css
}

/// The brand's own colour as `#rrggbb`, for where a stylesheet does not reach: mail programs know no OKLCH. White text
/// keeps its contrast on it.
pub fn brand_hex(hue: u16) -> String {
    let colour = in_gamut(Oklch(0.450, 0.100, f64::from(hue % 360)));
    let shown = |v: f64| {
        let v = v.clamp(0.0, 1.0);
        let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        (v * 255.0).round() as u8
    };
    let [r, g, b] = rgb(colour).map(shown);
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The hue of a colour a person chose (`#1f6feb`), for [`brand_css`]; `None` for grey, or for what is no colour.
pub fn hue_of(hex: &str) -> Option<u16> {
    let digits = hex.trim().trim_start_matches('#');
    if digits.len() != 6 || !digits.is_ascii() {
        return None;
    }
    let channel =
        |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok().map(|v| linear(f64::from(v) / 255.0));
    let (r, g, b) = (channel(0)?, channel(2)?, channel(4)?);
    let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_99 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_55 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
    let (a, b) =
        (1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s, 0.025_904_04 * l + 0.782_771_77 * m - 0.808_675_77 * s);
    (a.hypot(b) > 0.02).then(|| b.atan2(a).to_degrees().rem_euclid(360.0).round() as u16 % 360)
}

fn in_gamut(colour: Oklch) -> Oklch {
    let mut chroma = colour.1;
    while chroma > 0.0 && rgb(Oklch(colour.0, chroma, colour.2)).iter().any(|v| !(-0.0005..=1.0005).contains(v)) {
        chroma -= 0.002;
    }
    Oklch(colour.0, chroma.max(0.0), colour.2)
}

/// Linear sRGB, unclipped.
fn rgb(Oklch(lightness, chroma, hue): Oklch) -> [f64; 3] {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_35 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_55 * b).powi(3);
    [
        4.076_741_66 * l - 3.307_711_59 * m + 0.230_969_93 * s,
        -1.268_438_0 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_09 * l - 0.703_418_61 * m + 1.707_614_7 * s,
    ]
}

fn linear(v: f64) -> f64 {
    if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Oklch) -> f64 {
        let [r, g, b] = rgb(colour).map(|v| v.clamp(0.0, 1.0));
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    fn contrast(a: Oklch, b: Oklch) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
    fn read(css: &str, name: &str, dark: bool) -> Oklch {
        let line = css.lines().find(|line| line.trim().starts_with(&format!("--{name}:"))).unwrap();
        let part = line.split("oklch(").nth(if dark { 2 } else { 1 }).unwrap().split(')').next().unwrap();
        let n: Vec<f64> = part.split(' ').map(|v| v.parse().unwrap()).collect();
        Oklch(n[0], n[1], n[2])
    }

    #[test]
    fn every_hue_keeps_its_contrast_in_light_and_dark() {
        for hue in 0..360 {
            let css = brand_css(hue);
            for dark in [false, true] {
                let surface = if dark { Oklch(0.208, 0.006, 250.0) } else { Oklch(1.0, 0.0, 0.0) };
                let canvas = if dark { Oklch(0.172, 0.005, 250.0) } else { Oklch(0.968, 0.004, 95.0) };
                let at = |name| read(&css, name, dark);
                let ink = if dark { Oklch(0.945, 0.004, 95.0) } else { Oklch(0.235, 0.012, 255.0) };
                let ink_2 = if dark { Oklch(0.800, 0.006, 95.0) } else { Oklch(0.410, 0.012, 255.0) };
                for (what, is) in [
                    ("on-brand on brand", contrast(at("on-brand"), at("brand"))),
                    ("on-brand on brand-hover", contrast(at("on-brand"), at("brand-hover"))),
                    ("brand-ink on surface", contrast(at("brand-ink"), surface)),
                    ("brand-ink on canvas", contrast(at("brand-ink"), canvas)),
                    ("brand-ink on tint", contrast(at("brand-ink"), at("brand-tint"))),
                    ("ink on tint", contrast(ink, at("brand-tint"))),
                    ("ink-2 on tint", contrast(ink_2, at("brand-tint"))),
                ] {
                    assert!(is >= 4.5, "hue {hue} dark {dark}: {what} is {is:.2}");
                }
                assert!(contrast(at("brand"), surface) >= 3.0, "hue {hue}: a filled control is seen on its ground");
            }
        }
    }

    #[test]
    fn a_chosen_colour_gives_its_hue() {
        assert!(hue_of("#ff0000").unwrap().abs_diff(29) <= 1);
        assert!(hue_of("1f6feb").unwrap().abs_diff(258) <= 4);
        for grey in ["#808080", "#fff", "", "#gggggg", "#ÿÿÿ"] {
            assert_eq!(hue_of(grey), None);
        }
    }
}
