//! What a person types to be sent, as bytes: escapes, hex digits, line ends. Pure functions, for both faces.

use super::{Encoding, LineEnd, Unencodable};
use crate::words::text;

/// Why hex makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HexError {
    /// This is not a hex digit.
    #[error("{}", text!("“{char}” is not a hex digit", char = .0))]
    NoDigit(char),
    /// A word with an odd number of digits.
    #[error("{}", text!("“{part}” has half a byte at its end", part = .0))]
    HalfByte(String),
}

/// Why what was typed is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub enum TypedError {
    /// It was to be hex.
    Hex(#[from] HexError),
    /// It was to be a text.
    Unencodable(#[from] Unencodable),
}

/// Bytes from hex as people paste it: `FFD8`, `ff d8`, `0xff, 0xd8`, `\xff\xd8`, `ff:d8`.
///
/// # Errors
/// A character that is no hex digit, or half a byte.
pub fn hex(typed: &str) -> Result<Vec<u8>, HexError> {
    let mut bytes = Vec::with_capacity(typed.len() / 2);
    for word in typed.split(|char: char| char.is_whitespace() || matches!(char, ',' | ';' | ':' | '-')) {
        for part in word.replace("\\x", " ").replace("0x", " ").replace("0X", " ").split_whitespace() {
            word_of_hex(part, &mut bytes)?;
        }
    }
    Ok(bytes)
}

fn word_of_hex(part: &str, bytes: &mut Vec<u8>) -> Result<(), HexError> {
    let mut digits = Vec::with_capacity(part.len());
    for char in part.chars() {
        let digit = char.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        digits.push(digit.ok_or(HexError::NoDigit(char))?);
    }
    if let [digit] = digits.as_slice() {
        bytes.push(*digit);
        return Ok(());
    }
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(HexError::HalfByte(part.to_owned()));
    }
    bytes.extend(pairs.filter_map(|pair| Some(pair.first()? << 4 | pair.last()?)));
    Ok(())
}

/// Bytes of a text in an encoding: escapes first where they are on, then line ends. A text with a line end gets one after
/// its last line too, unless it has it already.
///
/// # Errors
/// A character that the encoding does not have.
pub fn text_bytes(typed: &str, escapes: bool, line_end: LineEnd, encoding: Encoding) -> Result<Vec<u8>, Unencodable> {
    let end = line_end.text();
    let mut out = Vec::with_capacity(typed.len() + 2);
    let whole = typed.strip_suffix('\n').filter(|_| !end.is_empty());
    let mut lines = whole.unwrap_or(typed).split('\n').peekable();
    while let Some(line) = lines.next() {
        let ended = lines.peek().is_some() || whole.is_some();
        let line = line.strip_suffix('\r').filter(|_| ended && !end.is_empty()).unwrap_or(line);
        if escapes {
            unescape(line, encoding, &mut out)?;
        } else {
            encoding.encode_into(line, &mut out)?;
        }
        let end = if lines.peek().is_some() && end.is_empty() { "\n" } else { end };
        encoding.encode_into(end, &mut out)?;
    }
    Ok(out)
}

/// `\r \n \t \0 \\` and `\u{4f60}` as the characters and `\xNN` as the byte they stand for; anything else after a backslash
/// stays as it was typed.
fn unescape(line: &str, encoding: Encoding, out: &mut Vec<u8>) -> Result<(), Unencodable> {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\\') {
        encoding.encode_into(before, out)?;
        if let Some((char, length)) = code_point(after) {
            encoding.encode_into(char.encode_utf8(&mut [0; 4]), out)?;
            rest = after.get(length..).unwrap_or_default();
            continue;
        }
        let (char, length) = match after.as_bytes() {
            [b'r', ..] => ("\r", 1),
            [b'n', ..] => ("\n", 1),
            [b't', ..] => ("\t", 1),
            [b'0', ..] => ("\0", 1),
            [b'\\', ..] => ("\\", 1),
            [b'x', high, low, ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    ("", 3)
                }
                _ => ("\\", 0),
            },
            _ => ("\\", 0),
        };
        encoding.encode_into(char, out)?;
        rest = after.get(length..).unwrap_or_default();
    }
    encoding.encode_into(rest, out)
}

/// The character of `u{4f60}` at the beginning, and how long that is.
fn code_point(after: &str) -> Option<(char, usize)> {
    let (digits, _) = after.strip_prefix("u{")?.split_once('}')?;
    let written = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let char = u32::from_str_radix(digits, 16).ok().filter(|_| written).and_then(char::from_u32)?;
    Some((char, digits.len() + 3))
}

/// A text on one line as it is typed: line ends, tabs and backslashes as escapes.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

/// What was typed on one line, with `\n`, `\r`, `\t` and `\\` as what they stand for; anything else after a backslash
/// stays as it was typed.
#[must_use]
pub fn unescaped(typed: &str) -> String {
    let mut out = String::with_capacity(typed.len());
    let mut rest = typed.chars();
    while let Some(char) = rest.next() {
        let after = rest.clone().next().filter(|_| char == '\\');
        let meant = match after {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('\\') => '\\',
            _ => {
                out.push(char);
                continue;
            }
        };
        out.push(meant);
        rest.next();
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_bytes(typed: &str, escapes: bool, line_end: LineEnd) -> Vec<u8> {
        super::text_bytes(typed, escapes, line_end, Encoding::Utf8).unwrap()
    }

    #[test]
    fn hex_is_read_in_every_common_form() {
        for typed in ["FFD8ff", "ff d8 ff", "0xff, 0xd8, 0xff", "0xFFd8ff", "\\xff\\xd8\\xff", "ff:d8:ff", "ff\nd8\tff"]
        {
            assert_eq!(hex(typed).unwrap(), [0xff, 0xd8, 0xff], "{typed}");
        }
        assert_eq!(hex("1 2 a").unwrap(), [1, 2, 10]);
        assert!(hex(" ").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_hex_is_explained() {
        assert_eq!(hex("FF G0").unwrap_err().to_string(), "“G” is not a hex digit");
        assert!(hex("FFD").unwrap_err().to_string().contains("half a byte"));
    }

    #[test]
    fn escapes_stand_for_bytes_only_when_they_are_on() {
        assert_eq!(text_bytes("a\\r\\n\\xff\\\\", true, LineEnd::None), b"a\r\n\xff\\");
        assert_eq!(text_bytes("a\\n", false, LineEnd::None), b"a\\n");
        assert_eq!(text_bytes("\\q \\x4 \\", true, LineEnd::None), b"\\q \\x4 \\");
        assert_eq!(text_bytes("\\不", true, LineEnd::None), "\\不".as_bytes());
        assert_eq!(text_bytes("a\\u{4f60}\\u{1F600}\\n", true, LineEnd::None), "a你😀\n".as_bytes());
        for wrong in ["\\u{d800}", "\\u{110000}", "\\u{}", "\\u{+41}", "\\u{4f60", "\\u4f60", "\\u{0000041}"] {
            assert_eq!(text_bytes(wrong, true, LineEnd::None), wrong.as_bytes());
        }
    }

    #[test]
    fn a_text_on_one_line_comes_back_as_it_was() {
        for text in ["", "a\nb", "\r\n\t", "\\n", "\\", "\\\n不", "\\d+"] {
            assert_eq!(unescaped(&escaped(text)), text);
            assert!(!escaped(text).contains(['\n', '\r', '\t']));
        }
        assert_eq!(unescaped("\\d+ \\q\\"), "\\d+ \\q\\");
    }

    #[test]
    fn line_ends_are_put_where_they_belong() {
        assert_eq!(text_bytes("a\nb", false, LineEnd::None), b"a\nb");
        assert_eq!(text_bytes("a\nb", false, LineEnd::CrLf), b"a\r\nb\r\n");
        assert_eq!(text_bytes("a\n", false, LineEnd::Lf), b"a\n");
        assert_eq!(text_bytes("a\n\nb", false, LineEnd::Lf), b"a\n\nb\n");
        assert_eq!(text_bytes("", false, LineEnd::Lf), b"\n");
        assert_eq!(text_bytes("a\n", false, LineEnd::None), b"a\n");
        assert_eq!(
            text_bytes("a\r\nb\r\n", false, LineEnd::CrLf),
            b"a\r\nb\r\n",
            "an end that is there is not doubled"
        );
        assert_eq!(text_bytes("a\r\nb\r", false, LineEnd::Lf), b"a\nb\r\n", "only a line's own end is its end");
        assert_eq!(text_bytes("a\r\nb", false, LineEnd::None), b"a\r\nb");
    }

    #[test]
    fn line_ends_and_escapes_are_characters_of_the_encoding() {
        let bytes = |typed, escapes, end, encoding| super::text_bytes(typed, escapes, end, encoding);
        assert_eq!(bytes("a\nb", false, LineEnd::CrLf, Encoding::Utf16Be).unwrap(), b"\0a\0\r\0\n\0b\0\r\0\n");
        assert_eq!(bytes("\\n\\xff", true, LineEnd::None, Encoding::Utf16Le).unwrap(), b"\n\0\xff");
        assert_eq!(bytes("不\\t", true, LineEnd::Lf, Encoding::Gbk).unwrap(), b"\xb2\xbb\t\n");
        assert_eq!(bytes("\\u{4f60}", true, LineEnd::None, Encoding::Gbk).unwrap(), b"\xc4\xe3");
        assert!(bytes("\\n😀", true, LineEnd::None, Encoding::Gbk).is_err());
        assert!(bytes("\\u{1f600}", true, LineEnd::None, Encoding::Gbk).is_err());
    }
}
