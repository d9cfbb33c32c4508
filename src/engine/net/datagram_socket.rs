//! Datagram sockets of every family as one type, and the addresses that they know their peers by.
//!
//! A client's socket is not connected, so that an answer from another port or address reaches it as well; that nobody has a
//! port open it hears from the error queue of the system, where there is one.

use std::{io, net::SocketAddr};
#[cfg(unix)]
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use socket2::{Domain, SockRef};
#[cfg(unix)]
use tokio::net::UnixDatagram;
use tokio::{io::Interest, net::UdpSocket};

use super::{
    bind, connect, group, interfaces,
    names::name_of,
    options,
    platform::{self, Taken, Undelivered},
    presence::Local,
    reach::Attempt,
    resolve,
};
#[cfg(unix)]
use super::{
    names::unix_name,
    unix_path::{self, Claim},
};
use crate::model::{ConnectConfig, Errno, Failure, ListenConfig, Name, Note, Operation, SocketKind, Transport};

/// How often a datagram is sent again that was refused because of the one before it.
const AGAIN: usize = 4;

/// Whom a datagram came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Address {
    /// And which address of ours it came to, where the socket has several and the system says it.
    Inet(SocketAddr, Option<Local>),
    /// Path of a Unix socket; `None` for one that was never bound and cannot be answered.
    #[cfg(unix)]
    Unix(Option<PathBuf>),
}

impl Address {
    pub(crate) fn name(&self) -> Name {
        match self {
            Self::Inet(address, _) => name_of(*address),
            #[cfg(unix)]
            Self::Unix(path) => path.as_deref().map_or(Name::Unnamed, name),
        }
    }

    pub(crate) fn port(&self) -> Option<u16> {
        match self {
            Self::Inet(address, _) => Some(address.port()),
            #[cfg(unix)]
            Self::Unix(_) => None,
        }
    }

    /// The address of ours that it speaks to.
    pub(crate) fn local(&self) -> Option<Local> {
        match self {
            Self::Inet(_, local) => *local,
            #[cfg(unix)]
            Self::Unix(_) => None,
        }
    }
}

/// What came in.
#[derive(Debug)]
pub(crate) enum Arrival {
    Datagram {
        /// Its bytes, at the beginning of the buffer.
        length: usize,
        from: Address,
    },
    /// One of ours did not arrive.
    Undelivered(Undelivered),
}

/// A bound datagram socket.
#[derive(Debug)]
pub(crate) enum Packets {
    /// The socket, and whether the system says with each datagram where it came to.
    Udp(UdpSocket, bool),
    /// The socket and its file, which is removed with it; and the only peer that a client's socket takes anything from.
    #[cfg(unix)]
    Unix(UnixDatagram, Claim, Option<Address>),
}

/// A client's socket, whom it speaks to, and what is to be said about it.
pub(crate) type Reached = (Packets, Address, Option<Note>);

impl Packets {
    /// A listener's socket, and what is to be said about it.
    pub(crate) async fn listen(config: &ListenConfig) -> Result<(Self, Option<Note>), Failure> {
        match &config.transport {
            #[cfg(unix)]
            Transport::UnixDatagram(path) => {
                bound(path).await.map(|(socket, claim)| (Self::Unix(socket, claim, None), None))
            }
            #[cfg(not(unix))]
            Transport::UnixDatagram(path) => {
                Err(Failure::named(Operation::Socket, path.display(), Errno::EAFNOSUPPORT))
            }
            _ => {
                let (socket, note) = bind::listen_udp(config).await?;
                let told = socket.local_addr().is_ok_and(|local| {
                    local.ip().is_unspecified() && platform::tell_arrivals(&socket, Domain::for_address(local))
                });
                Ok((Self::Udp(socket, told), note))
            }
        }
    }

    /// A client's socket, and whom it speaks to.
    pub(crate) async fn connect(config: &ConnectConfig) -> Result<Reached, Failure> {
        match &config.transport {
            #[cfg(unix)]
            Transport::UnixDatagram(path) => {
                // Without a name of its own it could not be answered.
                let (socket, claim) = bound(&own_path()).await?;
                socket.connect(path).map_err(|error| unix_path::failure(Operation::Connect, path, &error))?;
                let peer = Address::Unix(Some(path.clone()));
                Ok((Self::Unix(socket, claim, Some(peer.clone())), peer, None))
            }
            #[cfg(not(unix))]
            Transport::UnixDatagram(path) => {
                Err(Failure::named(Operation::Socket, path.display(), Errno::EAFNOSUPPORT))
            }
            _ => udp_client(config).await,
        }
    }

    /// As the system has it.
    pub(crate) fn local(&self) -> Name {
        match self {
            Self::Udp(socket, _) => socket.local_addr().map_or(Name::Unnamed, name_of),
            #[cfg(unix)]
            Self::Unix(socket, claim, _) => match socket.local_addr().map(|name| unix_name(&name.into())) {
                Ok(local) if !local.is_unnamed() => local,
                _ => name(claim.path()),
            },
        }
    }

    pub(crate) fn descriptor(&self) -> Option<i64> {
        match self {
            Self::Udp(socket, _) => platform::descriptor(socket),
            #[cfg(unix)]
            Self::Unix(socket, ..) => platform::descriptor(socket),
        }
    }

    /// How many datagrams had no room in the receive queue since it was opened, as the system counts up to now; `None` where
    /// it does not.
    pub(crate) fn drops(&self) -> Option<u32> {
        match self {
            Self::Udp(socket, _) => platform::drops(socket),
            // Whoever sends to a path waits for room.
            #[cfg(unix)]
            Self::Unix(..) => None,
        }
    }

    /// Family, type and protocol, for a peer of that name.
    pub(crate) fn kind(&self, peer: &Name) -> SocketKind {
        match self {
            Self::Udp(..) if peer.inet().is_some_and(|peer| peer.is_ipv6()) => SocketKind::UDP6,
            Self::Udp(..) => SocketKind::UDP4,
            #[cfg(unix)]
            Self::Unix(..) => SocketKind::UNIX_DATAGRAM,
        }
    }

    /// Waits for a datagram, or for the news that one of ours did not arrive.
    pub(crate) async fn arrival(&self, buffer: &mut [u8]) -> io::Result<Arrival> {
        loop {
            match self.try_arrival(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
            match self {
                Self::Udp(socket, _) => drop(socket.ready(Interest::READABLE | Interest::ERROR).await?),
                #[cfg(unix)]
                Self::Unix(socket, ..) => socket.readable().await?,
            }
        }
    }

    /// The same for what has come already; `WouldBlock` when that is nothing.
    pub(crate) fn try_arrival(&self, buffer: &mut [u8]) -> io::Result<Arrival> {
        match self {
            Self::Udp(socket, told) => loop {
                match socket.try_io(Interest::ERROR, || platform::take_icmp_error(socket)) {
                    Ok(undelivered) => return Ok(Arrival::Undelivered(undelivered)),
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                    Err(_) => {}
                }
                let taken = if *told {
                    socket.try_io(Interest::READABLE, || platform::recv_told(socket, buffer))
                } else {
                    let taken = socket.try_recv_from(buffer);
                    taken.map(|(length, from)| Taken { length, from, local: None })
                };
                match taken {
                    Ok(Taken { length, from, local }) => {
                        return Ok(Arrival::Datagram { length, from: Address::Inet(from, local) });
                    }
                    // The error queue has the same with its address.
                    Err(error) if cfg!(target_os = "linux") && is_of_an_earlier(&error) => {}
                    Err(error) => return Err(error),
                }
            },
            #[cfg(unix)]
            Self::Unix(socket, _, Some(only)) => {
                let length = socket.try_recv(buffer)?;
                Ok(Arrival::Datagram { length, from: only.clone() })
            }
            #[cfg(unix)]
            Self::Unix(socket, _, None) => {
                let (length, from) = socket.try_recv_from(buffer)?;
                let from = Address::Unix(from.as_pathname().map(Path::to_owned));
                Ok(Arrival::Datagram { length, from })
            }
        }
    }

    /// Sends one datagram; `WouldBlock` when its receiver has no room, which only sockets at a path say.
    pub(crate) async fn send(&self, bytes: &[u8], to: &Address) -> io::Result<usize> {
        match (self, to) {
            (Self::Udp(socket, _), Address::Inet(to, from)) => {
                let mut again = AGAIN;
                loop {
                    let sent = match from {
                        Some(from) => {
                            socket.async_io(Interest::WRITABLE, || platform::send_from(socket, bytes, *to, *from)).await
                        }
                        None => socket.send_to(bytes, to).await,
                    };
                    match sent {
                        Err(error) if cfg!(target_os = "linux") && again > 0 && is_of_an_earlier(&error) => again -= 1,
                        done => return done,
                    }
                }
            }
            #[cfg(unix)]
            (Self::Unix(socket, _, Some(_)), _) => socket.try_send(bytes),
            #[cfg(unix)]
            (Self::Unix(socket, _, None), Address::Unix(Some(to))) => socket.try_send_to(bytes, to),
            #[cfg(unix)]
            _ => Err(rustix::io::Errno::DESTADDRREQ.into()),
        }
    }
}

/// True for what the network says of a datagram that was sent before: the call that hears of it has done nothing.
fn is_of_an_earlier(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, PermissionDenied};
    // EPROTO is what ICMP's rarer messages become.
    matches!(error.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable | PermissionDenied)
        || error.raw_os_error() == Some(Errno::EPROTO.number())
}

/// A socket that is bound to the address that the system would send from, so that its name is true; to all addresses where
/// the answers may go to a group or to everybody.
async fn udp_client(config: &ConnectConfig) -> Result<Reached, Failure> {
    let source = config.source.as_ref().map(resolve::endpoint).transpose()?;
    let addresses = resolve::resolve(&config.host, config.port, config.connect_timeout).await?;
    let chosen =
        config.options.adapter.as_deref().map(|name| group::adapter(name, Operation::Setsockopt)).transpose()?;
    let zone = chosen.as_ref().map(|interface| interface.index);
    let addresses = connect::usable(addresses, source, zone)?;
    let to = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first()).copied();
    let to = to.ok_or_else(|| Failure::named(Operation::Resolve, &config.host, Errno::EAI_NONAME))?;
    let over = match (chosen, source) {
        (Some(interface), _) => Some(interface),
        (None, Some(source)) if to.ip().is_multicast() => {
            interfaces::all().into_iter().find(|interface| interface.addresses.contains(&source.ip()))
        }
        _ => None,
    };
    let any: SocketAddr = if to.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0; 8], 0).into() };
    let from = if let Some(source) = source {
        source
    } else {
        let attempt = Attempt::begin(to, true);
        match route_to(to, any, config.options.broadcast) {
            Ok(from) => from,
            Err(error) => return Err(attempt.explain(Failure::new(Operation::Connect, to, &error)).await),
        }
    };
    let socket = match bind::bind_udp(from, &config.options, false) {
        Ok(socket) => socket,
        Err(error) => return Err(bind::bind_failure(Operation::Bind, from, &error, true).await),
    };
    if let Some(interface) = over {
        group::send_over(&SockRef::from(&socket), &interface, to.is_ipv6())?;
    }
    let settings = options::asked_back(&SockRef::from(&socket), &config.options);
    Ok((Packets::Udp(socket, false), Address::Inet(to, None), settings))
}

/// The address of ours that the system sends from to there; `any` where answers may come to more than that address. Sends
/// nothing.
fn route_to(to: SocketAddr, any: SocketAddr, broadcast: bool) -> io::Result<SocketAddr> {
    if to.ip().is_multicast() {
        return Ok(any);
    }
    let probe = std::net::UdpSocket::bind(any)?;
    match probe.connect(to) {
        // What the system says of an address that is everybody's.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && broadcast => Ok(any),
        Err(error) => Err(error),
        Ok(()) => {
            let mut local = probe.local_addr()?;
            local.set_port(0);
            Ok(local)
        }
    }
}

#[cfg(unix)]
async fn bound(path: &Path) -> Result<(UnixDatagram, Claim), Failure> {
    let (socket, claim) = Claim::bind(path, socket2::Type::DGRAM, None).await?;
    let failed = |error: io::Error| unix_path::failure(Operation::Bind, path, &error);
    let socket = UnixDatagram::from_std(std::os::fd::OwnedFd::from(socket).into()).map_err(failed)?;
    Ok((socket, claim))
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
