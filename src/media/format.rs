//! The kinds of picture, and what each is called.

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
}
