//! Photos as they are kept: upright, no larger than a screen needs, and without what a camera writes beside the picture,
//! above all where it was taken.
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageReader, Limits,
    codecs::jpeg::JpegEncoder, imageops::FilterType, metadata::Orientation,
};
use std::io::Cursor;

/// The longer edge of what is kept, in pixels.
pub const EDGE: u32 = 2048;
/// The longer edge of what is unpacked at all: a phone makes pictures of up to 16,000.
const MOST_EDGE: u32 = 16_384;
/// Bytes that unpacking may take: 100 megapixels and their copies.
const MOST_MEMORY: u64 = 512 << 20;
const QUALITY: u8 = 84;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    #[error("it is no picture that can be read")]
    Unreadable,
    #[error("it has too many pixels")]
    TooLarge,
}

impl From<ImageError> for Refused {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            _ => Self::Unreadable,
        }
    }
}

/// The photo as JPEG. It is drawn anew from its pixels, so nothing else of the file is left. Heavy: not for a thread that
/// answers requests.
pub fn photo(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Refused::Unreadable)?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MOST_EDGE), Some(MOST_EDGE));
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width().max(picture.height()) > EDGE {
        picture = picture.resize(EDGE, EDGE, FilterType::Triangle);
    }
    picture.apply_orientation(turned);
    let flat = on_white(&picture);
    let mut kept = Vec::with_capacity(bytes.len().min(2 << 20));
    let encoder = JpegEncoder::new_with_quality(&mut kept, QUALITY);
    encoder.write_image(flat.as_raw(), flat.width(), flat.height(), ExtendedColorType::Rgb8)?;
    Ok(kept)
}

/// Where it was taken, in degrees, if the camera wrote it beside the picture.
pub fn place(bytes: &[u8]) -> Option<(f64, f64)> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let notes = reader.into_decoder().ok()?.exif_metadata().ok()??;
    let notes = exif::Reader::new().read_raw(notes).ok()?;
    let degrees = |tag, toward, away: &[u8], most: f64| {
        let exif::Value::Rational(parts) = &notes.get_field(tag, exif::In::PRIMARY)?.value else { return None };
        let [degrees, minutes, seconds] = parts.get(..3)?.iter().map(exif::Rational::to_f64).collect::<Vec<_>>()[..]
        else {
            return None;
        };
        let all = degrees + minutes / 60.0 + seconds / 3600.0;
        let exif::Value::Ascii(toward) = &notes.get_field(toward, exif::In::PRIMARY)?.value else { return None };
        let signed = if toward.first().is_some_and(|word| word.as_slice() == away) { -all } else { all };
        // Six places are a hand's breadth; what is nowhere on the earth, or the nought of a camera that does not know, is none.
        (all.is_finite() && all <= most).then_some((signed * 1e6).round() / 1e6)
    };
    let latitude = degrees(exif::Tag::GPSLatitude, exif::Tag::GPSLatitudeRef, b"S", 90.0)?;
    let longitude = degrees(exif::Tag::GPSLongitude, exif::Tag::GPSLongitudeRef, b"W", 180.0)?;
    ((latitude, longitude) != (0.0, 0.0)).then_some((latitude, longitude))
}

/// JPEG knows no transparency; what shone through is white, as paper is.
fn on_white(picture: &DynamicImage) -> image::RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let seen = picture.to_rgba8();
    let mut flat = image::RgbImage::new(seen.width(), seen.height());
    for (to, from) in flat.pixels_mut().zip(seen.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        to.0 = [red, green, blue].map(|part| ((part * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

    fn jpeg(wide: u32, high: u32, at: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
        let mut bytes = vec![];
        let picture = RgbImage::from_fn(wide, high, |x, y| Rgb(at(x, y)));
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
        bytes
    }

    /// An APP1 segment with that orientation and a place, put behind the first two bytes of a JPEG.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
        tiff.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
        tiff.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
        tiff.extend(b"\0\0\0\0");
        tiff.extend(b"GPS 39.7817 -89.6501");
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend(tiff);
        let length = (exif.len() + 2) as u16;
        [&jpeg[..2], &[0xff, 0xe1], &length.to_be_bytes(), &exif, &jpeg[2..]].concat()
    }

    fn read(bytes: &[u8]) -> DynamicImage {
        image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()
    }

    #[test]
    fn where_it_was_taken_is_gone_and_the_picture_stands_upright() {
        // Left half black, right half white; turned by a quarter, as a phone held upright writes it.
        let lying = jpeg(64, 32, |x, _| if x < 32 { [0; 3] } else { [255; 3] });
        let sent = with_exif(&lying, 6);
        assert!(sent.windows(3).any(|w| w == b"GPS"), "there is a place in what is sent");
        let kept = photo(&sent).unwrap();
        assert!(!kept.windows(3).any(|w| w == b"GPS") && !kept.windows(4).any(|w| w == b"Exif"));
        let seen = read(&kept).to_rgb8();
        assert_eq!((seen.width(), seen.height()), (32, 64), "turned");
        assert!(seen.get_pixel(16, 4).0[0] < 40 && seen.get_pixel(16, 60).0[0] > 215, "black above, white below");
    }

    #[test]
    fn the_place_is_read_in_every_quarter_of_the_earth_and_nonsense_is_none() {
        let sent = include_bytes!("../tests/placed.jpg");
        assert_eq!(place(sent), Some((39.781_7, -89.650_1)));
        assert_eq!(place(&photo(sent).unwrap()), None, "of what is kept");
        let at = |bytes: &[u8]| sent.windows(bytes.len()).position(|window| window == bytes).unwrap();
        // The letters stand in their entries: tag 1 or 3, text, two bytes.
        let (north, west) = (at(b"N\0\0\0"), at(b"W\0\0\0"));
        let other = |changed: &[(usize, u8)]| {
            let mut bytes = sent.to_vec();
            changed.iter().for_each(|(at, byte)| bytes[*at] = *byte);
            bytes
        };
        assert_eq!(place(&other(&[(north, b'S'), (west, b'E')])), Some((-39.781_7, 89.650_1)));
        for none in [&jpeg(8, 8, |_, _| [0; 3])[..], b"", &with_exif(&jpeg(8, 8, |_, _| [0; 3]), 1), &sent[..120]] {
            assert_eq!(place(none), None);
        }
        // Whatever a camera's notes hold, they are read or they are not.
        for at in 20..200 {
            for byte in [0, 1, 127, 255] {
                if let Some((latitude, longitude)) = place(&other(&[(at, byte)])) {
                    assert!(latitude.abs() <= 90.0 && longitude.abs() <= 180.0, "{at} {byte}");
                }
            }
        }
    }

    #[test]
    fn it_is_no_larger_than_needed_and_keeps_its_shape() {
        let kept = read(&photo(&jpeg(4096, 1024, |x, y| [(x / 16) as u8, (y / 4) as u8, 90])).unwrap());
        assert_eq!((kept.width(), kept.height()), (2048, 512));
        let small = read(&photo(&jpeg(300, 200, |_, _| [9, 9, 9])).unwrap());
        assert_eq!((small.width(), small.height()), (300, 200), "small ones are not blown up");
    }

    #[test]
    fn other_kinds_become_jpeg_on_white() {
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let mut bytes = vec![];
            let clear = RgbaImage::from_pixel(40, 40, Rgba([200, 0, 0, 0]));
            clear.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
            let seen = read(&photo(&bytes).unwrap()).to_rgb8();
            assert!(seen.get_pixel(20, 20).0.iter().all(|part| *part > 250), "{format:?}");
        }
    }

    #[test]
    fn what_is_no_picture_or_unpacks_to_too_much_is_refused() {
        let whole = jpeg(64, 64, |_, _| [1, 2, 3]);
        for bad in [&b""[..], b"GIF89a", b"<svg/>", &whole[..whole.len() / 3], &[0xff, 0xd8, 0xff][..]] {
            assert_eq!(photo(bad), Err(Refused::Unreadable), "{} bytes", bad.len());
        }
        // A PNG that says it has 60,000 by 60,000 pixels.
        let mut bomb = vec![];
        RgbImage::new(1, 1).write_to(&mut Cursor::new(&mut bomb), ImageFormat::Png).unwrap();
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(photo(&bomb), Err(Refused::TooLarge));
    }

    /// The check of a PNG's chunk.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
