//! Which files are pictures, by their names.

use std::path::Path;

/// Extensions of pictures that are recognised.
pub const PICTURES: [&str; 26] = [
    "png", "apng", "jpg", "jpeg", "jfif", "gif", "webp", "bmp", "dib", "ico", "cur", "tif", "tiff", "tga", "pbm",
    "pgm", "ppm", "pnm", "pam", "qoi", "hdr", "dds", "svg", "jxl", "avif", "avifs",
];

/// True when a file's name says that it is a picture of a known kind.
#[must_use]
pub fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    PICTURES.iter().any(|known| known.eq_ignore_ascii_case(extension))
}
