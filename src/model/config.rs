//! What a user sets before a session starts. Every field has the default of the command line.

use std::{
    fmt,
    num::NonZeroU32,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Encoding, Endpoint, Recipe, Serving};
use crate::words::text;

/// What the bytes travel in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    /// A stream over IP.
    #[default]
    Tcp,
    /// Datagrams over IP.
    Udp,
    /// A stream on this machine, at a path. Unix only.
    Unix(PathBuf),
    /// Datagrams on this machine, at a path. Unix only.
    UnixDatagram(PathBuf),
    /// Records on this machine, at a path: connected like a stream, each `recv` gives what one `send` took. Linux only.
    UnixSeqpacket(PathBuf),
}

impl Transport {
    /// True where messages travel one by one, without a connection.
    #[must_use]
    pub fn is_datagram(&self) -> bool {
        matches!(self, Self::Udp | Self::UnixDatagram(_))
    }

    /// The path of a Unix socket.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Unix(path) | Self::UnixDatagram(path) | Self::UnixSeqpacket(path) => Some(path),
            Self::Tcp | Self::Udp => None,
        }
    }
}

/// How many callers a listener serves at once; the others wait in the backlog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AcceptPolicy {
    /// The next one is accepted when this one has gone.
    One,
    /// One task for every caller.
    #[default]
    Each,
    /// At most so many at once, at least 1.
    Limit(u32),
}

impl AcceptPolicy {
    /// The number of callers served at once; `None` is without limit.
    #[must_use]
    pub fn limit(self) -> Option<u32> {
        match self {
            Self::One => Some(1),
            Self::Each => None,
            Self::Limit(count) => Some(count.max(1)),
        }
    }
}

/// A word that is no accept policy; the words list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("use one, each, or a number from 1"))]
pub struct UnknownPolicy;

impl FromStr for AcceptPolicy {
    type Err = UnknownPolicy;

    fn from_str(word: &str) -> Result<Self, UnknownPolicy> {
        match word {
            "one" => Ok(Self::One),
            "each" => Ok(Self::Each),
            number => match number.parse() {
                Ok(count) if count > 0 => Ok(Self::Limit(count)),
                _ => Err(UnknownPolicy),
            },
        }
    }
}

/// How many bytes one `recv` may return: 1 B to 1 MiB. Where nobody chose, it is the tutorials' 1024, and the engine may
/// take more at once where nobody reads along: a stream that floods, a datagram that is longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecvSize(Option<NonZeroU32>);

/// A receive size outside 1 B to 1 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("receive size must be from 1 to 1048576 bytes"))]
pub struct RecvSizeError;

impl RecvSize {
    /// The largest receive size: 1 MiB.
    pub const MAX: u32 = 1 << 20;
    /// What it is where nobody chose, as in the tutorials.
    pub const USUAL: u32 = 1024;
    /// In files and on the command line: nobody chose.
    const AUTO: &str = "auto";

    /// The size in bytes, at first where nobody chose.
    #[must_use]
    pub fn get(self) -> usize {
        self.0.map_or(Self::USUAL, NonZeroU32::get) as usize
    }

    /// The size for messages that come one by one: where nobody chose, there is room for the longest, so that they come
    /// whole.
    #[must_use]
    pub fn for_datagrams(self, transport: &Transport) -> usize {
        match (self.0, transport) {
            (Some(size), _) => size.get() as usize,
            // How long these may be, the send buffer says, and not IP.
            (None, Transport::UnixDatagram(_)) => Self::MAX as usize,
            (None, _) => 65_535,
        }
    }

    /// Somebody asked for exactly this size: it stays.
    #[must_use]
    pub fn is_chosen(self) -> bool {
        self.0.is_some()
    }

    /// The usual size as a choice: for what is to behave like the tutorials' programs to the byte.
    #[must_use]
    pub fn exactly_usual() -> Self {
        Self(NonZeroU32::new(Self::USUAL))
    }
}

impl TryFrom<u32> for RecvSize {
    type Error = RecvSizeError;

    fn try_from(size: u32) -> Result<Self, RecvSizeError> {
        if (1..=Self::MAX).contains(&size) { Ok(Self(NonZeroU32::new(size))) } else { Err(RecvSizeError) }
    }
}

impl From<RecvSize> for u32 {
    fn from(size: RecvSize) -> Self {
        size.0.map_or(RecvSize::USUAL, NonZeroU32::get)
    }
}

impl FromStr for RecvSize {
    type Err = RecvSizeError;

    fn from_str(text: &str) -> Result<Self, RecvSizeError> {
        match text.trim() {
            Self::AUTO => Ok(Self::default()),
            number => number.parse::<u32>().map_err(|_| RecvSizeError)?.try_into(),
        }
    }
}

/// The number where somebody chose, `auto` where nobody did.
impl fmt::Display for RecvSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(size) => size.fmt(f),
            None => f.write_str(Self::AUTO),
        }
    }
}

impl Serialize for RecvSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(size) => serializer.serialize_u32(size.get()),
            None => serializer.serialize_str(Self::AUTO),
        }
    }
}

impl<'de> Deserialize<'de> for RecvSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Size;
        impl de::Visitor<'_> for Size {
            type Value = RecvSize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(text!("a number from 1 to 1048576, or auto"))
            }

            fn visit_i64<E: de::Error>(self, size: i64) -> Result<RecvSize, E> {
                let size = u32::try_from(size).map_err(|_| E::custom(RecvSizeError))?;
                RecvSize::try_from(size).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, size: u64) -> Result<RecvSize, E> {
                let size = u32::try_from(size).map_err(|_| E::custom(RecvSizeError))?;
                RecvSize::try_from(size).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<RecvSize, E> {
                word.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Size)
    }
}

/// Options of a connection's socket. `None` leaves the system's own value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SocketOptions {
    /// `TCP_NODELAY`: small sends leave at once. On, unlike the system's default, because people watch.
    pub nodelay: bool,
    /// `SO_KEEPALIVE`: the system asks a silent peer whether it is still there. On, unlike the system's default, because
    /// people watch, and a cable that was pulled says nothing.
    pub keepalive: bool,
    /// `TCP_KEEPIDLE`: seconds of silence before the first question.
    pub keepalive_idle: u32,
    /// `TCP_KEEPINTVL`: seconds between two questions.
    pub keepalive_interval: u32,
    /// `TCP_KEEPCNT`: questions without an answer after which the connection is given up.
    pub keepalive_probes: u32,
    /// `TCP_USER_TIMEOUT` in milliseconds (Linux): given up when what was sent is not acknowledged for so long. A peer that
    /// reads nothing for so long counts as well, so nobody has it without asking.
    pub user_timeout: Option<u32>,
    /// `SO_RCVBUF` in bytes.
    pub recv_buffer: Option<u32>,
    /// `SO_SNDBUF` in bytes.
    pub send_buffer: Option<u32>,
    /// `IP_TTL` / unicast hops, 1 to 255.
    pub ttl: Option<u8>,
    /// `SO_BROADCAST` for datagrams.
    pub broadcast: bool,
    /// `IP_MULTICAST_TTL`: routers that a datagram to a group may pass, 0 to 255; the system's own value is 1, this network.
    pub multicast_ttl: Option<u8>,
    /// `IP_MULTICAST_LOOP`: whether members of the group on this machine get what is sent as well; the system says yes.
    pub multicast_loopback: Option<bool>,
    /// Name (`eth0`) or address of the adapter that groups are joined on and sent to. Without it a listener joins on every
    /// real adapter, and the system chooses the one to send over.
    pub adapter: Option<String>,
}

impl Default for SocketOptions {
    fn default() -> Self {
        Self {
            nodelay: true,
            keepalive: true,
            keepalive_idle: 15,
            keepalive_interval: 5,
            keepalive_probes: 3,
            user_timeout: None,
            recv_buffer: None,
            send_buffer: None,
            ttl: None,
            broadcast: false,
            multicast_ttl: None,
            multicast_loopback: None,
            adapter: None,
        }
    }
}

/// Everything about a listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListenConfig {
    /// TCP, UDP or a Unix path.
    pub transport: Transport,
    /// Address to bind: an IP address, a name of this machine, `*` or `::` for all (dual stack).
    pub bind: String,
    /// Port to bind, 0 for a free one.
    pub port: u16,
    /// Multicast groups to join, for datagrams: `239.1.2.3`, `ff02::fb%eth0`. A group that is bound is joined anyway.
    pub groups: Vec<String>,
    /// Length of the accept queue asked of the system.
    pub backlog: u32,
    /// How many callers at once.
    pub accept: AcceptPolicy,
    /// Bytes one `recv` may return; for a datagram, the most that is taken of it.
    pub recv_size: RecvSize,
    /// What is answered.
    pub recipe: Recipe,
    /// What a fixed reply, a dialog and a raw page are sent in, and what a dialog reads.
    pub encoding: Encoding,
    /// What visitors of an HTTP site may do besides looking.
    pub serving: Serving,
    /// A connection is closed after so many answers.
    pub close_after: Option<u32>,
    /// A connection with no traffic for so long is closed.
    pub idle_timeout: Option<Duration>,
    /// When the peer half-closes, our side stays open until the user closes it.
    pub keep_half_open: bool,
    /// Listening stops after so many clients were accepted; the session ends with the last of them.
    pub stop_after: Option<u32>,
    /// Pause before each `accept`, so that callers wait in the queue.
    pub accept_delay: Option<Duration>,
    /// When the system refuses the port, a free one above 1023 is taken, and the record of listening says so.
    pub fallback: bool,
    /// Options for every accepted socket.
    pub options: SocketOptions,
}

impl ListenConfig {
    /// The accept queue unless somebody chooses another: room for a crowd that calls in the same moment. Whoever finds it
    /// full waits a second or three until the system tries again; the system may allow less.
    pub const BACKLOG: u32 = 1024;
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            transport: Transport::Tcp,
            bind: "127.0.0.1".into(),
            port: 8000,
            groups: Vec::new(),
            backlog: Self::BACKLOG,
            accept: AcceptPolicy::Each,
            recv_size: RecvSize::default(),
            recipe: Recipe::ECHO,
            encoding: Encoding::default(),
            serving: Serving::default(),
            close_after: None,
            idle_timeout: None,
            keep_half_open: false,
            stop_after: None,
            accept_delay: None,
            fallback: false,
            options: SocketOptions::default(),
        }
    }
}

/// Everything about a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectConfig {
    /// TCP, UDP or a Unix path.
    pub transport: Transport,
    /// Host name or address of the listener.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Our own address and port; the system chooses when there is none.
    pub source: Option<Endpoint>,
    /// How long the whole of connecting may take.
    pub connect_timeout: Duration,
    /// A connection with no traffic for so long is closed.
    pub idle_timeout: Option<Duration>,
    /// Bytes one `recv` may return.
    pub recv_size: RecvSize,
    /// When the peer half-closes, our side stays open until the user closes it.
    pub keep_half_open: bool,
    /// Options of the socket.
    pub options: SocketOptions,
}

impl Default for ConnectConfig {
    fn default() -> Self {
        Self {
            transport: Transport::Tcp,
            host: "127.0.0.1".into(),
            port: 8000,
            source: None,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: None,
            recv_size: RecvSize::default(),
            keep_half_open: false,
            options: SocketOptions::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receive_size_that_was_chosen_is_told_from_the_usual_one() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct File {
            size: RecvSize,
        }
        for (word, size, chosen) in [("auto", 1024, false), ("1024", 1024, true), ("1", 1, true)] {
            let read: RecvSize = word.parse().unwrap();
            assert_eq!((read.get(), read.is_chosen(), read.to_string().as_str()), (size, chosen, word));
            let text = toml::to_string(&File { size: read }).unwrap();
            assert_eq!(toml::from_str::<File>(&text).unwrap(), File { size: read }, "{text}");
        }
        assert_eq!(RecvSize::exactly_usual(), RecvSize::try_from(1024).unwrap());
        for wrong in ["0", "1048577", "-1", "all", ""] {
            assert!(wrong.parse::<RecvSize>().is_err(), "{wrong}");
        }
        for wrong in ["size = 0", "size = -1", "size = 5000000000", "size = 'all'", "size = true"] {
            assert!(toml::from_str::<File>(wrong).is_err(), "{wrong}");
        }
    }
}
