//! Pictures: which ones are in a stream of bytes, and what they look like.
//!
//! Owns two things. A [`Scanner`] watches one direction of one stream and cuts out every picture by the bytes themselves,
//! wherever they start and however the stream is chopped up. [`decode()`] turns such bytes into pixels, within [`Limits`]
//! that are checked before anything is allocated, and shows what is damaged as far as it goes.
//!
//! Must not know sockets, protocols, the window or any other module than the words for a person. Everything here may be handed hostile bytes: work is linear in
//! what was fed, memory is bounded by [`MAX_PICTURE`] and [`Limits`], and nothing panics.
//!
//! `scanner` finds where a picture might begin and keeps its bytes; `parse` and one file per format say whether it is one and where it
//! ends; `decode` and `scale` make pixels.

mod animate;
mod camera;
mod canvas;
mod color;
mod dds;
mod decode;
mod encode;
mod find;
mod interlace;
mod jpeg;
mod scale;
mod svg;
#[cfg(test)]
mod tests;
mod tiff;
mod verdict;

pub use animate::{Animation, Still};
pub use camera::Camera;
pub use canvas::{Canvas, Pixels, TILE};
pub use decode::{decode, header, open};
pub use encode::{Thumbnail, WRITTEN, encode, thumbnail};
pub use find::Scanner;
pub use verdict::{Damage, DecodeError, Decoded, Flaw, Limits};

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
    /// Windows icons and cursors.
    Ico,
    /// TIFF in both byte orders, with offsets of 32 bits or 64.
    Tiff,
    /// Truevision TGA: has no first bytes of its own, so it is known by its name only.
    Tga,
    /// PBM, PGM, PPM and PAM, as text and as bytes.
    Pnm,
    /// The Quite OK Image Format.
    Qoi,
    /// Radiance, with a wide range of light.
    Hdr,
    /// Surfaces as graphics cards take them.
    Dds,
    /// Scalable Vector Graphics, as text.
    Svg,
    /// AVIF: recognised, not decoded. The one decoder in Rust with a licence that fits (rav1d) stands on some five hundred places
    /// that the compiler does not guard, which is no company for bytes from anybody.
    Avif,
    /// JPEG XL, bare and boxed.
    Jxl,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Png,
        Self::Jpeg,
        Self::Gif,
        Self::WebP,
        Self::Bmp,
        Self::Ico,
        Self::Tiff,
        Self::Tga,
        Self::Pnm,
        Self::Qoi,
        Self::Hdr,
        Self::Dds,
        Self::Svg,
        Self::Avif,
        Self::Jxl,
    ];

    /// What people call it: `PNG`, `JPEG` …
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
            Self::Ico => "ICO",
            Self::Tiff => "TIFF",
            Self::Tga => "TGA",
            Self::Pnm => "PNM",
            Self::Qoi => "QOI",
            Self::Hdr => "HDR",
            Self::Dds => "DDS",
            Self::Svg => "SVG",
            Self::Avif => "AVIF",
            Self::Jxl => "JPEG XL",
        }
    }

    /// File name ending without the dot: `png`, `jpg` …
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
            Self::Ico => "ico",
            Self::Tiff => "tif",
            Self::Tga => "tga",
            Self::Pnm => "pnm",
            Self::Qoi => "qoi",
            Self::Hdr => "hdr",
            Self::Dds => "dds",
            Self::Svg => "svg",
            Self::Avif => "avif",
            Self::Jxl => "jxl",
        }
    }

    /// The media type, as in a `Content-Type` header; the registered one where there is one.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Ico => "image/x-icon",
            Self::Tiff => "image/tiff",
            Self::Tga => "image/x-tga",
            Self::Pnm => "image/x-portable-anymap",
            Self::Qoi => "image/qoi",
            Self::Hdr => "image/vnd.radiance",
            Self::Dds => "image/vnd-ms.dds",
            Self::Svg => "image/svg+xml",
            Self::Avif => "image/avif",
            Self::Jxl => "image/jxl",
        }
    }

    /// Which one these bytes are: by their first ones, and where those say nothing, by the name of the file.
    #[must_use]
    pub fn of_file(bytes: &[u8], name: &str) -> Option<Self> {
        let by_name = || name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("tga"));
        find::announced(bytes).or_else(|| by_name().then_some(Self::Tga))
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

/// What the bytes are made of that stand where a picture has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Filling {
    /// Headers, tables, notes: anything, texts among them.
    #[default]
    Structure,
    /// Pixels as they are, which may look like anything.
    Plain,
    /// Pixels that are packed: they read as text by chance only.
    Packed,
}

/// A picture cut out of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// By its first bytes, whatever anybody called it.
    pub format: Format,
    /// Whether all of it is in `bytes`.
    pub ending: Ending,
    /// What its last bytes are made of.
    pub filling: Filling,
    /// Place of its first byte in this direction of the stream; the first byte ever fed is 0.
    pub offset: u64,
    /// Pixels, as its header claims and before orientation; 0 when the stream ended before the header.
    pub width: u32,
    /// Pixels, as its header claims and before orientation; 0 when the stream ended before the header.
    pub height: u32,
    /// The picture's own bytes, nothing before or after; at most [`MAX_PICTURE`].
    pub bytes: Vec<u8>,
}

/// What the beginning of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// By its first bytes, or by its name.
    pub format: Format,
    /// Pixels, as it claims; 0 where only decoding would tell.
    pub width: u32,
    /// Pixels, as it claims; 0 where only decoding would tell.
    pub height: u32,
    /// Whether all of it is there.
    pub ending: Ending,
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
    /// Place of its first byte in this direction of the stream.
    pub offset: u64,
    /// Bytes of it so far.
    pub received: usize,
    /// Bytes in all, where the header says so: WebP and BMP. The sender's claim, unchecked.
    pub expected: Option<u64>,
}
