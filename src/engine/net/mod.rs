//! Sockets and nothing above them: addresses, bind, connect, options, names. Knows no protocol, no journal and no task.

pub(crate) mod bind;
pub(crate) mod connect;
pub(crate) mod datagram_socket;
pub(crate) mod explore;
pub(crate) mod follow;
pub(crate) mod group;
mod handshake;
pub(crate) mod interfaces;
pub(crate) mod lookup;
pub(crate) mod names;
pub(crate) mod offload;
pub(crate) mod options;
pub(crate) mod platform;
pub(crate) mod presence;
pub(crate) mod reach;
pub(crate) mod receipt;
pub(crate) mod resolve;
#[cfg(target_os = "linux")]
pub(crate) mod seqpacket;
#[cfg(unix)]
pub(crate) mod unix_path;
pub(crate) mod way;
pub(crate) mod wire;
