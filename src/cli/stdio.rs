//! Standard streams: bytes as they are into a pipe, escaped onto a terminal.

use std::{
    fmt::Write as _,
    io::{self, BufWriter, IsTerminal, Write},
};

/// Writes a line about what happens to standard error.
pub(super) fn status(line: &str) {
    // Nobody to tell when standard error is gone.
    let _ = writeln!(io::stderr(), "socketlab: {}", printable(line));
}

/// Writes several lines to standard error, for a person.
pub(super) fn explain(words: &str) {
    for line in words.lines() {
        // Nobody to tell when standard error is gone.
        let _ = writeln!(io::stderr(), "{}", printable(line));
    }
}

/// Writes to standard output and flushes it.
pub(super) fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Bytes that are gathered before they are written at once.
const GATHERED: usize = 64 << 10;

/// Standard output for bytes from a peer.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: bool,
    out: BufWriter<io::Stdout>,
    /// The start of a character whose rest has not come yet.
    partial: Vec<u8>,
}

impl Screen {
    pub(super) fn new() -> Self {
        let out = BufWriter::with_capacity(GATHERED, io::stdout());
        Self { terminal: io::stdout().is_terminal(), out, partial: Vec::new() }
    }

    /// Writes what was gathered so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes bytes; what could steer a terminal is shown as `\x1b` when there is one.
    pub(super) fn show(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.gather(bytes)?;
        self.flush()
    }

    /// [`Self::show`] that may keep them until [`Self::flush`].
    pub(super) fn gather(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.terminal {
            return self.out.write_all(bytes);
        }
        self.partial.extend_from_slice(bytes);
        let whole = complete(&self.partial);
        let rest = self.partial.split_off(whole);
        let text = escape(&self.partial);
        self.partial = rest;
        self.out.write_all(text.as_bytes())
    }
}

/// How many bytes of `bytes` can be shown without waiting for the rest of a character.
fn complete(bytes: &[u8]) -> usize {
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

/// Bytes as text that cannot steer a terminal: line ends and tabs stay, other controls become `\x1b`, bytes that are no
/// UTF-8 become `\xff`.
pub(super) fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&printable(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn printable(text: &str) -> String {
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
