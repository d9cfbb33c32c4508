//! What a place below the served folder is, and why there is nothing to be had there.

use std::{fs::File, io, path::Path};

use crate::{
    http::{
        message::misread::Misread,
        server::{
            answer::refuse,
            site::{
                beneath::{self, Folder, Opened},
                names::Place,
            },
        },
    },
    words::{Phrase, phrase},
};

/// Shown in place of the list of a folder, the first that there is.
const INDEXES: &[&str] = &["index.html", "index.htm"];

/// What is at a place.
#[derive(Debug)]
pub(super) enum Found {
    File(File),
    Folder(Box<Folder>),
}

/// What is at `place` in `root`. Blocks.
///
/// # Errors
/// What the system says; not found is what is hidden, outside, or neither file nor folder.
pub(super) fn find(root: &Path, place: &Place) -> io::Result<Found> {
    match beneath::open(root, place.names())? {
        // A name with a slash behind it would be a folder's.
        Opened::File(_) if place.is_folder() => Err(io::ErrorKind::NotFound.into()),
        Opened::File(file) => Ok(Found::File(file)),
        Opened::Folder(folder) => Ok(Found::Folder(Box::new(folder))),
    }
}

/// The page that somebody wrote for a folder, and its place. Blocks.
///
/// # Errors
/// Where there is one that cannot be opened.
pub(super) fn index(root: &Path, folder: &Place) -> io::Result<Option<(File, Place)>> {
    for name in INDEXES {
        let place = folder.with(name);
        match find(root, &place) {
            Ok(Found::File(file)) => return Ok(Some((file, place))),
            Ok(Found::Folder(_)) => {}
            Err(error) if refusal(&error).is_none() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// A file that a person chose, wherever it is. Blocks.
///
/// # Errors
/// What the system says; what is no file is not found.
pub(super) fn chosen(path: &Path) -> io::Result<File> {
    // Opening a FIFO waits for whoever writes into it.
    if !path.metadata()?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    File::open(path)
}

/// What is to be said of something that is there and cannot be had; `None` when nothing is there.
pub(super) fn refusal(error: &io::Error) -> Option<Misread> {
    let (status, words): (u16, Phrase) = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            (403, phrase!("The permissions of the file or folder keep this listener from reading it."))
        }
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::InvalidFilename
        | io::ErrorKind::InvalidInput => return None,
        io::ErrorKind::OutOfMemory => (503, phrase!("There is no room for it in memory at the moment; try again.")),
        io::ErrorKind::ResourceBusy => (503, phrase!("Another program keeps the file to itself; try again.")),
        io::ErrorKind::TimedOut | io::ErrorKind::StaleNetworkFileHandle => {
            (504, refuse::words(hyper::StatusCode::GATEWAY_TIMEOUT))
        }
        _ if is_no_file(error) => return None,
        _ if are_too_many(error) => {
            (503, phrase!("This program has as many files and connections open as the system lets it; try again."))
        }
        _ => {
            let reason = Phrase::verbatim(error);
            (500, phrase!("The system could not read it: {reason}").saying("reason", reason))
        }
    };
    Some(Misread::new(status, words))
}

/// Too many links, a socket, a device without a driver.
#[cfg(unix)]
fn is_no_file(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::LOOP | Errno::NXIO | Errno::NODEV | Errno::OPNOTSUPP))
}

#[cfg(unix)]
fn are_too_many(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}

#[cfg(windows)]
fn is_no_file(error: &io::Error) -> bool {
    use windows_sys::Win32::Foundation::{ERROR_BAD_PATHNAME, ERROR_CANT_RESOLVE_FILENAME, ERROR_INVALID_NAME};
    is_one_of(error, &[ERROR_BAD_PATHNAME, ERROR_CANT_RESOLVE_FILENAME, ERROR_INVALID_NAME])
}

#[cfg(windows)]
fn are_too_many(error: &io::Error) -> bool {
    use windows_sys::Win32::Foundation::{ERROR_SHARING_VIOLATION, ERROR_TOO_MANY_OPEN_FILES};
    is_one_of(error, &[ERROR_SHARING_VIOLATION, ERROR_TOO_MANY_OPEN_FILES])
}

#[cfg(windows)]
fn is_one_of(error: &io::Error, codes: &[u32]) -> bool {
    error.raw_os_error().and_then(|code| u32::try_from(code).ok()).is_some_and(|code| codes.contains(&code))
}

#[cfg(not(any(unix, windows)))]
fn is_no_file(_: &io::Error) -> bool {
    false
}

#[cfg(not(any(unix, windows)))]
fn are_too_many(_: &io::Error) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn what_cannot_be_had_is_told_from_what_is_not_there() {
        for (error, status) in [
            (Errno::NOENT, None),
            (Errno::NOTDIR, None),
            (Errno::LOOP, None),
            (Errno::NAMETOOLONG, None),
            (Errno::NXIO, None),
            (Errno::ACCESS, Some(403)),
            (Errno::PERM, Some(403)),
            (Errno::MFILE, Some(503)),
            (Errno::NFILE, Some(503)),
            (Errno::NOMEM, Some(503)),
            (Errno::STALE, Some(504)),
            (Errno::IO, Some(500)),
        ] {
            assert_eq!(refusal(&error.into()).map(|misread| misread.status), status, "{error}");
        }
    }
}
