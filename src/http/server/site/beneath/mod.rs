//! Opens what lies below a folder, and never anything outside it, also while somebody swaps its folders for links.
//!
//! The system goes down from the open folder name by name and follows no link on the way: one `openat2` on Linux, a
//! descriptor for each step on other Unix systems, and on Windows folders that are held so that nobody can rename them.
//! Where a link stands in the way, it is resolved first; what comes out is a path inside the folder again, without links,
//! and is opened in the same manner. So a swap between the two costs a try and gives nothing away.

use std::{
    ffi::OsString,
    fs::Metadata,
    io,
    path::{Component, Path},
};

use crate::http::server::site::names::is_served;

mod found;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix::{Top, is_link};
#[cfg(windows)]
use windows::{Top, is_link};

pub(super) use found::Item;
#[cfg(unix)]
pub(super) use unix::Folder;
#[cfg(windows)]
pub(super) use windows::Folder;

/// How often a path is resolved anew that has changed before it was opened.
const TRIES: usize = 4;

/// What a path leads to.
pub(super) type Opened = found::Opened<Folder>;

/// Opens the file or folder that `names` lead to from `root`. Names that are hidden must have been refused before; what
/// links lead to is checked here. Blocks.
///
/// # Errors
/// What the system says. What is outside, hidden, or neither file nor folder is not found.
pub(super) fn open(root: &Path, names: &[OsString]) -> io::Result<Opened> {
    let top = Top::open(root)?;
    // Elsewhere a name may be another spelling of a hidden one, so that only the resolved path tells.
    if cfg!(target_os = "linux") {
        match top.enter(names) {
            Err(error) if is_link(&error) => {}
            opened => return opened,
        }
    }
    for _ in 0..TRIES {
        match top.enter(&resolved(root, names)?) {
            Err(error) if is_link(&error) => {}
            opened => return opened,
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// The names that lead to the same without a link, at this moment.
fn resolved(root: &Path, names: &[OsString]) -> io::Result<Vec<OsString>> {
    let root = root.canonicalize()?;
    let mut path = root.clone();
    path.extend(names);
    let path = path.canonicalize()?;
    let inside = path.strip_prefix(&root).map_err(|_| io::ErrorKind::NotFound)?;
    inside
        .components()
        .map(|part| match part {
            Component::Normal(name) if is_served(name) => Ok(name.to_owned()),
            _ => Err(io::ErrorKind::NotFound.into()),
        })
        .collect()
}

/// Calls `each` for what would be served of a folder, in the system's order, until it says false. Blocks.
///
/// # Errors
/// What the system says.
pub(super) fn read(folder: &Folder, each: impl FnMut(Item<'_>) -> bool) -> io::Result<()> {
    folder.read(behind_link, each)
}

/// What a link in a folder leads to, if that would be served.
fn behind_link(root: &Path, names: &[OsString]) -> io::Result<(bool, Metadata)> {
    Ok(match open(root, names)? {
        Opened::File(file) => (false, file.metadata()?),
        Opened::Folder(folder) => (true, folder.facts().clone()),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        fs,
        os::unix::fs::symlink,
        sync::atomic::{AtomicBool, Ordering},
        time::{Duration, Instant},
    };

    use super::*;

    fn names(path: &str) -> Vec<OsString> {
        path.split('/').map(OsString::from).collect()
    }

    fn text(opened: io::Result<Opened>) -> Option<String> {
        match opened {
            Ok(Opened::File(file)) => io::read_to_string(file).ok(),
            _ => None,
        }
    }

    #[test]
    fn a_folder_that_is_swapped_for_a_link_gives_nothing_away() {
        let place = tempfile::tempdir().unwrap();
        let (root, outside) = (place.path().join("served"), place.path().join("outside"));
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        fs::write(root.join("sub/a.txt"), "inside").unwrap();
        fs::write(outside.join("a.txt"), "secret").unwrap();
        // What is exchanged while it is asked for: a link to the folder outside, and the folder itself.
        symlink(&outside, root.join("link")).unwrap();
        let stop = AtomicBool::new(false);
        let (mut inside, mut secret) = (0, 0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let (one, other, spare) = (root.join("sub"), root.join("link"), root.join("spare"));
                    for (from, to) in [(&one, &spare), (&other, &one), (&one, &other), (&spare, &one)] {
                        let _ = fs::rename(from, to);
                    }
                }
            });
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(700) {
                for top in [Top::open(&root).unwrap().enter(&names("sub/a.txt")), open(&root, &names("sub/a.txt"))] {
                    match text(top).as_deref() {
                        Some("inside") => inside += 1,
                        Some(_) => secret += 1,
                        None => {}
                    }
                }
                if let Ok(Opened::Folder(folder)) = open(&root, &names("sub")) {
                    read(&folder, |item| item.name == b"a.txt" && item.length == 6).unwrap();
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert_eq!(secret, 0);
        assert!(inside > 0, "the file was never there when it was asked for");
    }

    #[test]
    fn both_ways_down_give_the_same() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("served");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), "x").unwrap();
        symlink(root.join("a"), root.join("absolute")).unwrap();
        symlink("../a/b/file", root.join("a/relative")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink(place.path(), root.join("out")).unwrap();
        symlink("../../served/a", root.join("a/about")).unwrap();
        let top = Top::open(&root).unwrap();
        for path in ["a/b/file", "a/b", "a"] {
            assert!(top.enter(&names(path)).is_ok() && top.step_down(&names(path)).is_ok(), "{path}");
            assert!(open(&root, &names(path)).is_ok(), "{path}");
        }
        for path in
            ["absolute/b/file", "a/relative", "a/about/b/file", "absolute", "loop", "out", "out/served/a/b/file"]
        {
            assert!(is_link(&top.enter(&names(path)).unwrap_err()), "{path}");
            assert!(is_link(&top.step_down(&names(path)).unwrap_err()), "{path}");
        }
        for path in ["absolute/b/file", "a/relative", "a/about/b/file"] {
            assert_eq!(text(open(&root, &names(path))).as_deref(), Some("x"), "{path}");
        }
        assert!(matches!(open(&root, &names("absolute")), Ok(Opened::Folder(_))));
        // A link that leads out and in again is inside all the same.
        assert!(open(&root, &names("out/served/a/b/file")).is_ok());
        for path in ["loop", "out", "a/b/file/x", "none"] {
            assert!(open(&root, &names(path)).is_err(), "{path}");
        }
    }

    #[test]
    fn paths_longer_than_the_system_takes_at_once_are_opened_step_by_step() {
        let place = tempfile::tempdir().unwrap();
        let top = Top::open(place.path()).unwrap();
        let deep: Vec<OsString> = std::iter::repeat_n(OsString::from("d".repeat(200)), 30).collect();
        top.make(&deep, "end");
        let file = [deep, vec!["end".into()]].concat();
        assert_eq!(text(open(place.path(), &file)).as_deref(), Some("x"));
    }
}
