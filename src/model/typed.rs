//! What the window still calls by its old names.

pub use super::compose::{ComposeError as TypedError, escaped, unescaped};
use super::{
    Encoding, LineEnd,
    compose::{ComposeError, Notation, Options, Template, Turn},
};

/// Bytes from hex.
///
/// # Errors
/// What is no hex.
pub fn hex(typed: &str) -> Result<Vec<u8>, ComposeError> {
    let template = Template::new(typed, Notation::Hex, &Options::default(), Encoding::Utf8)?;
    Ok(template.fill(&Turn::now(0)).bytes)
}

/// Bytes of a text.
///
/// # Errors
/// A character that the encoding does not have.
pub fn text_bytes(typed: &str, escapes: bool, line_end: LineEnd, encoding: Encoding) -> Result<Vec<u8>, ComposeError> {
    let options = Options { line_end, escapes, ..Options::default() };
    Ok(Template::new(typed, Notation::Text, &options, encoding)?.fill(&Turn::now(0)).bytes)
}
