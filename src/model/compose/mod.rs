//! What a person types to be sent, as bytes: the one way for the window, saved messages, dialogs and the command line.
//!
//! A [`Template`] is read once from text or hex with [`Options`] (escapes, fields, line end, checksum) and filled in for
//! each sending; what comes out says of each byte whether it was typed. Pure functions; shows nothing and sends nothing.

mod body;
mod checksum;
mod convert;
mod dump;
mod error;
mod escape;
mod field;
mod hex;
mod options;
mod template;
mod text;

pub use body::{Piece, SPANS, Span};
pub use checksum::{ByteOrder, Checksum};
pub use convert::{Converted, to_hex, to_text};
pub use dump::Dump;
pub use error::{ComposeError, FIELDS, Fault, Place, RANDOM};
pub use escape::{escaped, has_bytes, unescaped};
pub use field::Turn;
pub use options::{LineEnd, Notation, Options};
pub use template::{Composed, Template, escaped_bytes};

#[cfg(test)]
mod tests;
