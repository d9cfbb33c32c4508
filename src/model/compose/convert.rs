//! What is typed as text, as hex, and back: the same bytes with the same fields.

use std::fmt::Write as _;

use super::{
    body::Body,
    error::ComposeError,
    field::field,
    hex,
    options::{LineEnd, Notation, Options},
    text,
};
use crate::model::Encoding;

/// A text from hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// What is typed now.
    pub text: String,
    /// It has escapes in it: what is no text, or would not be seen.
    pub escapes: bool,
}

/// What is typed as text as hex digits; what would be added to it (line end, checksum) is not in it.
///
/// # Errors
/// A text that cannot be sent.
pub fn to_hex(typed: &str, options: &Options, encoding: Encoding) -> Result<String, ComposeError> {
    let mut body = text::read(typed, *options, encoding)?;
    if typed.ends_with('\n') && options.line_end != LineEnd::None {
        body.bytes.append(&mut body.end);
    }
    let mut out = String::with_capacity(body.bytes.len() * 3);
    for (bytes, field) in parts(&body) {
        for byte in bytes {
            let _ = write!(out, "{byte:02X} ");
        }
        if let Some(field) = field {
            let _ = write!(out, "{field} ");
        }
    }
    out.truncate(out.trim_end().len());
    Ok(out)
}

/// Bytes between fields, each with the field behind it.
fn parts(body: &Body) -> impl Iterator<Item = (&[u8], Option<String>)> {
    let mut from = 0;
    let ends = body.fields.iter().map(|(at, field)| (*at, Some(field.to_string())));
    ends.chain([(body.bytes.len(), None)]).map(move |(to, field)| {
        let bytes = body.bytes.get(from..to).unwrap_or_default();
        from = to;
        (bytes, field)
    })
}

/// What is typed as hex as a text that is sent as the same bytes. What is no text in the encoding, and what would not be
/// seen, stands there as escapes.
///
/// # Errors
/// Hex that makes no sense.
pub fn to_text(typed: &str, options: &Options, encoding: Encoding) -> Result<Converted, ComposeError> {
    let body = hex::read(typed, options.fields, encoding)?;
    let mut writer = Writer { options, encoding, out: String::new(), escapes: options.escapes };
    // Backslashes are doubled only where escapes are on, which is known at the end.
    writer.write(&body, false);
    if writer.escapes && !options.escapes {
        writer.out.clear();
        writer.write(&body, false);
    }
    if !writer.says(&body) {
        // An encoding may have two ways to write one character.
        (writer.escapes, writer.out) = (true, String::new());
        writer.write(&body, true);
    }
    Ok(Converted { text: writer.out, escapes: writer.escapes && !options.escapes })
}

struct Writer<'a> {
    options: &'a Options,
    encoding: Encoding,
    out: String,
    /// Escapes are on, or have to be.
    escapes: bool,
}

impl Writer<'_> {
    fn write(&mut self, body: &Body, bytes_only: bool) {
        for (bytes, field) in parts(body) {
            if bytes_only {
                for byte in bytes {
                    let _ = write!(self.out, "\\x{byte:02x}");
                }
            } else {
                self.bytes(bytes);
            }
            self.out.extend(field);
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        // Each sequence that makes no sense is put as a mark that text cannot have, and written as its bytes.
        let mut pieces: Vec<(String, usize)> = Vec::new();
        let mut text = String::new();
        let open = self.encoding.decode(bytes, &mut text, |text, bad| pieces.push((std::mem::take(text), bad.len())));
        pieces.push((text, open));
        let mut at = 0;
        for (text, bad) in pieces {
            let plain = self.encoding.encode(&text).map_or(0, |encoded| encoded.len());
            self.text(&text);
            at += plain;
            for byte in bytes.get(at..at + bad).unwrap_or_default() {
                self.escape(&format!("\\x{byte:02x}"));
            }
            at += bad;
        }
    }

    fn text(&mut self, text: &str) {
        let crlf = self.options.line_end == LineEnd::CrLf;
        for (at, char) in text.char_indices() {
            let after = text.get(at + char.len_utf8()..).unwrap_or_default();
            match char {
                '\r' if crlf && after.starts_with('\n') => {}
                '\n' if crlf && !text.get(..at).is_some_and(|before| before.ends_with('\r')) => self.escape("\\n"),
                '\n' => self.out.push('\n'),
                '\r' => self.escape("\\r"),
                '\t' => self.out.push('\t'),
                '\\' if self.escapes => self.out.push_str("\\\\"),
                '{' if self.options.fields && field(after, Notation::Text).is_some() => self.escape("\\u{7b}"),
                char if char.is_control() || is_unseen(char) => self.escape(&format!("\\u{{{:x}}}", u32::from(char))),
                char => self.out.push(char),
            }
        }
    }

    fn escape(&mut self, escape: &str) {
        self.escapes = true;
        self.out.push_str(escape);
    }

    /// What was written is sent as these bytes.
    fn says(&self, body: &Body) -> bool {
        let options = Options { escapes: self.escapes, ..*self.options };
        text::read(&self.out, options, self.encoding).is_ok_and(|mut read| {
            if self.out.ends_with('\n') && options.line_end != LineEnd::None {
                read.bytes.append(&mut read.end);
            }
            read.bytes == body.bytes && read.fields == body.fields
        })
    }
}

/// Characters without width and those that turn the direction of a line.
fn is_unseen(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
