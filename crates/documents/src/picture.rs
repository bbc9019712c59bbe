//! A PNG, JPEG or WebP somebody uploaded, checked before it reaches a page.

use krilla::image::Image;

use crate::Error;

/// Larger pictures cost memory and print no sharper at the size a logo has.
const MOST_PIXELS: u32 = 4096;

#[derive(Clone, Debug)]
pub struct Picture {
    pub image: Image,
    /// Width and height in points, the picture's own proportions kept.
    pub size: (f32, f32),
}

/// Reads the picture and fits it into a box of the given width and height.
pub fn picture(what: &str, bytes: &[u8], width: f32, height: f32) -> Result<Picture, Error> {
    let refuse = |reason: String| Error::Picture { what: what.to_owned(), reason };
    let image = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Image::from_png(bytes.to_vec().into(), true)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Image::from_jpeg(bytes.to_vec().into(), true)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Image::from_webp(bytes.to_vec().into(), true)
    } else {
        Err("it is neither PNG, JPEG nor WebP".to_owned())
    }
    .map_err(refuse)?;
    let (across, down) = image.size();
    if across == 0 || down == 0 || across > MOST_PIXELS || down > MOST_PIXELS {
        return Err(refuse(format!("it is {across} × {down} pixels, and at most {MOST_PIXELS} a side are read")));
    }
    let (across, down) = (across as f32, down as f32);
    let scale = (width / across).min(height / down);
    Ok(Picture { image, size: (across * scale, down * scale) })
}
