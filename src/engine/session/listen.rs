//! A stream listener: binds, accepts under its policy, and gives every caller a task.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[cfg(unix)]
use crate::engine::net::unix_path::UnixPath;
use crate::{
    engine::{
        Notice,
        net::{
            bind,
            interfaces::addresses,
            names::name_of,
            platform,
            wire::{BoxWire, Wire as _},
        },
        session::{datagram, responders},
        shared::{buffers::Buffers, context::Context, control::Urgent},
        task::{
            http,
            raw::{self, Plan},
        },
    },
    http::server::Site,
    journal::Connection,
    model::{
        Detail, Errno, Event, Failure, ListenConfig, Name, Names, Note, Operation, Recipe, SessionId, Side, SiteNews,
        Target, Transport, join_host_port,
    },
    respond::Responders,
};

/// Pause after an accept that failed for want of descriptors or memory.
const BACK_OFF: Duration = Duration::from_millis(50);

/// How often a listener that ends tells its connections to close.
const CLOSE_ROUND: Duration = Duration::from_millis(20);

/// A socket that takes callers.
enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixPath),
}

/// Runs a listener until it is stopped.
pub(crate) async fn run(context: Arc<Context>, session: SessionId, config: ListenConfig, stop: CancellationToken) {
    let local = match &config.transport {
        Transport::Udp | Transport::UnixDatagram(_) => datagram::listen(&context, session, &config, &stop).await,
        Transport::Tcp | Transport::Unix(_) | Transport::UnixSeqpacket(_) => {
            listen(&context, session, &config, &stop).await
        }
    };
    context.stopped(session, local).await;
}

async fn open(config: &ListenConfig) -> Result<(Socket, Option<Note>), (Name, Failure)> {
    match &config.transport {
        Transport::Unix(path) | Transport::UnixSeqpacket(path) => {
            let asked = Name::Text(path.display().to_string().into());
            #[cfg(unix)]
            let bound = match config.transport {
                #[cfg(target_os = "linux")]
                Transport::UnixSeqpacket(_) => UnixPath::bind(path, socket2::Type::SEQPACKET, config.backlog).await,
                #[cfg(not(target_os = "linux"))]
                Transport::UnixSeqpacket(_) => Err(bind::no_seqpacket(path)),
                _ => UnixPath::bind(path, socket2::Type::STREAM, config.backlog).await,
            };
            #[cfg(unix)]
            return bound.map(|socket| (Socket::Unix(socket), None)).map_err(|failure| (asked, failure));
            #[cfg(not(unix))]
            Err((asked, Failure::named(Operation::Socket, path.display(), Errno::EAFNOSUPPORT)))
        }
        Transport::Tcp | Transport::Udp | Transport::UnixDatagram(_) => {
            let asked = Name::parse(&join_host_port(&config.bind, config.port));
            let bound = bind::listen_stream(config).await;
            bound.map(|(socket, note)| (Socket::Tcp(socket), note)).map_err(|failure| (asked, failure))
        }
    }
}

async fn listen(context: &Arc<Context>, session: SessionId, config: &ListenConfig, stop: &CancellationToken) -> Name {
    let asked = Name::parse(&join_host_port(&config.bind, config.port));
    let opened = match responders::responders(config) {
        Ok(responders) => tokio::select! {
            opened = open(config) => opened.map(|opened| (responders, opened)),
            // A name server that does not answer holds up nobody who has changed their mind.
            () = stop.cancelled() => return asked,
        },
        Err(failure) => Err((asked, failure)),
    };
    let (responders, (socket, note)) = match opened {
        Ok(opened) => opened,
        Err((asked, failure)) => {
            context.failed(session, asked.clone(), Name::Unnamed, failure).await;
            return asked;
        }
    };
    let (local, descriptor) = socket.name();
    let detail = Detail { descriptor, backlog: Some(config.backlog), note: note.clone(), ..Detail::default() };
    context.fact(Event::Listening, session, &Names { local: local.clone(), peer: Name::Unnamed }, &detail);
    context.listens(session, &local);
    context.tell(Notice::Listening { session, local: local.clone(), descriptor, note }).await;

    let site = Site::new(config, &context.sites);
    if let Some(site) = &site {
        context.registry.lock().sites.insert(session, Arc::<Site>::clone(site));
        let token = site.token().map(str::to_owned);
        let detail = Detail { urls: urls(&local), token, ..Detail::default() };
        context.fact(Event::Serving, session, &Names { local: local.clone(), peer: Name::Unnamed }, &detail);
        if let Some(token) = site.token() {
            context.tell(Notice::Site { session, news: SiteNews::Token(token.to_owned()) }).await;
        }
    }
    let served = TaskTracker::new();
    let enough = tokio::select! {
        () = accept_all(context, session, config, &socket, &responders, site.as_ref(), &served) => true,
        () = stop.cancelled() => false,
    };
    drop(socket);
    if let Some(site) = site.filter(|_| !enough) {
        site.close();
    }
    served.close();
    if enough {
        // Nobody is accepted any more; those who were are served to their end.
        tokio::select! {
            () = served.wait() => {}
            () = stop.cancelled() => {}
        }
    }
    // The end of the session is told after the ends of its connections. One that was accepted last may not have entered
    // the registry yet, so closing is said until all are gone.
    loop {
        for handle in context.handles(&Target::Session(session)) {
            handle.control.urge(Urgent::Close);
        }
        if timeout(CLOSE_ROUND, served.wait()).await.is_ok() {
            return local;
        }
    }
}

/// Where a browser finds the site: one address, or all of this machine that the socket is bound to.
fn urls(local: &Name) -> Vec<String> {
    let Some(local) = local.inet() else { return Vec::new() };
    if !local.ip().is_unspecified() {
        return vec![format!("http://{local}/")];
    }
    // The IPv6 wildcard takes IPv4 as well.
    let reached = addresses().into_iter().map(|adapter| adapter.address).filter(|ip| local.is_ipv6() || ip.is_ipv4());
    reached.map(|ip| format!("http://{}/", SocketAddr::new(ip, local.port()))).collect()
}

async fn accept_all(
    context: &Arc<Context>,
    session: SessionId,
    config: &ListenConfig,
    socket: &Socket,
    responders: &Responders,
    site: Option<&Arc<Site>>,
    served: &TaskTracker,
) {
    let places = config.accept.limit().map(|limit| Arc::new(Semaphore::new(limit as usize)));
    let buffers = Arc::new(Buffers::new(config.recv_size.get()));
    let local = socket.name().0;
    let mut starved = false;
    let mut accepted_so_far = 0;
    while config.stop_after.is_none_or(|limit| accepted_so_far < limit) {
        let permit = match &places {
            // The place is taken first: whoever has none waits in the backlog.
            Some(places) => Arc::clone(places).acquire_owned().await.ok(),
            None => None,
        };
        if let Some(pause) = config.accept_delay {
            sleep(pause).await;
        }
        std::future::poll_fn(|cx| context.journal.poll_room(cx)).await;
        match socket.accept().await {
            Ok((wire, names)) => {
                starved = false;
                accepted_so_far = accepted_so_far.saturating_add(1);
                let responder = responders.next(&names.peer);
                let (connection, detail) = accepted(context, session, config, &wire, names);
                if let Some(site) = site {
                    connection.fact(Event::Accepted, &detail, None);
                    served.spawn(serve_http(context, connection, wire, Arc::clone(site), config, permit));
                    continue;
                }
                let plan = Plan {
                    responder,
                    feed: None,
                    buffers: Arc::clone(&buffers),
                    close_after: config.close_after,
                    idle_timeout: config.idle_timeout,
                    keep_half_open: config.keep_half_open && config.recipe == Recipe::Nobody,
                };
                let place = context.admit(connection, Event::Accepted, &detail);
                let context = Arc::clone(context);
                served.spawn(async move {
                    raw::run(context, place, wire, plan).await;
                    drop(permit);
                });
            }
            Err(error) => {
                let failure = Failure::new(Operation::Accept, &local, &error);
                let short = matches!(failure.error, Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM);
                // A shortage is said once, and accepting goes on when somebody has gone.
                if !(short && starved) {
                    context.failed(session, local.clone(), Name::Unnamed, failure).await;
                }
                starved = short;
                sleep(BACK_OFF).await;
            }
        }
    }
}

fn accepted(
    context: &Arc<Context>,
    session: SessionId,
    config: &ListenConfig,
    wire: &BoxWire,
    names: Names,
) -> (Arc<Connection>, Detail) {
    // Linux hands on what was set on the listener.
    if cfg!(not(target_os = "linux")) {
        wire.apply(&config.options);
    }
    let connection = context.connection(session, Side::Accepted, names, &**wire, config.recv_size);
    let descriptor = connection.identity().descriptor;
    (connection, Detail { descriptor, ..Detail::default() })
}

fn serve_http(
    context: &Arc<Context>,
    connection: Arc<Connection>,
    wire: BoxWire,
    site: Arc<Site>,
    config: &ListenConfig,
    permit: Option<OwnedSemaphorePermit>,
) -> impl Future<Output = ()> + Send + 'static {
    let context = Arc::clone(context);
    let idle_timeout = config.idle_timeout;
    async move {
        http::run(context, connection, wire, site, idle_timeout).await;
        drop(permit);
    }
}

impl Socket {
    fn name(&self) -> (Name, Option<i64>) {
        match self {
            Self::Tcp(listener) => {
                (listener.local_addr().map_or(Name::Unnamed, name_of), platform::descriptor(listener))
            }
            #[cfg(unix)]
            Self::Unix(listener) => (listener.name(), listener.descriptor()),
        }
    }

    async fn accept(&self) -> io::Result<(BoxWire, Names)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                let local = stream.local_addr().map_or(Name::Unnamed, name_of);
                Ok((Box::new(stream), Names { local, peer: name_of(peer) }))
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let (stream, peer) = listener.accept().await?;
                Ok((stream, Names { local: listener.name(), peer }))
            }
        }
    }
}
