//! The way down on Windows: each folder on it is held, without leave to rename or delete it, until the last is open.
//!
//! Checked before: a held folder cannot be swapped for a link, so what was no link when it was opened is none until it is
//! let go.

use std::{
    ffi::OsString,
    fs::{File, Metadata, OpenOptions},
    io,
    os::windows::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_SYSTEM, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT,
    FILE_SHARE_READ, FILE_SHARE_WRITE,
};

use super::found::{Item, Opened};
use crate::http::server::site::names::is_served;

/// What `names` lead to once links are followed: whether it is a folder.
type Followed = io::Result<(bool, Metadata)>;

/// The served folder.
#[derive(Debug)]
pub(super) struct Top {
    given: PathBuf,
    /// With links followed.
    path: PathBuf,
}

/// A folder below it, held.
#[derive(Debug)]
pub(in crate::http::server::site) struct Folder {
    root: PathBuf,
    names: Vec<OsString>,
    path: PathBuf,
    facts: Metadata,
    _held: Vec<File>,
}

/// True when a link was in the way.
pub(super) fn is_link(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotADirectory
}

/// Opens what is at a path itself, link or not, so that it stays what it is.
fn hold(path: &Path) -> io::Result<(File, Metadata)> {
    let held = OpenOptions::new()
        .read(true)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT)
        .open(path)?;
    let facts = held.metadata()?;
    if facts.file_type().is_symlink() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok((held, facts))
}

impl Top {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { given: path.to_owned(), path: path.canonicalize()? })
    }

    /// What `names` lead to without a link.
    pub(super) fn enter(&self, names: &[OsString]) -> io::Result<Opened<Folder>> {
        let (mut path, mut held) = (self.path.clone(), Vec::new());
        let mut facts = path.metadata()?;
        for name in names {
            path.push(name);
            let (file, found) = hold(&path)?;
            held.push(file);
            facts = found;
        }
        if facts.is_dir() {
            let names = names.to_vec();
            return Ok(Opened::Folder(Folder { root: self.given.clone(), names, path, facts, _held: held }));
        }
        // Held until it is open: a file that is still in a cloud comes only when it is opened as a file.
        Ok(Opened::File(File::open(&path)?))
    }
}

impl Folder {
    pub(in crate::http::server::site) fn facts(&self) -> &Metadata {
        &self.facts
    }

    /// Calls `each` for what would be served until it says false; `follow` is asked what links lead to.
    pub(super) fn read(
        &self,
        follow: impl Fn(&Path, &[OsString]) -> Followed,
        mut each: impl FnMut(Item<'_>) -> bool,
    ) -> io::Result<()> {
        for entry in self.path.read_dir()? {
            let entry = entry?;
            let name = entry.file_name();
            let (true, Some(shown)) = (is_served(&name), name.to_str()) else { continue };
            let Ok(mut facts) = entry.metadata() else { continue };
            if facts.file_attributes() & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM) != 0 {
                continue;
            }
            let mut is_folder = facts.is_dir();
            if facts.file_type().is_symlink() {
                let mut names = self.names.clone();
                names.push(name.clone());
                let Ok(found) = follow(&self.root, &names) else { continue };
                (is_folder, facts) = found;
            }
            if !each(Item::of(shown.as_bytes(), is_folder, &facts)) {
                break;
            }
        }
        Ok(())
    }
}
