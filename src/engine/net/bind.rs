//! Addresses to bound sockets, and what to say when that fails.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use super::{
    group::{self, Group},
    interfaces,
    offload::offload,
    options, platform,
    resolve::{PATIENCE, resolve},
};
use crate::model::{Errno, Failure, ListenConfig, Note, Operation, Reason, SocketOptions, needs_zone};

/// Ports tried for "the next free port".
const NEIGHBOURS: u16 = 100;
/// Room for datagrams that come at once.
const BURST: usize = 4 << 20;
/// How long the search for who has a port may take: it reads a file of every program.
const SEARCH: Duration = Duration::from_secs(1);

/// Why there are no records over Unix sockets here.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn no_seqpacket(path: &std::path::Path) -> Failure {
    Failure::named(Operation::Socket, path.display(), Errno::EPROTONOSUPPORT).because(Reason::NoSeqpacket)
}

/// The address that a listener is to have; `*` is all addresses, IPv6 and IPv4 in one socket where there is IPv6.
pub(crate) async fn bind_address(config: &ListenConfig) -> Result<SocketAddr, Failure> {
    match config.bind.trim() {
        "" | "*" | "＊" => {
            let has_ipv6 = Socket::new(Domain::IPV6, Type::STREAM, None).is_ok();
            let any = if has_ipv6 { Ipv6Addr::UNSPECIFIED.into() } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
            Ok(SocketAddr::new(any, config.port))
        }
        name => {
            let addresses = resolve(name, config.port, PATIENCE).await?;
            // The tutorials' `localhost` means 127.0.0.1.
            let chosen = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
            let chosen = chosen.copied().ok_or_else(|| Failure::named(Operation::Resolve, name, Errno::EAI_NONAME))?;
            zoned(chosen)
        }
    }
}

/// An address of this machine with its zone; a person need not name the only adapter that has it.
fn zoned(address: SocketAddr) -> Result<SocketAddr, Failure> {
    match address {
        SocketAddr::V6(mut v6) if v6.scope_id() == 0 && v6.ip().is_unicast_link_local() => {
            match interfaces::zones_of(*v6.ip()).as_slice() {
                [only] => {
                    v6.set_scope_id(*only);
                    Ok(v6.into())
                }
                _ => Err(without_zone(Operation::Bind, address)),
            }
        }
        _ => Ok(address),
    }
}

/// What is to be said of an address that is on every adapter; `None` where one is named or none is needed.
pub(crate) fn lacks_zone(operation: Operation, address: SocketAddr) -> Option<Failure> {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() == 0 && needs_zone(*v6.ip()) => Some(without_zone(operation, address)),
        _ => None,
    }
}

fn without_zone(operation: Operation, address: SocketAddr) -> Failure {
    let adapter = interfaces::first_real().unwrap_or_default();
    Failure::named(operation, address, Errno::EINVAL).because(Reason::NeedsZone { adapter })
}

/// A listening TCP socket, and what is to be said about it: its port when it is not the one that was asked for, and what
/// the system made of its options.
pub(crate) async fn listen_stream(config: &ListenConfig) -> Result<(TcpListener, Option<Note>), Failure> {
    let address = bind_address(config).await?;
    let open = |address| listen_tcp(address, config);
    let (listener, note) = or_free_port(config, address, false, open, TcpListener::local_addr).await?;
    let settings = options::asked_back(&SockRef::from(&listener), &config.options);
    Ok((listener, Note::all(note.into_iter().chain(settings))))
}

/// A bound UDP socket that has joined its groups, likewise.
pub(crate) async fn listen_udp(config: &ListenConfig) -> Result<(UdpSocket, Option<Note>), Failure> {
    let bound_group = Group::bound(config)?;
    let mut groups = group::asked(config)?;
    let address = match &bound_group {
        Some(group) => group.bind_address(config.port)?,
        None => bind_address(config).await?,
    };
    groups.extend(bound_group);
    let shared = !groups.is_empty();
    let open = |address| bind_udp(address, &config.options, shared).map_err(|error| (Operation::Bind, error));
    let (socket, note) = or_free_port(config, address, true, open, UdpSocket::local_addr).await?;
    if config.options.recv_buffer.is_none() {
        // As much as the system gives of it, for bursts; what it refuses stays as it was.
        let _ = SockRef::from(&socket).set_recv_buffer_size(BURST);
    }
    let settings = options::asked_back(&SockRef::from(&socket), &config.options);
    let joined = group::join_all(&SockRef::from(&socket), &groups, config.options.adapter.as_deref())?;
    Ok((socket, Note::all(note.into_iter().chain(settings).chain(joined))))
}

async fn or_free_port<S>(
    config: &ListenConfig,
    address: SocketAddr,
    udp: bool,
    open: impl Fn(SocketAddr) -> Result<S, (Operation, io::Error)>,
    name: impl Fn(&S) -> io::Result<SocketAddr>,
) -> Result<(S, Option<Note>), Failure> {
    let (operation, error) = match open(address) {
        Ok(socket) => return Ok((socket, None)),
        Err(refused) => refused,
    };
    let refused = Failure::new(operation, address, &error);
    if config.fallback && [Errno::EACCES, Errno::EPERM, Errno::EADDRINUSE].contains(&refused.error) {
        // The system gives free ports from a range far above 1023.
        if let Ok(socket) = open(SocketAddr::new(address.ip(), 0)) {
            let taken = name(&socket).map_or(0, |name| name.port());
            let note = Note::PortTaken { asked: address.port(), error: refused.error, errno: refused.errno, taken };
            return Ok((socket, Some(note)));
        }
    }
    Err(bind_failure(operation, address, &error, udp).await)
}

/// A listening TCP socket.
fn listen_tcp(address: SocketAddr, config: &ListenConfig) -> Result<TcpListener, (Operation, io::Error)> {
    let open = |operation: Operation| move |error: io::Error| (operation, error);
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
        .map_err(open(Operation::Socket))?;
    if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
        let _ = socket.set_only_v6(false);
    }
    // On Unix it only skips the wait after an earlier run; on Windows it would let two programs share the port.
    #[cfg(unix)]
    let _ = socket.set_reuse_address(true);
    options::set_stream(&SockRef::from(&socket), &config.options);
    socket.bind(&address.into()).map_err(open(Operation::Bind))?;
    socket.listen(i32::try_from(config.backlog).unwrap_or(i32::MAX)).map_err(open(Operation::Listen))?;
    socket.set_nonblocking(true).map_err(open(Operation::Socket))?;
    TcpListener::from_std(socket.into()).map_err(open(Operation::Listen))
}

/// A bound UDP socket. A `shared` one leaves its address to others as well, as is usual for groups.
pub(crate) fn bind_udp(address: SocketAddr, options: &SocketOptions, shared: bool) -> io::Result<UdpSocket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
        let _ = socket.set_only_v6(false);
    }
    if shared {
        socket.set_reuse_address(true)?;
        #[cfg(all(unix, not(target_os = "linux")))]
        let _ = socket.set_reuse_port(true);
    }
    options::set_datagram(&SockRef::from(&socket), domain, options)?;
    socket.bind(&address.into())?;
    socket.set_nonblocking(true)?;
    platform::tell_icmp_errors(&socket, domain);
    UdpSocket::from_std(socket.into())
}

/// Adds to an address in use who has it, and a port that is free.
pub(crate) async fn bind_failure(operation: Operation, address: SocketAddr, error: &io::Error, udp: bool) -> Failure {
    // Linux reports a port that is taken at `listen` when both sockets may reuse the address.
    let operation = if error.kind() == io::ErrorKind::AddrInUse { Operation::Bind } else { operation };
    let mut failure = Failure::new(operation, address, error);
    if failure.is(Errno::EADDRINUSE) {
        let known = offload(SEARCH, move || (platform::holder(address, udp), next_free(address, udp))).await;
        let (holder, free) = known.unwrap_or_default();
        if let Some(holder) = holder {
            failure = failure.because(holder);
        }
        if let Some(port) = free {
            failure = failure.with_free_port(port);
        }
    }
    failure
}

/// The next port above that can be bound on the same address.
fn next_free(address: SocketAddr, udp: bool) -> Option<u16> {
    let first = address.port().checked_add(1)?;
    (first..=address.port().saturating_add(NEIGHBOURS)).find(|port| {
        let mut address = address;
        address.set_port(*port);
        if udp { std::net::UdpSocket::bind(address).is_ok() } else { std::net::TcpListener::bind(address).is_ok() }
    })
}
