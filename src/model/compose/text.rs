//! A text that was typed, as bytes: escapes and fields, then line ends.

use super::{
    body::{Body, Piece},
    error::{ComposeError, Fault},
    escape::{Escape, escape},
    field::field,
    options::{LineEnd, Notation, Options},
};
use crate::model::{Encoding, Unencodable};

/// A text with a line end gets one after its last line too, unless it has it already.
pub(super) fn read(typed: &str, options: Options, encoding: Encoding) -> Result<Body, ComposeError> {
    let end = options.line_end.text();
    let whole = typed.strip_suffix('\n').filter(|_| !end.is_empty());
    let mut reader = Reader { typed, options, encoding, body: Body::with_room(typed.len() + 2) };
    let mut at = 0;
    let mut lines = whole.unwrap_or(typed).split('\n').peekable();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        let ended = !is_last || whole.is_some();
        let body = line.strip_suffix('\r').filter(|_| ended && options.line_end != LineEnd::None).unwrap_or(line);
        reader.line(body, at)?;
        let typed_end = match (ended, body.len() < line.len()) {
            (false, _) => "",
            (true, false) => "\n",
            (true, true) => "\r\n",
        };
        let sent = if !is_last && end.is_empty() { "\n" } else { end };
        let piece = if sent == typed_end { Piece::Typed } else { Piece::LineEnd };
        reader.body.end_line(&encoding.encode_lossy(sent), piece, is_last);
        at += line.len() + 1;
    }
    Ok(reader.body)
}

struct Reader<'a> {
    typed: &'a str,
    options: Options,
    encoding: Encoding,
    body: Body,
}

impl Reader<'_> {
    /// A line that begins at that byte of what was typed.
    fn line(&mut self, line: &str, start: usize) -> Result<(), ComposeError> {
        let Options { escapes, fields, .. } = self.options;
        let special = |char| escapes && char == '\\' || fields && char == '{';
        let mut rest = line;
        let mut from = start;
        while let Some(at) = rest.find(special) {
            let (plain, here) = rest.split_at_checked(at).unwrap_or_default();
            let after = here.get(1..).unwrap_or_default();
            self.encode(plain, from)?;
            let here = from + at;
            let length = match rest.as_bytes().get(at) {
                Some(b'\\') => self.escape(after, here)?,
                _ => self.field(after, here)?,
            };
            if length == 0 {
                self.encode(rest.get(at..=at).unwrap_or_default(), here)?;
            }
            rest = after.get(length..).unwrap_or_default();
            from = here + 1 + length;
        }
        self.encode(rest, from)
    }

    /// How much of what stands after a backslash belongs to it.
    fn escape(&mut self, after: &str, at: usize) -> Result<usize, ComposeError> {
        let Some((escape, length)) = escape(after) else { return Ok(0) };
        match escape {
            Escape::Byte(byte) => self.body.bytes.push(byte),
            Escape::Char(char) => {
                let encoded = self.encoding.encode_into(char.encode_utf8(&mut [0; 4]), &mut self.body.bytes);
                encoded.map_err(|error| self.wrong(at, Fault::Unencodable(error)))?;
            }
        }
        Ok(length)
    }

    /// The same for a brace.
    fn field(&mut self, after: &str, at: usize) -> Result<usize, ComposeError> {
        let Some((field, length)) = field(after, Notation::Text) else { return Ok(0) };
        let pushed = field.and_then(|field| self.body.push_field(field, self.encoding));
        pushed.map_err(|fault| self.wrong(at, fault))?;
        Ok(length)
    }

    fn encode(&mut self, plain: &str, at: usize) -> Result<(), ComposeError> {
        let encoded = self.encoding.encode_into(plain, &mut self.body.bytes);
        encoded.map_err(|error: Unencodable| {
            let within = plain.find(error.char).unwrap_or_default();
            self.wrong(at + within, Fault::Unencodable(error))
        })
    }

    fn wrong(&self, at: usize, fault: Fault) -> ComposeError {
        ComposeError::new(self.typed, at, fault)
    }
}
