//! Pixels back to bytes: small pictures for lists that others show, and a picture saved as another kind.

use std::io::Cursor;

use image::codecs::{
    bmp::BmpEncoder, jpeg::JpegEncoder, png::PngEncoder, qoi::QoiEncoder, tiff::TiffEncoder, webp::WebPEncoder,
};
use image::{ExtendedColorType, ImageEncoder, ImageResult};

use super::{
    Canvas, Format,
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

/// The kinds that [`encode`] writes.
pub const WRITTEN: [Format; 6] = [Format::Png, Format::Jpeg, Format::WebP, Format::Bmp, Format::Tiff, Format::Qoi];

/// Quality of a JPEG that is to last, of 100.
const FINE: u8 = 95;

/// All pixels of a picture, the right way up and in the colours of the screen, as another kind. A JPEG has white where the picture is
/// transparent; a WebP loses nothing.
///
/// # Errors
/// A kind that is not in [`WRITTEN`], or more pixels a side than that kind has room for.
pub fn encode(canvas: &Canvas, format: Format) -> ImageResult<Vec<u8>> {
    let picture = canvas.shown(u32::MAX);
    let (width, height, rgba) = (picture.width, picture.height, picture.rgba);
    let mut out = Cursor::new(Vec::new());
    let color = ExtendedColorType::Rgba8;
    match format {
        Format::Png => PngEncoder::new(&mut out).write_image(&rgba, width, height, color)?,
        Format::WebP => WebPEncoder::new_lossless(&mut out).write_image(&rgba, width, height, color)?,
        Format::Bmp => BmpEncoder::new(&mut out).write_image(&rgba, width, height, color)?,
        Format::Tiff => TiffEncoder::new(&mut out).write_image(&rgba, width, height, color)?,
        Format::Qoi => QoiEncoder::new(&mut out).write_image(&rgba, width, height, color)?,
        Format::Jpeg => {
            let over = |part: u8, alpha: u8| {
                let mixed = u32::from(part) * u32::from(alpha) + 255 * u32::from(255 - alpha);
                u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
            };
            let pixels = rgba.as_chunks::<4>().0.iter();
            let rgb: Vec<u8> = pixels.flat_map(|&[r, g, b, a]| [r, g, b].map(|part| over(part, a))).collect();
            JpegEncoder::new_with_quality(&mut out, FINE).encode(&rgb, width, height, ExtendedColorType::Rgb8)?;
        }
        _ => {
            let hint = image::error::ImageFormatHint::Name(format.name().to_owned());
            return Err(image::ImageError::Unsupported(hint.into()));
        }
    }
    Ok(out.into_inner())
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

fn small(picture: &Decoded) -> ImageResult<(Vec<u8>, &'static str)> {
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
