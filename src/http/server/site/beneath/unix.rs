//! The way down on Unix: descriptors, and no link is followed.

use std::{
    ffi::{CStr, OsStr, OsString},
    fs::{File, Metadata},
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, statat},
    io::Errno,
};

use super::found::{Item, Opened};
use crate::http::server::site::names::is_served;

/// What `names` lead to once links are followed: whether it is a folder.
type Followed = io::Result<(bool, Metadata)>;

/// To go through a folder, and to ask about it.
#[cfg(target_os = "linux")]
const PASS: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const PASS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// To read a file. It does not wait where the file has become a FIFO meanwhile.
const READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);
const LIST: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The served folder, open.
#[derive(Debug)]
pub(super) struct Top {
    path: PathBuf,
    open: OwnedFd,
}

/// A folder below it, open.
#[derive(Debug)]
pub(in crate::http::server::site) struct Folder {
    root: PathBuf,
    /// Without links.
    names: Vec<OsString>,
    open: OwnedFd,
    facts: Metadata,
}

/// True when a link may have been in the way.
pub(super) fn is_link(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::LOOP | Errno::NOTDIR))
}

impl Top {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), open: rustix::fs::open(path, PASS, Mode::empty())? })
    }

    /// What `names` lead to without a link.
    pub(super) fn enter(&self, names: &[OsString]) -> io::Result<Opened<Folder>> {
        if names.is_empty() {
            return self.folder(names, self.open.try_clone()?);
        }
        #[cfg(target_os = "linux")]
        match self.at_once(names) {
            // A kernel before 5.6, a sandbox that does not know the call, or a path that is too long for one call.
            Err(error)
                if matches!(
                    Errno::from_io_error(&error),
                    Some(Errno::NOSYS | Errno::PERM | Errno::NAMETOOLONG | Errno::INVAL)
                ) => {}
            opened => return opened,
        }
        self.step_down(names)
    }

    #[cfg(target_os = "linux")]
    fn at_once(&self, names: &[OsString]) -> io::Result<Opened<Folder>> {
        use rustix::fs::{ResolveFlags, openat2};
        let within = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_SYMLINKS;
        let path: PathBuf = names.iter().collect();
        let open = |flags| openat2(&self.open, &path, flags, Mode::empty(), within);
        // Asked what it is before it is opened: opening a FIFO or a device does something to it.
        let found = File::from(open(OFlags::PATH | OFlags::CLOEXEC)?);
        let facts = found.metadata()?;
        if facts.is_dir() {
            return self.folder(names, found.into());
        }
        if !facts.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        file(open(READ)?)
    }

    /// The same by a descriptor for each name.
    pub(super) fn step_down(&self, names: &[OsString]) -> io::Result<Opened<Folder>> {
        let Some((last, above)) = names.split_last() else { return self.folder(names, self.open.try_clone()?) };
        let mut at = self.open.try_clone()?;
        for name in above {
            at = openat(&at, name.as_os_str(), PASS | OFlags::NOFOLLOW, Mode::empty())?;
        }
        let stat = statat(&at, last.as_os_str(), AtFlags::SYMLINK_NOFOLLOW)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => Err(Errno::LOOP.into()),
            FileType::Directory => {
                self.folder(names, openat(&at, last.as_os_str(), PASS | OFlags::NOFOLLOW, Mode::empty())?)
            }
            FileType::RegularFile => file(openat(&at, last.as_os_str(), READ | OFlags::NOFOLLOW, Mode::empty())?),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn folder(&self, names: &[OsString], open: OwnedFd) -> io::Result<Opened<Folder>> {
        let file = File::from(open);
        let facts = file.metadata()?;
        Ok(Opened::Folder(Folder { root: self.path.clone(), names: names.to_vec(), open: file.into(), facts }))
    }

    /// Makes folders below each other, and a file in the last.
    #[cfg(test)]
    pub(super) fn make(&self, names: &[OsString], file: &str) {
        let mut at = self.open.try_clone().unwrap();
        for name in names {
            rustix::fs::mkdirat(&at, name.as_os_str(), Mode::RWXU).unwrap();
            at = openat(&at, name.as_os_str(), PASS, Mode::empty()).unwrap();
        }
        let made = openat(&at, file, OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).unwrap();
        io::Write::write_all(&mut File::from(made), b"x").unwrap();
    }
}

fn file(open: OwnedFd) -> io::Result<Opened<Folder>> {
    let file = File::from(open);
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(Opened::File(file))
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
        let list = openat(&self.open, ".", LIST, Mode::empty())?;
        for entry in Dir::read_from(&list)? {
            let entry = entry?;
            let name = entry.file_name();
            if !is_served(OsStr::from_bytes(name.to_bytes())) {
                continue;
            }
            if let Some(item) = self.item(&list, name, &follow)
                && !each(item)
            {
                break;
            }
        }
        Ok(())
    }

    /// `None` when it is gone, or nothing that is served.
    fn item<'a>(
        &self,
        list: &impl AsFd,
        name: &'a CStr,
        follow: &impl Fn(&Path, &[OsString]) -> Followed,
    ) -> Option<Item<'a>> {
        let stat = statat(list, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let is_folder = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => true,
            FileType::RegularFile => false,
            FileType::Symlink => {
                let mut names = self.names.clone();
                names.push(OsStr::from_bytes(name.to_bytes()).to_owned());
                let (is_folder, facts) = follow(&self.root, &names).ok()?;
                return Some(Item::of(name.to_bytes(), is_folder, &facts));
            }
            _ => return None,
        };
        let millis = i128::from(stat.st_mtime) * 1000 + i128::from(stat.st_mtime_nsec) / 1_000_000;
        Some(Item {
            name: name.to_bytes(),
            is_folder,
            length: u64::try_from(stat.st_size).unwrap_or_default(),
            modified: i64::try_from(millis).ok(),
        })
    }
}
