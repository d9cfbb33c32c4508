//! The program and its commands.

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

use super::{common::Common, connect::Connect, generate::Generate, get::Get, lab::LabArgs, listen::Listen, saved::Run};

/// A socket playground: without a command it opens its window.
#[derive(Debug, Parser)]
#[command(name = "socketlab", version, about, long_about = None)]
#[command(override_usage = "socketlab [--renderer <RENDERER>] [PATH|URL]...\n       socketlab <COMMAND> [OPTIONS]")]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What the window opens: pictures, a folder to serve, a saved session, socketlab://HOST:PORT, http://…
    #[arg(value_name = "PATH|URL")]
    pub open: Vec<OsString>,
    /// What draws the window; both are tried otherwise, wgpu first
    #[arg(long, value_enum)]
    pub renderer: Option<Renderer>,
    #[command(flatten)]
    pub common: Common,
}

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// Vulkan, Metal or Direct3D 12.
    Wgpu,
    /// OpenGL.
    Glow,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Wait for others to connect, and answer them
    Listen(Listen),
    /// Connect to a listener; without --send it is a pipe between it and standard input and output
    Connect(Connect),
    /// Get a URL
    Get(Get),
    /// Run a saved session (.socketlab) without a window
    Run(Run),
    /// List the labs, run one, or print it in Python
    Lab(LabArgs),
    /// List this machine's addresses, the best one for another PC first
    Addresses,
    /// Write man pages and completions of shells into a folder
    Generate(Generate),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }
}
