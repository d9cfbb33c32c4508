//! How what is given to send becomes bytes.

use crate::{
    cli::args::{Typed, TypedEnd},
    model::{
        Encoding, LineEnd, Unencodable,
        typed::{HexError, hex, text_bytes},
    },
    words::text,
};

/// The form in which texts and standard input are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Form {
    /// `None` leaves line ends as they are.
    pub line_end: Option<LineEnd>,
    pub escapes: bool,
    pub hex: bool,
    pub encoding: Encoding,
}

/// Something that cannot be made into bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum NotBytes {
    #[error(transparent)]
    Hex(#[from] HexError),
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
    #[error("{}", text!("this is no UTF-8, which a text with escapes has to be"))]
    NotText,
}

impl Form {
    pub(super) fn new(typed: &Typed, encoding: Encoding) -> Self {
        let line_end = typed.line_end.map(|end| match end {
            TypedEnd::None => LineEnd::None,
            TypedEnd::Lf => LineEnd::Lf,
            TypedEnd::Crlf => LineEnd::CrLf,
        });
        Self { line_end, escapes: typed.escapes, hex: typed.hex, encoding }
    }

    /// Nothing is to be done with the bytes of standard input.
    pub(in crate::cli) fn is_plain(self) -> bool {
        self.line_end.is_none() && !self.escapes && !self.hex
    }

    /// What can only be done with a whole line of standard input at once.
    pub(in crate::cli) fn needs_lines(self) -> bool {
        self.escapes || self.hex || self.line_end.is_some() && self.encoding.is_wide()
    }

    /// The bytes of a text from the command line.
    pub(in crate::cli) fn text(self, typed: &str) -> Result<Vec<u8>, NotBytes> {
        if self.hex {
            return Ok(hex(typed)?);
        }
        Ok(text_bytes(typed, self.escapes, self.line_end.unwrap_or_default(), self.encoding)?)
    }

    /// The bytes of a line from standard input, which comes with its end; the last one may have none.
    pub(in crate::cli) fn line(self, line: &[u8]) -> Result<Vec<u8>, NotBytes> {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let body = body.strip_suffix(b"\r").filter(|_| body.len() < line.len()).unwrap_or(body);
        let as_text = || std::str::from_utf8(body).map_err(|_| NotBytes::NotText);
        if self.hex {
            return Ok(hex(as_text()?)?);
        }
        let mut bytes = if self.needs_lines() {
            text_bytes(as_text()?, self.escapes, LineEnd::None, self.encoding)?
        } else {
            body.to_vec()
        };
        match self.line_end {
            None => bytes.extend_from_slice(line.get(body.len()..).unwrap_or_default()),
            Some(end) => self.encoding.encode_into(end.text(), &mut bytes)?,
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRLF: Form = Form { line_end: Some(LineEnd::CrLf), escapes: false, hex: false, encoding: Encoding::Utf8 };

    #[test]
    fn lines_end_as_they_are_to() {
        for line in [&b"PING"[..], b"PING\n", b"PING\r\n"] {
            assert_eq!(CRLF.line(line).unwrap(), b"PING\r\n");
            assert_eq!(Form { line_end: Some(LineEnd::Lf), ..CRLF }.line(line).unwrap(), b"PING\n");
            assert_eq!(Form { line_end: Some(LineEnd::None), ..CRLF }.line(line).unwrap(), b"PING");
            assert_eq!(Form { line_end: None, ..CRLF }.line(line).unwrap(), line);
        }
        assert_eq!(CRLF.line(b"a\rb\r").unwrap(), b"a\rb\r\r\n", "only a line's own end is its end");
        assert_eq!(CRLF.line(b"\xff\n").unwrap(), b"\xff\r\n", "bytes need not be text");
        let wide = Form { encoding: Encoding::Utf16Le, ..CRLF };
        assert_eq!(wide.line(b"a\n").unwrap(), b"a\0\r\0\n\0");
    }

    #[test]
    fn escapes_and_hex_become_bytes_or_are_explained() {
        let escapes = Form { escapes: true, line_end: None, ..CRLF };
        assert_eq!(escapes.text(r"PING\r\n\x00\u{4f60}").unwrap(), "PING\r\n\0你".as_bytes());
        assert_eq!(escapes.line(b"a\\tb\n").unwrap(), b"a\tb\n");
        assert_eq!(escapes.line(b"\xff\n"), Err(NotBytes::NotText));
        let hex = Form { hex: true, line_end: None, ..CRLF };
        assert_eq!(hex.text("0xff, d8").unwrap(), b"\xff\xd8");
        assert_eq!(hex.line(b"ff d8\r\n").unwrap(), b"\xff\xd8");
        assert_eq!(hex.line(b"\n").unwrap(), b"");
        assert!(matches!(hex.line(b"fg\n"), Err(NotBytes::Hex(_))));
        assert_eq!(CRLF.text("PING").unwrap(), b"PING\r\n");
        assert_eq!(Form::default().text("PING\\r").unwrap(), b"PING\\r");
    }
}
