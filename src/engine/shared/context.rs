//! What every task of the engine shares: where records, objects and notices go, and who is there.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{Notice, shared::hosted::Hosted},
    http::server::Memory,
    journal::{Connection, Entry, Journal, Objects},
    model::{ConnectionId, Detail, Event, Failure, Large, Name, Names, SessionId, Target, TransferId},
};

/// Messages that may wait for a peer that does not take them; one more is refused with an error.
pub(crate) const ORDERS: usize = 64;

/// What a connection's task is told to do, in order.
#[derive(Debug)]
pub(crate) enum Control {
    Send(Bytes),
    File {
        id: TransferId,
        path: std::path::PathBuf,
        transfer: Transfer,
    },
    HalfClose,
    /// A datagram peer is to be forgotten.
    Forget,
}

/// A [`Control`] and the connection it is for: the peers of one datagram socket share a queue.
#[derive(Debug)]
pub(crate) struct Order {
    pub connection: ConnectionId,
    pub control: Control,
}

/// What a connection's task is told out of order, past whatever it is stuck in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Inspect,
    Nodelay(bool),
    Close,
    Reset,
}

/// Carries a [`Word`] to a task. A later, stronger word replaces an earlier one.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    inspect: AtomicU8,
    /// 0 nothing is asked, 1 off, 2 on.
    nodelay: AtomicU8,
    end: AtomicU8,
    notify: Notify,
}

impl Signal {
    pub(crate) fn say(&self, word: Word) {
        match word {
            Word::Inspect => self.inspect.store(1, Ordering::Release),
            Word::Nodelay(on) => self.nodelay.store(1 + u8::from(on), Ordering::Release),
            Word::Close => {
                self.end.fetch_max(1, Ordering::AcqRel);
            }
            Word::Reset => {
                self.end.fetch_max(2, Ordering::AcqRel);
            }
        }
        self.notify.notify_one();
    }

    /// The next word; an end is said again and again until the task has ended.
    pub(crate) async fn next(&self) -> Word {
        loop {
            let notified = self.notify.notified();
            match self.end.load(Ordering::Acquire) {
                2 => return Word::Reset,
                1 => return Word::Close,
                _ if self.inspect.swap(0, Ordering::AcqRel) != 0 => return Word::Inspect,
                _ => match self.nodelay.swap(0, Ordering::AcqRel) {
                    0 => notified.await,
                    asked => return Word::Nodelay(asked == 2),
                },
            }
        }
    }
}

/// How to reach the task of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    pub connection: Arc<Connection>,
    pub orders: mpsc::Sender<Order>,
    pub signal: Arc<Signal>,
    /// True where closing is an order like others, because many peers share one task.
    pub datagram: bool,
}

/// Where a connection's task hears what it is to do.
#[derive(Debug)]
pub(crate) struct Place {
    pub connection: Arc<Connection>,
    pub inbox: mpsc::Receiver<Order>,
    pub signal: Arc<Signal>,
}

#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub connections: HashMap<ConnectionId, Handle>,
    pub sessions: HashMap<SessionId, CancellationToken>,
    /// What the HTTP listeners among them serve.
    pub sites: HashMap<SessionId, Arc<dyn Hosted>>,
    /// Files that wait or are on their way, by the connection they go over.
    pub transfers: HashMap<(TransferId, ConnectionId), Transfer>,
    /// Fetches that wait to hear what is to happen with a large body.
    pub questions: HashMap<SessionId, oneshot::Sender<Large>>,
}

/// How far a file has come, and how to stop it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transfer {
    pub cancel: CancellationToken,
    pub sent: Arc<AtomicU64>,
    pub total: Arc<AtomicU64>,
}

/// Shared by all tasks.
#[derive(Debug)]
pub(crate) struct Context {
    pub journal: Arc<Journal>,
    pub objects: Arc<Objects>,
    /// What all HTTP listeners keep in memory.
    pub sites: Arc<Memory>,
    pub registry: Mutex<Registry>,
    notices: mpsc::Sender<Notice>,
    last_connection: AtomicU32,
}

impl Context {
    pub(crate) fn new(journal: Arc<Journal>, objects: Arc<Objects>, notices: mpsc::Sender<Notice>) -> Arc<Self> {
        Arc::new(Self {
            journal,
            objects,
            sites: Memory::new(),
            registry: Mutex::default(),
            notices,
            last_connection: AtomicU32::new(0),
        })
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
        let event = if failure.is("ETIMEDOUT") { Event::TimedOut } else { Event::Failed };
        let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
        self.fact(event, session, &Names { local, peer }, &detail);
        self.tell(Notice::Failed { session, connection: ConnectionId::NONE, failure }).await;
    }

    /// Writes and tells the end of a session.
    pub(crate) async fn stopped(&self, session: SessionId, local: Name) {
        {
            let mut registry = self.registry.lock();
            registry.sessions.remove(&session);
            registry.questions.remove(&session);
            registry.sites.remove(&session);
        }
        self.fact(Event::Stopped, session, &Names { local, peer: Name::Unnamed }, &Detail::default());
        self.tell(Notice::Stopped(session)).await;
    }

    /// Makes a connection reachable, and then writes down how it came to be: whoever reads that record can speak to it.
    pub(crate) fn admit(&self, connection: Arc<Connection>, event: Event, detail: &Detail) -> Place {
        let (orders, inbox) = mpsc::channel(ORDERS);
        let signal = Arc::new(Signal::default());
        let handle =
            Handle { connection: Arc::clone(&connection), orders, signal: Arc::clone(&signal), datagram: false };
        self.registry.lock().connections.insert(connection.id(), handle);
        connection.fact(event, detail, None);
        Place { connection, inbox, signal }
    }

    /// Makes a connection reachable and tells about it.
    pub(crate) async fn enter(&self, handle: Handle) {
        let connection = Arc::clone(&handle.connection);
        self.registry.lock().connections.insert(connection.id(), handle);
        self.tell(Notice::Opened(connection)).await;
    }

    /// Takes note of a file that is to go over a connection. `None` when the connection has left.
    pub(crate) fn begin_transfer(&self, id: TransferId, connection: ConnectionId) -> Option<Transfer> {
        let mut registry = self.registry.lock();
        // Under one lock with the look: whoever is in the registry tells the ends of its transfers when it leaves.
        if !registry.connections.contains_key(&connection) {
            return None;
        }
        Some(registry.transfers.entry((id, connection)).or_default().clone())
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
            registry.connections.remove(&connection.id());
            registry.transfers.keys().filter(|(_, over)| *over == connection.id()).copied().collect()
        };
        for (id, over) in unfinished {
            self.end_transfer(id, over, false).await;
        }
        self.tell(Notice::Ended(Arc::clone(connection))).await;
    }

    /// Everyone a command is for.
    pub(crate) fn handles(&self, target: Target) -> Vec<Handle> {
        let registry = self.registry.lock();
        match target {
            Target::Connection(id) => registry.connections.get(&id).cloned().into_iter().collect(),
            Target::Session(session) => registry
                .connections
                .values()
                .filter(|handle| handle.connection.identity().session == session)
                .cloned()
                .collect(),
        }
    }
}
