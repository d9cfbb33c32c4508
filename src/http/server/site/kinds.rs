//! What kind of file something is, by its name and its first bytes.

use std::path::Path;

/// Bytes at the beginning of a file that tell its type, where it is too large to be looked at whole.
pub(super) const START: usize = 64 << 10;
/// What nothing better is known of.
pub(super) const UNKNOWN: &str = "application/octet-stream";
/// What is shown as a picture.
const PICTURES: &[&str] =
    &["apng", "avif", "bmp", "gif", "ico", "jfif", "jpe", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp"];
/// Those of them that no small form is made of.
const AS_THEY_ARE: &[&str] = &["avif", "ico", "svg"];
/// Those of them that browsers do not show.
const FOREIGN: &[&str] = &["tif", "tiff"];
/// Length of a packet of an MPEG transport stream, which begins with [`SYNC`].
const PACKET: usize = 188;
const SYNC: u8 = 0x47;

/// What stands behind the last dot, in small letters; empty where there is none.
pub(super) fn ending(name: &[u8]) -> String {
    let dot = name.iter().rposition(|byte| *byte == b'.');
    let ending = dot.and_then(|dot| name.get(dot + 1..)).unwrap_or_default();
    String::from_utf8_lossy(ending).to_ascii_lowercase()
}

/// Whether a page shows it as a picture.
pub(super) fn is_picture(name: &[u8]) -> bool {
    is_among(name, PICTURES)
}

/// Whether a smaller form of the picture can be made.
pub(super) fn has_small_form(name: &[u8]) -> bool {
    is_picture(name) && !is_among(name, AS_THEY_ARE)
}

/// Whether a browser needs another form to show the picture at all.
pub(super) fn is_foreign(name: &[u8]) -> bool {
    is_among(name, FOREIGN)
}

fn is_among(name: &[u8], endings: &[&str]) -> bool {
    let dot = name.iter().rposition(|byte| *byte == b'.');
    let ending = dot.and_then(|dot| name.get(dot + 1..)).unwrap_or_default();
    endings.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(ending))
}

/// The media type where the name alone says it: of nothing that may be text.
pub(super) fn named(name: Option<&Path>) -> Option<&'static str> {
    name.filter(|name| !may_be_stream(name)).and_then(guess).filter(|kind| !kind.starts_with("text/"))
}

/// The media type of a file that begins with `start`, of which that is all unless it `goes_on`. `name` says it where there is
/// one; with UTF-8 the type says so.
pub(super) fn media_type(name: Option<&Path>, start: &[u8], goes_on: bool) -> String {
    let is_text = is_text(start, goes_on);
    let of_bytes = || match image::guess_format(start) {
        Ok(format) => format.to_mime_type(),
        Err(_) if is_text && !start.is_empty() => "text/plain",
        Err(_) => UNKNOWN,
    };
    let kind = if name.is_some_and(may_be_stream) {
        match is_text {
            true => "text/plain",
            false if is_transport_stream(start) => "video/mp2t",
            false => UNKNOWN,
        }
    } else {
        name.and_then(guess).unwrap_or_else(of_bytes)
    };
    if is_text && kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

/// Whether it has the ending of MPEG transport streams, which is that of TypeScript as well.
fn may_be_stream(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ts"))
}

fn guess(name: &Path) -> Option<&'static str> {
    mime_guess::from_path(name).first_raw()
}

/// Whether it is UTF-8, up to a character that may be cut in two, and no program would call it binary.
fn is_text(start: &[u8], goes_on: bool) -> bool {
    let is_utf8 = match std::str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => goes_on && error.error_len().is_none(),
    };
    is_utf8 && !start.contains(&0)
}

fn is_transport_stream(start: &[u8]) -> bool {
    start.len() >= PACKET && start.iter().step_by(PACKET).all(|byte| *byte == SYNC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_come_from_names_and_where_they_mean_two_things_from_bytes() {
        let kind = |name: &str, start: &[u8]| media_type(Some(Path::new(name)), start, false);
        let stream: Vec<u8> = [&[SYNC][..], &[0xff; PACKET - 1]].concat().repeat(5);
        assert_eq!(kind("a.ts", &stream), "video/mp2t");
        assert_eq!(kind("a.TS", b"export const Great = 1;"), "text/plain; charset=utf-8");
        assert_eq!(kind("a.ts", &[0xff; 400]), UNKNOWN);
        assert_eq!(kind("a.ts", b""), "text/plain; charset=utf-8");
        assert_eq!(kind("a.txt", "深圳".as_bytes()), "text/plain; charset=utf-8");
        assert_eq!(kind("a.txt", b"\xc9\xee\xdb\xda"), "text/plain");
        assert_eq!((kind("a", b"plain"), kind("a", b"")), ("text/plain; charset=utf-8".into(), UNKNOWN.into()));
        assert_eq!(media_type(None, b"\xff\xd8\xff\xe0", true), "image/jpeg");
        assert_eq!(named(Some(Path::new("a.png"))), Some("image/png"));
        assert!([Some("a.ts"), Some("a.txt"), Some("a"), None].iter().all(|name| named(name.map(Path::new)).is_none()));
        let cut = &"深".as_bytes()[..2];
        assert_eq!(media_type(Some(Path::new("a.txt")), cut, true), "text/plain; charset=utf-8");
        assert_eq!(media_type(Some(Path::new("a.txt")), cut, false), "text/plain");
    }

    #[test]
    fn endings_say_what_is_a_picture() {
        for (name, is, small, foreign) in [
            ("a.JPG", true, true, false),
            ("a.tiff", true, true, true),
            ("a.svg", true, false, false),
            ("png", false, false, false),
            ("a.png.txt", false, false, false),
        ] {
            let name = name.as_bytes();
            assert_eq!((is_picture(name), has_small_form(name), is_foreign(name)), (is, small, foreign));
        }
        assert_eq!((ending(b"a.b.JPEG"), ending(b"none")), ("jpeg".into(), String::new()));
    }
}
