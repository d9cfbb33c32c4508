//! What is wrong with bytes that came where a request of HTTP/1 was expected: the status that suits, and words.
//!
//! The listener's parser only says yes or no; whoever wrote those bytes wants to know which line and why. Also what a
//! parser takes but a server had better not: two lengths, an encoding that nobody undoes, a host that is none.

use super::chunk_lines;
use crate::{
    http::message::{
        protocol::Protocol,
        slip::{Slip, is_written_out, lead},
    },
    model::is_token,
    words::{Phrase, phrase},
};

/// What an answer to it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// 400 or a more exact one.
    pub status: u16,
    /// One or two sentences on what is wrong, and where.
    pub words: Phrase,
}

impl Misread {
    /// With words of the caller.
    #[must_use]
    pub fn new(status: u16, words: Phrase) -> Self {
        Self { status, words }
    }

    fn bad(words: Phrase) -> Self {
        Self::new(400, words)
    }
}

/// Lines of a head that a listener takes.
pub const FIELDS: usize = 100;

/// A first line of so many bytes without an end is too long.
const LONG: usize = 1024;

/// What a name and a value of a head are, as they came.
type Field<'a> = (&'a [u8], &'a [u8]);

/// The first fault in `heard`: the beginning of what came since the last answer. Requests without a fault are passed
/// over, with their bodies, up to one in chunks, whose lines are looked at. `None` when there is none to be seen.
#[must_use]
pub fn misread(heard: &[u8]) -> Option<Misread> {
    let mut rest = heard;
    loop {
        while let Some(after) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) {
            rest = after;
        }
        if rest.is_empty() {
            return None;
        }
        if let Some(foreign) = foreign(rest) {
            return Some(foreign);
        }
        if let Some(slip) = slip(rest) {
            return Some(Misread::bad(phrase!("The head cannot be read: {what}.").saying("what", slip.words())));
        }
        let (lines, after) = head(rest);
        let mut lines = lines.into_iter();
        let newest = match first_line(lines.next().unwrap_or_default(), rest.contains(&b'\n')) {
            Ok(newest) => newest,
            Err(misread) => return misread,
        };
        let mut fields = Vec::new();
        for (index, line) in lines.enumerate() {
            match field(line, index + 2) {
                Ok(field) => fields.push(field),
                Err(misread) => return Some(misread),
            }
        }
        if fields.len() > FIELDS {
            return Some(Misread::new(431, phrase!("The head has more than {lines} lines.", lines = FIELDS)));
        }
        let after = after?;
        if let Some(misread) = unsound(newest, &fields) {
            return Some(misread);
        }
        if fields.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"transfer-encoding")) {
            return chunk_lines::fault(after).map(Misread::bad);
        }
        let length = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"content-length"));
        let length = length.and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse().ok()).unwrap_or(0);
        rest = after.get(length..)?;
    }
}

/// What a head has wrong in its fields, though each line is one: host, length, encoding. `newest` for HTTP/1.1.
#[must_use]
pub fn unsound(newest: bool, fields: &[Field<'_>]) -> Option<Misread> {
    let all = |name: &'static [u8]| fields.iter().filter(move |field| field.0.eq_ignore_ascii_case(name));
    let mut hosts = all(b"host").map(|field| field.1);
    match (hosts.next(), hosts.next()) {
        (None, _) if newest => return Some(Misread::bad(phrase!("HTTP/1.1 needs a Host field; there is none."))),
        (_, Some(_)) => return Some(Misread::bad(phrase!("There is more than one Host field."))),
        (Some(host), _) if !is_host(host) => {
            let host = String::from_utf8_lossy(host);
            return Some(Misread::bad(phrase!("The Host field is no host and port: “{host}”", host = short(&host))));
        }
        _ => {}
    }
    let mut lengths = all(b"content-length").map(|field| field.1);
    let length = lengths.next();
    if let Some(wrong) = length
        .into_iter()
        .chain(lengths.clone())
        .find(|value| value.is_empty() || !value.iter().all(u8::is_ascii_digit) || value.len() > 19)
    {
        let wrong = String::from_utf8_lossy(wrong);
        return Some(Misread::bad(phrase!("Content-Length is no number of bytes: “{value}”", value = short(&wrong))));
    }
    if lengths.any(|other| Some(other) != length) {
        return Some(Misread::bad(phrase!("There are two Content-Length fields, and they differ.")));
    }
    let mut codings = Vec::new();
    let mut encoded = false;
    for (_, value) in all(b"transfer-encoding") {
        encoded = true;
        codings.extend(value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|coding| !coding.is_empty()));
    }
    if !encoded {
        return None;
    }
    let chunks = codings.iter().filter(|coding| coding.eq_ignore_ascii_case(b"chunked")).count();
    if !newest {
        return Some(Misread::bad(phrase!("HTTP/1.0 has no Transfer-Encoding; send Content-Length.")));
    }
    if chunks == 0 || !codings.last().is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked")) {
        let words = phrase!("Transfer-Encoding does not end in “chunked”, so nobody knows where the body ends.");
        return Some(Misread::bad(words));
    }
    if chunks > 1 {
        return Some(Misread::bad(phrase!("Transfer-Encoding says “chunked” more than once.")));
    }
    if codings.len() > 1 {
        let coding = String::from_utf8_lossy(codings.first().copied().unwrap_or_default());
        let words = phrase!("This listener cannot undo the transfer coding “{coding}”.", coding = short(&coding));
        return Some(Misread::new(501, words));
    }
    length.is_some().then(|| {
        Misread::bad(phrase!("There is a Content-Length and a Transfer-Encoding: two ways to say where the body ends."))
    })
}

/// The characters of a host and a port.
#[must_use]
pub fn is_host(host: &[u8]) -> bool {
    !host.is_empty() && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+;=".contains(byte))
}

/// What whoever wrote the head by hand did not mean.
fn slip(bytes: &[u8]) -> Option<Slip> {
    let lead = lead(bytes);
    // A word has to follow, or it may be anything.
    let word = bytes.get(lead.length..).unwrap_or_default();
    let begins = word.len() > 2 && word.iter().take(3).all(u8::is_ascii_uppercase);
    let written_out = is_written_out(word).then_some(Slip::Backslashes);
    lead.slips.first().copied().or(written_out).filter(|_| begins)
}

/// Another protocol, by how its callers begin.
fn foreign(bytes: &[u8]) -> Option<Misread> {
    let words = match Protocol::of(bytes) {
        Some(Protocol::Tls) => tls(),
        // Its older hello begins with a length.
        _ if matches!(bytes, [0x80..=0xff, _, 1, 0 | 2 | 3, ..]) => tls(),
        Some(Protocol::Ssh) => phrase!("This is the greeting of SSH; this listener speaks HTTP."),
        Some(Protocol::Http2) => {
            let words = phrase!("This is the beginning of HTTP/2; this listener speaks HTTP/1.0 and HTTP/1.1.");
            return Some(Misread::new(505, words));
        }
        Some(Protocol::Answer) => phrase!("This is an answer of HTTP, not a request: it begins with its version."),
        Some(Protocol::Socks) => phrase!("This is SOCKS: somebody takes this listener for a proxy."),
        _ => return None,
    };
    Some(Misread::bad(words))
}

fn tls() -> Phrase {
    phrase!("This is the beginning of TLS: somebody asks for https. This listener speaks plain HTTP: use http://.")
}

/// The lines of the first head in `bytes`, and what follows its blank line, if that came. Without one the last line may
/// be a part of one.
fn head(bytes: &[u8]) -> (Vec<&[u8]>, Option<&[u8]>) {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        rest = after.get(1..).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return (lines, Some(rest));
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push(rest);
    }
    (lines, None)
}

/// Whether it asks in HTTP/1.1, or what is wrong with it; nothing can be said of a short one whose end was not seen.
fn first_line(line: &[u8], ended: bool) -> Result<bool, Option<Misread>> {
    if !ended && line.len() < LONG && !line.iter().any(u8::is_ascii_control) {
        return Err(None);
    }
    whole_first_line(line, ended).map_err(Some)
}

fn whole_first_line(line: &[u8], ended: bool) -> Result<bool, Misread> {
    let shown = String::from_utf8_lossy(line);
    if line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t' && *byte != b'\r') {
        return Err(Misread::bad(phrase!("These bytes are no text: HTTP begins with a line such as GET / HTTP/1.1.")));
    }
    if line.contains(&b'\r') {
        return Err(Misread::bad(phrase!("A line ends in CR alone; it has to end in CR LF.")));
    }
    let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
    if !ended {
        return Err(match words.as_slice() {
            [_, _, ..] => Misread::new(414, phrase!("The address is too long.")),
            _ => Misread::bad(phrase!("The first line is too long, and has no address.")),
        });
    }
    let (method, target, version) = match words.as_slice() {
        [method, target, version] => (*method, *target, *version),
        [method, target] if is_token(method) && target.starts_with(b"/") => {
            return Err(Misread::bad(phrase!("The first line has no version at its end; write HTTP/1.1 there.")));
        }
        [_, _, .., last] if last.starts_with(b"HTTP/") => {
            return Err(Misread::bad(phrase!("The first line has a space too many; inside an address it is %20.")));
        }
        _ => {
            let words = phrase!("The first line is not “METHOD ADDRESS HTTP/1.1”: “{line}”", line = short(&shown));
            return Err(Misread::bad(words));
        }
    };
    if !is_token(method) {
        return Err(Misread::bad(phrase!("The method has characters that no method has.")));
    }
    let newest = match version {
        b"HTTP/1.1" => true,
        b"HTTP/1.0" => false,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            return Err(Misread::new(505, phrase!("This listener speaks HTTP/1.0 and HTTP/1.1.")));
        }
        other => {
            let version = String::from_utf8_lossy(other);
            let words = phrase!("“{version}” is no version of HTTP; write HTTP/1.1.", version = short(&version));
            return Err(Misread::bad(words));
        }
    };
    let is_plain = |byte: &u8| !byte.is_ascii_control() && !b"<>`".contains(byte);
    if !target.iter().all(is_plain) || std::str::from_utf8(target).is_err() {
        return Err(Misread::bad(phrase!("The address has characters that have to be written as %XX.")));
    }
    Ok(newest)
}

/// One line of a head, the `number`th from 1, as name and value.
fn field(line: &[u8], number: usize) -> Result<Field<'_>, Misread> {
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        let words =
            phrase!("Line {number} of the head begins with a space; a field has to be on one line.", number = number);
        return Err(Misread::bad(words));
    }
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return Err(Misread::bad(phrase!("Line {number} of the head has no colon.", number = number)));
    };
    let (name, value) = line.split_at_checked(colon).unwrap_or((line, &[]));
    if name.ends_with(b" ") || name.ends_with(b"\t") {
        return Err(Misread::bad(phrase!("Line {number} of the head has a space before its colon.", number = number)));
    }
    if !is_token(name) {
        return Err(Misread::bad(phrase!(
            "Line {number} of the head has no proper name before its colon.",
            number = number
        )));
    }
    let value = value.get(1..).unwrap_or_default();
    if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
        let words =
            phrase!("Line {number} of the head has a control character in it, or a CR without LF.", number = number);
        return Err(Misread::bad(words));
    }
    Ok((name, value.trim_ascii()))
}

/// The beginning of a text that may be long.
fn short(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).map(|char| if char.is_control() { '·' } else { char }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_status_and_its_line() {
        for (heard, status, part) in [
            (&b"\x16\x03\x01\x02\x00\x01"[..], 400, "TLS"),
            (b"\x80\x2e\x01\x03\x01\x00\x15", 400, "TLS"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", 400, "SSH"),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/2"),
            (b"HTTP/1.1 200 OK\r\n\r\n", 400, "answer"),
            (b"\x05\x02\x00\x02", 400, "SOCKS"),
            (b"\x00\x01\x02\x03\n", 400, "no text"),
            (b"hello\r\n\r\n", 400, "hello"),
            (b"EHLO me\r\n", 400, "EHLO me"),
            (b"GET /\r\n\r\n", 400, "no version"),
            (b"GET /a b HTTP/1.1\r\n\r\n", 400, "%20"),
            (b"GET / HTTP/1.2\r\n\r\n", 505, "HTTP/1.0"),
            (b"GET /\xc0\xae HTTP/1.1\r\n\r\n", 400, "%XX"),
            (b"GET / http/1.1\r\n\r\n", 400, "http/1.1"),
            (b"OPTIONS rtsp://x RTSP/1.0\r\n\r\n", 400, "RTSP/1.0"),
            (b"G(T / HTTP/1.1\r\n\r\n", 400, "method"),
            (b"\xef\xbb\xbfGET / HTTP/1.1\r\n\r\n", 400, "BOM"),
            (b"b'GET / HTTP/1.1\\r\\n\\r\\n'", 400, "b'"),
            (b"\"GET / HTTP/1.1\\r\\n\"", 400, "in quotes"),
            (b"  GET / HTTP/1.1\r\n  Host: a\r\n\r\n", 400, "indented"),
            (br"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "backslash"),
            (b"GET / HTTP/1.1\rHost: x\r\n\r\n", 400, "CR alone"),
            (b"GET / HTTP/1.1\r\n\r\n", 400, "Host"),
            (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "no host"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "more than one"),
            (b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400, "Line 3"),
            (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "before its colon"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n", 400, "Line 3 of the head has no colon"),
            (b"GET / HTTP/1.1\r\nA(: b\r\n\r\n", 400, "Line 2"),
            (b"GET / HTTP/1.1\r\nA: b\x07\r\n\r\n", 400, "control"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400, "0x5"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "differ"),
            (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP/1.0"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400, "end in"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400, "more than once"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "gzip"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400, "two ways"),
            // One after a sound one with a body.
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na b\r\nGET / HTTP/3.0\r\n\r\n", 505, "HTTP/1.1"),
        ] {
            let found = misread(heard).unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(heard)));
            assert!(
                found.status == status && found.words.to_string().contains(part),
                "{}: {found:?}",
                String::from_utf8_lossy(heard)
            );
        }
        let long = "a".repeat(LONG);
        assert_eq!(misread(format!("GET /{long}").as_bytes()).map(|found| found.status), Some(414));
        assert_eq!(misread(long.as_bytes()).map(|found| found.status), Some(400));
        let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(FIELDS));
        assert_eq!(misread(many.as_bytes()).map(|found| found.status), Some(431));
    }

    #[test]
    fn what_is_sound_has_no_fault() {
        for heard in [
            &b""[..],
            b"\r\n\r\n",
            b"GET / HTTP/1.0\r\n\r\n",
            b"GET /%20?a=b HTTP/1.1\r\nHost: [::1]:8000\r\nX: \t y\r\n\r\n",
            b"GET / HTTP/1.1\nHost: x\n\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n",
            b"GET http://x/ HTTP/1.1\r\nHost: x\r\nA",
            b"GET /aaa",
        ] {
            assert_eq!(misread(heard), None, "{}", String::from_utf8_lossy(heard));
        }
    }
}
