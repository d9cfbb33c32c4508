//! Names of sockets, as `getsockname` and `getpeername` give them.

use std::{fmt, net::SocketAddr, sync::Arc};

/// The name of one end of a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Name {
    /// Nobody there yet, or a socket that was never bound (a Unix client).
    #[default]
    Unnamed,
    /// Address and port: `127.0.0.1:8000`, `[::1]:8000`.
    Inet(SocketAddr),
    /// Path of a Unix domain socket, or what the user typed before it was looked up (`example.lan:80`).
    Text(Arc<str>),
}

impl Name {
    /// A name from any text: an address where it is one, the text itself otherwise.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Text(text.into()), Self::Inet)
    }

    /// The IP address and port, where it has them.
    #[must_use]
    pub fn inet(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(address) => Some(*address),
            Self::Unnamed | Self::Text(_) => None,
        }
    }

    /// True when there is nothing to show.
    #[must_use]
    pub fn is_unnamed(&self) -> bool {
        *self == Self::Unnamed
    }
}

impl From<SocketAddr> for Name {
    /// An IPv4 peer of a dual-stack socket (`::ffff:127.0.0.1`) is written as the IPv4 address that it is.
    fn from(address: SocketAddr) -> Self {
        Self::Inet(SocketAddr::new(address.ip().to_canonical(), address.port()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed => Ok(()),
            Self::Inet(address) => fmt::Display::fmt(address, f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Both names of a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// This end (`getsockname`).
    pub local: Name,
    /// The other end (`getpeername`).
    pub peer: Name,
}
