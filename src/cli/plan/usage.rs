//! Why arguments do not go together, and values that only the disk can judge.

use std::path::{Path, PathBuf};

use crate::{
    cli::args::{WrongPeer, host_port},
    words::text,
};

/// Arguments that make no sense together, in words for whoever typed them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(in crate::cli) struct Usage(String);

impl Usage {
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// What is wrong with a file.
    pub(super) fn of_file(path: &Path, why: impl std::fmt::Display) -> Self {
        Self(text!("{path}: {error}", path = path.display(), error = why))
    }
}

impl From<WrongPeer> for Usage {
    fn from(wrong: WrongPeer) -> Self {
        Self(wrong.to_string())
    }
}

/// Host and port of a peer.
pub(super) fn peer(typed: &str) -> Result<(String, u16), Usage> {
    Ok(host_port(typed)?)
}

/// The path, if there is such a file or folder.
pub(super) fn existing(path: &Path, folder: bool) -> Result<PathBuf, Usage> {
    match (folder, if folder { path.is_dir() } else { path.is_file() }) {
        (_, true) => Ok(path.to_owned()),
        (true, false) => Err(Usage(text!("{path} is not a folder", path = path.display()))),
        (false, false) => Err(Usage(text!("{path} is not a file", path = path.display()))),
    }
}
