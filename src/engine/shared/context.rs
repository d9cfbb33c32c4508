//! What every task of the engine shares: where records, objects and notices go, and who is there.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{
    control::{self, Transfer, Unsent},
    locals::Locals,
};
use crate::{
    engine::{
        Notice,
        net::{presence::Local, wire::Wire},
        shared::hosted::Hosted,
    },
    http::{client::Chain, server::SiteMemory},
    journal::{Connection, Entry, Identity, Journal, Objects},
    model::{
        ConnectionId, Detail, Errno, Event, Failure, Large, Name, Names, Operation, Reason, RecvSize, SessionId, Side,
        Target, TransferId,
    },
};

/// How to reach the task of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    pub connection: Arc<Connection>,
    pub control: control::Sender,
}

/// Where a connection's task hears what it is to do.
#[derive(Debug)]
pub(crate) struct Place {
    pub connection: Arc<Connection>,
    pub control: control::Receiver,
}

/// Input for a session.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    /// Who waits for the peers to take some.
    pub givers: usize,
    /// When the last of it was taken.
    pub last: Option<Instant>,
}

#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub connections: HashMap<ConnectionId, Handle>,
    pub sessions: HashMap<SessionId, CancellationToken>,
    /// Names of the listeners among them, once they are bound.
    pub listeners: HashMap<SessionId, Name>,
    /// Where the stream listeners among them hear that they are to stand elsewhere.
    pub rebinds: HashMap<SessionId, mpsc::Sender<String>>,
    /// Addresses of this machine that listeners and connections stand on.
    pub locals: Locals,
    /// Input that is handed in for all connections of a session.
    pub feeds: HashMap<SessionId, Feed>,
    /// What the HTTP listeners among them serve.
    pub sites: HashMap<SessionId, Arc<dyn Hosted>>,
    /// Files that wait or are on their way, by the connection they go over.
    pub transfers: HashMap<(TransferId, ConnectionId), Transfer>,
    /// Connections of which all that comes is written to a file, each with the sign to stop.
    pub keeping: HashMap<ConnectionId, Arc<AtomicBool>>,
    /// Fetches that wait to hear what is to happen with a large body.
    pub questions: HashMap<SessionId, oneshot::Sender<Large>>,
    /// What the last fetches left to those after them.
    pub chains: BTreeMap<SessionId, Chain>,
}

/// Shared by all tasks.
#[derive(Debug)]
pub(crate) struct Context {
    pub journal: Arc<Journal>,
    pub objects: Arc<Objects>,
    /// What all HTTP listeners keep in memory.
    pub sites: Arc<SiteMemory>,
    pub registry: Mutex<Registry>,
    /// Woken when a connection enters: input that waits for the first caller goes on.
    pub entered: Notify,
    /// Woken when a socket stands on an address that none stood on before.
    pub new_local: Notify,
    notices: mpsc::Sender<Notice>,
    last_connection: AtomicU32,
}

impl Context {
    pub(crate) fn new(
        journal: Arc<Journal>,
        objects: Arc<Objects>,
        sites: Arc<SiteMemory>,
        notices: mpsc::Sender<Notice>,
    ) -> Arc<Self> {
        Arc::new(Self {
            journal,
            objects,
            sites,
            registry: Mutex::default(),
            entered: Notify::new(),
            new_local: Notify::new(),
            notices,
            last_connection: AtomicU32::new(0),
        })
    }

    /// A connection over a wire, under the next number. Nobody can reach it yet, and nothing is written down of it.
    pub(crate) fn connection(
        &self,
        session: SessionId,
        side: Side,
        names: Names,
        wire: &dyn Wire,
        recv_size: RecvSize,
    ) -> Arc<Connection> {
        let identity = Identity {
            id: self.next_connection(),
            session,
            side,
            names,
            descriptor: wire.descriptor(),
            socket: wire.socket(),
            recv_size: recv_size.get(),
        };
        let connection = Connection::new(identity, Arc::clone(&self.journal));
        if let Some(on) = wire.nodelay() {
            connection.set_nodelay(on);
        }
        if !recv_size.is_chosen() {
            connection.let_recv_grow();
        }
        connection
    }

    pub(crate) fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.last_connection.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Tells the owner; waits when 4096 notices are unread, so that none is lost.
    pub(crate) async fn tell(&self, notice: Notice) {
        // Nobody reads any more: the engine is about to end.
        let _ = self.notices.send(notice).await;
        self.journal.nudge();
    }

    /// The same from a thread that may wait.
    pub(crate) fn tell_blocking(&self, notice: Notice) {
        let _ = self.notices.blocking_send(notice);
        self.journal.nudge();
    }

    /// Writes a fact about a session as a whole.
    pub(crate) fn fact(&self, event: Event, session: SessionId, names: &Names, detail: &Detail) {
        let json = serde_json::to_vec(detail).unwrap_or_default();
        self.journal.append(&Entry {
            event,
            session,
            connection: ConnectionId::NONE,
            names,
            length: json.len(),
            payload: &[std::io::IoSlice::new(&json)],
            keep: json.len(),
            previous: 0,
        });
    }

    /// Writes and tells the failure of a session's own operation.
    pub(crate) async fn failed(&self, session: SessionId, local: Name, peer: Name, failure: Failure) {
        let event = if failure.is(Errno::ETIMEDOUT) { Event::TimedOut } else { Event::Failed };
        let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
        self.fact(event, session, &Names { local, peer }, &detail);
        self.tell(Notice::Failed { session, connection: ConnectionId::NONE, failure }).await;
    }

    /// Takes note of a listener that is bound, so that the loss of its address is told.
    pub(crate) fn listens(&self, session: SessionId, local: &Name) {
        let mut registry = self.registry.lock();
        let before = registry.listeners.insert(session, local.clone());
        if let Some(before) = before.as_ref().and_then(Local::of) {
            registry.locals.leave(before);
        }
        if Local::of(local).is_some_and(|local| registry.locals.enter(local).0) {
            self.new_local.notify_one();
        }
    }

    /// Writes and tells the end of a session.
    pub(crate) async fn stopped(&self, session: SessionId, local: Name) {
        {
            let mut registry = self.registry.lock();
            registry.sessions.remove(&session);
            registry.questions.remove(&session);
            registry.feeds.remove(&session);
            registry.sites.remove(&session);
            registry.rebinds.remove(&session);
            if let Some(local) = registry.listeners.remove(&session).as_ref().and_then(Local::of) {
                registry.locals.leave(local);
            }
        }
        self.fact(Event::Stopped, session, &Names { local, peer: Name::Unnamed }, &Detail::default());
        self.tell(Notice::Stopped(session)).await;
    }

    /// Makes a connection reachable, and then writes down how it came to be: whoever reads that record can speak to it.
    pub(crate) fn admit(&self, connection: Arc<Connection>, event: Event, detail: &Detail) -> Place {
        let control = self.register(&connection);
        connection.fact(event, detail, None);
        self.entered.notify_waiters();
        Place { connection, control }
    }

    /// Makes a connection reachable and tells about it.
    pub(crate) async fn enter(&self, connection: &Arc<Connection>) -> control::Receiver {
        let control = self.register(connection);
        self.entered.notify_waiters();
        self.tell(Notice::Opened(Arc::clone(connection))).await;
        control
    }

    fn register(&self, connection: &Arc<Connection>) -> control::Receiver {
        let (sender, receiver) = control::channel();
        let handle = Handle { connection: Arc::clone(connection), control: sender };
        let mut registry = self.registry.lock();
        registry.connections.insert(connection.id(), handle);
        if let Some(local) = Local::of(&connection.identity().names.local) {
            let (is_new, presence) = registry.locals.enter(local);
            connection.set_presence(presence);
            if is_new {
                self.new_local.notify_one();
            }
        }
        receiver
    }

    /// Takes note of a file that is to go over a connection. `None` when the connection has left.
    pub(crate) fn begin_transfer(&self, id: TransferId, connection: ConnectionId, path: &Path) -> Option<Transfer> {
        let mut registry = self.registry.lock();
        // Under one lock with the look: whoever is in the registry tells the ends of its transfers when it leaves.
        if !registry.connections.contains_key(&connection) {
            return None;
        }
        let transfer = || Transfer { path: path.to_owned(), ..Transfer::default() };
        Some(registry.transfers.entry((id, connection)).or_insert_with(transfer).clone())
    }

    /// Tells the end of a transfer, unless it was told already.
    pub(crate) async fn end_transfer(&self, id: TransferId, connection: ConnectionId, done: bool) {
        let ended = self.registry.lock().transfers.remove(&(id, connection));
        if let Some(Transfer { sent, total, .. }) = ended {
            let (sent, total) = (sent.load(Ordering::Relaxed), total.load(Ordering::Relaxed));
            self.tell(Notice::Transfer { transfer: id, sent, total, done: Some(done) }).await;
        }
    }

    /// Takes a connection out and tells about it, after the ends of files that did not get through.
    pub(crate) async fn leave(&self, connection: &Arc<Connection>) {
        let unfinished: Vec<_> = {
            let mut registry = self.registry.lock();
            let left = registry.connections.remove(&connection.id());
            if let Some(local) = left.and_then(|left| Local::of(&left.connection.identity().names.local)) {
                registry.locals.leave(local);
            }
            registry.transfers.keys().filter(|(_, over)| *over == connection.id()).copied().collect()
        };
        for (id, over) in unfinished {
            self.end_transfer(id, over, false).await;
        }
        self.tell(Notice::Ended(Arc::clone(connection))).await;
    }

    /// Writes and tells what was handed in for a connection and did not get out before its end: files one by one, as far
    /// as each came, then messages together.
    pub(crate) async fn unsent(&self, connection: &Connection, unsent: Unsent) {
        let mut files: Vec<(TransferId, Transfer)> = {
            let registry = self.registry.lock();
            let here = registry.transfers.iter().filter(|((_, over), _)| *over == connection.id());
            here.map(|((id, _), file)| (*id, file.clone())).collect()
        };
        files.sort_by_key(|(id, _)| *id);
        for (_, file) in files {
            let (sent, total) = (file.sent.load(Ordering::Relaxed), file.total.load(Ordering::Relaxed));
            let failure = Failure::named(Operation::Send, file.path.display(), Errno::ECANCELED);
            let detail = Detail { sent: Some(sent), total: Some(total), ..Detail::default() };
            self.lost(connection, failure.because(Reason::FileCut { sent, total }), detail).await;
        }
        let Unsent { messages, bytes } = unsent;
        if bytes > 0 {
            let failure = Failure::named(Operation::Send, &connection.identity().names.peer, Errno::ECANCELED);
            self.lost(connection, failure.because(Reason::Unsent { bytes, messages }), Detail::default()).await;
        }
    }

    async fn lost(&self, connection: &Connection, failure: Failure, detail: Detail) {
        let identity = connection.identity();
        connection.fact(Event::Failed, &Detail { failure: Some(failure.clone()), ..detail }, None);
        self.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
    }

    /// Everyone a command is for.
    pub(crate) fn handles(&self, target: &Target) -> Vec<Handle> {
        let registry = self.registry.lock();
        let of = |session: SessionId| move |handle: &&Handle| handle.connection.identity().session == session;
        match target {
            Target::Connection(id) => registry.connections.get(id).cloned().into_iter().collect(),
            Target::Session(session) => registry.connections.values().filter(of(*session)).cloned().collect(),
            Target::Peers(session, peers) => {
                let there = peers.iter().filter_map(|peer| registry.connections.get(peer));
                there.filter(of(*session)).cloned().collect()
            }
        }
    }
}
