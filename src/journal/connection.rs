//! The live facts of one connection: who, since when, how much, in which state. Counters beside the log, so that a
//! window or a script reads them without walking records.

use std::{
    io::IoSlice,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;

use super::{Entry, Journal, Seq};
use crate::model::{ConnectionId, Detail, Event, Kernel, Names, SessionId, Side, State};

/// What is known of a connection from its first moment; none of it changes.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its number.
    pub id: ConnectionId,
    /// The listener or client it belongs to.
    pub session: SessionId,
    /// Accepted, connected, or a datagram peer.
    pub side: Side,
    /// Both names.
    pub names: Names,
    /// Descriptor number of the socket; `None` where the system has none.
    pub descriptor: Option<i64>,
    /// Family, type and protocol as in `socket(2)`: `AF_INET STREAM TCP`.
    pub socket: &'static str,
    /// How many bytes one `recv` may return.
    pub recv_size: usize,
}

/// A connection while it lives and after. Shared by `Arc` between the tap, which writes, and everybody who reads.
#[derive(Debug)]
pub struct Connection {
    identity: Identity,
    journal: Arc<Journal>,
    opened: u64,
    state: AtomicU8,
    ended: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    recv_calls: AtomicU64,
    send_calls: AtomicU64,
    last: AtomicU64,
    active: AtomicU64,
    kernel: Mutex<Option<Kernel>>,
}

impl Connection {
    /// A connection that is established now.
    #[must_use]
    pub fn new(identity: Identity, journal: Arc<Journal>) -> Arc<Self> {
        let now = journal.now();
        Arc::new(Self {
            identity,
            opened: now,
            state: AtomicU8::new(State::Established as u8),
            ended: AtomicU64::new(0),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            recv_calls: AtomicU64::new(0),
            send_calls: AtomicU64::new(0),
            last: AtomicU64::new(0),
            active: AtomicU64::new(now),
            kernel: Mutex::new(None),
            journal,
        })
    }

    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.identity.id
    }

    /// The journal that its records go to.
    #[must_use]
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// When it was established, in nanoseconds since 1970.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// When it ended, in nanoseconds since 1970; `None` while it lives.
    #[must_use]
    pub fn ended(&self) -> Option<u64> {
        Some(self.ended.load(Ordering::Relaxed)).filter(|nanos| *nanos != 0)
    }

    /// When bytes last moved (or it was established), in nanoseconds since 1970.
    #[must_use]
    pub fn active(&self) -> u64 {
        self.active.load(Ordering::Relaxed)
    }

    /// Where it stands between established and closed.
    #[must_use]
    pub fn state(&self) -> State {
        State::from_code(self.state.load(Ordering::Relaxed))
    }

    /// Bytes received and how many `recv` calls brought them.
    #[must_use]
    pub fn received(&self) -> (u64, u64) {
        (self.received.load(Ordering::Relaxed), self.recv_calls.load(Ordering::Relaxed))
    }

    /// Bytes sent and how many `send` calls took them.
    #[must_use]
    pub fn sent(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.send_calls.load(Ordering::Relaxed))
    }

    /// Its newest record, 0 before the first; walk on with [`super::Row::previous`].
    #[must_use]
    pub fn last(&self) -> Seq {
        self.last.load(Ordering::Relaxed)
    }

    /// What the kernel said of the connection when it was last asked (Linux, TCP).
    #[must_use]
    pub fn kernel(&self) -> Option<Kernel> {
        self.kernel.lock().clone()
    }

    /// Keeps what the kernel says.
    pub fn set_kernel(&self, kernel: Kernel) {
        *self.kernel.lock() = Some(kernel);
    }

    /// Writes one record for a system call that moved `length` bytes.
    pub fn traffic(&self, event: Event, payload: &[IoSlice<'_>], length: usize, keep: usize) -> Seq {
        let (bytes, calls) = match event {
            Event::Send => (&self.sent, &self.send_calls),
            _ => (&self.received, &self.recv_calls),
        };
        bytes.fetch_add(length as u64, Ordering::Relaxed);
        calls.fetch_add(1, Ordering::Relaxed);
        self.append(event, payload, length, keep)
    }

    /// Writes one lifecycle record and moves to `state`, if there is one.
    pub fn fact(&self, event: Event, detail: &Detail, state: Option<State>) -> Seq {
        let json = serde_json::to_vec(detail).unwrap_or_default();
        if let Some(state) = state {
            self.state.store(state as u8, Ordering::Relaxed);
            if state.is_over() {
                self.ended.store(self.journal.now(), Ordering::Relaxed);
            }
        }
        self.append(event, &[IoSlice::new(&json)], json.len(), json.len())
    }

    fn append(&self, event: Event, payload: &[IoSlice<'_>], length: usize, keep: usize) -> Seq {
        let seq = self.journal.append(&Entry {
            event,
            session: self.identity.session,
            connection: self.identity.id,
            names: &self.identity.names,
            length,
            payload,
            keep,
            previous: self.last.load(Ordering::Relaxed),
        });
        // Two halves of one connection may append at once: the later number stays.
        self.last.fetch_max(seq, Ordering::Relaxed);
        self.active.store(self.journal.now(), Ordering::Relaxed);
        seq
    }
}
