//! Pixels back to bytes: small pictures for lists that others show, and a picture saved as another kind.

use std::io::Cursor;

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::{
    decode::decode,
    verdict::{DecodeError, Decoded, Limits},
};

/// A small picture that any browser shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// JPEG where the picture is opaque, PNG where it is not.
    pub bytes: Vec<u8>,
    /// `image/jpeg` or `image/png`.
    pub media_type: &'static str,
    /// Pixels, orientation applied.
    pub width: u32,
    /// Pixels, orientation applied.
    pub height: u32,
}

/// Quality of a small JPEG, of 100.
const QUALITY: u8 = 82;

/// The picture that `bytes` start with, the right way up, at most `side` pixels wide and high; a smaller one keeps its size. Costs what
/// [`decode`] costs and holds what [`Limits::default`] allows: run few at a time, away from threads that must not wait.
///
/// # Errors
/// As [`decode`]. What is damaged is shown as far as it goes.
pub fn thumbnail(bytes: &[u8], side: u32) -> Result<Thumbnail, DecodeError> {
    let picture = decode(bytes, &Limits { side, ..Limits::default() })?;
    let (width, height, format) = (picture.shown_width, picture.shown_height, picture.format);
    let (bytes, media_type) = small(&picture).map_err(|source| DecodeError::Broken { format, source })?;
    Ok(Thumbnail { bytes, media_type, width, height })
}

fn small(picture: &Decoded) -> image::ImageResult<(Vec<u8>, &'static str)> {
    let (width, height) = (picture.shown_width, picture.shown_height);
    let mut bytes = Cursor::new(Vec::new());
    let pixels = picture.rgba.as_chunks::<4>().0;
    let media_type = if pixels.iter().all(|[.., alpha]| *alpha == u8::MAX) {
        let rgb: Vec<u8> = pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode(&rgb, width, height, ExtendedColorType::Rgb8)?;
        "image/jpeg"
    } else {
        PngEncoder::new(&mut bytes).write_image(&picture.rgba, width, height, ExtendedColorType::Rgba8)?;
        "image/png"
    };
    Ok((bytes.into_inner(), media_type))
}
