//! What is said of a picture in a stream: that it comes, where it lies, how it ended.

use super::format::Format;

/// The most bytes a [`Scanner`](super::Scanner) keeps of one picture: 64 MiB. A longer one is reported as [`Ending::Broken`] with its first 64 MiB, and
/// the search goes on behind them.
pub const MAX_PICTURE: usize = 64 << 20;

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
