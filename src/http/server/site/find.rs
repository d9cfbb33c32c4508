//! From the path of a URL to a file or folder inside the served one, and never to anything else.

use std::{
    fs::Metadata,
    path::{Component, Path, PathBuf},
    time::SystemTime,
};

use percent_encoding::percent_decode_str;

/// Entries of a folder that are looked at; the rest of a larger one is not listed.
const ENTRIES: usize = 50_000;

/// What a path leads to.
pub(super) enum Found {
    /// With its links followed.
    File(PathBuf),
    Folder(Vec<Entry>),
}

/// One name in a folder.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub is_folder: bool,
    pub length: u64,
    pub modified: Option<SystemTime>,
}

/// The path of a URL as text; `None` when it is not UTF-8.
pub(super) fn decoded(url: &str) -> Option<String> {
    percent_decode_str(url).decode_utf8().ok().map(Into::into)
}

/// The file or folder that a decoded path means. Hidden names, and whatever lies outside `root` or is hidden in it once
/// links are followed, do not exist. Blocks.
pub(super) fn find(root: &Path, decoded: &str) -> Option<Found> {
    let (root, path) = inside(root, decoded)?;
    let facts = path.metadata().ok()?;
    if facts.is_file() {
        // A name with a slash behind it would be a folder's.
        return (!decoded.ends_with('/')).then_some(Found::File(path));
    }
    facts.is_dir().then(|| Found::Folder(entries(&root, &path)))
}

/// The folder itself and the place in it that a decoded path means, both with links followed.
pub(super) fn inside(root: &Path, decoded: &str) -> Option<(PathBuf, PathBuf)> {
    let relative = decoded.strip_prefix('/')?;
    let names = relative.strip_suffix('/').unwrap_or(relative);
    if !names.is_empty() && !names.split('/').all(|name| is_plain(name, cfg!(windows))) {
        return None;
    }
    let root = root.canonicalize().ok()?;
    let path = root.join(names).canonicalize().ok()?;
    is_shown(&root, &path).then_some((root, path))
}

/// Whether a place with its links followed is inside the folder and not hidden.
fn is_shown(root: &Path, path: &Path) -> bool {
    path.strip_prefix(root).is_ok_and(|relative| {
        relative.components().all(|part| match part {
            Component::Normal(name) => name.to_str().is_some_and(|name| is_plain(name, cfg!(windows))),
            _ => false,
        })
    })
}

/// Whether a name may be asked for. On Windows some names mean devices, streams or other files.
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

fn entries(root: &Path, folder: &Path) -> Vec<Entry> {
    let Ok(list) = folder.read_dir() else { return Vec::new() };
    list.flatten()
        .take(ENTRIES)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| is_plain(name, cfg!(windows)))?;
            let path = entry.path();
            // A link is listed when what it leads to would be served.
            if entry.file_type().ok()?.is_symlink() && !path.canonicalize().is_ok_and(|path| is_shown(root, &path)) {
                return None;
            }
            let facts =
                path.metadata().ok().filter(|facts| (facts.is_dir() || facts.is_file()) && !is_hidden(facts))?;
            Some(Entry { name, is_folder: facts.is_dir(), length: facts.len(), modified: facts.modified().ok() })
        })
        .collect()
}

/// The attribute that hides a file on Windows; elsewhere the name says it.
#[cfg(windows)]
fn is_hidden(facts: &Metadata) -> bool {
    const HIDDEN_OR_SYSTEM: u32 = 2 | 4;
    std::os::windows::fs::MetadataExt::file_attributes(facts) & HIDDEN_OR_SYSTEM != 0
}

#[cfg(not(windows))]
fn is_hidden(_: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_found() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("served");
        std::fs::create_dir_all(folder.join("sub")).unwrap();
        std::fs::write(outside.path().join("secret"), "x").unwrap();
        std::fs::write(folder.join("a b.txt"), "x").unwrap();
        std::fs::write(folder.join(".hidden"), "x").unwrap();
        let find = |path: &str| find(&folder, path);
        assert!(matches!(find("/a b.txt"), Some(Found::File(_))));
        assert!(matches!(find("/sub"), Some(Found::Folder(_))) && matches!(find("/sub/"), Some(Found::Folder(_))));
        for refused in [
            "",
            "a b.txt",
            "/../secret",
            "/sub/../../secret",
            "/sub/..",
            "/.",
            "/./a b.txt",
            "/.hidden",
            "//a b.txt",
            "/sub//",
            "/..\\secret",
            "/a b.txt/",
            "/a\0b",
            "/a b.txt\0.png",
            "//etc/passwd",
            "/sub/../a b.txt",
        ] {
            assert!(find(refused).is_none(), "{refused}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("/etc", folder.join("out")).unwrap();
            symlink(folder.join(".hidden"), folder.join("shown")).unwrap();
            symlink(folder.join("a b.txt"), folder.join("sub/inside")).unwrap();
            assert!(find("/out/passwd").is_none() && find("/out").is_none() && find("/shown").is_none());
            assert!(matches!(find("/sub/inside"), Some(Found::File(_))));
            let Some(Found::Folder(entries)) = find("/") else { panic!("the folder is there") };
            let mut names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, ["a b.txt", "sub"]);
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
