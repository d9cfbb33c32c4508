//! The arguments of `generate`.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Generate {
    /// Where the files go; made when it is not there
    pub folder: PathBuf,
}
