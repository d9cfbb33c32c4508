//! `socketlab generate FOLDER`: man pages and completions of shells, written out of the arguments.

use std::{fs, io, path::Path};

use clap::CommandFactory;
use clap_complete::{Shell, generate_to};

use super::end::End;
use crate::cli::args::Args;

/// Writes every page and every completion.
pub(super) fn run(folder: &Path) -> io::Result<End> {
    fs::create_dir_all(folder)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
        generate_to(shell, &mut Args::command(), "socketlab", folder)?;
    }
    clap_mangen::generate_to(Args::command(), folder)?;
    Ok(End::Done)
}
