//! How what is given to send becomes bytes.

use crate::{
    cli::args::{FirstByte, Typed, TypedEnd},
    model::{
        Encoding, LineEnd,
        compose::{ByteOrder, Checksum, ComposeError, Dump, Notation, Options, Template, Turn},
    },
    words::text,
};

/// The form in which texts and standard input are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Form {
    /// `None` leaves line ends as they are.
    pub line_end: Option<LineEnd>,
    pub notation: Notation,
    /// All but the line end.
    pub options: Options,
    pub encoding: Encoding,
}

/// Something that cannot be made into bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum NotBytes {
    #[error(transparent)]
    Wrong(#[from] ComposeError),
    #[error("{}", text!("this is no UTF-8, which a text with escapes or fields has to be"))]
    NotText,
}

impl Form {
    pub(super) fn new(typed: &Typed, encoding: Encoding) -> Self {
        let line_end = typed.line_end.map(|end| match end {
            TypedEnd::None => LineEnd::None,
            TypedEnd::Lf => LineEnd::Lf,
            TypedEnd::Crlf => LineEnd::CrLf,
        });
        let byte_order = match typed.byte_order {
            None => ByteOrder::Usual,
            Some(FirstByte::Low) => ByteOrder::Low,
            Some(FirstByte::High) => ByteOrder::High,
        };
        let notation = if typed.hex { Notation::Hex } else { Notation::Text };
        let Typed { escapes, fields, checksum, .. } = *typed;
        let options = Options { line_end: LineEnd::None, escapes, fields, checksum, byte_order };
        Self { line_end, notation, options, encoding }
    }

    /// Nothing is to be done with the bytes of standard input.
    pub(in crate::cli) fn is_plain(self) -> bool {
        self.line_end.is_none() && !self.needs_lines()
    }

    /// More is wanted than what an answer can have.
    pub(super) fn is_more_than_escapes(self) -> bool {
        let escapes = Options { escapes: self.options.escapes, ..Options::default() };
        self.line_end.is_some() || self.notation == Notation::Hex || self.options != escapes
    }

    /// What can only be done with a whole line of standard input at once.
    pub(in crate::cli) fn needs_lines(self) -> bool {
        self.is_text_needed() || self.options.checksum != Checksum::None
    }

    /// What can only be done with characters.
    fn is_text_needed(self) -> bool {
        let Options { escapes, fields, .. } = self.options;
        escapes || fields || self.notation == Notation::Hex || self.line_end.is_some() && self.encoding.is_wide()
    }

    /// A text from the command line.
    pub(in crate::cli) fn text(self, typed: &str) -> Result<Template, NotBytes> {
        let options = Options { line_end: self.line_end.unwrap_or_default(), ..self.options };
        Ok(Template::new(typed, self.notation, &options, self.encoding)?)
    }
}

/// Lines from standard input, one after the other.
pub(in crate::cli) struct Lines {
    form: Form,
    /// Those before.
    round: u64,
    dump: Dump,
}

impl Lines {
    pub(in crate::cli) fn new(form: Form) -> Self {
        Self { form, round: 0, dump: Dump::default() }
    }

    /// The bytes of a line, which comes with its end; the last one may have none.
    pub(in crate::cli) fn line(&mut self, line: &[u8]) -> Result<Vec<u8>, NotBytes> {
        let Form { line_end, notation, options, encoding } = self.form;
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let body = body.strip_suffix(b"\r").filter(|_| body.len() < line.len()).unwrap_or(body);
        let as_text = || std::str::from_utf8(body).map_err(|_| NotBytes::NotText);
        let template = if notation == Notation::Hex {
            match self.dump.line(as_text()?) {
                Some(bytes) => Template::raw(bytes?, &options),
                None => Template::new(as_text()?, notation, &options, encoding)?,
            }
        } else {
            let end = match line_end {
                None => line.get(body.len()..).unwrap_or_default().to_vec(),
                Some(end) => encoding.encode_lossy(end.text()),
            };
            let template = if self.form.is_text_needed() {
                Template::new(as_text()?, notation, &options, encoding)?
            } else {
                Template::raw(body.to_vec(), &options)
            };
            template.ended(&end)
        };
        let composed = template.fill(&Turn::now(self.round));
        // A line without digits is no message, whose checksum would be sent alone.
        if notation == Notation::Hex && composed.body == 0 {
            return Ok(Vec::new());
        }
        self.round += 1;
        Ok(composed.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRLF: Form = Form {
        line_end: Some(LineEnd::CrLf),
        notation: Notation::Text,
        options: Options {
            line_end: LineEnd::None,
            escapes: false,
            fields: false,
            checksum: Checksum::None,
            byte_order: ByteOrder::Usual,
        },
        encoding: Encoding::Utf8,
    };

    impl Form {
        fn line(self, line: &[u8]) -> Result<Vec<u8>, NotBytes> {
            Lines::new(self).line(line)
        }

        fn bytes(self, text: &str) -> Vec<u8> {
            self.text(text).unwrap().fill(&Turn::now(0)).bytes
        }
    }

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
        let escapes = Form { options: Options { escapes: true, ..CRLF.options }, line_end: None, ..CRLF };
        assert_eq!(escapes.bytes(r"PING\r\n\x00\u{4f60}"), "PING\r\n\0你".as_bytes());
        assert_eq!(escapes.line(b"a\\tb\n").unwrap(), b"a\tb\n");
        assert_eq!(escapes.line(b"\xff\n"), Err(NotBytes::NotText));
        let hex = Form { notation: Notation::Hex, line_end: None, ..CRLF };
        assert_eq!(hex.bytes("0xff, d8"), b"\xff\xd8");
        assert_eq!(hex.line(b"ff d8\r\n").unwrap(), b"\xff\xd8");
        assert_eq!(hex.line(b"\n").unwrap(), b"");
        assert!(matches!(hex.line(b"fg\n"), Err(NotBytes::Wrong(_))));
        assert_eq!(CRLF.bytes("PING"), b"PING\r\n");
        assert_eq!(Form::default().bytes("PING\\r"), b"PING\\r");
    }

    #[test]
    fn a_checksum_stands_before_the_end_of_its_line() {
        let sum = |notation| Form {
            notation,
            line_end: None,
            options: Options { checksum: Checksum::Xor8, ..CRLF.options },
            ..CRLF
        };
        assert_eq!(sum(Notation::Text).line(b"12\xff\r\n").unwrap(), b"12\xff\xfc\r\n", "bytes need not be text");
        assert_eq!(Form { line_end: Some(LineEnd::Lf), ..sum(Notation::Text) }.line(b"12").unwrap(), b"12\x03\n");
        assert_eq!(Form { line_end: Some(LineEnd::Lf), ..sum(Notation::Text) }.bytes("12"), b"12\x03\n");
        let mut lines = Lines::new(sum(Notation::Hex));
        assert_eq!(lines.line(b"0102\n").unwrap(), b"\x01\x02\x03");
        assert_eq!(lines.line(b"\n").unwrap(), b"", "no message, no checksum");
    }

    #[test]
    fn fields_go_on_from_line_to_line_and_a_dump_is_one() {
        let fields = Form { options: Options { fields: true, ..CRLF.options }, ..CRLF };
        let mut lines = Lines::new(fields);
        assert_eq!(lines.line(b"n={counter}\n").unwrap(), b"n=1\r\n");
        assert_eq!(lines.line(b"n={counter:u8}\n").unwrap(), b"n=\x02\r\n");
        let mut lines = Lines::new(Form { notation: Notation::Hex, line_end: None, ..CRLF });
        let mut bytes = Vec::new();
        for line in [
            "00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|",
            "*",
            "00000030  0a                                                |.|",
            "00000031",
        ] {
            bytes.extend(lines.line(line.as_bytes()).unwrap());
        }
        assert_eq!(bytes, [&b"ABCDEFGHIJKLMNOP".repeat(3)[..], b"\n"].concat());
        assert_eq!(lines.line(b"00000031").unwrap(), b"\0\0\0\x31", "after a dump all is hex again");
    }
}
