//! What the program is given to open, looked at: on the command line, from a file manager, dropped on the window, chosen in
//! a dialog or from the recent ones.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::{
    app::store,
    model::{SessionFile, system_words},
    words::text,
};

/// How a link to a listener begins.
const SCHEME: &str = "socketlab://";
/// What something turned out to be.
#[derive(Debug)]
pub(in crate::app) enum Opened {
    /// A session file, read.
    Session(PathBuf, Box<SessionFile>),
    /// A folder.
    Folder(PathBuf),
    /// Any other file.
    File(PathBuf),
    /// Where somebody listens.
    Link { host: String, port: u16 },
    /// A page.
    Url(String),
    /// Nothing that can be opened, and why.
    Nothing(String),
}

impl Opened {
    /// Looks at what a path or URL names; reads files, so not on the window's thread.
    pub(in crate::app) fn look(what: &OsStr) -> Self {
        match what.to_str() {
            Some(words) => Self::look_at_words(words),
            // A name that is not UTF-8 names a file and nothing else.
            None => {
                std::path::absolute(what).map_or_else(|error| Self::Nothing(system_words(&error)), Self::look_at_path)
            }
        }
    }

    fn look_at_words(what: &str) -> Self {
        if let Some(rest) = what.strip_prefix(SCHEME) {
            return link(rest).unwrap_or_else(|| {
                Self::Nothing(text!("“{link}” is no link; one reads socketlab://HOST:PORT", link = what))
            });
        }
        if what.starts_with("http://") || what.starts_with("https://") {
            return Self::Url(what.to_owned());
        }
        let path = match what.strip_prefix("file://") {
            Some(_) => url::Url::parse(what).ok().and_then(|url| url.to_file_path().ok()),
            None => std::path::absolute(what).ok(),
        };
        let Some(path) = path else { return Self::Nothing(text!("“{path}” is no path", path = what)) };
        Self::look_at_path(path)
    }

    fn look_at_path(path: PathBuf) -> Self {
        let found = std::fs::metadata(&path);
        match found {
            Err(error) => Self::Nothing(format!("{}: {}", path.display(), system_words(&error))),
            Ok(found) if found.is_dir() => Self::Folder(path),
            Ok(_) if is_session(&path) => session(path),
            Ok(_) => Self::File(path),
        }
    }
}

fn is_session(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(SessionFile::EXTENSION))
}

fn link(rest: &str) -> Option<Opened> {
    let rest = rest.trim_end_matches('/');
    let (host, port) = rest.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let sound = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']) && !host.chars().any(char::is_control);
    Some(Opened::Link { host: host.to_owned(), port: port.parse().ok().filter(|port| *port > 0)? }).filter(|_| sound)
}

fn session(path: PathBuf) -> Opened {
    let named = |why: String| Opened::Nothing(format!("{}: {why}", path.display()));
    match store::read(&path) {
        Err(error) => named(system_words(&error)),
        Ok(text) => match SessionFile::read(&text) {
            Err(error) => named(error.to_string()),
            Ok(file) => Opened::Session(path, Box::new(file)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(words: &str) -> Opened {
        Opened::look(OsStr::new(words))
    }

    #[test]
    fn links_are_read_or_refused() {
        let good = |words: &str| matches!(look(words), Opened::Link { .. });
        assert!(matches!(look("socketlab://[::1]:80/"), Opened::Link { host, port: 80 } if host == "::1"));
        assert!(good("socketlab://example.org:8000"));
        for wrong in ["", "host", "host:", ":80", "host:0", "host:99999", "a b:80", "user@host:80", "host/x:80"] {
            assert!(!good(&format!("socketlab://{wrong}")), "{wrong}");
        }
    }

    #[test]
    fn what_is_opened_is_told_by_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        std::fs::write(at("a.png"), b"").unwrap();
        std::fs::write(at("good.SOCKETLAB"), b"socketlab = 1").unwrap();
        std::fs::write(at("bad.socketlab"), b"socketlab = 1\n[[listener]]\nport = -1").unwrap();
        assert!(matches!(look(&at("")), Opened::Folder(_)));
        assert!(matches!(look(&at("a.png")), Opened::File(_)));
        assert!(matches!(look(&at("good.SOCKETLAB")), Opened::Session(..)));
        assert!(matches!(look("http://127.0.0.1/"), Opened::Url(_)));
        let url = url::Url::from_file_path(at("a.png")).unwrap();
        assert!(matches!(look(url.as_str()), Opened::File(_)));
        let Opened::Nothing(why) = look(&at("bad.socketlab")) else { panic!("it is broken") };
        assert!(why.contains("bad.socketlab: line 3"), "{why}");
        let Opened::Nothing(why) = look(&at("none")) else { panic!("it is not there") };
        assert!(why.contains("none"), "{why}");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_is_found() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().unwrap();
        // 图 in GBK.
        let path = folder.path().join(OsStr::from_bytes(b"\xcd\xbc.png"));
        std::fs::write(&path, b"").unwrap();
        assert!(matches!(Opened::look(path.as_os_str()), Opened::File(found) if found == path));
    }
}
