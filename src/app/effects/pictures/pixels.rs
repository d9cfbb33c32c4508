//! The pixels of a kept picture, in the sizes that are shown, and why there are none.

use egui::{ColorImage, TextureHandle};
use image::ImageError;
use parking_lot::Mutex;

use crate::{
    journal::Object,
    media::{Canvas, DecodeError, Format, Limits, Pixels, decode, open},
    words::text,
};

/// What decoding for the large view counts as shown at once: tiles, not the whole.
const SIDE: u32 = 640;
/// Pictures of more pixels are decoded one at a time over all threads, so that memory holds one of them only.
const LARGE: u64 = 16_000_000;
static LARGE_ONE: Mutex<()> = Mutex::new(());

/// Why a picture is not there in the form that was asked for; worded when it is shown.
#[derive(Debug, thiserror::Error)]
pub(in crate::app) enum NotShown {
    /// The store had to let it go.
    #[error("{}", text!("No longer kept"))]
    Gone,
    /// It cannot be decoded.
    #[error(transparent)]
    Decoder(#[from] DecodeError),
    /// It cannot be written as that kind.
    #[error(transparent)]
    Encoder(#[from] ImageError),
    /// The decoder's size and its pixels do not fit together.
    #[error("{}", text!("The decoder gave too few pixels"))]
    FewPixels,
}

/// Bytes of a texture on the graphics card.
pub(super) fn bytes_of(texture: &TextureHandle) -> usize {
    texture.size().iter().product::<usize>() * 4
}

/// Runs a decoder; one of a large picture waits for the others of that sort.
fn one_at_a_time<T>(object: &Object, work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    let picture = object.content.picture.as_ref();
    let pixels = picture.map_or(0, |picture| u64::from(picture.width) * u64::from(picture.height));
    let _turn = (pixels > LARGE).then(|| LARGE_ONE.lock());
    work()
}

/// By the name that the object was given: one kind says it nowhere else.
pub(super) fn format_of(object: &Object) -> Option<Format> {
    let name = object.content.picture.as_ref()?.format;
    Format::ALL.into_iter().find(|format| format.name() == name)
}

pub(super) fn whole(object: &Object) -> Result<Canvas, DecodeError> {
    let limits = Limits { side: SIDE, ..Limits::default() };
    one_at_a_time(object, || open(&object.content.bytes, format_of(object), &limits))
}

pub(super) fn shown(object: &Object, side: u32) -> Result<ColorImage, NotShown> {
    let limits = Limits { side, ..Limits::default() };
    let pixels = one_at_a_time(object, || {
        if format_of(object) == Some(Format::Tga) {
            return Ok(open(&object.content.bytes, Some(Format::Tga), &limits)?.shown(side));
        }
        let decoded = decode(&object.content.bytes, &limits)?;
        Ok(Pixels { width: decoded.shown_width, height: decoded.shown_height, rgba: decoded.rgba })
    })?;
    image(&pixels).ok_or(NotShown::FewPixels)
}

pub(super) fn image(pixels: &Pixels) -> Option<ColorImage> {
    let size = [pixels.width as usize, pixels.height as usize];
    (size.iter().product::<usize>() * 4 == pixels.rgba.len())
        .then(|| ColorImage::from_rgba_unmultiplied(size, &pixels.rgba))
}
