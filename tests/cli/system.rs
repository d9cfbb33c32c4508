//! Where systems differ in what a test expects or prepares.

use std::path::Path;

use socketlab::model::Errno;

/// Name and number of an error, as a person is told it on this system.
pub(crate) fn code(error: Errno) -> String {
    format!("{} {}", error.name(), error.number())
}

/// A link at `at`, to what may be named from there.
#[cfg(unix)]
pub(crate) fn link(to: &str, at: &Path) {
    std::os::unix::fs::symlink(to, at).unwrap();
}

/// The same, where the user has the right to make one; most have not, and without it there is no way out to try.
#[cfg(windows)]
pub(crate) fn link(to: &str, at: &Path) {
    use std::os::windows::fs::{symlink_dir, symlink_file};
    let is_folder = at.parent().is_some_and(|folder| folder.join(to).is_dir());
    let _ = if is_folder { symlink_dir(to, at) } else { symlink_file(to, at) };
}
