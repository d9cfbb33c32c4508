//! The start line and the headers of an answer, and what is wrong with them.

use crate::words::{Phrase, phrase};

/// A line is quoted in a remark up to so many characters.
const QUOTED: usize = 80;

/// A head as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The first line; empty when there was none.
    pub start_line: String,
    /// The number in it; 0 when there was none.
    pub status: u16,
    /// Names and values in the order in which they came.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// Reads the lines of a head, and says what is wrong with them.
    pub(in crate::http) fn read(raw: &[u8], remarks: &mut Vec<Phrase>) -> Self {
        let text = String::from_utf8_lossy(raw);
        let ends = memchr::memchr_iter(b'\n', raw).count();
        let bare = ends - memchr::memmem::find_iter(raw, b"\r\n").count();
        if bare == ends && ends > 0 {
            remarks.push(phrase!("lines end with LF alone; HTTP says CRLF"));
        } else if bare > 0 {
            remarks.push(phrase!("{count} of {all} lines end with LF alone; HTTP says CRLF", count = bare, all = ends));
        }
        if text.contains(|char: char| char.is_control() && !matches!(char, '\t' | '\n' | '\r')) || has_lone_cr(raw) {
            remarks.push(phrase!("the head holds control characters, which HTTP does not allow"));
        }
        let mut lines = text.lines();
        let mut head = Self::default();
        head.start(lines.next().unwrap_or_default(), remarks);
        for line in lines.filter(|line| !line.is_empty()) {
            head.line(line, remarks);
        }
        head
    }

    fn start(&mut self, line: &str, remarks: &mut Vec<Phrase>) {
        line.clone_into(&mut self.start_line);
        let mut words = line.split_whitespace();
        let version = words.next().unwrap_or_default();
        if !matches!(version, "HTTP/1.0" | "HTTP/1.1") {
            remarks.push(phrase!(
                "“{version}” is not a version of HTTP; it should be HTTP/1.0 or HTTP/1.1",
                version = quoted(version)
            ));
        }
        match words.next().and_then(|status| status.parse().ok()) {
            Some(status) if (100..600).contains(&status) => self.status = status,
            _ => remarks.push(phrase!("the status is not a number from 100 to 599")),
        }
    }

    fn line(&mut self, line: &str, remarks: &mut Vec<Phrase>) {
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = self.headers.last_mut()
        {
            remarks.push(phrase!(
                "“{line}” goes on with the header above it, which HTTP no longer allows",
                line = quoted(line)
            ));
            value.push(' ');
            value.push_str(line.trim());
            return;
        }
        match line.split_once(':') {
            Some((name, value)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
                self.headers.push((name.to_owned(), value.trim().to_owned()));
            }
            _ => remarks.push(phrase!("“{line}” is not a header", line = quoted(line))),
        }
    }

    /// All values of a header, name in either case.
    pub(in crate::http) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether a header has this word in its list.
    pub(in crate::http) fn lists(&self, name: &str, word: &str) -> bool {
        self.all(name).flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    }
}

/// Whether a CR stands within a line.
fn has_lone_cr(raw: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', raw).any(|at| raw.get(at + 1).is_some_and(|next| *next != b'\n'))
}

/// The beginning of what came, for a remark.
pub(in crate::http) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(QUOTED).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// Where a head ends: after its first empty line. Looks from `from` on, where the last look ended.
pub(in crate::http) fn end(raw: &[u8], from: usize) -> Option<usize> {
    let begin = from.saturating_sub(3);
    for at in memchr::memchr_iter(b'\n', raw.get(begin..)?) {
        let before = raw.get(..begin + at).unwrap_or_default();
        let before = before.strip_suffix(b"\r").unwrap_or(before);
        if before.ends_with(b"\n") {
            return Some(begin + at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_line_ends_a_head_whatever_its_line_ends_are() {
        for (raw, wanted) in [
            (&b"a\r\n\r\nb"[..], Some(5)),
            (b"a\n\nb", Some(3)),
            (b"a\r\n\nb", Some(4)),
            (b"a\n\r\nb", Some(4)),
            (b"a\r\nb\r\n", None),
        ] {
            assert_eq!(end(raw, 0), wanted, "{raw:?}");
            for from in 0..wanted.unwrap_or(0) {
                assert_eq!(end(raw, from), wanted, "{raw:?} from {from}");
            }
        }
    }

    #[test]
    fn deviations_are_said() {
        let mut remarks = Vec::new();
        let head = Head::read(b"HTTP/1.x two\nA: 1\n b\r\nno header\nB : 2\n", &mut remarks);
        assert_eq!(head.headers, [("A".to_owned(), "1 b".to_owned())]);
        for part in ["4 of 5 lines", "HTTP/1.x", "from 100", "goes on", "“no header”", "“B : 2”"] {
            assert!(remarks.iter().any(|remark| remark.to_string().contains(part)), "{part}: {remarks:?}");
        }
    }
}
