//! Names to addresses, addresses to bound sockets, and what to say when that fails.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use crate::{
    engine::net::{lookup, platform, wire::apply_common},
    model::{Errno, Failure, ListenConfig, Note, Operation, SocketOptions},
};

/// Ports tried for "the next free port".
const NEIGHBOURS: u16 = 100;

/// `host:port` as a person writes it, IPv6 in brackets.
pub(crate) fn host_port(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Why there are no records over Unix sockets here.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn no_seqpacket(path: &std::path::Path) -> Failure {
    Failure::named(Operation::Socket, path.display(), Errno::EPROTONOSUPPORT).because(Reason::NoSeqpacket)
}

/// All addresses of a name, in the system's order.
pub(crate) async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    let bare = host.trim().trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let name = bare.to_owned();
    let found = tokio::task::spawn_blocking(move || lookup::look_up(&name, port)).await;
    found.unwrap_or_else(|_| Err(Failure::named(Operation::Resolve, host, Errno::ECANCELED)))
}

/// The address that a listener is to have; `*` is all addresses, IPv6 and IPv4 in one socket where there is IPv6.
pub(crate) async fn bind_address(config: &ListenConfig) -> Result<SocketAddr, Failure> {
    match config.bind.trim() {
        "" | "*" => {
            let has_ipv6 = Socket::new(Domain::IPV6, Type::STREAM, None).is_ok();
            let any = if has_ipv6 { Ipv6Addr::UNSPECIFIED.into() } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
            Ok(SocketAddr::new(any, config.port))
        }
        name => {
            let addresses = resolve(name, config.port).await?;
            // The tutorials' `localhost` means 127.0.0.1.
            let chosen = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
            chosen.copied().ok_or_else(|| Failure::named(Operation::Resolve, name, Errno::EAI_NONAME))
        }
    }
}

/// A listening TCP socket, and what is to be said about its port when it is not the one that was asked for.
pub(crate) async fn listen_stream(config: &ListenConfig) -> Result<(TcpListener, Option<Note>), Failure> {
    let address = bind_address(config).await?;
    or_free_port(config, address, |address| listen_tcp(address, config.backlog), TcpListener::local_addr)
}

/// A bound UDP socket, likewise.
pub(crate) async fn listen_udp(config: &ListenConfig) -> Result<(UdpSocket, Option<Note>), Failure> {
    let address = bind_address(config).await?;
    or_free_port(config, address, |address| bind_udp(address, &config.options), UdpSocket::local_addr)
}

fn or_free_port<S>(
    config: &ListenConfig,
    address: SocketAddr,
    open: impl Fn(SocketAddr) -> Result<S, Failure>,
    name: impl Fn(&S) -> io::Result<SocketAddr>,
) -> Result<(S, Option<Note>), Failure> {
    match open(address) {
        Err(refused)
            if config.fallback && [Errno::EACCES, Errno::EPERM, Errno::EADDRINUSE].contains(&refused.error) =>
        {
            // The system gives free ports from a range far above 1023.
            let socket = open(SocketAddr::new(address.ip(), 0)).map_err(|_| refused.clone())?;
            let taken = name(&socket).map_or(0, |name| name.port());
            let note = Note::PortTaken { asked: address.port(), error: refused.error, errno: refused.errno, taken };
            Ok((socket, Some(note)))
        }
        result => result.map(|socket| (socket, None)),
    }
}

/// A listening TCP socket.
fn listen_tcp(address: SocketAddr, backlog: u32) -> Result<TcpListener, Failure> {
    let open = |operation: Operation| move |error: io::Error| (operation, error);
    let bound = || -> Result<Socket, (Operation, io::Error)> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
            .map_err(open(Operation::Socket))?;
        if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
            let _ = socket.set_only_v6(false);
        }
        // On Unix it only skips the wait after an earlier run; on Windows it would let two programs share the port.
        #[cfg(unix)]
        let _ = socket.set_reuse_address(true);
        socket.bind(&address.into()).map_err(open(Operation::Bind))?;
        socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX)).map_err(open(Operation::Listen))?;
        socket.set_nonblocking(true).map_err(open(Operation::Socket))?;
        Ok(socket)
    };
    bound()
        .and_then(|socket| TcpListener::from_std(socket.into()).map_err(open(Operation::Listen)))
        .map_err(|(operation, error)| bind_failure(operation, address, &error, false))
}

/// A bound UDP socket.
pub(crate) fn bind_udp(address: SocketAddr, options: &SocketOptions) -> Result<UdpSocket, Failure> {
    let bound = || -> io::Result<UdpSocket> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
            let _ = socket.set_only_v6(false);
        }
        apply_common(&(&socket).into(), options);
        socket.set_broadcast(options.broadcast)?;
        socket.bind(&address.into())?;
        socket.set_nonblocking(true)?;
        UdpSocket::from_std(socket.into())
    };
    bound().map_err(|error| bind_failure(Operation::Bind, address, &error, true))
}

/// Adds to an address in use who has it, and a port that is free.
pub(crate) fn bind_failure(operation: Operation, address: SocketAddr, error: &io::Error, udp: bool) -> Failure {
    // Linux reports a port that is taken at `listen` when both sockets may reuse the address.
    let operation = if error.kind() == io::ErrorKind::AddrInUse { Operation::Bind } else { operation };
    let mut failure = Failure::new(operation, address, error);
    if failure.is(Errno::EADDRINUSE) {
        if let Some(holder) = platform::holder(address, udp) {
            failure = failure.because(holder);
        }
        if let Some(port) = next_free(address, udp) {
            failure = failure.with_free_port(port);
        }
    }
    failure
}

/// The next port above that can be bound on the same address.
fn next_free(address: SocketAddr, udp: bool) -> Option<u16> {
    let first = address.port().checked_add(1)?;
    (first..=address.port().saturating_add(NEIGHBOURS)).find(|port| {
        let address = SocketAddr::new(address.ip(), *port);
        if udp { std::net::UdpSocket::bind(address).is_ok() } else { std::net::TcpListener::bind(address).is_ok() }
    })
}
