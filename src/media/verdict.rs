//! What decoding may cost, what it gives, and what can be wrong.

use std::{error::Error, fmt, time::Duration};

use image::{ImageError, error::UnsupportedErrorKind};

use super::Format;
use crate::words::{foreign::decoder_error, text};

/// What a picture may cost. The caller sets it; the default is meant for a desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Width times height that is still decoded: 150 megapixels by default.
    pub pixels: u64,
    /// Bytes that decoding may take at any one time, result included: 1 GiB by default. Partly an estimate, on the safe side.
    pub memory: u64,
    /// Longest side in pixels of what is returned: 4096 by default. A larger picture is scaled down to fit, a smaller one left alone.
    pub side: u32,
    /// Time of the processor that decoding may take: a second by default. What is decoded by then is shown. A decoder that
    /// cannot be stopped on its way (SVG, JPEG XL, large WebP) is given up after twice as long, and nothing is.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pixels: 150_000_000, memory: 1 << 30, side: 4096, time: Duration::from_secs(1) }
    }
}

/// A picture as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// By the first bytes.
    pub format: Format,
    /// Pixels of the source, after its EXIF orientation is applied.
    pub width: u32,
    /// Pixels of the source, after its EXIF orientation is applied.
    pub height: u32,
    /// Pixels of `rgba`: the source's own, or fewer because of [`Limits::side`].
    pub shown_width: u32,
    /// Pixels of `rgba`: the source's own, or fewer because of [`Limits::side`].
    pub shown_height: u32,
    /// Red, green, blue, alpha, 8 bits each, alpha not multiplied in, rows from the top. The first frame only, if there are several.
    /// What never arrived is transparent, save in a JPEG, whose decoder fills it in.
    pub rgba: Vec<u8>,
    /// Frames of an animation that are in the bytes; 1 for a still picture.
    pub frames: u32,
    /// Set when not all of the picture is there or right.
    pub damage: Option<Damage>,
}

/// What is wrong with a picture that could be decoded all the same. [`Display`](fmt::Display) gives a sentence's part for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Why it is not all there.
    pub flaw: Flaw,
    /// How much of the pixels could be decoded, 0 to 100, rounded down; `None` where the decoder does not let on (JPEG).
    pub percent: Option<u8>,
}

/// Why a picture is not all there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The bytes stop before its end.
    CutShort,
    /// Its structure stops making sense; the pixels may be right all the same.
    Structure,
    /// The decoder stopped over the data, with these words.
    Data(String),
    /// Decoding took longer than [`Limits::time`] and was ended.
    TooLong,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.flaw {
            Flaw::CutShort => f.write_str(text!("the data stops before the end of the picture"))?,
            Flaw::Structure => f.write_str(text!("the data stops making sense before the end of the picture"))?,
            Flaw::TooLong => f.write_str(text!("it takes very long to decode and was left unfinished"))?,
            Flaw::Data(words) => f.write_str(&text!("the data is damaged ({words})", words = decoder_error(words)))?,
        }
        match self.percent {
            Some(percent) if percent < 100 => {
                f.write_str(&text!("; {percent} % of it can be shown", percent = percent))
            }
            _ => Ok(()),
        }
    }
}

/// Why there is nothing to show. [`Display`](fmt::Display) gives a sentence for a person, without the stop.
#[derive(Debug)]
pub enum DecodeError {
    /// The first bytes are of no known kind.
    Unknown,
    /// Recognised, and nothing here decodes it.
    NoDecoder(Format),
    /// Over [`Limits::pixels`]; refused before any pixel is allocated.
    TooLarge {
        /// By the first bytes.
        format: Format,
        /// Pixels, as its header claims.
        width: u32,
        /// Pixels, as its header claims.
        height: u32,
        /// The limit that was set, in pixels.
        limit: u64,
    },
    /// Over [`Limits::memory`], by an estimate made before or by the decoder's own count.
    TooMuchMemory {
        /// By the first bytes.
        format: Format,
        /// Pixels, as its header claims; 0 when the header itself was too much.
        width: u32,
        /// Pixels, as its header claims; 0 when the header itself was too much.
        height: u32,
        /// The limit that was set, in bytes.
        limit: u64,
    },
    /// The bytes stop before the header says how large the picture is.
    NoHeader(Format),
    /// The bytes stop before the first row of pixels.
    NoPixels(Format),
    /// Correct for all we know, but of a kind that the decoder does not do; the source says which.
    Unsupported {
        /// By the first bytes.
        format: Format,
        /// The decoder's words.
        source: ImageError,
    },
    /// Not one pixel could be decoded; the source says why.
    Broken {
        /// By the first bytes.
        format: Format,
        /// The decoder's words.
        source: ImageError,
    },
    /// The decoder has a fault that this picture brings out: it panicked and was caught.
    DecoderFailed(Format),
    /// Decoding it did not come to an end within [`Limits::time`], and there is nothing to show by then.
    TooSlow(Format),
    /// Two others that did not come to an end in time are still being decoded; later it may work.
    Busy(Format),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Unknown => text!("these bytes are no picture of a known kind").to_owned(),
            Self::NoDecoder(format) => {
                text!("{format} is recognised, but there is no decoder for it in this program", format = format.name())
            }
            Self::TooLarge { format, width, height, limit } => text!(
                "{format} of {width} × {height} pixels is over the limit of {limit}",
                format = format.name(),
                width = width,
                height = height,
                limit = megapixels(*limit)
            ),
            Self::TooMuchMemory { format, width, height, limit } => text!(
                "{format} of {width} × {height} pixels needs more than the {limit} MiB of memory that decoding may take",
                format = format.name(),
                width = width,
                height = height,
                limit = limit >> 20
            ),
            Self::NoHeader(format) => text!("{format} stops before its header ends", format = format.name()),
            Self::NoPixels(format) => text!("{format} stops before its first row of pixels", format = format.name()),
            Self::Unsupported { format, source } => {
                text!("this kind of {format} cannot be shown ({why})", format = format.name(), why = reason(source))
            }
            Self::Broken { format, source } => text!(
                "{format} is damaged and nothing of it can be shown ({why})",
                format = format.name(),
                why = decoder_error(&reason(source))
            ),
            Self::DecoderFailed(format) => text!("the decoder failed on this {format}", format = format.name()),
            Self::TooSlow(format) => text!("{format} takes too long to draw", format = format.name()),
            Self::Busy(format) => {
                text!("{format} has to wait: others that take very long are still being drawn", format = format.name())
            }
        };
        f.write_str(&words)
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unsupported { source, .. } | Self::Broken { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// What a decoder says, without the names of itself and of the format that it puts in front.
pub(super) fn reason(error: &ImageError) -> String {
    match error {
        ImageError::Decoding(inner) => Error::source(inner).map_or_else(|| error.to_string(), ToString::to_string),
        ImageError::Unsupported(inner) => match inner.kind() {
            UnsupportedErrorKind::GenericFeature(words) => words.clone(),
            _ => error.to_string(),
        },
        _ => error.to_string(),
    }
}

fn megapixels(pixels: u64) -> String {
    let (whole, part) = (pixels / 1_000_000, pixels % 1_000_000 / 100_000);
    match (whole, part) {
        (0, _) => text!("{count} pixels", count = pixels),
        (_, 0) => text!("{count} megapixels", count = whole),
        _ => text!("{count} megapixels", count = format!("{whole}.{part}")),
    }
}
