//! Files on their way: what is sent, and what is written while it comes.

use std::path::PathBuf;

/// Files that were sent or saved whose place is remembered: more than are shown of those that visitors bring.
pub(in crate::app) const FILES: usize = 1024;

/// A file on its way.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Transfer {
    pub(in crate::app) name: String,
    pub(in crate::app) sent: u64,
    pub(in crate::app) total: u64,
}

/// What a connection receives goes into a file.
#[derive(Clone, Debug)]
pub(in crate::app) struct Keeping {
    pub(in crate::app) path: PathBuf,
    pub(in crate::app) written: u64,
}
