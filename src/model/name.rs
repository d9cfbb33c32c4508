//! Names of sockets, as `getsockname` and `getpeername` give them.

use std::{
    fmt,
    net::{SocketAddr, SocketAddrV6},
    sync::Arc,
};

/// The name of one end of a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Name {
    /// Nobody there yet, or a socket that was never bound (a Unix client).
    #[default]
    Unnamed,
    /// Address and port: `127.0.0.1:8000`, `[::1]:8000`.
    Inet(SocketAddr),
    /// An IPv6 address that is one adapter's own affair, with the name of that adapter: `[fe80::1%eth0]:8000`.
    Zoned(Arc<Zoned>),
    /// Path of a Unix domain socket, or what the user typed before it was looked up (`example.lan:80`).
    Text(Arc<str>),
}

/// An address and the name of its adapter, which the address has as a number only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Zoned {
    /// With the number of the adapter.
    pub address: SocketAddrV6,
    /// The name that the system gives the adapter: `eth0`.
    pub zone: Box<str>,
}

impl Name {
    /// The name of an address on one adapter.
    #[must_use]
    pub fn zoned(address: SocketAddrV6, zone: &str) -> Self {
        Self::Zoned(Arc::new(Zoned { address, zone: zone.into() }))
    }

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
            Self::Zoned(zoned) => Some(zoned.address.into()),
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
        match address {
            // Keeps the number of the adapter.
            SocketAddr::V6(v6) if v6.scope_id() != 0 => Self::Inet(address),
            _ => Self::Inet(SocketAddr::new(address.ip().to_canonical(), address.port())),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed => Ok(()),
            Self::Inet(address) => fmt::Display::fmt(address, f),
            Self::Zoned(zoned) => write!(f, "[{}%{}]:{}", zoned.address.ip(), zoned.zone, zoned.address.port()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_stays_in_a_name() {
        let address = SocketAddrV6::new("fe80::1".parse().unwrap(), 80, 0, 7);
        let zoned = Name::zoned(address, "eth0");
        assert_eq!(zoned.to_string(), "[fe80::1%eth0]:80");
        assert_eq!(zoned.inet(), Some(address.into()));
        assert_eq!(Name::from(SocketAddr::from(address)).to_string(), "[fe80::1%7]:80");
        assert_eq!(Name::from("[::ffff:10.0.0.1]:80".parse::<SocketAddr>().unwrap()).to_string(), "10.0.0.1:80");
    }
}
