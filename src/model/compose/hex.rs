//! Hex as people write it and as programs print it: with `0x`, `\x`, `h`, commas, brackets, quotes, as an array of C, as a
//! dump, in full-width digits.

use super::{
    body::Body,
    dump,
    error::{ComposeError, Fault},
    field::field,
    options::Notation,
};
use crate::model::Encoding;

/// The most digits that a message on half a byte repeats.
const SHOWN: usize = 24;

/// Bytes from hex digits in pairs; a single digit is a byte after `0x` or before `h` only.
pub(super) fn read(typed: &str, fields: bool, encoding: Encoding) -> Result<Body, ComposeError> {
    if let Some(read) = dump::read(typed) {
        return read.map(|bytes| Body { bytes, is_dump: true, ..Body::default() });
    }
    let body = Body::with_room(typed.len() / 2);
    let mut reader = Reader { typed, at: declaration(typed), fields, encoding, body, run: Run::default() };
    while reader.step()? {}
    Ok(reader.body)
}

/// Digits that stand together.
#[derive(Default)]
struct Run {
    start: usize,
    count: usize,
    high: Option<u8>,
    /// After `0x` or `\x`.
    prefixed: bool,
    last: u8,
}

struct Reader<'a> {
    typed: &'a str,
    at: usize,
    fields: bool,
    encoding: Encoding,
    body: Body,
    run: Run,
}

impl Reader<'_> {
    fn after(&self, bytes: usize) -> &str {
        self.typed.get(self.at + bytes..).unwrap_or_default()
    }

    /// Reads on; false at the end.
    fn step(&mut self) -> Result<bool, ComposeError> {
        let Some(char) = self.after(0).chars().next() else {
            self.finish(self.at, false)?;
            return Ok(false);
        };
        let mut length = char.len_utf8();
        let next = self.after(length).chars().next().map_or(' ', narrow);
        match narrow(char) {
            digit if digit.is_ascii_hexdigit() => self.digit(digit),
            '_' if self.run.count > 0 => {}
            'x' | 'X' if self.run.count > 0 && self.run.last == 0 => self.prefix()?,
            'x' | 'X' if self.typed.get(..self.at).is_some_and(|before| before.ends_with(['\\', '＼'])) => {
                self.run = Run { start: self.at, prefixed: true, ..Run::default() };
            }
            'h' | 'H' if self.run.count > 0 && !next.is_alphanumeric() => self.finish(self.at, true)?,
            'u' | 'U' | 'l' | 'L' if self.run.prefixed && self.run.count > 0 => {
                self.finish(self.at, false)?;
                let more = self.after(0).trim_start_matches(['u', 'U', 'l', 'L']).len();
                length = self.after(0).len() - more;
            }
            // Python's b'…' and Rust's b"…".
            '"' | '\'' if self.run.count == 1 && self.run.last == 0xb && self.run.start + 1 == self.at => {
                self.run = Run::default();
            }
            '\\' if matches!(next, 'x' | 'X' | '\n' | '\r') => self.finish(self.at, false)?,
            '/' if next == '/' || next == '*' => {
                self.finish(self.at, false)?;
                length = self.comment(next == '/');
            }
            '{' if self.fields
                && self.field()?.is_some_and(|field| {
                    length = field;
                    true
                }) => {}
            ';' if self.after(1).trim_start().starts_with("unsigned ") => {
                // `xxd -i` says the length as well.
                self.finish(self.at, false)?;
                length = self.after(0).len();
            }
            char if is_separator(char) => self.finish(self.at, false)?,
            _ => {
                self.finish(self.at, false)?;
                return Err(ComposeError::new(self.typed, self.at, Fault::NoDigit(char)));
            }
        }
        self.at += length;
        Ok(true)
    }

    fn digit(&mut self, char: char) {
        let digit = char.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default();
        if self.run.count == 0 && !self.run.prefixed {
            self.run.start = self.at;
        }
        self.run.count += 1;
        self.run.last = digit;
        match self.run.high.take() {
            Some(high) => self.body.bytes.push(high << 4 | digit),
            None => self.run.high = Some(digit),
        }
    }

    /// The digit before this `x` was the zero of `0x`; what stands before that is a number of its own.
    fn prefix(&mut self) -> Result<(), ComposeError> {
        let zero = self.typed.get(..self.at).and_then(|before| before.chars().next_back());
        let start = self.at - zero.map_or(1, char::len_utf8);
        self.run.count -= 1;
        if self.run.high.take().is_none() {
            // It was the second of a pair.
            self.run.high = self.body.bytes.pop().map(|byte| byte >> 4);
        }
        if self.run.count > 0 {
            self.finish(start, false)?;
        }
        self.run = Run { start, prefixed: true, ..Run::default() };
        Ok(())
    }

    /// The digits end there, before an `h` or anything else.
    fn finish(&mut self, end: usize, is_suffixed: bool) -> Result<(), ComposeError> {
        let Run { start, count, high, prefixed, .. } = std::mem::take(&mut self.run);
        let digits = self.typed.get(start..end).unwrap_or_default();
        match high {
            None if prefixed && count == 0 => {}
            None => return Ok(()),
            Some(digit) if count == 1 && (prefixed || is_suffixed) => {
                self.body.bytes.push(digit);
                return Ok(());
            }
            // Assemblers want a digit first: 0FFh.
            Some(_) if is_suffixed && digits.starts_with(['0', '０']) => {
                self.body.bytes.truncate(self.body.bytes.len() - count / 2);
                let whole: Vec<u32> = digits.chars().filter_map(|char| narrow(char).to_digit(16)).skip(1).collect();
                let pairs = whole.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
                self.body.bytes.extend(pairs.filter_map(|byte| u8::try_from(byte).ok()));
                return Ok(());
            }
            Some(_) => {}
        }
        let shown: String = digits.chars().take(SHOWN).collect();
        let shown = if shown.len() < digits.len() { shown + "…" } else { shown };
        Err(ComposeError::new(self.typed, start, Fault::HalfByte(shown)))
    }

    fn field(&mut self) -> Result<Option<usize>, ComposeError> {
        let Some((field, length)) = field(self.after(1), Notation::Hex) else { return Ok(None) };
        self.finish(self.at, false)?;
        let pushed = field.and_then(|field| self.body.push_field(field, self.encoding));
        pushed.map_err(|fault| ComposeError::new(self.typed, self.at, fault))?;
        Ok(Some(length + 1))
    }

    /// How long a comment is: to the end of its line, or to its own.
    fn comment(&self, is_line: bool) -> usize {
        let rest = self.after(0);
        let end = if is_line { rest.find('\n') } else { rest.get(2..).and_then(|rest| Some(rest.find("*/")? + 4)) };
        end.unwrap_or(rest.len())
    }
}

/// How much stands before the bytes where they are a variable's: `unsigned char data[] =`, `let data = &`.
fn declaration(typed: &str) -> usize {
    let Some((name, value)) = typed.split_once('=').filter(|(name, _)| name.len() < 1000) else { return 0 };
    let bare = value.trim_start().trim_start_matches('&');
    let opens = ["{", "[", "\"", "'", "b\"", "b'"].into_iter().any(|open| bare.starts_with(open));
    let is_name = name.contains(|char: char| char.is_ascii_alphabetic());
    if opens && is_name { typed.len() - bare.len() } else { 0 }
}

fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, ',' | ';' | ':' | '-' | '|' | '.' | '[' | ']' | '{' | '}' | '(' | ')' | '<' | '>')
        || matches!(char, '"' | '\'' | '`' | '\u{200b}' | '\u{feff}')
}

/// The ASCII character that one of a Chinese or Japanese keyboard stands for.
fn narrow(char: char) -> char {
    match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0).unwrap_or(char),
        '、' => ',',
        '。' => '.',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '【' | '「' | '『' | '《' | '〔' => '[',
        '】' | '」' | '』' | '》' | '〕' => ']',
        '–' | '—' | '−' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(typed: &str) -> Result<Vec<u8>, ComposeError> {
        read(typed, false, Encoding::Utf8).map(|body| body.bytes)
    }

    #[test]
    fn hex_is_read_as_people_write_it() {
        for typed in [
            "FFD8ff",
            "ff d8 ff",
            "0xff, 0xd8, 0xff",
            "0xFFd8ff",
            "0xff0xd80xff",
            "\\xff\\xd8\\xff",
            "ff:d8:ff",
            "ff-d8-ff",
            "ff\nd8\tff",
            "[ff d8 ff]",
            "{0xff, 0xd8, 0xff}",
            "{ 0xFFU, 0xD8UL, 0xFF };",
            "0ffh 0d8h,FFh",
            "FFH D8H FFH",
            "ff;d8;ff;",
            "'ff' 'd8' 'ff'",
            "\"\\xff\\xd8\\xff\"",
            "b'\\xff\\xd8\\xff'",
            "ff_d8_ff",
            "0xff_d8_ff",
            "ＦＦ　Ｄ８，ｆｆ",
            "０ｘff、０ｘd8、０ｘff",
            "【ff d8 ff】",
            "“ff d8 ff”",
            "<ff d8 ff>",
            "(ff,d8,ff)",
            "ff|d8|ff",
            "\u{feff}ff d8\u{a0}ff",
            "unsigned char data[] = {\n  0xff, 0xd8, // SOI\n  0xff /* marker */\n};\nunsigned int data_len = 3;\n",
            "let data = &[0xff, 0xd8, 0xff];",
            "const uint8_t x[3]={0xff,0xd8,0xff};",
            "s = b\"\\xff\\xd8\\xff\"",
            "\"\\xff\\xd8\" \\\n \"\\xff\"",
        ] {
            assert_eq!(hex(typed).as_deref(), Ok(&[0xff, 0xd8, 0xff][..]), "{typed}");
        }
        assert_eq!(hex("[78 78]").unwrap(), b"xx");
        assert_eq!(hex("78h 0x7 0Ah 7h 012h").unwrap(), [0x78, 7, 10, 7, 0x12]);
        assert_eq!(hex("0x1234 0x01").unwrap(), [0x12, 0x34, 1]);
        assert!(hex(" ").unwrap().is_empty() && hex("").unwrap().is_empty() && hex("[]").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_hex_is_told_with_its_place() {
        for (typed, at, fault) in [
            ("FF G0", 3, Fault::NoDigit('G')),
            ("FFD", 0, Fault::HalfByte("FFD".into())),
            ("ff d 8f", 3, Fault::HalfByte("d".into())),
            ("7", 0, Fault::HalfByte("7".into())),
            ("01\n0x123", 3, Fault::HalfByte("0x123".into())),
            ("01 0x", 3, Fault::HalfByte("0x".into())),
            ("F0xAA", 0, Fault::HalfByte("F".into())),
            ("123h", 0, Fault::HalfByte("123".into())),
            ("\\x", 1, Fault::HalfByte("x".into())),
            ("b'\\x41\\n'", 6, Fault::NoDigit('\\')),
            ("hello", 0, Fault::NoDigit('h')),
            ("x41", 0, Fault::NoDigit('x')),
            ("41 = [42]", 3, Fault::NoDigit('=')),
            ("{counter}", 2, Fault::NoDigit('o')),
        ] {
            let error = hex(typed).unwrap_err();
            match typed {
                // c is a digit, and half a byte.
                "{counter}" => assert!(matches!(error.fault, Fault::HalfByte(_)), "{error}"),
                _ => assert_eq!((error.at, &error.fault), (at, &fault), "{typed}"),
            }
        }
        assert_eq!(hex("FF G0").unwrap_err().to_string(), "column 4: “G” is not a hex digit");
        assert_eq!(hex("00\nFF FFD").unwrap_err().to_string(), "line 2, column 4: “FFD” has half a byte at its end");
        let long = hex(&"1".repeat(1001)).unwrap_err();
        assert_eq!(long.fault, Fault::HalfByte("1".repeat(SHOWN) + "…"));
    }
}
