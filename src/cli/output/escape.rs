//! Bytes from outside as text that cannot steer a terminal.

use std::fmt::Write as _;

/// Line ends and tabs stay, other controls become `\x1b`, bytes that are no UTF-8 become `\xff`.
pub(in crate::cli) fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&printable(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// The same for what is text already.
pub(in crate::cli) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\t' => out.push(char),
            '\r' => {}
            // Characters that turn the direction of text around can disguise a line.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => out.extend(char.escape_unicode()),
            char if char.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out
}

/// How many bytes of `bytes` can be shown without waiting for the rest of a character.
pub(super) fn complete(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    for (at, byte) in bytes.iter().enumerate().skip(tail) {
        let wanted = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => continue,
        };
        if at + wanted > bytes.len() {
            return at;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        assert_eq!(escape(b"a\x1b[2Jb\x07\xffc\r\n"), "a\\x1b[2Jb\\x07\\xffc\n");
        assert_eq!(escape("你好\u{9b}".as_bytes()), "你好\\x9b");
    }

    #[test]
    fn a_character_in_two_pieces_waits_for_its_rest() {
        let text = "好".as_bytes();
        assert_eq!(complete(&text[..1]), 0);
        assert_eq!(complete(&text[..2]), 0);
        assert_eq!(complete(text), 3);
        assert_eq!(complete(b"ab\xff"), 3);
    }
}
