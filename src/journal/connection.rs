//! The live facts of one connection: who, since when, how much, in which state. Counters beside the log, so that a
//! window or a script reads them without walking records.

use std::{
    io::IoSlice,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;

use super::{Entry, Journal, Seq, Written};
use crate::model::{
    ConnectionId, Detail, Direction, Event, Health, Kernel, Names, Presence, SessionId, Side, SocketKind, State,
};

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
    /// Family, type and protocol.
    pub socket: SocketKind,
    /// How many bytes one `recv` may return at first; see [`Connection::recv_size`].
    pub recv_size: usize,
}

impl Identity {
    /// Each call moves a datagram of its own, and nothing goes on from one to the next.
    #[must_use]
    pub fn is_datagram(&self) -> bool {
        self.side == Side::Peer || self.socket.is_datagram()
    }
}

#[cfg(test)]
impl Identity {
    /// A connection over TCP that a listener of session 1 accepted, for tests to which nothing else of it matters.
    pub(crate) fn accepted(number: u32) -> Self {
        Self {
            id: ConnectionId(number),
            session: SessionId(1),
            side: Side::Accepted,
            names: Names::default(),
            descriptor: None,
            socket: SocketKind::TCP4,
            recv_size: 1024,
        }
    }
}

/// Receives in a row that filled their buffer, after which a stream counts as one that nobody reads along with.
const FULL_IN_A_ROW: u32 = 64;
/// What one `recv` may return from then on.
const LARGE_RECV: usize = 64 << 10;

/// A connection while it lives and after. Shared by `Arc` between the tap, which writes, and everybody who reads.
#[derive(Debug)]
pub struct Connection {
    identity: Identity,
    datagrams: bool,
    journal: Arc<Journal>,
    /// By the wall clock, and by the monotonic one.
    opened: (u64, u64),
    state: AtomicU8,
    /// By the wall clock, and how long it was open then.
    ended: AtomicU64,
    lasted: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    recv_calls: AtomicU64,
    send_calls: AtomicU64,
    last: AtomicU64,
    last_recv: AtomicU64,
    active: AtomicU64,
    kernel: Mutex<Option<Kernel>>,
    /// What the next `recv` may return; 0 when the protocol above chooses.
    recv_now: AtomicUsize,
    /// The size may grow; see [`Self::let_recv_grow`].
    grows: AtomicBool,
    full_in_a_row: AtomicU32,
    /// Whether what we send arrives, and since when by the clock of [`Journal::monotonic`].
    health: Mutex<(Health, u64)>,
    presence: Mutex<Presence>,
    live: Mutex<Live>,
    exchange: Mutex<Option<Exchange>>,
}

/// A file that is on its way over a connection, as part of a protocol. How far it is, the connection's counters say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What is transferred, for a person: the path of a URL, or a file's name.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// The connection's counter of bytes in that direction at the beginning.
    pub from: u64,
    /// Bytes in all; 0 where nobody said.
    pub total: u64,
}

/// What may change while the connection lives.
#[derive(Debug, Default)]
struct Live {
    nodelay: Option<bool>,
    /// Receive sizes after the first one, each with the newest record before it.
    sizes: Vec<(Seq, Option<usize>)>,
}

impl Connection {
    /// A connection that is established now.
    #[must_use]
    pub fn new(identity: Identity, journal: Arc<Journal>) -> Arc<Self> {
        let monotonic = journal.monotonic();
        Arc::new(Self {
            recv_now: AtomicUsize::new(identity.recv_size),
            grows: AtomicBool::new(false),
            full_in_a_row: AtomicU32::new(0),
            datagrams: identity.is_datagram(),
            identity,
            opened: (journal.now(), monotonic),
            state: AtomicU8::new(State::Established as u8),
            ended: AtomicU64::new(0),
            lasted: AtomicU64::new(0),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            recv_calls: AtomicU64::new(0),
            send_calls: AtomicU64::new(0),
            last: AtomicU64::new(0),
            last_recv: AtomicU64::new(0),
            active: AtomicU64::new(monotonic),
            kernel: Mutex::new(None),
            health: Mutex::default(),
            presence: Mutex::default(),
            live: Mutex::default(),
            exchange: Mutex::default(),
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

    /// [`Identity::is_datagram`], for whoever asks with every call.
    #[must_use]
    pub fn is_datagram(&self) -> bool {
        self.datagrams
    }

    /// The journal that its records go to.
    #[must_use]
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// When it was established, in nanoseconds since 1970: to be shown. See [`Self::lasted`].
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened.0
    }

    /// When it was established by the clock of [`Journal::monotonic`].
    #[must_use]
    pub fn opened_monotonic(&self) -> u64 {
        self.opened.1
    }

    /// How long it was open, or has been; whatever happened to the wall clock meanwhile.
    #[must_use]
    pub fn lasted(&self) -> Duration {
        let nanos = match self.ended() {
            Some(_) => self.lasted.load(Ordering::Relaxed),
            None => self.journal.monotonic().saturating_sub(self.opened.1),
        };
        Duration::from_nanos(nanos)
    }

    /// When it ended, in nanoseconds since 1970: to be shown. `None` while it lives.
    #[must_use]
    pub fn ended(&self) -> Option<u64> {
        Some(self.ended.load(Ordering::Acquire)).filter(|nanos| *nanos != 0)
    }

    /// When a record of it was last written (or it was established), by the clock of [`Journal::monotonic`].
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

    /// The newest record of bytes that came in, 0 before the first.
    #[must_use]
    pub fn last_recv(&self) -> Seq {
        self.last_recv.load(Ordering::Relaxed)
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

    /// Whether what we send arrives, as far as is known.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.lock().0
    }

    /// How long it has been so: while it is not fine, how long nothing was acknowledged.
    #[must_use]
    pub fn health_lasts(&self) -> Duration {
        Duration::from_nanos(self.journal.monotonic().saturating_sub(self.health.lock().1))
    }

    /// Keeps whether what we send arrives, and for how long that has been so.
    pub fn set_health(&self, health: Health, lasts: Duration) {
        let lasts = u64::try_from(lasts.as_nanos()).unwrap_or(u64::MAX);
        *self.health.lock() = (health, self.journal.monotonic().saturating_sub(lasts));
    }

    /// Whether this PC still has the local address.
    #[must_use]
    pub fn presence(&self) -> Presence {
        *self.presence.lock()
    }

    /// Keeps whether this PC still has the local address.
    pub fn set_presence(&self, presence: Presence) {
        *self.presence.lock() = presence;
    }

    /// Whether small sends leave at once (`TCP_NODELAY`); `None` where the socket has no such option.
    #[must_use]
    pub fn nodelay(&self) -> Option<bool> {
        self.live.lock().nodelay
    }

    /// Keeps what was set on the socket.
    pub fn set_nodelay(&self, on: bool) {
        self.live.lock().nodelay = Some(on);
    }

    /// How many bytes the next `recv` may return; `None` when the protocol above chooses that for each call.
    #[must_use]
    pub fn recv_size(&self) -> Option<usize> {
        Some(self.recv_now.load(Ordering::Relaxed)).filter(|size| *size > 0)
    }

    /// How many bytes the `recv` of record `seq` could return, as far as it is remembered: the newest 64 changes are.
    #[must_use]
    pub fn recv_size_at(&self, seq: Seq) -> Option<usize> {
        let live = self.live.lock();
        let at = live.sizes.iter().rev().find(|(after, _)| *after < seq);
        at.map_or(Some(self.identity.recv_size), |(_, size)| *size)
    }

    /// Lets `recv` return so many bytes from the next call on, and no more; `None` leaves it to the protocol above.
    pub fn set_recv_size(&self, size: Option<usize>) {
        self.grows.store(false, Ordering::Relaxed);
        self.change_recv_size(size);
    }

    /// Nobody chose the receive size: when the peer sends without a pause, it becomes 64 KiB, and a record says so.
    pub fn let_recv_grow(&self) {
        self.grows.store(true, Ordering::Relaxed);
    }

    /// To be told after each receive of a stream, whether it filled its buffer.
    pub fn note_fill(&self, full: bool) {
        if !self.grows.load(Ordering::Relaxed) {
            return;
        }
        // Only the task that receives counts.
        let before = self.full_in_a_row.load(Ordering::Relaxed);
        let row = if full { before + 1 } else { 0 };
        if row != before {
            self.full_in_a_row.store(row, Ordering::Relaxed);
        }
        if row < FULL_IN_A_ROW || !self.grows.swap(false, Ordering::Relaxed) {
            return;
        }
        if self.recv_size().is_some_and(|size| size < LARGE_RECV) {
            self.change_recv_size(Some(LARGE_RECV));
            let recv_size = u32::try_from(LARGE_RECV).ok();
            self.fact(Event::RecvSize, &Detail { recv_size, ..Detail::default() }, None);
        }
    }

    fn change_recv_size(&self, size: Option<usize>) {
        const REMEMBERED: usize = 64;
        let mut live = self.live.lock();
        if live.sizes.len() == REMEMBERED {
            live.sizes.remove(0);
        }
        live.sizes.push((self.last(), size));
        self.recv_now.store(size.unwrap_or(0), Ordering::Relaxed);
    }

    /// What is under way, and the bytes of it so far; `None` between transfers.
    #[must_use]
    pub fn exchange(&self) -> Option<(Exchange, u64)> {
        let exchange = self.exchange.lock().clone()?;
        let now = match exchange.direction {
            Direction::Inbound => self.received().0,
            Direction::Outbound => self.sent().0,
        };
        let moved = now.saturating_sub(exchange.from);
        let moved = if exchange.total > 0 { moved.min(exchange.total) } else { moved };
        Some((exchange, moved))
    }

    /// Notes what is under way from now on; set by the protocol that transfers it.
    pub fn set_exchange(&self, exchange: Option<Exchange>) {
        *self.exchange.lock() = exchange;
    }

    /// Writes one record for a system call that moved `length` bytes: the first ones of `payload`, which is all that the
    /// call was offered.
    pub fn traffic(&self, event: Event, payload: &[IoSlice<'_>], length: usize, keep: usize) -> Seq {
        self.call(event, payload, length, keep).seq
    }

    /// [`Self::traffic`] that says where in its stream the record stands as well. Offsets are without gaps, because only one
    /// task at a time receives, and one sends.
    pub fn call(&self, event: Event, payload: &[IoSlice<'_>], length: usize, keep: usize) -> Written {
        let (bytes, calls) = match event {
            Event::Send => (&self.sent, &self.send_calls),
            _ => (&self.received, &self.recv_calls),
        };
        let offset = bytes.fetch_add(length as u64, Ordering::Relaxed);
        calls.fetch_add(1, Ordering::Relaxed);
        let written = self.append(event, payload, length, keep, offset);
        if event == Event::Recv {
            self.last_recv.store(written.seq, Ordering::Relaxed);
        }
        written
    }

    /// Writes one lifecycle record and moves to `state`, if there is one.
    pub fn fact(&self, event: Event, detail: &Detail, state: Option<State>) -> Seq {
        let json = serde_json::to_vec(detail).unwrap_or_default();
        if let Some(state) = state {
            self.state.store(state as u8, Ordering::Relaxed);
            if state.is_over() {
                let lasted = self.journal.monotonic().saturating_sub(self.opened.1);
                self.lasted.store(lasted, Ordering::Relaxed);
                self.ended.store(self.journal.now().max(1), Ordering::Release);
            }
        }
        self.append(event, &[IoSlice::new(&json)], json.len(), json.len(), 0).seq
    }

    fn append(&self, event: Event, payload: &[IoSlice<'_>], length: usize, keep: usize, offset: u64) -> Written {
        let entry = Entry {
            event,
            session: self.identity.session,
            connection: self.identity.id,
            names: &self.identity.names,
            length,
            payload,
            keep,
            previous: 0,
        };
        let written = self.journal.write(&entry, Some((&self.last, offset)));
        self.active.store(written.monotonic, Ordering::Relaxed);
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Budget;

    fn connection(journal: &Arc<Journal>) -> Arc<Connection> {
        Connection::new(Identity::accepted(1), Arc::clone(journal))
    }

    /// Event, offset and length of every record in the chain that is still there, newest first.
    fn chain(connection: &Connection) -> Vec<(Event, u64, u64)> {
        let mut seq = Some(connection.last());
        let step = || {
            let read = |row: crate::journal::Row<'_>| {
                ((row.head.event, row.offset, u64::from(row.head.length)), row.previous())
            };
            let (call, previous) = seq.and_then(|seq| connection.journal().with_row(seq, read))?;
            seq = previous;
            Some(call)
        };
        std::iter::from_fn(step).collect()
    }

    /// Both directions are without a gap, from their counters back.
    fn without_gaps(connection: &Connection, calls: &[(Event, u64, u64)]) {
        for (event, counter) in [(Event::Recv, connection.received().0), (Event::Send, connection.sent().0)] {
            let mut end = counter;
            for (_, offset, length) in calls.iter().filter(|(of, ..)| *of == event) {
                assert_eq!(offset + length, end, "{event:?}");
                end = *offset;
            }
        }
    }

    #[test]
    fn two_directions_that_append_at_once_stay_in_one_chain() {
        const CALLS: usize = 20_000;
        let connection = connection(&Journal::new(Budget::default()));
        std::thread::scope(|scope| {
            for event in [Event::Recv, Event::Send] {
                let connection = &connection;
                scope.spawn(move || {
                    for call in 0..CALLS {
                        connection.traffic(event, &[IoSlice::new(b"xyz")], 1 + call % 3, 3);
                        if call % 1000 == 0 {
                            connection.fact(Event::Remark, &Detail::default(), None);
                        }
                    }
                });
            }
        });
        let calls = chain(&connection);
        assert_eq!(calls.len(), 2 * CALLS + 2 * CALLS / 1000);
        without_gaps(&connection, &calls);
        assert!(calls.iter().filter(|(event, ..)| *event == Event::Remark).all(|(_, offset, _)| *offset == 0));
    }

    #[test]
    fn offsets_are_exact_past_four_gigabytes_and_after_eviction() {
        let journal = Journal::new(Budget { rows: 64, bytes: 1 << 20 });
        let connection = connection(&journal);
        // Each block holds 8 records, so several of 3 GB stand in one.
        for call in 0..200_usize {
            let (event, length) = if call % 3 == 0 { (Event::Send, 7) } else { (Event::Recv, 3_000_000_000 + call) };
            connection.traffic(event, &[IoSlice::new(b"x")], length, 1);
        }
        assert!(journal.stats().evicted > 100);
        let calls = chain(&connection);
        assert!(calls.len() > 30);
        without_gaps(&connection, &calls);
    }
}
