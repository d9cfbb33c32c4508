//! Which call failed.

use serde::{Deserialize, Serialize};

/// The call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// `getaddrinfo`: a name was looked up.
    Resolve,
    /// `socket`.
    Socket,
    /// `setsockopt`.
    Setsockopt,
    /// `bind`.
    Bind,
    /// `listen`.
    Listen,
    /// `accept`.
    Accept,
    /// `connect`.
    Connect,
    /// `recv` or `recvfrom`.
    Recv,
    /// `send` or `sendto`.
    Send,
    /// `shutdown`.
    Shutdown,
    /// Opening or reading a file that is to be sent or served.
    Open,
    /// Writing what was received to a file.
    Write,
    /// Reading what a peer sent as HTTP.
    Http,
}

impl Operation {
    /// The name of the call.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Socket => "socket",
            Self::Setsockopt => "setsockopt",
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::Recv => "recv",
            Self::Send => "send",
            Self::Write => "write",
            Self::Shutdown => "shutdown",
            Self::Open => "open",
            Self::Http => "http",
        }
    }
}
