//! A stream listener: binds, accepts under its policy, and gives every caller a task.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
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
    let mut socket = socket;
    let mut local = announce(context, session, config, &socket, note).await;
    let (rebind, mut rebinds) = mpsc::channel(1);
    context.registry.lock().rebinds.insert(session, rebind);

    let site = Site::new(config, &context.sites);
    if let Some(site) = &site {
        context.registry.lock().sites.insert(session, Arc::<Site>::clone(site));
        serves(context, session, &local, site);
        if let Some(token) = site.token() {
            context.tell(Notice::Site { session, news: SiteNews::Token(token.to_owned()) }).await;
        }
    }
    let served = TaskTracker::new();
    let mut door = Door::new(context, session, config, responders, site.clone(), served.clone());
    let enough = loop {
        let bind = tokio::select! {
            () = door.accept_all(&socket) => break true,
            () = stop.cancelled() => break false,
            Some(bind) = rebinds.recv() => bind,
        };
        // The port is free for all addresses only when nobody listens on it at one of them.
        drop(socket);
        let Some(moved) = stand_at(context, session, config, &local, bind).await else {
            // It stands nowhere: as when it is stopped.
            return finish(context, session, site, &served, local).await;
        };
        let (moved, note) = moved;
        socket = moved;
        local = announce(context, session, config, &socket, note).await;
        if let Some(site) = &site {
            serves(context, session, &local, site);
        }
    };
    drop(socket);
    if enough {
        served.close();
        // Nobody is accepted any more; those who were are served to their end.
        tokio::select! {
            () = served.wait() => {}
            () = stop.cancelled() => {}
        }
    }
    finish(context, session, site.filter(|_| !enough), &served, local).await
}

/// Closes what was accepted; gives the name of the listener again.
async fn finish(
    context: &Arc<Context>,
    session: SessionId,
    site: Option<Arc<Site>>,
    served: &TaskTracker,
    local: Name,
) -> Name {
    if let Some(site) = site {
        site.close();
    }
    served.close();
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

/// Writes and tells where the listener stands.
async fn announce(
    context: &Arc<Context>,
    session: SessionId,
    config: &ListenConfig,
    socket: &Socket,
    note: Option<Note>,
) -> Name {
    let (local, descriptor) = socket.name();
    let detail = Detail { descriptor, backlog: Some(config.backlog), note: note.clone(), ..Detail::default() };
    context.fact(Event::Listening, session, &Names { local: local.clone(), peer: Name::Unnamed }, &detail);
    context.listens(session, &local);
    context.tell(Notice::Listening { session, local: local.clone(), descriptor, note }).await;
    local
}

/// Writes where browsers find what the listener shows.
fn serves(context: &Arc<Context>, session: SessionId, local: &Name, site: &Site) {
    let token = site.token().map(str::to_owned);
    let detail = Detail { urls: urls(local), token, ..Detail::default() };
    context.fact(Event::Serving, session, &Names { local: local.clone(), peer: Name::Unnamed }, &detail);
}

/// A socket on another address with the port that `local` has, or else on the one that it had; `None` where the system
/// refuses both, which is told.
async fn stand_at(
    context: &Arc<Context>,
    session: SessionId,
    config: &ListenConfig,
    local: &Name,
    bind: String,
) -> Option<(Socket, Option<Note>)> {
    let before = local.inet();
    let port = before.map_or(config.port, |local| local.port());
    let back = before.map_or_else(|| config.bind.clone(), |local| host_of(&local));
    for bind in [bind, back] {
        // Another port would be another address for all who have this one.
        let wanted = ListenConfig { bind, port, fallback: false, ..config.clone() };
        match open(&wanted).await {
            Ok(opened) => return Some(opened),
            Err((asked, failure)) => context.failed(session, asked, Name::Unnamed, failure).await,
        }
    }
    None
}

/// The address alone, with its zone.
fn host_of(address: &SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        address => address.ip().to_string(),
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

/// What takes callers in, whatever address it stands on.
struct Door<'a> {
    context: &'a Arc<Context>,
    session: SessionId,
    config: &'a ListenConfig,
    responders: Responders,
    site: Option<Arc<Site>>,
    served: TaskTracker,
    places: Option<Arc<Semaphore>>,
    buffers: Arc<Buffers>,
    accepted: u32,
}

impl<'a> Door<'a> {
    fn new(
        context: &'a Arc<Context>,
        session: SessionId,
        config: &'a ListenConfig,
        responders: Responders,
        site: Option<Arc<Site>>,
        served: TaskTracker,
    ) -> Self {
        let places = config.accept.limit().map(|limit| Arc::new(Semaphore::new(limit as usize)));
        let buffers = Arc::new(Buffers::new(config.recv_size.get()));
        Self { context, session, config, responders, site, served, places, buffers, accepted: 0 }
    }

    /// Accepts until as many have come as are to come. May be dropped at any time: nobody is lost who was accepted.
    async fn accept_all(&mut self, socket: &Socket) {
        let (context, session, config) = (self.context, self.session, self.config);
        let local = socket.name().0;
        let mut starved = false;
        while config.stop_after.is_none_or(|limit| self.accepted < limit) {
            let permit = match &self.places {
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
                    self.accepted = self.accepted.saturating_add(1);
                    self.serve(wire, names, permit);
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

    /// Gives a caller a task.
    fn serve(&self, wire: BoxWire, names: Names, permit: Option<OwnedSemaphorePermit>) {
        let (context, session, config) = (self.context, self.session, self.config);
        let responder = self.responders.next(&names.peer);
        let (connection, detail) = accepted(context, session, config, &wire, names);
        if let Some(site) = &self.site {
            connection.fact(Event::Accepted, &detail, None);
            self.served.spawn(serve_http(context, connection, wire, Arc::clone(site), config, permit));
            return;
        }
        let plan = Plan {
            responder,
            feed: None,
            buffers: Arc::clone(&self.buffers),
            close_after: config.close_after,
            idle_timeout: config.idle_timeout,
            keep_half_open: config.keep_half_open && config.recipe == Recipe::Nobody,
        };
        let place = context.admit(connection, Event::Accepted, &detail);
        let context = Arc::clone(context);
        self.served.spawn(async move {
            raw::run(context, place, wire, plan).await;
            drop(permit);
        });
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
