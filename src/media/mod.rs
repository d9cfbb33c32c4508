//! Pictures: which ones are in a stream of bytes, and what they look like.
//!
//! Owns two things. A [`Scanner`] watches one direction of one stream and cuts out every PNG, JPEG, GIF, WebP and BMP by the bytes
//! themselves, wherever they start and however the stream is chopped up. [`decode`] turns such bytes into pixels, within [`Limits`]
//! that are checked before anything is allocated, and shows what is damaged as far as it goes.
//!
//! Must not know sockets, protocols, the window or any other module. Everything here may be handed hostile bytes: work is linear in
//! what was fed, memory is bounded by [`MAX_PICTURE`] and [`Limits`], and nothing panics.
//!
//! `scanner` finds where a picture might begin and keeps its bytes; `parse` and one file per format say whether it is one and where it
//! ends; `decode` and `scale` make pixels.

mod bmp;
mod decode;
mod encode;
mod gif;
mod jpeg;
mod parse;
mod png;
mod scale;
mod scanner;
#[cfg(test)]
mod tests;
mod webp;

pub use decode::{Damage, DecodeError, Decoded, Flaw, Limits, decode};
pub use encode::{Thumbnail, thumbnail};
pub use scanner::Scanner;

/// The most bytes a [`Scanner`] keeps of one picture: 64 MiB. A longer one is reported as [`Ending::Broken`] with its first 64 MiB, and
/// the search goes on behind them.
pub const MAX_PICTURE: usize = 64 << 20;

/// The kinds of picture that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Portable Network Graphics, animated ones included.
    Png,
    /// Any JPEG whose frame header stands at the front: baseline, progressive, lossless, arithmetic.
    Jpeg,
    /// GIF 87a and 89a.
    Gif,
    /// WebP: lossy, lossless and extended.
    WebP,
    /// Windows and OS/2 bitmaps with a file header.
    Bmp,
}

impl Format {
    /// What people call it: `PNG`, `JPEG`, `GIF`, `WebP`, `BMP`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
        }
    }

    /// File name ending without the dot: `png`, `jpg`, `gif`, `webp`, `bmp`.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
        }
    }

    /// The registered media type, as in a `Content-Type` header.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
        }
    }
}

/// How the bytes of a found picture end. Says nothing about whether the pixels decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The structure was followed to its end.
    Complete,
    /// The stream ended in the picture, bytes of it were skipped, or another picture began in the middle of its data.
    CutShort,
    /// The structure stopped making sense, or the picture grew past [`MAX_PICTURE`].
    Broken,
}

/// A picture cut out of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// By its first bytes, whatever anybody called it.
    pub format: Format,
    /// Whether all of it is in `bytes`.
    pub ending: Ending,
    /// Place of its first byte in this direction of the stream; the first byte ever fed is 0.
    pub offset: u64,
    /// Pixels, as its header claims and before orientation; 0 when the stream ended before the header.
    pub width: u32,
    /// Pixels, as its header claims and before orientation; 0 when the stream ended before the header.
    pub height: u32,
    /// The picture's own bytes, nothing before or after; at most [`MAX_PICTURE`].
    pub bytes: Vec<u8>,
}

/// A picture whose header has proved right and whose end is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arriving {
    /// By its first bytes.
    pub format: Format,
    /// Pixels, as its header claims.
    pub width: u32,
    /// Pixels, as its header claims.
    pub height: u32,
    /// Bytes of it so far.
    pub received: usize,
    /// Bytes in all, where the header says so: WebP and BMP. The sender's claim, unchecked.
    pub expected: Option<u64>,
}
