//! What the program is given to open, looked at: on the command line, from a file manager, dropped on the window, chosen in
//! a dialog or from the recent ones.

use std::path::{Path, PathBuf};

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
    pub(in crate::app) fn look(what: &str) -> Self {
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

    #[test]
    fn links_are_read_or_refused() {
        let good = |words: &str| matches!(Opened::look(words), Opened::Link { .. });
        assert!(matches!(Opened::look("socketlab://[::1]:80/"), Opened::Link { host, port: 80 } if host == "::1"));
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
        assert!(matches!(Opened::look(&at("")), Opened::Folder(_)));
        assert!(matches!(Opened::look(&at("a.png")), Opened::File(_)));
        assert!(matches!(Opened::look(&at("good.SOCKETLAB")), Opened::Session(..)));
        assert!(matches!(Opened::look("http://127.0.0.1/"), Opened::Url(_)));
        let url = url::Url::from_file_path(at("a.png")).unwrap();
        assert!(matches!(Opened::look(url.as_str()), Opened::File(_)));
        let Opened::Nothing(why) = Opened::look(&at("bad.socketlab")) else { panic!("it is broken") };
        assert!(why.contains("bad.socketlab: line 3"), "{why}");
        let Opened::Nothing(why) = Opened::look(&at("none")) else { panic!("it is not there") };
        assert!(why.contains("none"), "{why}");
    }
}
