//! How a connection came to be, where it stands, and what the kernel says of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ConnectionId, RecvSize, SessionId};
use crate::words::text;

/// How a connection came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// A listener accepted it.
    Accepted,
    /// We connected.
    Connected,
    /// A peer of a datagram socket: no connection in the system, but somebody to answer.
    Peer,
}

/// Where a stream stands, in the kernel's words as far as this end can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Both sides may send.
    Established,
    /// The peer sent FIN; we may still send.
    CloseWait,
    /// We sent FIN; the peer may still send.
    FinWait,
    /// Ended in order.
    Closed,
    /// Torn down.
    Reset,
}

impl State {
    pub(crate) fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Established,
            1 => Self::CloseWait,
            2 => Self::FinWait,
            3 => Self::Closed,
            _ => Self::Reset,
        }
    }

    /// True when no byte can move any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Reset)
    }

    /// The kernel's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Established => "ESTABLISHED",
            Self::CloseWait => "CLOSE_WAIT",
            Self::FinWait => "FIN_WAIT",
            Self::Closed => "CLOSED",
            Self::Reset => "RESET",
        }
    }
}

/// What the kernel says of a TCP connection (Linux `TCP_INFO`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// `ESTABLISHED`, `CLOSE_WAIT`, `FIN_WAIT2` …
    pub state: &'static str,
    /// Smoothed round-trip time in microseconds.
    pub rtt_micros: u32,
    /// Its mean deviation in microseconds.
    pub rtt_variation_micros: u32,
    /// Segments sent again since the start.
    pub retransmitted: u32,
    /// Congestion window in segments.
    pub window: u32,
    /// Segment size in bytes.
    pub segment: u32,
    /// Segments sent and not acknowledged yet.
    pub unacknowledged: u32,
    /// Bytes that the system took from us and the peer has not acknowledged: on their way, or waiting for its window.
    pub outstanding: u64,
    /// Of those, the bytes that have not left yet.
    pub not_sent: u64,
    /// Bytes the peer has acknowledged so far; 0 where the kernel does not count them (before Linux 4.1).
    pub acknowledged: u64,
    /// Probes of a closed window that were not answered.
    pub probes: u8,
    /// Bytes that the peer's window has room for; `None` where the kernel does not tell (before Linux 5.4).
    pub peer_window: Option<u32>,
}

/// Whether what we send arrives, as far as the kernel knows. No news is [`Health::Fine`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// All that was sent is acknowledged, or was a moment ago.
    #[default]
    Fine,
    /// The peer's system answers and its program takes nothing: its window is closed.
    NotReading,
    /// Nothing comes back at all: the network, or the peer's machine.
    Unacknowledged,
}

impl Health {
    /// In three words, for a list; empty while all is well.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "",
            Self::NotReading => text!("does not read"),
            Self::Unacknowledged => text!("not acknowledged"),
        }
    }
}

/// Whether this PC still has the address that a socket is bound to. What is bound to all addresses, or to one of loopback,
/// loses nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It has it, on an adapter with a link.
    #[default]
    Here,
    /// It has it, on an adapter without a link: the cable is out, or the Wi-Fi is off.
    NoLink,
    /// The system has no such address any more.
    Lost,
}

impl Presence {
    /// In two words, for a list; empty while all is well.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Here => "",
            Self::NoLink => text!("no link"),
            Self::Lost => text!("address lost"),
        }
    }
}

/// An option of a connection that may be changed while bytes flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveOption {
    /// How many bytes one `recv` may return, from the next call on.
    RecvSize(RecvSize),
    /// `TCP_NODELAY`: small sends leave at once.
    Nodelay(bool),
}

/// Whom a command is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// One connection.
    Connection(ConnectionId),
    /// Every connection of a session.
    Session(SessionId),
    /// These connections of a session and nobody who comes later. One that has gone meanwhile does not get it, and a
    /// record says so.
    Peers(SessionId, Arc<[ConnectionId]>),
}
