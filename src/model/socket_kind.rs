//! What a socket is, as `socket(2)` was asked for it. Words are made where it is shown.

use std::fmt;

/// The address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// `AF_INET`.
    Inet,
    /// `AF_INET6`.
    Inet6,
    /// `AF_UNIX`.
    Unix,
}

/// What one call moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocketType {
    /// `SOCK_STREAM`: bytes in order, without marks between messages.
    Stream,
    /// `SOCK_DGRAM`: whole messages, each for itself.
    Datagram,
    /// `SOCK_SEQPACKET`: whole messages in order, over a connection.
    Seqpacket,
}

/// The protocol, where the family has one to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `IPPROTO_TCP`.
    Tcp,
    /// `IPPROTO_UDP`.
    Udp,
}

/// Family, type and protocol of a socket. It reads as in `socket(2)`: `AF_INET STREAM TCP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketKind {
    /// The address family.
    pub family: Family,
    /// What one call moves.
    pub kind: SocketType,
    /// The protocol; `None` for a socket at a path.
    pub protocol: Option<Protocol>,
}

impl SocketKind {
    /// TCP over IPv4.
    pub const TCP4: Self = Self::new(Family::Inet, SocketType::Stream, Some(Protocol::Tcp));
    /// TCP over IPv6.
    pub const TCP6: Self = Self::new(Family::Inet6, SocketType::Stream, Some(Protocol::Tcp));
    /// UDP over IPv4.
    pub const UDP4: Self = Self::new(Family::Inet, SocketType::Datagram, Some(Protocol::Udp));
    /// UDP over IPv6.
    pub const UDP6: Self = Self::new(Family::Inet6, SocketType::Datagram, Some(Protocol::Udp));
    /// A stream at a path.
    pub const UNIX_STREAM: Self = Self::new(Family::Unix, SocketType::Stream, None);
    /// Datagrams at a path.
    pub const UNIX_DATAGRAM: Self = Self::new(Family::Unix, SocketType::Datagram, None);
    /// Messages in order at a path.
    pub const UNIX_SEQPACKET: Self = Self::new(Family::Unix, SocketType::Seqpacket, None);

    const fn new(family: Family, kind: SocketType, protocol: Option<Protocol>) -> Self {
        Self { family, kind, protocol }
    }

    /// Each call moves a message for itself; there is neither FIN nor RST.
    #[must_use]
    pub fn is_datagram(self) -> bool {
        self.kind == SocketType::Datagram
    }

    /// The kernel keeps `TCP_INFO` of it.
    #[must_use]
    pub fn is_tcp(self) -> bool {
        self.protocol == Some(Protocol::Tcp)
    }

    /// It is at a path, or has no name.
    #[must_use]
    pub fn is_unix(self) -> bool {
        self.family == Family::Unix
    }
}

impl fmt::Display for SocketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.family {
            Family::Inet => "AF_INET",
            Family::Inet6 => "AF_INET6",
            Family::Unix => "AF_UNIX",
        })?;
        f.write_str(match self.kind {
            SocketType::Stream => " STREAM",
            SocketType::Datagram => " DGRAM",
            SocketType::Seqpacket => " SEQPACKET",
        })?;
        f.write_str(match self.protocol {
            Some(Protocol::Tcp) => " TCP",
            Some(Protocol::Udp) => " UDP",
            None => "",
        })
    }
}
