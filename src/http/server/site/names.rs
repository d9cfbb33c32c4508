//! Names of files as they stand in URLs, on the disk and on a page. Asks no file system.
//!
//! On Unix a name is bytes: it may be in an old encoding, and have a tab or a backslash in it. In links the bytes are
//! percent-encoded as they are, so that every file can be asked for; on a page they are decoded as well as may be.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use encoding_rs::GB18030;
use percent_encoding::percent_decode_str;

use crate::http::server::answer::pages::segment;

/// Where the path of a URL leads, below the served folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    names: Vec<OsString>,
    is_folder: bool,
}

impl Place {
    /// Several slashes count as one. `None` where nothing that is served can have that path.
    pub(super) fn of(url: &str) -> Option<Self> {
        let bytes: Vec<u8> = percent_decode_str(url).collect();
        let inside = bytes.strip_prefix(b"/")?;
        let parts = inside.split(|byte| *byte == b'/').filter(|part| !part.is_empty());
        let names = parts.map(|part| on_disk(part).filter(|name| is_served(name))).collect::<Option<_>>()?;
        Some(Self { names, is_folder: bytes.ends_with(b"/") })
    }

    /// From the served folder on.
    pub(super) fn names(&self) -> &[OsString] {
        &self.names
    }

    pub(super) fn path(&self) -> PathBuf {
        self.names.iter().collect()
    }

    /// Whether it is written with a slash at its end.
    pub(super) fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// As a folder of that name.
    pub(super) fn into_folder(self) -> Self {
        Self { is_folder: true, ..self }
    }

    /// What has this name in it.
    pub(super) fn with(&self, name: &str) -> Self {
        let mut names = self.names.clone();
        names.push(name.into());
        Self { names, is_folder: false }
    }

    /// The folder that it is in, and its name there; `None` for the served folder itself.
    pub(super) fn split(&self) -> Option<(Self, &OsStr)> {
        let (name, above) = self.names.split_last()?;
        Some((Self { names: above.to_vec(), is_folder: true }, name))
    }

    /// The path of its URL, encoded, without what was written twice.
    pub(super) fn url(&self) -> String {
        let mut url = String::from("/");
        for (at, name) in self.names.iter().enumerate() {
            if at > 0 {
                url.push('/');
            }
            url.push_str(&segment(name.as_encoded_bytes()));
        }
        if self.is_folder && !self.names.is_empty() {
            url.push('/');
        }
        url
    }
}

/// A name for a person: names that are not UTF-8 are taken for Chinese ones where they can be, and control characters are
/// pictures of themselves.
pub(super) fn shown(name: &[u8]) -> String {
    let text = match std::str::from_utf8(name) {
        Ok(text) => text.into(),
        Err(_) => gbk(name).map_or_else(|| String::from_utf8_lossy(name), Into::into),
    };
    if !text.contains(char::is_control) {
        return text.into_owned();
    }
    let picture = |char: char| match u32::from(char) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or(char),
        0x7f => '\u{2421}',
        0x80..0xa0 => char::REPLACEMENT_CHARACTER,
        _ => char,
    };
    text.chars().map(picture).collect()
}

/// A name of the days of GBK. Its characters have two bytes, nearly always both above ASCII; a single byte there is a letter
/// of some other encoding.
fn gbk(name: &[u8]) -> Option<String> {
    let pairs = name.split(u8::is_ascii).all(|run| run.len().is_multiple_of(2));
    let text = GB18030.decode_without_bom_handling_and_without_replacement(name)?;
    pairs.then(|| text.into_owned())
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "on Windows not all bytes are a name")]
fn on_disk(name: &[u8]) -> Option<OsString> {
    Some(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(name).to_owned())
}

#[cfg(not(unix))]
fn on_disk(name: &[u8]) -> Option<OsString> {
    std::str::from_utf8(name).ok().map(OsString::from)
}

/// The path of a URL as text; `None` when it is not UTF-8.
pub(super) fn decoded(url: &str) -> Option<String> {
    percent_decode_str(url).decode_utf8().ok().map(Into::into)
}

/// Whether a file of that name is served, if there is one: hidden ones are not.
pub(super) fn is_served(name: &OsStr) -> bool {
    if cfg!(unix) {
        let bytes = name.as_encoded_bytes();
        return !bytes.is_empty() && !bytes.starts_with(b".") && !bytes.contains(&b'/') && !bytes.contains(&0);
    }
    name.to_str().is_some_and(|name| is_plain(name, true))
}

/// Whether a name is harmless to give to a file. On Windows some names mean devices, streams or other files.
pub(super) fn is_plain(name: &str, windows: bool) -> bool {
    let simple = !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(['\\', '/'])
        && !name.contains(|char: char| char.is_control());
    simple
        && !(windows
            && (name.contains([':', '<', '>', '"', '|', '?', '*']) || name.ends_with(['.', ' ']) || is_device(name)))
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |prefix| {
        let number = stem.strip_prefix(prefix).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_down_and_never_up() {
        for (url, place) in [
            ("/", "/"),
            ("/a%20b.txt", "/a%20b.txt"),
            ("//a.txt", "/a.txt"),
            ("/sub//", "/sub/"),
            ("/sub///a", "/sub/a"),
            ("/a%2Fb", "/a/b"),
            ("/%e6%b7%b1", "/%E6%B7%B1"),
            ("//evil.example", "/evil.example"),
            ("/100%", "/100%25"),
        ] {
            let found = Place::of(url).unwrap();
            assert_eq!(found.url(), place, "{url}");
            assert_eq!(Place::of(place), Some(found), "{url}");
        }
        for refused in [
            "",
            "a",
            "/..",
            "/sub/..",
            "/.",
            "/./a",
            "/sub/../../x",
            "/%2e%2e/x",
            "/%2E",
            "/.hidden",
            "/a/%2ehidden/b",
            "/a%00b",
            "/..%2f..%2fx",
            "/%2e./x",
        ] {
            assert_eq!(Place::of(refused), None, "{refused}");
        }
        let place = Place::of("/a/b").unwrap();
        assert_eq!(place.split().map(|(above, name)| (above.url(), name)), Some(("/a/".into(), OsStr::new("b"))));
        assert_eq!((place.with("c").url(), place.into_folder().url()), ("/a/b/c".into(), "/a/b/".into()));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_bytes_have_a_link_and_a_form_to_be_read() {
        for (name, link, text) in [
            (&b"\xc9\xee\xdb\xda.txt"[..], "%C9%EE%DB%DA.txt", "深圳.txt"),
            (b"caf\xe9.txt", "caf%E9.txt", "caf\u{fffd}.txt"),
            (b"a\tb\nc", "a%09b%0Ac", "a␉b␊c"),
            (b"a\\b", "a%5Cb", "a\\b"),
            (b"\xff\xfe", "%FF%FE", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!((segment(name).as_str(), shown(name).as_str()), (link, text));
            let place = Place::of(&format!("/{link}")).unwrap();
            assert_eq!(place.names().first().map(|name| name.as_encoded_bytes()), Some(name));
        }
    }

    #[test]
    fn names_that_mean_something_else_on_windows_are_refused_there() {
        for name in [
            "c:",
            "a::$DATA",
            "a:b",
            "CON",
            "con.txt",
            "Aux",
            "NUL.tar.gz",
            "COM1",
            "lpt9.png",
            "COM¹",
            "a.",
            "a ",
            "a. .",
            "PRN .txt",
            "a?",
            "a*",
        ] {
            assert!(!is_plain(name, true), "{name}");
        }
        for name in ["console.txt", "com.txt", "COM10", "a.b", "nullable", "深"] {
            assert!(is_plain(name, true) && is_plain(name, false), "{name}");
        }
        assert!(is_plain("12:30.png", false) && !is_plain("a\\b", false) && !is_plain("a\nb", false));
    }
}
