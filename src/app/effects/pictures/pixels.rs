//! The pixels of a kept picture, in the sizes that are shown, and why there are none.

use std::{sync::Arc, time::Duration};

use egui::ColorImage;
use image::ImageError;
use parking_lot::Mutex;

use crate::{
    journal::Object,
    media::{Canvas, DecodeError, Format, Limits, Pixels, decode, open},
    memory::{Memory, Part, Share},
    words::text,
};

/// What decoding for the large view counts as shown at once: tiles, not the whole.
const SIDE: u32 = 640;
/// Pictures of more pixels are decoded one at a time over all threads, so that memory holds one of them only.
const LARGE: u64 = 4_000_000;
static LARGE_ONE: Mutex<()> = Mutex::new(());
/// Memory that decoding may take however small the budget is: a picture of twelve megapixels.
const LEAST: usize = 48 << 20;
/// Time of the processor for a picture that a person asked for.
const PATIENCE: Duration = Duration::from_secs(4);

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

fn pixels_of(object: &Object) -> u64 {
    object.content.picture.as_ref().map_or(0, |picture| u64::from(picture.width) * u64::from(picture.height))
}

/// Whether a picture is one of those that are decoded one at a time.
pub(super) fn is_large(object: &Object) -> bool {
    pixels_of(object) > LARGE
}

/// By the name that the object was given: one kind says it nowhere else.
pub(super) fn format_of(object: &Object) -> Option<Format> {
    let name = object.content.picture.as_ref()?.format;
    Format::ALL.into_iter().find(|format| format.name() == name)
}

/// What one thread decodes with: its place in the one budget of memory.
pub(super) struct Decoder {
    memory: Arc<Memory>,
    share: Share,
    held: usize,
}

impl Decoder {
    pub(super) fn new(memory: &Arc<Memory>) -> Self {
        Self { memory: Arc::clone(memory), share: memory.share(Part::Pixels), held: 0 }
    }

    /// Memory that may be taken now.
    pub(super) fn room(&self) -> usize {
        self.memory.room(Part::Pixels).max(LEAST)
    }

    /// Tells what is held beside what is decoded just now.
    pub(super) fn hold(&mut self, bytes: usize) {
        self.held = bytes;
        self.share.set(bytes);
    }

    /// All pixels of a picture.
    pub(super) fn whole(&self, object: &Object) -> Result<Canvas, DecodeError> {
        let limits = Limits { side: SIDE, time: PATIENCE, ..Limits::default() };
        self.run(object, limits, |limits| open(&object.content.bytes, format_of(object), limits))
    }

    /// A form of it with so many pixels a side, for the screen.
    pub(super) fn shown(&self, object: &Object, side: u32, time: Duration) -> Result<ColorImage, NotShown> {
        let limits = Limits { side, time, ..Limits::default() };
        let pixels = self.run(object, limits, |limits| {
            if format_of(object) == Some(Format::Tga) {
                return Ok(open(&object.content.bytes, Some(Format::Tga), limits)?.shown(side));
            }
            let decoded = decode(&object.content.bytes, limits)?;
            Ok(Pixels { width: decoded.shown_width, height: decoded.shown_height, rgba: decoded.rgba })
        })?;
        image(&pixels).ok_or(NotShown::FewPixels)
    }

    /// The largest form that goes into a clipboard.
    pub(super) fn for_clipboard(&self, object: &Object) -> Result<ColorImage, NotShown> {
        self.shown(object, Limits::default().side, PATIENCE)
    }

    /// Runs a decoder within what memory has room for; one of a large picture waits for the others of that sort.
    fn run<T>(
        &self,
        object: &Object,
        limits: Limits,
        work: impl FnOnce(&Limits) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let pixels = pixels_of(object);
        let _turn = (pixels > LARGE).then(|| LARGE_ONE.lock());
        let room = self.room() as u64;
        let limits = Limits { memory: limits.memory.min(room), ..limits };
        // What it takes by then: the picture in four bytes a pixel, or as much as it may.
        let taken = pixels.saturating_mul(4).min(limits.memory);
        self.share.set(self.held.saturating_add(usize::try_from(taken).unwrap_or(usize::MAX)));
        let done = work(&limits);
        self.share.set(self.held);
        done
    }
}

pub(super) fn image(pixels: &Pixels) -> Option<ColorImage> {
    let size = [pixels.width as usize, pixels.height as usize];
    (size.iter().product::<usize>() * 4 == pixels.rgba.len())
        .then(|| ColorImage::from_rgba_unmultiplied(size, &pixels.rgba))
}
