//! Pictures: which ones are in a stream of bytes, and what they look like.
//!
//! Owns two things. A [`Scanner`] watches one direction of one stream and cuts out every picture by the bytes themselves,
//! wherever they start and however the stream is chopped up. [`decode()`] turns such bytes into pixels, within [`Limits`]
//! that are checked before anything is allocated, and shows what is damaged as far as it goes.
//!
//! Must not know sockets, protocols, the window or any other module than the words for a person. Everything here may be
//! handed hostile bytes: work is linear in what was fed, memory is bounded by [`MAX_PICTURE`] and [`Limits`], and nothing
//! panics.
//!
//! `scanner` finds where a picture might begin and keeps its bytes; `parse` and one file per format say whether it is one and where it
//! ends; `decode` and `scale` make pixels.

mod animate;
mod aside;
mod camera;
mod canvas;
mod color;
mod dds;
mod decode;
mod effort;
mod encode;
mod find;
mod format;
mod found;
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
pub use format::Format;
pub use found::{Arriving, Ending, Filling, Found, Header, MAX_PICTURE};
pub use verdict::{Damage, DecodeError, Decoded, Flaw, Limits};
