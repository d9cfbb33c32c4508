//! The compressions of strips and tiles that are read here.

/// How a strip or tile is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Plain,
    FaxRows,
    Fax3,
    Fax4,
    Lzw,
    OldJpeg,
    Jpeg,
    Deflate,
    PackBits,
    Zstd,
    WebP,
}

impl Method {
    /// Whether the colours of the unpacked bytes are red, green and blue whatever the file says.
    pub(super) fn gives_rgb(self) -> bool {
        matches!(self, Self::Jpeg | Self::OldJpeg)
    }
}
