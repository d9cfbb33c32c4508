//! What a backslash stands for.

/// What one escape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// A character, to be encoded.
    Char(char),
    /// This byte, in every encoding.
    Byte(u8),
}

/// The escape whose backslash stands before `after`, and the bytes of `after` that belong to it; `None` where the
/// backslash is itself.
pub(super) fn escape(after: &str) -> Option<(Escape, usize)> {
    let char = match after.as_bytes() {
        [b'r', ..] => '\r',
        [b'n', ..] => '\n',
        [b't', ..] => '\t',
        [b'0', ..] => '\0',
        [b'a', ..] => '\x07',
        [b'b', ..] => '\x08',
        [b'v', ..] => '\x0b',
        [b'f', ..] => '\x0c',
        [b'e', ..] => '\x1b',
        [b'\\', ..] => '\\',
        [b'x', high, low, ..] => {
            let byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
            return Some((Escape::Byte(byte), 3));
        }
        [b'u', b'{', ..] => return braced(after),
        [b'u', ..] => return four(after),
        _ => return None,
    };
    Some((Escape::Char(char), 1))
}

fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

/// `u{4f60}`: one to six digits.
fn braced(after: &str) -> Option<(Escape, usize)> {
    let (digits, _) = after.strip_prefix("u{")?.split_once('}')?;
    let written = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let char = u32::from_str_radix(digits, 16).ok().filter(|_| written).and_then(char::from_u32)?;
    Some((Escape::Char(char), digits.len() + 3))
}

/// `u4f60`, and `ud83d\ude00` as JSON writes a character of two surrogates.
fn four(after: &str) -> Option<(Escape, usize)> {
    let unit = |text: &str| {
        let digits = text.strip_prefix('u')?.get(..4)?;
        digits.bytes().try_fold(0_u32, |number, byte| Some(number << 4 | digit(byte)?))
    };
    let first = unit(after)?;
    if let Some(char) = char::from_u32(first) {
        return Some((Escape::Char(char), 5));
    }
    let second = unit(after.get(5..)?.strip_prefix('\\')?)?;
    if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
        return None;
    }
    let char = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
    Some((Escape::Char(char), 11))
}

/// A text on one line as it is typed: line ends, tabs and backslashes as escapes.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

/// What was typed on one line with each escape as the character it stands for; anything else after a backslash stays as it
/// was typed, `\xNN` above 7F too, which is a byte and no character.
#[must_use]
pub fn unescaped(typed: &str) -> String {
    let mut out = String::with_capacity(typed.len());
    let mut rest = typed;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (char, length) = match escape(after) {
            Some((Escape::Char(char), length)) => (char, length),
            Some((Escape::Byte(byte), length)) if byte.is_ascii() => (char::from(byte), length),
            _ => ('\\', 0),
        };
        out.push(char);
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// True when an escape in it is a byte and no character, so that [`unescaped`] cannot give it.
#[must_use]
pub fn has_bytes(typed: &str) -> bool {
    let mut rest = typed;
    while let Some((_, after)) = rest.split_once('\\') {
        let length = match escape(after) {
            Some((Escape::Byte(byte), _)) if !byte.is_ascii() => return true,
            Some((_, length)) => length,
            None => 0,
        };
        rest = after.get(length..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_on_one_line_comes_back_as_it_was() {
        for text in ["", "a\nb", "\r\n\t", "\\n", "\\", "\\\n不", "\\d+", "\\e\x1b", "\\u{41}\\x41"] {
            assert_eq!(unescaped(&escaped(text)), text);
            assert!(!escaped(text).contains(['\n', '\r', '\t']));
        }
        assert_eq!(unescaped("\\d+ \\q\\"), "\\d+ \\q\\");
        assert_eq!(unescaped("\\e[1m\\x41\\xff\\u4f60\\0"), "\x1b[1mA\\xff你\0");
    }

    #[test]
    fn what_is_no_escape_is_told() {
        for wrong in
            ["u{d800}", "u{110000}", "u{}", "u{+41}", "u{4f60", "u{0000041}", "u4f6", "u4f6g", "x4", "xg0", "q"]
        {
            assert_eq!(escape(wrong), None, "{wrong}");
        }
        for wrong in ["ud83d", "ud83d\\u0041", "ude00\\ud83d", "ud83d\\x41", "u4f6不", ""] {
            assert_eq!(escape(wrong), None, "{wrong}");
        }
        assert_eq!(escape("ud83d\\ude00 x"), Some((Escape::Char('😀'), 11)));
        assert_eq!(escape("u4f60a"), Some((Escape::Char('你'), 5)));
    }
}
