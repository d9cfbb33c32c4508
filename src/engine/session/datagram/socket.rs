//! What goes on at one datagram socket: who writes is met and answered, whoever is told something gets it, each in turn.
//!
//! One task for all peers. Each has a queue of its own, so that a slow one keeps nobody waiting but whoever gives to it.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    drops::Drops,
    loops::{Guard, Print},
    ours::Ours,
    outlet::{ROOM_PAUSE, ToPeer},
    peers::Peers,
    turn::{Said, Turn, next, read_file},
    wait::{room, until},
};
use crate::{
    engine::{
        Notice,
        net::{
            datagram_socket::{Address, Packets},
            names::name_of,
            platform::Undelivered,
        },
        observe::{
            datagram_tap::{DatagramTap, Incoming, PeerTap, Received, Unsent as NotSent},
            inbox::Inbox,
        },
        shared::{
            context::{Context, Place},
            control::{self, Order, Queued, Unsent, Urgent},
        },
        task::respond::{self, Outlet},
    },
    journal::{Connection, Identity},
    model::{Detail, Errno, Event, Failure, Name, Names, Note, Operation, Reason, SessionId, Side},
    respond::{Answer, Responder, Responders},
};

/// Peers a socket remembers; the one that was silent longest is forgotten for a new one.
const PEERS: usize = 16_384;
/// Answers that may wait for their time; more are not sent.
const LATER: usize = 4096;
/// Pause after an error of the socket itself, so that one that stays does not keep a core busy.
const ERROR_PAUSE: Duration = Duration::from_millis(50);
/// How long the end waits for what is still to go out.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// What makes a listener or a client of a socket.
pub(super) struct Shape {
    pub session: SessionId,
    pub recv_size: usize,
    /// A listener's.
    pub responders: Option<Responders>,
    /// Where a client's datagrams go as well.
    pub feed: Option<mpsc::Sender<Bytes>>,
    /// A client ends after so long without traffic.
    pub idle: Option<Duration>,
}

/// Somebody we speak with.
struct Peer {
    tap: Arc<PeerTap>,
    responder: Option<Box<dyn Responder>>,
    guard: Guard,
}

/// An answer that took its time.
struct Carried {
    to: Address,
    peer: Arc<PeerTap>,
    ends: bool,
    failure: Option<Failure>,
}

/// A datagram socket and everyone it speaks with.
pub(super) struct Socket<'a> {
    context: &'a Arc<Context>,
    shape: Shape,
    tap: Arc<DatagramTap>,
    local: Name,
    /// Whom a client speaks to; its end is the client's.
    asked: Option<Address>,
    peers: Peers<Peer>,
    ours: Ours,
    drops: Drops,
    turns: FuturesUnordered<BoxFuture<'static, Turn>>,
    carrying: FuturesUnordered<BoxFuture<'static, Carried>>,
    closing: CancellationToken,
}

impl<'a> Socket<'a> {
    pub(super) fn new(context: &'a Arc<Context>, packets: Packets, shape: Shape) -> Self {
        Self {
            context,
            shape,
            local: packets.local(),
            tap: Arc::new(DatagramTap::new(packets)),
            asked: None,
            peers: Peers::new(PEERS),
            ours: Ours::default(),
            drops: Drops::default(),
            turns: FuturesUnordered::new(),
            carrying: FuturesUnordered::new(),
            closing: CancellationToken::new(),
        }
    }

    /// Makes a client's socket of it, which speaks to `peer`.
    pub(super) async fn ask(&mut self, peer: Address, note: Option<Note>) {
        self.asked = Some(peer.clone());
        let (connection, tap) = self.meet(&peer, Side::Connected);
        let descriptor = connection.identity().descriptor;
        let detail = Detail { descriptor, note, ..Detail::default() };
        let Place { connection, control } = self.context.admit(connection, Event::Connected, &detail);
        self.peers.insert(peer.clone(), self.peer(&peer, &tap), true);
        self.listen_to(peer, tap, control);
        self.context.tell(Notice::Opened(connection)).await;
    }

    /// Goes on until a client's peer is closed.
    pub(super) async fn serve(&mut self) {
        let mut inbox = Inbox::new();
        let mut for_feed: Option<Bytes> = None;
        let mut active = Instant::now();
        loop {
            std::future::poll_fn(|cx| self.context.journal.poll_room(cx)).await;
            let feed = self.shape.feed.clone();
            let idle_at = self.shape.idle.and_then(|idle| active.checked_add(idle));
            let goes_on = tokio::select! {
                incoming = self.tap.receive(&mut inbox), if for_feed.is_none() => match incoming {
                    Ok(Incoming::Datagram(received)) => {
                        for_feed = self.received(received).await;
                        true
                    }
                    Ok(Incoming::Undelivered(undelivered)) => self.undelivered(undelivered).await,
                    Err(error) => self.failed(&error).await,
                },
                Some(turn) = self.turns.next(), if !self.turns.is_empty() => self.turn(turn).await,
                Some(carried) = self.carrying.next(), if !self.carrying.is_empty() => self.carried(carried).await,
                room = room(feed.as_ref()), if for_feed.is_some() => match room {
                    Some(room) => {
                        if let Some(bytes) = for_feed.take() {
                            room.send(bytes);
                        }
                        true
                    }
                    None => false,
                },
                () = until(self.drops.due()) => {
                    self.tell_drops().await;
                    if for_feed.is_some() {
                        // More come while nobody receives.
                        self.drops.came();
                    }
                    continue;
                }
                () = until(idle_at) => {
                    self.idle_for_too_long();
                    false
                }
            };
            if !goes_on {
                return;
            }
            active = Instant::now();
        }
    }

    /// Says what the system threw away before it was received.
    async fn tell_drops(&mut self) {
        if let Some(datagrams) = self.drops.look(self.tap.get_ref().drops()) {
            let failure = Failure::named(Operation::Recv, &self.local, Errno::ENOBUFS);
            let failure = failure.because(Reason::Overrun { datagrams });
            self.context.failed(self.shape.session, self.local.clone(), Name::Unnamed, failure).await;
        }
    }

    /// Sends what waits, says what did not go out, and ends every peer.
    pub(super) async fn finish(mut self) {
        self.closing.cancel();
        self.tell_drops().await;
        let deadline = Instant::now() + END_PATIENCE;
        while let Some(turn) = self.turns.next().await {
            self.flush(turn, deadline).await;
        }
        let peers: Vec<Peer> = self.peers.drain().collect();
        for peer in peers {
            self.leave(&peer.tap).await;
        }
    }

    /// A connection for somebody, and what records it.
    fn meet(&self, address: &Address, side: Side) -> (Arc<Connection>, Arc<PeerTap>) {
        let name = address.name();
        let identity = Identity {
            id: self.context.next_connection(),
            session: self.shape.session,
            side,
            descriptor: self.tap.get_ref().descriptor(),
            socket: self.tap.get_ref().kind(&name),
            names: Names { local: self.local_of(address), peer: name },
            recv_size: self.shape.recv_size,
        };
        let connection = Connection::new(identity, Arc::clone(&self.context.journal));
        let tap = Arc::new(PeerTap::new(Arc::clone(&connection), &self.context.objects));
        (connection, tap)
    }

    /// The name of ours that a peer speaks to.
    fn local_of(&self, address: &Address) -> Name {
        match (address.local(), self.local.inet()) {
            (Some(local), Some(ours)) => name_of(local.with_port(ours.port())),
            _ => self.local.clone(),
        }
    }

    fn peer(&self, address: &Address, tap: &Arc<PeerTap>) -> Peer {
        let name = &tap.life().connection().identity().names.peer;
        let responder = self.shape.responders.as_ref().and_then(|responders| responders.next(name));
        let ours = self.local.inet().map(|local| local.port());
        Peer { tap: Arc::clone(tap), responder, guard: Guard::new(address.port(), ours) }
    }

    async fn welcome(&mut self, from: &Address) {
        self.ours.note(from);
        let (connection, tap) = self.meet(from, Side::Peer);
        let peer = self.peer(from, &tap);
        if let Some(forgotten) = self.peers.insert(from.clone(), peer, false) {
            let detail = Detail { note: Some(Note::Forgotten { peers: PEERS as u64 }), ..Detail::default() };
            forgotten.tap.life().connection().fact(Event::Remark, &detail, None);
            self.leave(&forgotten.tap).await;
        }
        let control = self.context.enter(&connection).await;
        self.listen_to(from.clone(), tap, control);
    }

    /// Takes note of a datagram and answers it; gives what goes into a pipe.
    async fn received(&mut self, received: Received<'_>) -> Option<Bytes> {
        let from = received.from.clone();
        self.drops.came();
        if !self.peers.contains(&from) {
            self.welcome(&from).await;
        }
        let peer = self.peers.heard(&from)?;
        let message = received.recorded(&peer.tap, self.shape.recv_size);
        if self.shape.feed.is_some() {
            return Some(Bytes::copy_from_slice(message));
        }
        let responder = peer.responder.as_mut()?;
        let came = Print::of(message);
        let slow = responder.is_slow();
        let answer = respond::ask(responder.as_mut(), slow, message);
        let bytes: &[u8] = match &answer {
            Answer::Nothing => return None,
            Answer::Message => message,
            Answer::Bytes(bytes) => bytes,
            _ => {
                self.carry(&from, answer);
                return None;
            }
        };
        if let Some(answers) = peer.guard.answers(came, Print::of(bytes), std::time::Instant::now()) {
            let detail = Detail { note: Some(Note::Loop { answers }), ..Detail::default() };
            peer.tap.life().connection().fact(Event::Remark, &detail, None);
            return None;
        }
        match self.tap.send(&peer.tap, bytes, &from).await {
            Ok(()) => {}
            Err(NotSent::NoRoom(_)) => {
                let again = Answer::Bytes(bytes.into());
                self.carry(&from, again);
            }
            Err(NotSent::Failed(failure)) => tell(self.context, &Arc::clone(&peer.tap), failure).await,
        }
        None
    }

    /// Answers beside all else, so that the other peers do not wait; not at all when too many answers wait already.
    fn carry(&mut self, to: &Address, answer: Answer) {
        let Some(peer) = self.peers.get(to).map(|peer| Arc::clone(&peer.tap)) else { return };
        if self.carrying.len() >= LATER {
            let name = &peer.life().connection().identity().names.peer;
            let failure = Failure::named(Operation::Send, name, Errno::ENOBUFS).because(Reason::TooManyLater);
            return peer.life().trouble(&failure);
        }
        let (context, to) = (Arc::clone(self.context), to.clone());
        let outlet = ToPeer { tap: Arc::clone(&self.tap), peer, to };
        self.carrying.push(Box::pin(async move {
            let done = respond::carry_out(&context, &outlet, &answer).await;
            let ends = answer.ends() || matches!(done, Ok(false));
            Carried { to: outlet.to, peer: outlet.peer, ends, failure: done.err() }
        }));
    }

    async fn carried(&mut self, carried: Carried) -> bool {
        let Carried { to, peer, ends, failure } = carried;
        if let Some(failure) = failure {
            tell(self.context, &peer, failure).await;
        }
        !(ends && self.forget(&to, &peer).await)
    }

    /// Ends a peer, unless another has its address by now; true when it was the one a client speaks to.
    async fn forget(&mut self, address: &Address, peer: &Arc<PeerTap>) -> bool {
        if !self.peers.get(address).is_some_and(|there| Arc::ptr_eq(&there.tap, peer)) {
            return false;
        }
        self.peers.remove(address);
        self.leave(peer).await;
        self.asked.as_ref() == Some(address)
    }

    async fn leave(&mut self, peer: &PeerTap) {
        peer.close();
        self.context.leave(peer.life().connection()).await;
    }

    /// A datagram of ours did not arrive; false when that is the end of a pipe.
    async fn undelivered(&mut self, undelivered: Undelivered) -> bool {
        let address = undelivered.to.and_then(|to| self.ours.find(to, |address| self.peers.contains(address)));
        let peer = address.as_ref().and_then(|address| self.peers.get(address)).map(|peer| Arc::clone(&peer.tap));
        let Some(peer) = peer else {
            let name = undelivered.to.map_or(Name::Unnamed, name_of);
            let failure = Failure::new(Operation::Send, &name, &undelivered.error);
            self.context.failed(self.shape.session, self.local.clone(), name, failure).await;
            return true;
        };
        let failure = peer.undelivered(&undelivered).await;
        tell(self.context, &peer, failure).await;
        self.shape.feed.is_none() || address != self.asked
    }

    /// An error of the socket that says not for whom, such as an ICMP answer where the system has no queue for them; false when
    /// it is the end of a pipe.
    async fn failed(&mut self, error: &io::Error) -> bool {
        let asked = self.asked.as_ref().and_then(|asked| self.peers.get(asked)).map(|peer| Arc::clone(&peer.tap));
        if let Some(peer) = asked {
            let failure = peer.failed(Operation::Recv, error).await;
            tell(self.context, &peer, failure).await;
            if self.shape.feed.is_some() {
                return false;
            }
        } else {
            let failure = Failure::new(Operation::Recv, &self.local, error);
            self.context.failed(self.shape.session, self.local.clone(), Name::Unnamed, failure).await;
        }
        if error.kind() != io::ErrorKind::ConnectionReset {
            sleep(ERROR_PAUSE).await;
        }
        true
    }

    fn idle_for_too_long(&mut self) {
        let asked = self.asked.as_ref().and_then(|asked| self.peers.get(asked));
        if let Some(peer) = asked {
            let name = &peer.tap.life().connection().identity().names.peer;
            peer.tap.life().trouble(&Failure::named(Operation::Recv, name, Errno::ETIMEDOUT));
        }
    }

    fn listen_to(&self, to: Address, peer: Arc<PeerTap>, control: control::Receiver) {
        self.turns.push(Box::pin(next(to, peer, control, self.closing.clone())));
    }

    /// Tries an order again in a while, unless something overtakes it.
    fn try_again(&self, to: Address, peer: Arc<PeerTap>, control: control::Receiver, order: Queued) {
        let closing = self.closing.clone();
        self.turns.push(Box::pin(async move {
            let said = tokio::select! {
                () = closing.cancelled() => Said::Over(Some(order)),
                urgent = control.urgent.next() => Said::Urgent(urgent, Some(order)),
                () = sleep(ROOM_PAUSE) => Said::Order(order),
            };
            Turn { to, peer, control, said }
        }));
    }

    /// Does what a peer's connection was told and listens for more; false at the end of a client.
    async fn turn(&mut self, turn: Turn) -> bool {
        if turn.peer.life().is_over() {
            self.flush(turn, Instant::now()).await;
            return true;
        }
        let Turn { to, peer, control, said } = turn;
        match said {
            Said::Order(queued) => match &queued.order {
                Order::Send(bytes) => match self.tap.send(&peer, bytes, &to).await {
                    Ok(()) => {}
                    Err(NotSent::NoRoom(_)) => {
                        self.try_again(to, peer, control, queued);
                        return true;
                    }
                    Err(NotSent::Failed(failure)) => tell(self.context, &peer, failure).await,
                },
                Order::File { path, .. } => {
                    let path = path.clone();
                    self.turns.push(Box::pin(async move {
                        let said = Said::Read(queued, read_file(&path).await);
                        Turn { to, peer, control, said }
                    }));
                    return true;
                }
                // There is no FIN for datagrams: a client goes on receiving, a listener's peer is forgotten.
                Order::HalfClose if self.asked.is_none() => {
                    self.forget(&to, &peer).await;
                    return true;
                }
                Order::HalfClose => {}
            },
            Said::Read(queued, read) => self.file(&peer, &to, &queued, read).await,
            Said::Urgent(Urgent::Inspect | Urgent::Nodelay(_), left) => {
                if let Some(queued) = left {
                    self.try_again(to, peer, control, queued);
                    return true;
                }
            }
            said @ (Said::Urgent(Urgent::Close | Urgent::Reset, _) | Said::Over(_)) => {
                let patience =
                    if matches!(said, Said::Urgent(Urgent::Reset, _)) { Duration::ZERO } else { END_PATIENCE };
                let turn = Turn { to: to.clone(), peer: Arc::clone(&peer), control, said };
                self.flush(turn, Instant::now() + patience).await;
                return !self.forget(&to, &peer).await;
            }
        }
        self.listen_to(to, peer, control);
        true
    }

    /// Sends what still waits for a peer until `deadline`, and says what did not go out.
    async fn flush(&mut self, turn: Turn, deadline: Instant) {
        let Turn { to, peer, mut control, said } = turn;
        let first = match said {
            Said::Order(queued) | Said::Read(queued, _) => Some(queued),
            Said::Urgent(_, left) | Said::Over(left) => left,
        };
        let mut left = 0;
        let may_send = !peer.life().is_over() && deadline > Instant::now();
        let mut next = first.or_else(|| control.orders.try_recv().ok());
        while let Some(queued) = next {
            if let Order::Send(bytes) = &queued.order {
                let outlet = ToPeer { tap: Arc::clone(&self.tap), peer: Arc::clone(&peer), to: to.clone() };
                let sent = timeout_at(deadline, outlet.send(bytes));
                if !may_send || sent.await.is_err() {
                    left = queued.order.bytes();
                    break;
                }
            }
            next = control.orders.try_recv().ok();
        }
        let mut unsent = Unsent::take(&mut control.orders);
        unsent.cut_short(left);
        self.context.unsent(peer.life().connection(), unsent).await;
    }

    async fn file(&mut self, peer: &PeerTap, to: &Address, queued: &Queued, read: Result<Vec<u8>, Failure>) {
        let Order::File { id, transfer, .. } = &queued.order else { return };
        let sent = match read {
            Ok(bytes) => {
                transfer.total.store(bytes.len() as u64, Ordering::Relaxed);
                match self.tap.send(peer, &bytes, to).await {
                    Ok(()) => Ok(bytes.len()),
                    Err(NotSent::NoRoom(error)) => Err(peer.failed(Operation::Send, &error).await),
                    Err(NotSent::Failed(failure)) => Err(failure),
                }
            }
            Err(failure) => {
                peer.life().trouble(&failure);
                Err(failure)
            }
        };
        let done = sent.is_ok();
        match sent {
            Ok(sent) => transfer.sent.store(sent as u64, Ordering::Relaxed),
            Err(failure) => tell(self.context, peer, failure).await,
        }
        self.context.end_transfer(*id, peer.life().connection().id(), done).await;
    }
}

async fn tell(context: &Context, peer: &PeerTap, failure: Failure) {
    let identity = peer.life().connection().identity();
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
}
