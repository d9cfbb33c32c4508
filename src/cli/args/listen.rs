//! The arguments of `listen`.

use std::{path::PathBuf, time::Duration};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::{hops::Hops, site::SiteArgs, typed::Typed, values::seconds};
use crate::{
    model::{AcceptPolicy, ListenConfig, RecvSize, Snippet},
    respond::{Info, RESPONDERS},
};

/// A row of the table of responders, by its id.
fn responder() -> impl TypedValueParser<Value = &'static Info> {
    let values = RESPONDERS.iter().map(|info| PossibleValue::new(info.id).help(info.help));
    PossibleValuesParser::new(values).try_map(|id| {
        // The parser before lets nothing else through.
        RESPONDERS.iter().find(|info| info.id == id).ok_or(UnknownResponder)
    })
}

#[derive(Debug, thiserror::Error)]
#[error("no such responder")]
struct UnknownResponder;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Listen {
    /// What is answered
    #[arg(value_parser = responder())]
    pub responder: &'static Info,
    /// Address to bind: an address of this machine, or * for all
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDR")]
    pub bind: String,
    /// Port to bind; 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
    /// Datagrams instead of a stream
    #[arg(long)]
    pub udp: bool,
    /// With --udp: join this multicast group, GROUP or GROUP%ADAPTER; can be given again
    #[arg(long, value_name = "GROUP", requires = "udp")]
    pub group: Vec<String>,
    /// With --udp: the adapter for groups, its name or an address of it; every one without it
    #[arg(long, value_name = "NAME|ADDR", requires = "udp")]
    pub adapter: Option<String>,
    #[command(flatten)]
    pub hops: Hops,
    /// A Unix socket at this path instead of an address
    #[arg(long, value_name = "PATH", conflicts_with = "udp")]
    pub unix: Option<PathBuf>,
    /// Datagrams over a Unix socket at this path
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix"])]
    pub unix_datagram: Option<PathBuf>,
    /// Records over a Unix socket at this path: a connection that keeps the bounds of messages; Linux only
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix", "unix_datagram"])]
    pub seqpacket: Option<PathBuf>,
    /// Length of the accept queue
    #[arg(long, default_value_t = ListenConfig::BACKLOG, value_parser = clap::value_parser!(u32).range(0..=65535))]
    pub backlog: u32,
    /// How many at once: one, each, or a number
    #[arg(long, default_value = "each", value_name = "one|each|N")]
    pub accept: AcceptPolicy,
    /// How many bytes one recv may return, 1 to 1048576; auto: 1024, and more while a peer sends without a pause
    #[arg(long, default_value = "auto", value_name = "BYTES|auto")]
    pub recv_size: RecvSize,
    /// The text that `reply` and `page` answer with
    #[arg(long, value_name = "TEXT")]
    pub reply: Option<String>,
    /// Close a connection after so many answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub close_after: Option<u32>,
    /// Close a connection after so many seconds without traffic
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub idle_timeout: Option<Duration>,
    /// A folder for `http` or `sized-file` to serve
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
    #[command(flatten)]
    pub site: SiteArgs,
    /// The rules of `dialog`, as TOML
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Stop listening after so many clients
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub stop_after: Option<u32>,
    /// Wait so many seconds before each accept
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub accept_delay: Option<Duration>,
    /// Take a free port when the system refuses this one
    #[arg(long)]
    pub fallback: bool,
    #[command(flatten)]
    pub typed: Typed,
    /// Print the listener as a program instead of starting it
    #[arg(long = "as", value_name = "python|nc|socat|rust")]
    pub print_as: Option<Snippet>,
    /// `--recv-size` was given.
    #[arg(skip)]
    pub chose_recv_size: bool,
}
