//! The arguments of `lab`.

use std::{path::PathBuf, time::Duration};

use clap::ValueEnum;

use super::values::seconds;

/// Which part of a lab runs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Side {
    /// The one that waits
    Listener,
    /// The one that calls
    Client,
    /// Both, in this program
    Both,
}

/// Which program is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PythonSide {
    /// The one that waits
    Listener,
    /// The one that calls
    Client,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LabArgs {
    /// Which lab; without it they are listed
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Which side runs here; `both`, or `client` with --peer
    #[arg(long, value_enum)]
    pub side: Option<Side>,
    /// Port to bind or to call in place of the lab's own; 0 binds a free one
    #[arg(long)]
    pub port: Option<u16>,
    /// Address to bind in place of the lab's own
    #[arg(long, value_name = "ADDR")]
    pub bind: Option<String>,
    /// Whom the client calls in place of the lab's own
    #[arg(long, value_name = "HOST:PORT")]
    pub peer: Option<String>,
    /// Path of the socket in lab `unix`
    #[arg(long, value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Datagrams instead of a stream, in labs `daytime` and `unix`
    #[arg(long)]
    pub udp: bool,
    /// Records instead of a stream, in lab `unix`; Linux only
    #[arg(long, conflicts_with = "udp")]
    pub seqpacket: bool,
    /// The picture that a page shows; a built-in one without it
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
    /// The folder that is served; the current one without it
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// An address that never answers, for lab `reach`
    #[arg(long, value_name = "HOST:PORT")]
    pub silent: Option<String>,
    /// Seconds that connecting may take, in lab `reach`; 3 without it
    #[arg(long = "connect-timeout", value_name = "SECS", value_parser = seconds)]
    pub patience: Option<Duration>,
    /// The third argument of socket, in lab `families`: 0, 1 for ICMP, 6 for TCP, 17 for UDP
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(i32).range(0..=255))]
    pub protocol: i32,
    /// Print the shortest Python 3 program for that side instead of running it
    #[arg(long, value_enum, value_name = "SIDE")]
    pub python: Option<PythonSide>,
}
