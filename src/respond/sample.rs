//! The picture that a page shows while the user has chosen none.

/// A JPEG of 480 × 320 pixels, drawn for this.
pub const PICTURE: &[u8] = include_bytes!("../../assets/sample.jpg");
