//! `socketlab generate FOLDER`: man pages and completions of shells, written out of the arguments.

use std::{fs, io, path::PathBuf};

use clap::CommandFactory;
use clap_complete::{Shell, generate_to};

use super::{End, args::Args};

#[derive(Debug, clap::Args)]
pub(super) struct Generate {
    /// Where the files go; made when it is not there
    folder: PathBuf,
}

/// Writes every page and every completion.
pub(super) fn run(args: &Generate) -> io::Result<End> {
    fs::create_dir_all(&args.folder)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
        generate_to(shell, &mut Args::command(), "socketlab", &args.folder)?;
    }
    clap_mangen::generate_to(Args::command(), &args.folder)?;
    Ok(End::Done)
}
