//! What a file that came in is called: what the sender says (RFC 6266), else the time, with an ending for its type.

use std::time::{SystemTime, UNIX_EPOCH};

use encoding_rs::Encoding;
use percent_encoding::percent_decode;

use crate::words::local_time;

/// How a name looks that is made from the time; sorted by name is sorted by time.
const TIME: &str = "%Y-%m-%d_%H-%M-%S";

/// The name in a `Content-Disposition`: `filename*`, which says its encoding, before `filename`.
pub(super) fn disposition(value: &str) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(value) {
        match name.to_ascii_lowercase().as_str() {
            "filename*" => {
                if let Some(decoded) = extended(&value).filter(|decoded| !decoded.is_empty()) {
                    return Some(decoded);
                }
            }
            "filename" => plain = plain.or(Some(value)),
            _ => {}
        }
    }
    plain
}

/// The parameters of a header's value, unquoted; none of what stands before the first semicolon.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut chars = value.chars().skip_while(|char| *char != ';').peekable();
    while chars.next().is_some() {
        let (mut name, mut value, mut quoted, mut has_value) = (String::new(), String::new(), false, false);
        while let Some(char) = chars.next_if(|char| quoted || *char != ';') {
            match char {
                '=' if !has_value => has_value = true,
                '"' if has_value => quoted = !quoted,
                // Browsers do not escape the separators of Windows paths, which they once sent.
                '\\' if quoted => value.push(chars.next_if(|char| matches!(char, '"' | '\\')).unwrap_or('\\')),
                char if has_value => value.push(char),
                char => name.push(char),
            }
        }
        found.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    found
}

/// `UTF-8''%E5%A4%A9` as text (RFC 8187).
fn extended(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _language, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes: Vec<u8> = percent_decode(encoded.as_bytes()).collect();
    let (text, is_wrong) = Encoding::for_label(charset.as_bytes())?.decode_without_bom_handling(&bytes);
    (!is_wrong).then(|| text.into_owned())
}

/// A name for bytes that begin with `start` and that the sender calls a `kind`.
pub(super) fn made(kind: &str, start: &[u8]) -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let time = local_time(u64::try_from(nanos).unwrap_or_default(), TIME).unwrap_or_else(|| "upload".to_owned());
    match ending(kind, start) {
        Some(ending) => format!("{time}.{ending}"),
        None => time,
    }
}

/// By the bytes, which are right where the type is not; else by the type.
fn ending(kind: &str, start: &[u8]) -> Option<&'static str> {
    if let Ok(format) = image::guess_format(start) {
        return format.extensions_str().first().copied();
    }
    let kind = kind.split(';').next()?.trim().to_ascii_lowercase();
    match kind.as_str() {
        "text/plain" => Some("txt"),
        // What senders say that do not know.
        "application/octet-stream" | "application/x-www-form-urlencoded" => None,
        kind => {
            let known = mime_guess::get_mime_extensions_str(kind)?;
            let own = kind.split('/').next_back().unwrap_or_default();
            known.iter().find(|ending| **ending == own).or(known.first()).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_what_the_sender_says_best() {
        for (value, name) in [
            ("form-data; name=\"f\"; filename=\"a b.png\"", Some("a b.png")),
            ("form-data; name=\"f\"; filename*=UTF-8''%E5%A4%A9%E7%8B%97.png", Some("天狗.png")),
            ("attachment; filename=\"x.png\"; FileName*=utf-8'en'%e2%82%ac.png", Some("€.png")),
            ("attachment; filename*=iso-8859-1''%A3.txt; filename=p.txt", Some("£.txt")),
            ("attachment; filename*=GBK''%C4%E3.txt", Some("你.txt")),
            ("attachment; filename*=UTF-8''%FF; filename=p.txt", Some("p.txt")),
            ("attachment; filename*=nonsense", None),
            ("attachment; filename=a\\b.txt", Some("a\\b.txt")),
            ("form-data; filename=\"a\\\"b;c.txt\"; name=x", Some("a\"b;c.txt")),
            ("form-data; name=\"filename=x\"", None),
            ("form-data; filename=\"\"", Some("")),
            ("", None),
            (";;=;filename", Some("")),
        ] {
            assert_eq!(disposition(value).as_deref(), name, "{value}");
        }
    }

    #[test]
    fn a_name_that_is_made_has_the_ending_of_the_type() {
        for (kind, start, expected) in [
            ("image/jpeg", &b"\xff\xd8\xff\xe0\0\x10JFIF\0"[..], ".jpg"),
            ("text/plain", b"\x89PNG\r\n\x1a\n\0\0", ".png"),
            ("text/plain; charset=utf-8", b"hi", ".txt"),
            ("application/json", b"{}", ".json"),
            ("text/csv", b"a,b", ".csv"),
            ("video/mp4", b"", ".mp4"),
            ("Image/JPEG", b"", ".jpeg"),
        ] {
            let name = made(kind, start);
            assert!(name.ends_with(expected) && name.len() == "2026-12-01_02-03-04".len() + expected.len(), "{name}");
        }
        for kind in ["", "application/octet-stream", "nonsense/of-mine", "application/x-www-form-urlencoded"] {
            assert!(!made(kind, b"abc").contains('.'), "{kind}");
        }
    }
}
