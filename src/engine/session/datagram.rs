//! Datagram sockets: a listener with a peer for every address that wrote to it, and a connected client.
//!
//! A datagram larger than the receive size is cut as `recvfrom` cuts it; the loss is written down.

use std::{
    collections::HashMap,
    io::{self, IoSlice},
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

#[cfg(unix)]
use crate::engine::net::unix_path;
use crate::{
    engine::{
        Notice,
        net::{
            bind,
            datagram_socket::{Address, Packets},
            reach::Attempt,
        },
        observe::{lifecycle::Life, recorder::Recorder},
        shared::{
            context::Context,
            control::{self, Order, Told, Transfer, Unsent, Urgent},
        },
    },
    journal::{Connection, Identity},
    model::{
        ConnectConfig, ConnectionId, Detail, Direction, Errno, Event, Failure, ListenConfig, Name, Names, Operation,
        Reason, SessionId, Side, TransferId, Transport,
    },
    respond::{Answer, Responder, Responders},
};

/// Peers a datagram listener remembers; the one that was silent longest is forgotten for a new one.
const PEERS: usize = 4096;
/// Answers that may wait for their time; more are not sent.
const LATER: usize = 4096;
/// The largest datagram that IP can carry.
const LARGEST: usize = 65_536;

/// Somebody who wrote to us.
struct Peer {
    life: Arc<Life>,
    inbound: Recorder,
    outbound: Recorder,
    responder: Option<Box<dyn Responder>>,
}

impl Peer {
    fn new(context: &Context, connection: Arc<Connection>, responder: Option<Box<dyn Responder>>) -> Self {
        Self {
            life: Life::new(connection),
            inbound: Recorder::new(&context.objects),
            outbound: Recorder::new(&context.objects),
            responder,
        }
    }

    fn received(&mut self, datagram: &[u8], recv_size: usize) -> usize {
        let taken = datagram.len().min(recv_size);
        let connection = self.life.connection();
        let bytes = datagram.get(..taken).unwrap_or_default();
        self.inbound.record(connection, Direction::Inbound, &[IoSlice::new(bytes)], taken);
        if taken < datagram.len() {
            self.life.cut(datagram.len() as u64, taken);
        }
        taken
    }

    fn sent(&mut self, bytes: &[u8]) {
        let parts = [IoSlice::new(bytes)];
        self.outbound.record(self.life.connection(), Direction::Outbound, &parts, bytes.len());
    }

    async fn failed(&self, context: &Context, operation: Operation, error: &io::Error) {
        let identity = self.life.connection().identity();
        let failure = why(operation, &identity.names.peer, error).await;
        self.life.trouble(&failure);
        context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
    }

    async fn leave(mut self, context: &Context) {
        let connection = Arc::clone(self.life.connection());
        self.inbound.finish(&connection);
        self.outbound.finish(&connection);
        self.life.closed();
        context.leave(&connection).await;
    }
}

/// Why a datagram did not get through.
async fn why(operation: Operation, peer: &Name, error: &io::Error) -> Failure {
    match peer {
        _ if operation == Operation::Open => Failure::new(operation, peer, error),
        Name::Inet(peer) => Attempt::begin(*peer, true).explain(Failure::new(operation, peer, error)).await,
        #[cfg(unix)]
        Name::Text(path) => unix_path::failure(operation, std::path::Path::new(path.as_ref()), error),
        _ => Failure::new(operation, peer, error),
    }
}

/// Runs a datagram listener; returns its name.
pub(crate) async fn listen(
    context: &Arc<Context>,
    session: SessionId,
    config: &ListenConfig,
    stop: &CancellationToken,
) -> Name {
    let asked = asked(&config.transport, &config.bind, config.port);
    let bound = match crate::engine::session::listen::responders(config) {
        Ok(responders) => Packets::listen(config).await.map(|bound| (responders, bound)),
        Err(failure) => Err(failure),
    };
    let (responders, (socket, note)) = match bound {
        Ok(bound) => bound,
        Err(failure) => {
            context.failed(session, asked.clone(), Name::Unnamed, failure).await;
            return asked;
        }
    };
    let (local, descriptor) = (socket.local(), socket.descriptor());
    let names = Names { local: local.clone(), peer: Name::Unnamed };
    context.fact(Event::Listening, session, &names, &Detail { descriptor, note: note.clone(), ..Detail::default() });
    context.tell(Notice::Listening { session, local: local.clone(), descriptor, note }).await;

    let (later, mut due) = mpsc::channel(LATER);
    let mut listener = Listener {
        context,
        session,
        config,
        responders,
        socket: &socket,
        peers: HashMap::new(),
        later,
        told: FuturesUnordered::new(),
        local: local.clone(),
    };
    tokio::select! {
        () = listener.serve(&mut due) => {}
        () = stop.cancelled() => {}
    }
    for (_, peer) in listener.peers.drain() {
        peer.leave(context).await;
    }
    local
}

/// An answer that was to go out later.
struct Later {
    to: Address,
    connection: ConnectionId,
    bytes: Option<Arc<[u8]>>,
    ends: bool,
}

struct Listener<'a> {
    context: &'a Arc<Context>,
    session: SessionId,
    config: &'a ListenConfig,
    responders: Responders,
    socket: &'a Packets,
    peers: HashMap<Address, Peer>,
    /// Answers whose time has come: to whom, what, and whether it is the last.
    later: mpsc::Sender<Later>,
    /// One future for each peer, ready when it is told something: each gets its turn, however many there are.
    told: FuturesUnordered<BoxFuture<'static, (Address, control::Receiver, Option<Told>)>>,
    local: Name,
}

impl Listener<'_> {
    async fn serve(&mut self, due: &mut mpsc::Receiver<Later>) {
        let mut buffer = vec![0; LARGEST];
        loop {
            std::future::poll_fn(|cx| self.context.journal.poll_room(cx)).await;
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => match received {
                    Ok((length, from)) => self.answer(buffer.get_mut(..length).unwrap_or_default(), from).await,
                    Err(error) => self.listener_failed(&error).await,
                },
                Some((to, control, told)) = self.told.next(), if !self.told.is_empty() => {
                    self.tell(to, control, told).await;
                }
                Some(later) = due.recv() => self.answer_late(later).await,
            }
        }
    }

    /// An ICMP answer to an earlier `sendto`: it does not say for whom, and the socket goes on.
    async fn listener_failed(&mut self, error: &io::Error) {
        let failure = Failure::new(Operation::Recv, &self.local, error);
        self.context.failed(self.session, self.local.clone(), Name::Unnamed, failure).await;
        if error.kind() != io::ErrorKind::ConnectionReset {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    async fn answer(&mut self, datagram: &mut [u8], from: Address) {
        self.welcome(&from).await;
        let Some(peer) = self.peers.get_mut(&from) else { return };
        let taken = peer.received(datagram, self.config.recv_size.get());
        let message = datagram.get_mut(..taken).unwrap_or_default();
        let Some(responder) = &mut peer.responder else { return };
        let slow = responder.is_slow();
        let answer = crate::engine::task::respond::ask(responder.as_mut(), slow, message);
        let ends = answer.ends();
        let bytes: &[u8] = match &answer {
            Answer::Nothing => return,
            Answer::Message => message,
            Answer::Bytes(bytes) => bytes,
            Answer::Timed { bytes, delay, .. } => return self.later(&from, bytes.clone(), *delay, ends),
            Answer::Others(bytes) => return self.others(&from, bytes).await,
            // Recipes with files are for streams; a datagram gets what says how long the file is.
            Answer::File { head, .. } | Answer::Pair { head, .. } => head,
        };
        send_to(self.context, self.socket, peer, bytes, Some(&from)).await;
        if ends && let Some(peer) = self.peers.remove(&from) {
            peer.leave(self.context).await;
        }
    }

    /// Answers after a while, so that the other peers do not wait; not at all when too many orders wait by then.
    fn later(&self, to: &Address, bytes: Option<Arc<[u8]>>, delay: std::time::Duration, ends: bool) {
        let Some(peer) = self.peers.get(to) else { return };
        let connection = peer.life.connection().id();
        let Ok(place) = self.later.clone().try_reserve_owned() else {
            return peer.life.trouble(
                &Failure::named(Operation::Send, &peer.life.connection().identity().names.peer, Errno::ENOBUFS)
                    .because(Reason::TooManyLater),
            );
        };
        let to = to.clone();
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            place.send(Later { to, connection, bytes, ends });
        });
    }

    async fn answer_late(&mut self, later: Later) {
        let Some(peer) = self.peers.get_mut(&later.to).filter(|peer| peer.life.connection().id() == later.connection)
        else {
            return;
        };
        if let Some(bytes) = later.bytes {
            send_to(self.context, self.socket, peer, &bytes, Some(&later.to)).await;
        }
        if later.ends {
            self.forget(&later.to).await;
        }
    }

    async fn forget(&mut self, to: &Address) {
        if let Some(peer) = self.peers.remove(to) {
            peer.leave(self.context).await;
        }
    }

    async fn others(&mut self, from: &Address, bytes: &[u8]) {
        for (to, peer) in self.peers.iter_mut().filter(|(to, _)| *to != from) {
            send_to(self.context, self.socket, peer, bytes, Some(to)).await;
        }
    }

    async fn welcome(&mut self, from: &Address) {
        if self.peers.contains_key(from) {
            return;
        }
        if self.peers.len() >= PEERS {
            let silent =
                self.peers.iter().min_by_key(|(_, peer)| peer.life.connection().active()).map(|(from, _)| from.clone());
            if let Some(peer) = silent.and_then(|from| self.peers.remove(&from)) {
                peer.leave(self.context).await;
            }
        }
        let name = from.name();
        let identity = Identity {
            id: self.context.next_connection(),
            session: self.session,
            side: Side::Peer,
            descriptor: self.socket.descriptor(),
            socket: self.socket.kind(&name),
            names: Names { local: self.local.clone(), peer: name.clone() },
            recv_size: self.config.recv_size.get(),
        };
        let connection = Connection::new(identity, Arc::clone(&self.context.journal));
        let peer = Peer::new(self.context, Arc::clone(&connection), self.responders.next(&name));
        self.peers.insert(from.clone(), peer);
        let control = self.context.enter(&connection).await;
        self.told.push(listen_to(from.clone(), control));
    }

    /// Does what one peer's connection was told, and listens for more while it is there.
    async fn tell(&mut self, to: Address, mut control: control::Receiver, told: Option<Told>) {
        let Some(peer) = self.peers.get_mut(&to) else {
            // It was forgotten meanwhile.
            return;
        };
        let connection = Arc::clone(peer.life.connection());
        match told {
            Some(Told::Order(queued)) => match &queued.order {
                Order::Send(bytes) => send_to(self.context, self.socket, peer, bytes, Some(&to)).await,
                Order::File { id, path, transfer } => {
                    file(self.context, self.socket, peer, path, (*id, transfer), Some(&to)).await;
                }
                Order::HalfClose => self.forget(&to).await,
            },
            Some(Told::Urgent(Urgent::Inspect | Urgent::Nodelay(_))) => {}
            Some(Told::Urgent(Urgent::Close | Urgent::Reset)) | None => {
                let unsent = Unsent::take(&mut control.orders);
                self.context.unsent(&connection, unsent).await;
                self.forget(&to).await;
                return;
            }
        }
        self.told.push(listen_to(to, control));
    }
}

/// Waits for what a peer's connection is told next.
fn listen_to(
    to: Address,
    mut control: control::Receiver,
) -> BoxFuture<'static, (Address, control::Receiver, Option<Told>)> {
    Box::pin(async move {
        let told = control.next().await;
        (to, control, told)
    })
}

/// Runs a datagram client until it is stopped; returns its local name.
pub(crate) async fn connect(
    context: &Arc<Context>,
    session: SessionId,
    config: &ConnectConfig,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: &CancellationToken,
) -> Name {
    let asked = asked(&config.transport, &config.host, config.port);
    let (socket, peer_name) = match Packets::connect(config).await {
        Ok(opened) => opened,
        Err(failure) => {
            context.failed(session, Name::Unnamed, asked, failure).await;
            return Name::Unnamed;
        }
    };
    let local = socket.local();
    let identity = Identity {
        id: context.next_connection(),
        session,
        side: Side::Connected,
        descriptor: socket.descriptor(),
        socket: socket.kind(&peer_name),
        names: Names { local: local.clone(), peer: peer_name },
        recv_size: config.recv_size.get(),
    };
    let descriptor = identity.descriptor;
    let connection = Connection::new(identity, Arc::clone(&context.journal));
    connection.fact(Event::Connected, &Detail { descriptor, ..Detail::default() }, None);
    let control::Receiver { orders: mut inbox, urgent } = context.enter(&connection).await;
    let mut peer = Peer::new(context, connection, None);
    tokio::select! {
        () = talk(context, &socket, &mut peer, &mut inbox, feed, config) => {}
        _ = urgent.end() => {}
        () = stop.cancelled() => {}
    }
    // Messages handed in before the end still go out.
    while let Ok(Some(queued)) = timeout(std::time::Duration::ZERO, inbox.recv()).await {
        if let Order::Send(bytes) = &queued.order {
            send_to(context, &socket, &mut peer, bytes, None).await;
        }
    }
    peer.leave(context).await;
    local
}

/// The name that was asked for, before anything is looked up.
fn asked(transport: &Transport, host: &str, port: u16) -> Name {
    match transport.path() {
        Some(path) => Name::Text(path.display().to_string().into()),
        None => Name::parse(&bind::host_port(host, port)),
    }
}

async fn talk(
    context: &Arc<Context>,
    socket: &Packets,
    peer: &mut Peer,
    inbox: &mut mpsc::Receiver<control::Queued>,
    feed: Option<mpsc::Sender<Bytes>>,
    config: &ConnectConfig,
) {
    let mut buffer = vec![0; LARGEST];
    let idle = config.idle_timeout.unwrap_or(std::time::Duration::MAX);
    loop {
        std::future::poll_fn(|cx| context.journal.poll_room(cx)).await;
        tokio::select! {
            received = timeout(idle, socket.recv(&mut buffer)) => match received {
                Ok(Ok(length)) => {
                    let datagram = buffer.get(..length).unwrap_or_default();
                    let taken = peer.received(datagram, config.recv_size.get());
                    if let Some(feed) = &feed {
                        let message = Bytes::copy_from_slice(datagram.get(..taken).unwrap_or_default());
                        if feed.send(message).await.is_err() {
                            return;
                        }
                    }
                }
                Ok(Err(error)) => {
                    peer.failed(context, Operation::Recv, &error).await;
                    if feed.is_some() {
                        return;
                    }
                }
                Err(_) => {
                    let name = &peer.life.connection().identity().names.peer;
                    peer.life.trouble(&Failure::named(Operation::Recv, name, Errno::ETIMEDOUT));
                    return;
                }
            },
            queued = inbox.recv() => match queued.as_ref().map(|queued| &queued.order) {
                Some(Order::Send(bytes)) => send_to(context, socket, peer, bytes, None).await,
                Some(Order::File { id, path, transfer }) => {
                    file(context, socket, peer, path, (*id, transfer), None).await;
                }
                // There is no FIN for datagrams: the socket goes on receiving.
                Some(Order::HalfClose) => {}
                None => return,
            },
        }
    }
}

async fn send_to(context: &Context, socket: &Packets, peer: &mut Peer, bytes: &[u8], to: Option<&Address>) {
    let result = socket.send(bytes, to).await;
    match result {
        Ok(_) => peer.sent(bytes),
        Err(error) => peer.failed(context, Operation::Send, &error).await,
    }
}

/// A file goes out as one datagram, or not at all: cut into several it would arrive in any order.
async fn file(
    context: &Context,
    socket: &Packets,
    peer: &mut Peer,
    path: &std::path::Path,
    (id, transfer): (TransferId, &Transfer),
    to: Option<&Address>,
) {
    let too_long = tokio::fs::metadata(path).await.is_ok_and(|facts| facts.len() >= LARGEST as u64);
    let read = if too_long { Ok(vec![0; LARGEST]) } else { tokio::fs::read(path).await };
    let connection = Arc::clone(peer.life.connection());
    let before = connection.sent().0;
    match &read {
        Ok(bytes) => {
            transfer.total.store(bytes.len() as u64, Ordering::Relaxed);
            send_to(context, socket, peer, bytes, to).await;
        }
        Err(error) => peer.failed(context, Operation::Open, error).await,
    }
    let sent = connection.sent().0 - before;
    transfer.sent.store(sent, Ordering::Relaxed);
    let done = read.is_ok_and(|bytes| bytes.len() as u64 == sent);
    context.end_transfer(id, connection.id(), done).await;
}
