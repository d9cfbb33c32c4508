//! The file of `--log-file`: appended to, shared with other writers line by line, and opened anew when it was moved away.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How often it is looked whether the path still leads to the file.
const LOOK: Duration = Duration::from_millis(500);

/// An open log. Every call of [`Write::write`] is to bring whole lines: it becomes one `write` to a file in append mode,
/// which the system puts behind whatever another program has written by then.
#[derive(Debug)]
pub(in crate::cli) struct LogFile {
    path: PathBuf,
    file: File,
    looked: Instant,
    /// A pipe or a device is never moved away.
    regular: bool,
}

impl LogFile {
    /// Opens the file, or makes it. Waits where it is a pipe that nobody reads yet.
    pub(in crate::cli) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        let facts = file.metadata()?;
        let regular = facts.is_file();
        // Whoever wrote before may have been ended in the middle of a line.
        if regular && facts.len() > 0 && last_byte(path).is_some_and(|last| last != b'\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self { path: path.to_owned(), file, looked: Instant::now(), regular })
    }

    /// Opens the path once more where it leads to another file, or to none, by now.
    fn follow_path(&mut self) -> io::Result<()> {
        if !self.regular || self.looked.elapsed() < LOOK {
            return Ok(());
        }
        self.looked = Instant::now();
        if !is_at(&self.file, &self.path)? {
            self.file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        }
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.follow_path()?;
        self.file.write(lines)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn last_byte(path: &Path) -> Option<u8> {
    let mut file = File::open(path).ok()?;
    file.seek(SeekFrom::End(-1)).ok()?;
    let mut last = [0];
    file.read_exact(&mut last).ok()?;
    Some(last[0])
}

/// True while the path leads to this file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let here = file.metadata()?;
    match path.metadata() {
        Ok(there) => Ok((there.dev(), there.ino()) == (here.dev(), here.ino())),
        Err(error) => Ok(error.kind() != io::ErrorKind::NotFound),
    }
}

/// True while something is at the path: that it is another file is not seen here, because the number of a file on Windows
/// is not to be had in the standard library.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_torn_off_is_ended_before_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "{\"torn").unwrap();
        LogFile::open(&path).unwrap().write_all(b"one\n").unwrap();
        LogFile::open(&path).unwrap().write_all(b"two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"torn\none\ntwo\n");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_moved_away_is_opened_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (path, old) = (folder.path().join("log"), folder.path().join("log.1"));
        let mut log = LogFile::open(&path).unwrap();
        log.write_all(b"one\n").unwrap();
        std::fs::rename(&path, &old).unwrap();
        log.looked = log.looked.checked_sub(LOOK).unwrap();
        log.write_all(b"two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "one\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two\n");
        // Where it was cut to nothing instead, the next line is the first.
        File::create(&path).unwrap();
        log.write_all(b"three\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three\n");
    }
}
