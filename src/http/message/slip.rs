//! What programs written by hand do to a head without meaning it, and the head that they meant.
//!
//! Answers are read with the slip undone and the words beside it; requests are refused with the same words.

use crate::words::{Phrase, phrase};

/// What an editor writes before UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// One kind of slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Slip {
    /// The mark of UTF-8 stands before the first word.
    Bom,
    /// `b'…'`, as Python shows bytes.
    Bytes,
    /// The text in quotes, as a program or JSON would write it.
    Quotes,
    /// `\r\n` as four characters.
    Backslashes,
    /// Spaces before each line, as in an indented text of many lines.
    Indented,
}

impl Slip {
    /// What it is, and what to write instead.
    pub(in crate::http) fn words(self) -> Phrase {
        match self {
            Self::Bom => phrase!(
                "a BOM (EF BB BF) stands before the first word: encode with utf-8 and not utf-8-sig, and save files without BOM"
            ),
            Self::Bytes => phrase!(
                "it begins with b' as Python shows bytes: send the bytes themselves, not str(data) or an f-string of them"
            ),
            Self::Quotes => phrase!("it stands in quotes, as repr() or JSON write a text: send the text itself"),
            Self::Backslashes => phrase!(
                "the line ends are written out, a backslash and r, a backslash and n: write \"\\r\\n\" in the program, not in a raw string or a text file"
            ),
            Self::Indented => phrase!(
                "the lines are indented: each has to begin at the left; textwrap.dedent() does that for a text of Python"
            ),
        }
    }
}

/// What stands before the first word of a head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct Lead {
    /// How many bytes of it there are.
    pub(in crate::http) length: usize,
    /// What of it is a slip.
    pub(in crate::http) slips: Vec<Slip>,
    /// There are empty lines among it.
    pub(in crate::http) has_empty_line: bool,
    /// How many spaces and tabs stand right before the word.
    pub(in crate::http) indent: usize,
}

/// Looks at what stands before the first word. It is certain once some bytes of the word are there as well.
pub(in crate::http) fn lead(bytes: &[u8]) -> Lead {
    let mut lead = Lead::default();
    let say = |lead: &mut Lead, slip| {
        if !lead.slips.contains(&slip) {
            lead.slips.push(slip);
        }
    };
    loop {
        let rest = bytes.get(lead.length..).unwrap_or_default();
        let length = match rest {
            _ if rest.starts_with(BOM) => {
                say(&mut lead, Slip::Bom);
                BOM.len()
            }
            [b'b' | b'B', b'\'' | b'"', ..] => {
                say(&mut lead, Slip::Bytes);
                2
            }
            [b'\'' | b'"', ..] => {
                say(&mut lead, Slip::Quotes);
                1
            }
            [b'\n', ..] => {
                lead.has_empty_line = true;
                1
            }
            [b'\r', ..] => 1,
            [b' ' | b'\t', ..] => {
                lead.indent += 1;
                lead.length += 1;
                continue;
            }
            _ => break,
        };
        lead.indent = 0;
        lead.length += length;
    }
    if lead.indent > 0 {
        say(&mut lead, Slip::Indented);
    }
    lead
}

/// Whether the first line ends with a line end that is written out; in the path of a request it would mean something else.
pub(in crate::http) fn is_written_out(head: &[u8]) -> bool {
    let line = head.get(..memchr::memchr(b'\n', head).unwrap_or(head.len())).unwrap_or_default();
    let version = memchr::memmem::find(line, b"HTTP/").unwrap_or(line.len());
    memchr::memmem::find(line.get(version..).unwrap_or_default(), br"\n").is_some()
}

/// Where a head ends whose line ends are written out, and the head with real ones. `is_all` where nothing more comes:
/// before that, what follows the end may belong to it.
pub(in crate::http) fn written_out(raw: &[u8], is_all: bool) -> Option<(usize, Vec<u8>)> {
    let mut head = Vec::new();
    let mut at = 0;
    loop {
        let rest = raw.get(at..).unwrap_or_default();
        let written = memchr::memmem::find(rest, br"\n");
        let real = memchr::memchr(b'\n', rest);
        let (end, length) = match (written, real) {
            (Some(written), real) if real.is_none_or(|real| written < real) => {
                // In a raw string of several lines a real one follows it.
                let after = rest.get(written + 2..).unwrap_or_default();
                if !is_all && matches!(after, [] | [b'\r']) {
                    return None;
                }
                let more = [&b"\r\n"[..], b"\n"].into_iter().find(|end| after.starts_with(end)).map_or(0, <[u8]>::len);
                (written, written + 2 + more)
            }
            (_, Some(real)) => (real, real + 1),
            _ => return None,
        };
        let line = rest.get(..end).unwrap_or_default();
        let line = line.strip_suffix(br"\r").or_else(|| line.strip_suffix(b"\r")).unwrap_or(line);
        head.extend_from_slice(line);
        head.extend_from_slice(b"\r\n");
        at += length;
        if line.is_empty() {
            return Some((at, head));
        }
    }
}

/// Where an indented head ends: after its first line of nothing but spaces.
pub(in crate::http) fn indented_end(raw: &[u8]) -> Option<usize> {
    let mut begin = 0;
    for at in memchr::memchr_iter(b'\n', raw) {
        if raw.get(begin..at).unwrap_or_default().trim_ascii().is_empty() {
            return Some(at + 1);
        }
        begin = at + 1;
    }
    None
}

/// The head without so many spaces before each line.
pub(in crate::http) fn dedented(raw: &[u8], indent: usize) -> Vec<u8> {
    let mut head = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let blank = line.iter().take(indent).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        head.extend_from_slice(line.get(blank..).unwrap_or_default());
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_first_word_is_told_apart() {
        for (bytes, length, slips, empty) in [
            (&b"HTTP"[..], 0, &[][..], false),
            (b"\r\n\nHTTP", 3, &[], true),
            (b"\xef\xbb\xbfHTTP", 3, &[Slip::Bom], false),
            (b"b'HTTP", 2, &[Slip::Bytes], false),
            (b"b\"GET", 2, &[Slip::Bytes], false),
            (b"\"HTTP", 1, &[Slip::Quotes], false),
            (b"\n    HTTP", 5, &[Slip::Indented], true),
            (b" \xef\xbb\xbf\nHTTP", 5, &[Slip::Bom], true),
            (b"body", 0, &[], false),
        ] {
            let lead = lead(bytes);
            assert_eq!(
                (lead.length, lead.slips.as_slice(), lead.has_empty_line),
                (length, slips, empty),
                "{}",
                bytes.escape_ascii()
            );
        }
    }

    #[test]
    fn line_ends_that_are_written_out_become_real_ones() {
        for (raw, body, head) in [
            (&br"HTTP/1.1\r\nB: 1\r\n\r\nbody"[..], "body", "HTTP/1.1\r\nB: 1\r\n\r\n"),
            (br"HTTP/1.1\nB: 1\n\nbody\n", r"body\n", "HTTP/1.1\r\nB: 1\r\n\r\n"),
            // A raw string of several lines, and a text with both.
            (b"HTTP/1.1\\r\\n\nB: 1\\r\\n\n\\r\\n\nbody", "body", "HTTP/1.1\r\nB: 1\r\n\r\n"),
            (b"HTTP/1.1\\r\\nB: 1\r\n\r\nbody", "body", "HTTP/1.1\r\nB: 1\r\n\r\n"),
        ] {
            assert!(is_written_out(raw));
            let (end, got) = written_out(raw, false).unwrap();
            assert_eq!((&raw[end..], String::from_utf8(got).unwrap().as_str()), (body.as_bytes(), head));
        }
        assert!(!is_written_out(b"HTTP/1.1\r\nB: \\r\\n\r\n\r\n"), "only the first line counts");
        assert!(!is_written_out(br"GET /a\new HTTP/1.1"), "a path may be like that");
        // What comes next may be the real line end.
        assert_eq!(written_out(br"A\r\n\r\n", false), None);
        assert_eq!(written_out(br"A\r\n\r\n", true), Some((9, b"A\r\n\r\n".to_vec())));
    }

    #[test]
    fn an_indented_head_ends_with_a_line_of_spaces_and_loses_its_indent() {
        let raw = b"A\n  B: 1\n    more\n  \n  body";
        let end = indented_end(raw).unwrap();
        assert_eq!(&raw[end..], b"  body");
        assert_eq!(dedented(&raw[..end], 2), b"A\nB: 1\n  more\n\n");
    }
}
