//! The arguments of `connect`.

use std::{path::PathBuf, time::Duration};

use super::{hops::Hops, typed::Typed, values::seconds};
use crate::model::{Endpoint, RecvSize, Snippet};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Connect {
    /// Whom to connect to: HOST:PORT, with an IPv6 address in brackets
    #[arg(value_name = "HOST:PORT", required_unless_present_any = ["unix", "unix_datagram", "seqpacket"])]
    pub peer: Option<String>,
    /// Datagrams instead of a stream
    #[arg(long)]
    pub udp: bool,
    /// A Unix socket at this path instead of an address
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "peer"])]
    pub unix: Option<PathBuf>,
    /// Datagrams over a Unix socket at this path
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix", "peer"])]
    pub unix_datagram: Option<PathBuf>,
    /// Records over a Unix socket at this path: a connection that keeps the bounds of messages; Linux only
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix", "unix_datagram", "peer"])]
    pub seqpacket: Option<PathBuf>,
    /// Send this text; can be given again
    #[arg(long, value_name = "TEXT")]
    pub send: Vec<String>,
    /// Send this file; can be given again
    #[arg(long, value_name = "FILE")]
    pub send_file: Vec<PathBuf>,
    #[command(flatten)]
    pub typed: Typed,
    /// Our own address and port
    #[arg(long, value_name = "ADDR:PORT")]
    pub source: Option<Endpoint>,
    /// Adapter for groups and addresses that are on every adapter: its name or an address of it
    #[arg(long, value_name = "NAME|ADDR")]
    pub adapter: Option<String>,
    #[command(flatten)]
    pub hops: Hops,
    /// Seconds that connecting may take
    #[arg(long = "connect-timeout", value_name = "SECS", default_value = "10", value_parser = seconds)]
    pub patience: Duration,
    /// How many bytes one recv may return; auto: 1024, and more while the peer sends without a pause; in a pipe 65536
    #[arg(long, value_name = "BYTES|auto")]
    pub recv_size: Option<RecvSize>,
    /// Wait for the peer to speak before sending
    #[arg(long)]
    pub receive_first: bool,
    /// Close when an answer has come instead of half-closing after the last message
    #[arg(long)]
    pub close_after_reply: bool,
    /// How long answers to datagrams are waited for after the last one; 1, or all of --max-seconds
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub wait: Option<Duration>,
    /// Print the client, with each --send, as a program instead of connecting
    #[arg(long = "as", value_name = "python|nc|socat|rust", conflicts_with = "send_file")]
    pub print_as: Option<Snippet>,
    /// --send and --send-file in the order they were typed.
    #[arg(skip)]
    pub order: Vec<Said>,
}

/// One thing to send, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Said {
    Text(String),
    File(PathBuf),
}
