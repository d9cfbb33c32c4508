//! What a client speaks, and whom a person called last, so that it need not be typed again.

use serde::{Deserialize, Serialize};

use crate::ui::kit::form::Carrier;

/// What a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speak {
    /// Bytes over TCP.
    #[default]
    Tcp,
    /// Datagrams.
    Udp,
    /// Bytes over a Unix socket.
    Unix,
    /// Datagrams over a Unix socket.
    UnixDatagram,
    /// Records over a Unix socket.
    UnixSeqpacket,
    /// One HTTP request.
    Http,
}

impl Speak {
    /// What carries it.
    #[must_use]
    pub fn carrier(self) -> Carrier {
        match self {
            Self::Tcp | Self::Http => Carrier::Tcp,
            Self::Udp => Carrier::Udp,
            Self::Unix => Carrier::Unix,
            Self::UnixDatagram => Carrier::UnixDatagram,
            Self::UnixSeqpacket => Carrier::UnixSeqpacket,
        }
    }

    /// True where a path stands for host and port.
    #[must_use]
    pub fn has_path(self) -> bool {
        self.carrier().has_path()
    }
}

impl From<Carrier> for Speak {
    fn from(carrier: Carrier) -> Self {
        match carrier {
            Carrier::Tcp => Self::Tcp,
            Carrier::Udp => Self::Udp,
            Carrier::Unix => Self::Unix,
            Carrier::UnixDatagram => Self::UnixDatagram,
            Carrier::UnixSeqpacket => Self::UnixSeqpacket,
        }
    }
}

/// Host and port, or the path of a Unix socket, and what was spoken there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Called {
    /// What was spoken.
    pub speak: Speak,
    /// Host, URL or path.
    pub host: String,
    /// Its port; empty for a path or a URL.
    pub port: String,
}

impl Called {
    /// `10.0.0.2:80`, or a path.
    #[must_use]
    pub fn place(&self) -> String {
        match (self.host.as_str(), self.port.as_str()) {
            (host, "") => host.to_owned(),
            (host, port) if host.contains(':') => format!("[{host}]:{port}"),
            (host, port) => format!("{host}:{port}"),
        }
    }

    /// What was spoken, in a word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.speak {
            Speak::Tcp => "TCP",
            Speak::Udp => "UDP",
            Speak::Http => "HTTP",
            Speak::Unix | Speak::UnixDatagram | Speak::UnixSeqpacket => "Unix",
        }
    }
}
