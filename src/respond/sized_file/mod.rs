//! Files, their length first: the side that answers, and the side that asked.

mod reception;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

pub use reception::{Progress, Reception};

use crate::{
    respond::responder::{Answer, Responder},
    words::text,
};

/// Names listed at most.
const NAMES: usize = 10_000;
/// Between length and file, so that a client that takes the length with one `recv` gets it alone.
const PAUSE: Duration = Duration::from_millis(40);

/// Answers names of files in one folder.
#[derive(Clone, Debug)]
pub(super) struct SizedFile {
    folder: PathBuf,
}

impl SizedFile {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Names of the files that may be asked for, in order. Hidden ones are not there.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| self.find(name).is_ok())
            .take(NAMES)
            .collect();
        names.sort();
        names
    }

    /// The file of a name and its length. What a link leads to must be inside as well.
    fn find(&self, name: &str) -> Result<(PathBuf, u64), &'static str> {
        let refused = text!("the name is not that of a file inside the folder");
        if name.is_empty()
            || name.starts_with('.')
            || name.contains(['/', '\\', ':'])
            || name.contains(char::is_control)
        {
            return Err(refused);
        }
        let missing = text!("there is no file of that name");
        let root = self.folder.canonicalize().map_err(|_| text!("the folder is not there"))?;
        let path = root.join(name).canonicalize().map_err(|_| missing)?;
        if !path.starts_with(&root) {
            return Err(refused);
        }
        let facts = std::fs::metadata(&path).map_err(|_| missing)?;
        if facts.is_file() { Ok((path, facts.len())) } else { Err(missing) }
    }
}

impl Responder for SizedFile {
    fn answer(&mut self, message: &mut [u8]) -> Answer {
        let name = String::from_utf8_lossy(message);
        let name = name.trim();
        if name == "ls" {
            let mut list = String::new();
            for name in self.names() {
                let _ = writeln!(list, "{name}");
            }
            let head = format!("{}\n", list.len());
            return Answer::Pair { head: head.into_bytes().into(), pause: PAUSE, body: list.into_bytes().into() };
        }
        match self.find(name) {
            Ok((path, length)) => Answer::File {
                head: format!("{length}\n").into_bytes().into(),
                pause: PAUSE,
                path,
                length: Some(length),
                ends: false,
            },
            Err(words) => Answer::Bytes(Arc::from(format!("error: {words}\n").into_bytes())),
        }
    }

    fn is_slow(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outside_the_folder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a b.txt"), "xyz").unwrap();
        std::fs::write(folder.path().join(".hidden"), "x").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let mut files = SizedFile::new(folder.path());
        let mut ask = |name: &str| files.answer(&mut name.as_bytes().to_vec());
        assert!(matches!(ask("a b.txt\r\n"), Answer::File { length: Some(3), .. }));
        let list = Answer::Pair { head: b"8\n".as_slice().into(), pause: PAUSE, body: b"a b.txt\n".as_slice().into() };
        assert_eq!(ask("ls"), list);
        for refused in ["../x", "/etc/passwd", "sub", ".hidden", "..", ".", "", "c:x", "a\0b", "sub/../a b.txt", "none"]
        {
            assert!(matches!(ask(refused), Answer::Bytes(words) if words.starts_with(b"error: ")), "{refused}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/passwd", folder.path().join("out")).unwrap();
            assert!(matches!(ask("out"), Answer::Bytes(words) if words.starts_with(b"error: ")));
            assert_eq!(ask("ls"), list);
        }
    }
}
