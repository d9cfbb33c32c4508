//! Datagram sockets: a listener with a peer for every address that wrote to it, and a connected client.
//!
//! A datagram larger than the receive size is cut as `recvfrom` cuts it; the loss is written down.

use std::{
    collections::HashMap,
    io::{self, IoSlice},
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use tokio::{
    sync::{Semaphore, mpsc},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{
        Notice,
        net::{
            bind,
            datagram_socket::{Address, Packets},
        },
        observe::{lifecycle::Life, watch::Watch},
        shared::context::{Context, Control, Handle, ORDERS, Order, Signal, Transfer, Word},
    },
    journal::{Connection, Identity},
    model::{
        ConnectConfig, Detail, Direction, Errno, Event, Failure, ListenConfig, Name, Names, Operation, SessionId, Side,
        TransferId, Transport,
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
    inbound: Watch,
    outbound: Watch,
    responder: Option<Box<dyn Responder>>,
}

impl Peer {
    fn new(context: &Context, connection: Arc<Connection>, responder: Option<Box<dyn Responder>>) -> Self {
        Self {
            life: Life::new(connection),
            inbound: Watch::new(&context.objects),
            outbound: Watch::new(&context.objects),
            responder,
        }
    }

    fn received(&mut self, datagram: &[u8], recv_size: usize) -> usize {
        let taken = datagram.len().min(recv_size);
        let connection = self.life.connection();
        let bytes = datagram.get(..taken).unwrap_or_default();
        self.inbound.see(connection, Event::Recv, Direction::Inbound, &[IoSlice::new(bytes)], taken);
        if taken < datagram.len() {
            self.life.cut(datagram.len() as u64, taken);
        }
        taken
    }

    fn sent(&mut self, bytes: &[u8]) {
        let parts = [IoSlice::new(bytes)];
        self.outbound.see(self.life.connection(), Event::Send, Direction::Outbound, &parts, bytes.len());
    }

    async fn failed(&self, context: &Context, operation: Operation, error: &io::Error) {
        let identity = self.life.connection().identity();
        let failure = Failure::new(operation, &identity.names.peer, error);
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

    let (orders, mut inbox) = mpsc::channel(ORDERS);
    let mut listener = Listener {
        context,
        session,
        config,
        responders,
        socket: &socket,
        peers: HashMap::new(),
        later: Arc::new(Semaphore::new(LATER)),
        orders,
        local: local.clone(),
    };
    tokio::select! {
        () = listener.serve(&mut inbox) => {}
        () = stop.cancelled() => {}
    }
    for (_, peer) in listener.peers.drain() {
        peer.leave(context).await;
    }
    local
}

struct Listener<'a> {
    context: &'a Arc<Context>,
    session: SessionId,
    config: &'a ListenConfig,
    responders: Responders,
    socket: &'a Packets,
    peers: HashMap<Address, Peer>,
    /// Room for answers that go out later.
    later: Arc<Semaphore>,
    orders: mpsc::Sender<Order>,
    local: Name,
}

impl Listener<'_> {
    async fn serve(&mut self, inbox: &mut mpsc::Receiver<Order>) {
        let mut buffer = vec![0; LARGEST];
        loop {
            std::future::poll_fn(|cx| self.context.journal.poll_room(cx)).await;
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => match received {
                    Ok((length, from)) => self.answer(buffer.get_mut(..length).unwrap_or_default(), from).await,
                    Err(error) => self.listener_failed(&error).await,
                },
                order = inbox.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
            }
        }
    }

    /// An ICMP answer to an earlier `sendto`: it does not say for whom, and the socket goes on.
    async fn listener_failed(&self, error: &io::Error) {
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
        let orders = self.orders.clone();
        let Ok(place) = Arc::clone(&self.later).try_acquire_owned() else { return };
        tokio::spawn(async move {
            let _place = place;
            tokio::time::sleep(delay).await;
            if let Some(bytes) = bytes {
                let control = Control::Send(Bytes::copy_from_slice(&bytes));
                let _ = orders.send(Order { connection, control }).await;
            }
            if ends {
                let _ = orders.send(Order { connection, control: Control::Forget }).await;
            }
        });
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
        let handle =
            Handle { connection, orders: self.orders.clone(), signal: Arc::new(Signal::default()), datagram: true };
        self.context.enter(handle).await;
    }

    async fn obey(&mut self, order: Order) {
        let found = self.peers.iter_mut().find(|(_, peer)| peer.life.connection().id() == order.connection);
        let Some((to, peer)) = found else { return };
        let to = to.clone();
        match order.control {
            Control::Send(bytes) => send_to(self.context, self.socket, peer, &bytes, Some(&to)).await,
            Control::File { id, path, transfer } => {
                file(self.context, self.socket, peer, &path, (id, &transfer), Some(&to)).await;
            }
            Control::Forget | Control::HalfClose => {
                if let Some(peer) = self.peers.remove(&to) {
                    peer.leave(self.context).await;
                }
            }
        }
    }
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
    let (orders, mut inbox) = mpsc::channel(ORDERS);
    let signal = Arc::new(Signal::default());
    let handle = Handle { connection: Arc::clone(&connection), orders, signal: Arc::clone(&signal), datagram: false };
    context.enter(handle).await;
    let mut peer = Peer::new(context, connection, None);
    tokio::select! {
        () = talk(context, &socket, &mut peer, &mut inbox, feed, config) => {}
        () = ended(&signal) => {}
        () = stop.cancelled() => {}
    }
    // Messages handed in before the end still go out.
    while let Ok(Some(order)) = timeout(std::time::Duration::ZERO, inbox.recv()).await {
        if let Control::Send(bytes) = order.control {
            send_to(context, &socket, &mut peer, &bytes, None).await;
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
    inbox: &mut mpsc::Receiver<Order>,
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
            order = inbox.recv() => match order.map(|order| order.control) {
                Some(Control::Send(bytes)) => send_to(context, socket, peer, &bytes, None).await,
                Some(Control::File { id, path, transfer }) => {
                    file(context, socket, peer, &path, (id, &transfer), None).await;
                }
                // There is no FIN for datagrams: the socket goes on receiving.
                Some(Control::HalfClose) => {}
                Some(Control::Forget) | None => return,
            },
        }
    }
}

async fn ended(signal: &Signal) {
    while !matches!(signal.next().await, Word::Close | Word::Reset) {}
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
