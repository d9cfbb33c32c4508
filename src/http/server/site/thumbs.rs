//! Other forms of pictures, made when they are asked for, a few at a time.
//!
//! A JPEG is decoded at its full size first: the decoder of this program cannot leave out what a smaller form does not show.

use std::{
    fs::File,
    io::{Cursor, Read},
    time::Duration,
};

use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};

use crate::media::{Limits, decode};

/// Pixels of the longer side of what stands for a picture in a gallery.
pub(super) const SMALL: u32 = 320;
/// The same of what fills a screen.
pub(super) const SCREEN: u32 = 2048;
/// The largest file that is decoded for it.
const FILE: u64 = 64 << 20;
/// What one decoding may take.
const LIMITS: Limits = Limits { pixels: 120_000_000, memory: 384 << 20, side: SMALL, time: Duration::from_secs(1) };
/// Of 100: small and without visible flaws at this size.
const QUALITY: u8 = 82;

/// A form of a picture with so many pixels on its longer side, with its media type; `None` when there is none to be had.
/// Blocks, up to seconds.
pub(super) fn make(file: &mut File, side: u32) -> Option<(&'static str, Vec<u8>)> {
    let length = file.metadata().ok()?.len();
    if length > FILE {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?);
    file.take(FILE).read_to_end(&mut bytes).ok()?;
    let shown = decode(&bytes, &Limits { side, ..LIMITS }).ok()?;
    drop(bytes);
    let (width, height) = (shown.shown_width, shown.shown_height);
    let mut out = Cursor::new(Vec::new());
    let opaque = shown.rgba.as_chunks::<4>().0.iter().all(|[.., alpha]| *alpha == u8::MAX);
    if opaque {
        let rgb: Vec<u8> =
            shown.rgba.as_chunks::<4>().0.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
        let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
        encoder.write_image(&rgb, width, height, ExtendedColorType::Rgb8).ok()?;
        Some(("image/jpeg", out.into_inner()))
    } else {
        PngEncoder::new(&mut out).write_image(&shown.rgba, width, height, ExtendedColorType::Rgba8).ok()?;
        Some(("image/png", out.into_inner()))
    }
}
