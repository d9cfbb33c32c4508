//! A client: looks up, connects within its time, and explains what went wrong.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    net::{TcpSocket, TcpStream},
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

#[cfg(unix)]
use crate::engine::net::unix_path;
use crate::{
    engine::{
        net::{
            bind,
            reach::Attempt,
            wire::{BoxWire, Wire as _},
        },
        session::datagram,
        shared::{buffers::Buffers, context::Context, control::Urgent},
        task::raw::{self, Plan},
    },
    journal::{Connection, Identity},
    model::{
        Cause, ConnectConfig, Detail, Errno, Event, Failure, Name, Names, Note, Operation, Reason, SessionId, Side,
        Target, Transport,
    },
};

/// Pause before a full queue of a Unix listener is tried again.
#[cfg(unix)]
const QUEUE_PAUSE: Duration = Duration::from_millis(20);

/// Runs a client from looking up the name to the end of the connection.
pub(crate) async fn run(
    context: Arc<Context>,
    session: SessionId,
    config: ConnectConfig,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: CancellationToken,
) {
    let asked = asked(&config);
    if config.transport.is_datagram() {
        let local = datagram::connect(&context, session, &config, feed, &stop).await;
        return context.stopped(session, local).await;
    }
    let connected = tokio::select! {
        connected = connect(&config) => connected,
        () = stop.cancelled() => Err(Failure::named(Operation::Connect, &asked, Errno::ECANCELED)),
    };
    let (wire, names, micros) = match connected {
        Ok(connected) => connected,
        Err(failure) => {
            context.failed(session, Name::Unnamed, asked, failure).await;
            return context.stopped(session, Name::Unnamed).await;
        }
    };
    let local = names.local.clone();
    wire.apply(&config.options);
    let (connection, detail) = begun(&context, session, &config, &wire, names, micros);
    let place = context.admit(connection, Event::Connected, &detail);
    let plan = Plan {
        responder: None,
        feed,
        buffers: Arc::new(Buffers::new(config.recv_size.get())),
        close_after: None,
        idle_timeout: config.idle_timeout,
        keep_half_open: config.keep_half_open,
    };
    let task = raw::run(Arc::clone(&context), place, wire, plan);
    tokio::pin!(task);
    tokio::select! {
        () = &mut task => {}
        () = stop.cancelled() => {
            for handle in context.handles(Target::Session(session)) {
                handle.control.urge(Urgent::Close);
            }
            task.await;
        }
    }
    context.stopped(session, local).await;
}

/// The peer's name as the user gave it.
fn asked(config: &ConnectConfig) -> Name {
    match &config.transport {
        Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
            Name::Text(path.display().to_string().into())
        }
        Transport::Tcp | Transport::Udp => Name::parse(&bind::host_port(&config.host, config.port)),
    }
}

/// Writes down a connection that we made.
pub(crate) fn connected_at(
    context: &Arc<Context>,
    session: SessionId,
    config: &ConnectConfig,
    wire: &BoxWire,
    names: Names,
    micros: u64,
) -> Arc<Connection> {
    let (connection, detail) = begun(context, session, config, wire, names, micros);
    connection.fact(Event::Connected, &detail, None);
    connection
}

/// A connection that we made, and what is to be written down of it.
fn begun(
    context: &Arc<Context>,
    session: SessionId,
    config: &ConnectConfig,
    wire: &BoxWire,
    names: Names,
    micros: u64,
) -> (Arc<Connection>, Detail) {
    let identity = Identity {
        id: context.next_connection(),
        session,
        side: Side::Connected,
        names,
        descriptor: wire.descriptor(),
        socket: wire.socket(),
        recv_size: config.recv_size.get(),
    };
    let descriptor = identity.descriptor;
    let note = Note::of_connected(&identity.names, &config.host);
    let connection = Connection::new(identity, Arc::clone(&context.journal));
    if let Some(on) = wire.nodelay() {
        connection.set_nodelay(on);
    }
    if !config.recv_size.is_chosen() {
        connection.let_recv_grow();
    }
    (connection, Detail { descriptor, micros: Some(micros), note, ..Detail::default() })
}

/// A connected stream, its names, and how long `connect` took in microseconds.
pub(crate) async fn connect(config: &ConnectConfig) -> Result<(BoxWire, Names, u64), Failure> {
    let began = Instant::now();
    match &config.transport {
        Transport::Unix(path) | Transport::UnixSeqpacket(path) => {
            let connected = timeout(config.connect_timeout, connect_unix(&config.transport, path)).await;
            connected.unwrap_or_else(|_| Err(queue_full(path, config.connect_timeout)))
        }
        Transport::Tcp | Transport::Udp | Transport::UnixDatagram(_) => {
            connect_to(config, resolve(config).await?, began).await
        }
    }
}

/// The addresses of the peer's name, within the time that connecting may take.
pub(crate) async fn resolve(config: &ConnectConfig) -> Result<Vec<SocketAddr>, Failure> {
    let limit = config.connect_timeout;
    let resolved = timeout(limit, bind::resolve(&config.host, config.port)).await;
    let failed = || Failure::named(Operation::Resolve, &config.host, Errno::ETIMEDOUT);
    resolved.unwrap_or_else(|_| Err(failed().because(Reason::NoNameWithin { nanos: nanos(limit) })))
}

/// Nothing but a full queue makes a listener at a path keep its callers waiting.
fn queue_full(path: &std::path::Path, limit: Duration) -> Failure {
    let cause = Cause::QueueFull { waiting: None };
    Failure::named(Operation::Connect, path.display(), Errno::ETIMEDOUT)
        .because(Reason::Unreached { cause, nanos: Some(nanos(limit)) })
}

/// Nothing answered in time.
fn not_within(address: impl std::fmt::Display, limit: Duration) -> Failure {
    Failure::named(Operation::Connect, address, Errno::ETIMEDOUT).because(Reason::NotWithin { nanos: nanos(limit) })
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// Connects to the first of these addresses that answers, within what is left of the time since `began`. Of one that does
/// not answer, the system is asked at once what it knows of the cause.
pub(crate) async fn connect_to(
    config: &ConnectConfig,
    addresses: Vec<SocketAddr>,
    began: Instant,
) -> Result<(BoxWire, Names, u64), Failure> {
    let mut last = None;
    let many = addresses.len() > 1;
    for address in addresses {
        // One silent address of a name with several must not use up the time of the others.
        let left = config.connect_timeout.saturating_sub(began.elapsed());
        let share = if many { left.min(config.connect_timeout / 2) } else { left };
        let started = Instant::now();
        let attempt = Attempt::begin(address, false);
        let result = match timeout(share, connect_tcp(address, config.source)).await {
            Ok(result) => result,
            Err(_) => Err(not_within(address, if many { share } else { config.connect_timeout })),
        };
        match result {
            Ok(stream) => {
                let local = stream.local_addr().map_or(Name::Unnamed, Name::Inet);
                let names = Names { local, peer: Name::Inet(address) };
                return Ok((Box::new(stream), names, micros(started)));
            }
            Err(failure) => last = Some(attempt.explain(failure).await),
        }
    }
    Err(last.unwrap_or_else(|| Failure::named(Operation::Resolve, &config.host, Errno::EAI_NONAME)))
}

async fn connect_tcp(address: SocketAddr, source: Option<SocketAddr>) -> Result<TcpStream, Failure> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }
        .map_err(|error| Failure::new(Operation::Socket, address, &error))?;
    if let Some(source) = source {
        #[cfg(unix)]
        let _ = socket.set_reuseaddr(true);
        socket.bind(source).map_err(|error| bind::bind_failure(Operation::Bind, source, &error, false))?;
    }
    socket.connect(address).await.map_err(|error| Failure::new(Operation::Connect, address, &error))
}

#[cfg(unix)]
async fn connect_unix(transport: &Transport, path: &std::path::Path) -> Result<(BoxWire, Names, u64), Failure> {
    let started = Instant::now();
    let stream = loop {
        let connected = match transport {
            #[cfg(target_os = "linux")]
            Transport::UnixSeqpacket(_) => {
                crate::engine::net::seqpacket::Seqpacket::connect(path).map(|wire| Box::new(wire) as BoxWire)
            }
            #[cfg(not(target_os = "linux"))]
            Transport::UnixSeqpacket(_) => return Err(bind::no_seqpacket(path)),
            _ => tokio::net::UnixStream::connect(path).await.map(|wire| Box::new(wire) as BoxWire),
        };
        match connected {
            // The listener's queue is full. A blocking `connect` would wait; there is no event that tells when to go on.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => tokio::time::sleep(QUEUE_PAUSE).await,
            result => break result.map_err(|error| unix_path::failure(Operation::Connect, path, &error))?,
        }
    };
    let names = Names { local: Name::Unnamed, peer: Name::Text(path.display().to_string().into()) };
    Ok((stream, names, micros(started)))
}

#[cfg(not(unix))]
async fn connect_unix(_: &Transport, path: &std::path::Path) -> Result<(BoxWire, Names, u64), Failure> {
    Err(Failure::named(Operation::Socket, path.display(), Errno::EAFNOSUPPORT))
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
