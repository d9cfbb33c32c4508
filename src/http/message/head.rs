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
        // Of `HTTP 1.1 200 OK` the second word belongs to the version.
        let status = |word: &str| {
            let digits = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
            word.parse().ok().filter(|status| digits && (100..600).contains(status))
        };
        match words.take(2).find_map(status) {
            Some(status) => self.status = status,
            None => remarks.push(phrase!("the status is not a number from 100 to 599")),
        }
    }

    pub(in crate::http) fn line(&mut self, line: &str, remarks: &mut Vec<Phrase>) {
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

/// Where the body begins of a head that has no empty line: at its first line that cannot be a header. `None` where all of
/// it may be head that broke off.
pub(in crate::http) fn body_in(raw: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (index, line) in raw.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let bare = line.trim_ascii();
        let is_markup = matches!(bare, [b'<' | b'{' | b'[', ..]);
        let name = bare.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_header = name.len() < bare.len() && !name.is_empty() && !name.iter().any(u8::is_ascii_whitespace);
        // The last line may be the beginning of one.
        let may_be = is_header || !line.ends_with(b"\n") && !bare.iter().any(u8::is_ascii_whitespace);
        if index > 0 && (is_markup || !may_be && !line.starts_with(b" ") && !line.starts_with(b"\t")) {
            return Some(at);
        }
        at += line.len();
    }
    None
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
    fn a_body_without_an_empty_line_before_it_begins_with_what_is_no_header() {
        for (raw, body) in [
            (&b"HTTP/1.1 200 OK\r\nA: b\r\n<h1>a: b</h1>"[..], Some("<h1>a: b</h1>")),
            (b"HTTP/1.1 200 OK\r\n{\"a\": 1}", Some("{\"a\": 1}")),
            (b"HTTP/1.1 200 OK\r\nhello world\r\n", Some("hello world\r\n")),
            (b"HTTP/1.1 200 OK\r\nContent-Le", None),
            (b"HTTP/1.1 200 OK\r\nA: b\r\n c", None),
            (b"HTTP/1.1 200 OK", None),
        ] {
            let got = body_in(raw).map(|at| std::str::from_utf8(&raw[at..]).unwrap());
            assert_eq!(got, body, "{}", raw.escape_ascii());
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
