//! Datagram sockets of every family as one type, and the addresses that they know their peers by.

use std::{io, net::SocketAddr};
#[cfg(unix)]
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use tokio::net::UdpSocket;
#[cfg(unix)]
use tokio::net::UnixDatagram;

#[cfg(unix)]
use crate::engine::net::unix_path::{self, Claim};
use crate::{
    engine::net::{bind, platform, reach::Attempt},
    model::{ConnectConfig, Errno, Failure, ListenConfig, Name, Note, Operation, Transport},
};

/// Whom a datagram came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    Inet(SocketAddr),
    /// Path of a Unix socket; `None` for one that was never bound and cannot be answered.
    #[cfg(unix)]
    Unix(Option<PathBuf>),
}

impl Address {
    pub(crate) fn name(&self) -> Name {
        match self {
            Self::Inet(address) => (*address).into(),
            #[cfg(unix)]
            Self::Unix(path) => path.as_deref().map_or(Name::Unnamed, name),
        }
    }
}

/// A bound datagram socket.
#[derive(Debug)]
pub(crate) enum Packets {
    Udp(UdpSocket),
    /// The socket and its file, which is removed with it.
    #[cfg(unix)]
    Unix(UnixDatagram, Claim),
}

impl Packets {
    /// A listener's socket, and what is to be said about its port.
    pub(crate) async fn listen(config: &ListenConfig) -> Result<(Self, Option<Note>), Failure> {
        match &config.transport {
            #[cfg(unix)]
            Transport::UnixDatagram(path) => bound(path).await.map(|socket| (socket, None)),
            #[cfg(not(unix))]
            Transport::UnixDatagram(path) => {
                Err(Failure::named(Operation::Socket, path.display(), Errno::EAFNOSUPPORT))
            }
            _ => bind::listen_udp(config).await.map(|(socket, note)| (Self::Udp(socket), note)),
        }
    }

    /// A client's socket, connected, and the name of its peer.
    pub(crate) async fn connect(config: &ConnectConfig) -> Result<(Self, Name), Failure> {
        match &config.transport {
            #[cfg(unix)]
            Transport::UnixDatagram(path) => {
                let failed = |error: &io::Error| unix_path::failure(Operation::Connect, path, error);
                // Without a name of its own it could not be answered.
                let Self::Unix(socket, claim) = bound(&own_path()).await? else {
                    return Err(failed(&io::ErrorKind::Unsupported.into()));
                };
                socket.connect(path).map_err(|error| failed(&error))?;
                Ok((Self::Unix(socket, claim), name(path)))
            }
            #[cfg(not(unix))]
            Transport::UnixDatagram(path) => {
                Err(Failure::named(Operation::Socket, path.display(), Errno::EAFNOSUPPORT))
            }
            _ => connect_udp(config).await.map(|(socket, peer)| (Self::Udp(socket), Name::Inet(peer))),
        }
    }

    pub(crate) fn local(&self) -> Name {
        match self {
            Self::Udp(socket) => socket.local_addr().map_or(Name::Unnamed, Name::Inet),
            #[cfg(unix)]
            Self::Unix(_, claim) => name(claim.path()),
        }
    }

    pub(crate) fn descriptor(&self) -> Option<i64> {
        match self {
            Self::Udp(socket) => platform::descriptor(socket),
            #[cfg(unix)]
            Self::Unix(socket, _) => platform::descriptor(socket),
        }
    }

    /// Family, type and protocol, for a peer of that name.
    pub(crate) fn kind(&self, peer: &Name) -> &'static str {
        match self {
            Self::Udp(_) if peer.inet().is_some_and(|peer| peer.is_ipv6()) => "AF_INET6 DGRAM UDP",
            Self::Udp(_) => "AF_INET DGRAM UDP",
            #[cfg(unix)]
            Self::Unix(..) => "AF_UNIX DGRAM",
        }
    }

    pub(crate) async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, Address)> {
        match self {
            Self::Udp(socket) => socket.recv_from(buffer).await.map(|(length, from)| (length, Address::Inet(from))),
            #[cfg(unix)]
            Self::Unix(socket, _) => {
                let (length, from) = socket.recv_from(buffer).await?;
                Ok((length, Address::Unix(from.as_pathname().map(Path::to_owned))))
            }
        }
    }

    pub(crate) async fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Udp(socket) => socket.recv(buffer).await,
            #[cfg(unix)]
            Self::Unix(socket, _) => socket.recv(buffer).await,
        }
    }

    /// Sends to an address, or to the peer that the socket is connected to.
    pub(crate) async fn send(&self, bytes: &[u8], to: Option<&Address>) -> io::Result<usize> {
        match (self, to) {
            (Self::Udp(socket), Some(Address::Inet(to))) => socket.send_to(bytes, to).await,
            (Self::Udp(socket), _) => socket.send(bytes).await,
            #[cfg(unix)]
            // Waiting for one peer that takes nothing would keep all others waiting.
            (Self::Unix(socket, _), Some(Address::Unix(Some(to)))) => socket.try_send_to(bytes, to),
            #[cfg(unix)]
            (Self::Unix(socket, _), None) => socket.send(bytes).await,
            #[cfg(unix)]
            (Self::Unix(..), Some(_)) => Err(rustix::io::Errno::DESTADDRREQ.into()),
        }
    }
}

async fn connect_udp(config: &ConnectConfig) -> Result<(UdpSocket, SocketAddr), Failure> {
    let addresses = bind::resolve(&config.host, config.port).await?;
    let none = || Failure::named(Operation::Resolve, &config.host, Errno::EAI_NONAME);
    let address = *addresses.iter().find(|address| address.is_ipv4()).or(addresses.first()).ok_or_else(none)?;
    let any = if address.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0; 8], 0).into() };
    let socket = bind::bind_udp(config.source.unwrap_or(any), &config.options)?;
    let attempt = Attempt::begin(address, true);
    match socket.connect(address).await {
        Ok(()) => Ok((socket, address)),
        Err(error) => Err(attempt.explain(Failure::new(Operation::Connect, address, &error)).await),
    }
}

#[cfg(unix)]
async fn bound(path: &Path) -> Result<Packets, Failure> {
    let (socket, claim) = Claim::bind(path, socket2::Type::DGRAM, None).await?;
    let failed = |error: io::Error| unix_path::failure(Operation::Bind, path, &error);
    let socket = UnixDatagram::from_std(std::os::fd::OwnedFd::from(socket).into()).map_err(failed)?;
    Ok(Packets::Unix(socket, claim))
}

/// A path for a client of this program, used once.
#[cfg(unix)]
fn own_path() -> PathBuf {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("socketlab-{}-{number}.sock", std::process::id()))
}

#[cfg(unix)]
fn name(path: &Path) -> Name {
    Name::Text(path.display().to_string().into())
}
