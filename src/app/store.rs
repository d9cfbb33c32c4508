//! Where the program keeps its files, and how: whole or not at all, and what cannot be read is set aside, never lost.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};

/// The largest file of ours that is read: a settings or session file of a person is a thousand times smaller.
const LARGEST: u64 = 16 << 20;

/// Settings of a person: `~/.config/socketlab`, `%APPDATA%\socketlab`, `~/Library/Application Support/socketlab`.
pub(super) fn folder() -> Option<PathBuf> {
    let system = choose_native_strategy().ok()?;
    let base = if cfg!(target_os = "macos") { system.data_dir() } else { system.config_dir() };
    Some(base.join("socketlab"))
}

/// What matters to this PC alone: reports.
pub(super) fn state_folder() -> Option<PathBuf> {
    let system = choose_native_strategy().ok()?;
    Some(system.state_dir().unwrap_or_else(|| system.data_dir()).join("socketlab"))
}

/// The path of a new file of a person's own.
pub(super) fn at_home(name: &str) -> String {
    etcetera::home_dir().map_or_else(|_| name.to_owned(), |home| home.join(name).display().to_string())
}

/// Reads one of our files.
///
/// # Errors
/// What the system says, and files that are too large or no UTF-8.
pub(super) fn read(path: &Path) -> io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(text)
}

/// Waits until no other window of this person writes the file, and keeps others from it while what this gives lives. Where
/// the file system knows no locks, nobody waits.
///
/// # Errors
/// What the system says when the folder cannot be written.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lock = File::options().create(true).append(true).open(folder.join(format!(".{name}.lock")))?;
    // Without one the file is still written whole; what is lost then is the change of a window in the same moment.
    let _ = lock.lock();
    Ok(lock)
}

/// Writes a file so that there is at every moment either the old one or the new one, also after a power cut. A device or
/// a pipe gets the bytes and stays what it is; this waits for whoever reads a pipe.
///
/// # Errors
/// What the system says; the old file is untouched then.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write(path, bytes, false)
}

/// The same for a file that nobody else may read: addresses, messages, and headers with passwords stand in it.
///
/// # Errors
/// As [`write_whole`].
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write(path, bytes, true)
}

fn write(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    write_by(path, private, |file| file.write_all(bytes))
}

/// [`write_whole`] of bytes that are not in memory as a whole: `fill` writes them; `private` as in [`write_private`].
///
/// # Errors
/// As [`write_whole`], and what `fill` says.
pub(super) fn write_by<T>(
    path: &Path,
    private: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> io::Result<T> {
    // A link to a file elsewhere stays a link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return fill(&mut File::options().write(true).open(&path)?);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = filled(&beside, private, fill).and_then(|made| fs::rename(&beside, &path).map(|()| made));
    if written.is_err() {
        // The first error is the one to tell of.
        let _ = fs::remove_file(&beside);
    }
    #[cfg(unix)]
    if written.is_ok() {
        // The name is on the disk when its folder is; some file systems cannot do this, and lose nothing but time.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    written
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "a person's own folder is private there"))]
fn filled<T>(path: &Path, private: bool, fill: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = BufWriter::new(options.open(path)?);
    let made = fill(&mut file)?;
    file.into_inner()?.sync_all()?;
    Ok(made)
}

/// Renames a file that makes no sense, so that it is neither used nor lost; gives its new place.
///
/// # Errors
/// What the system says.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let date = jiff::Zoned::now().strftime("%Y-%m-%d-%H%M%S");
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".broken-{date}"));
    let aside = path.with_file_name(name);
    fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.toml");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        write_whole(&path, b"old").unwrap();
        // A folder in the place of the file beside it: opening that fails for everyone, root too.
        let beside = folder.path().join(format!(".settings.toml.{}.new", std::process::id()));
        fs::create_dir(&beside).unwrap();
        assert!(write_whole(&path, b"new").is_err());
        assert_eq!(read(&path).unwrap(), "old");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_to_and_stays_there() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let read = std::thread::spawn({
            let pipe = pipe.clone();
            move || read(&pipe).unwrap()
        });
        write_whole(&pipe, b"through").unwrap();
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(read.join().unwrap(), "through");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_broken_file_is_kept_under_another_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, b"\xff rubbish").unwrap();
        assert!(read(&path).is_err());
        let aside = set_aside(&path).unwrap();
        assert!(!path.exists());
        assert!(aside.file_name().unwrap().to_string_lossy().starts_with("settings.toml.broken-2"));
        assert_eq!(fs::read(aside).unwrap(), b"\xff rubbish");
    }

    #[test]
    fn a_file_past_the_limit_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        fs::write(&path, vec![b'x'; usize::try_from(LARGEST).unwrap()]).unwrap();
        assert!(read(&path).is_ok());
        fs::write(&path, vec![b'x'; usize::try_from(LARGEST).unwrap() + 1]).unwrap();
        assert_eq!(read(&path).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
