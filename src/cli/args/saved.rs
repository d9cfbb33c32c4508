//! The arguments of `run`.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Run {
    /// A session that the window saved
    pub file: PathBuf,
}
