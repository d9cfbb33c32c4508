//! The end of a connection, written exactly once, with who did it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

use crate::{
    journal::Connection,
    model::{By, Detail, Event, Failure, Operation, State},
    words::text,
};

/// Returns when nothing was received or sent for longer than `limit`; never without one.
pub(crate) async fn idle(connection: &Connection, limit: Option<Duration>) {
    let Some(limit) = limit else { return std::future::pending().await };
    loop {
        let quiet = Duration::from_nanos(connection.journal().monotonic().saturating_sub(connection.active()));
        match limit.checked_sub(quiet) {
            Some(left) if !left.is_zero() => sleep(left).await,
            _ => return,
        }
    }
}

/// Keeps which side ended first, and writes the records of the end. When the last owner drops it without an end,
/// the connection counts as closed by this side.
#[derive(Debug)]
pub(crate) struct Life {
    connection: Arc<Connection>,
    /// 0 nobody, 1 we, 2 the peer.
    first: AtomicU8,
    peer_finished: AtomicBool,
    we_finished: AtomicBool,
    over: AtomicBool,
}

impl Life {
    pub(crate) fn new(connection: Arc<Connection>) -> Arc<Self> {
        Arc::new(Self {
            connection,
            first: AtomicU8::new(0),
            peer_finished: AtomicBool::new(false),
            we_finished: AtomicBool::new(false),
            over: AtomicBool::new(false),
        })
    }

    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// True when the end is written.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// True when both sides sent FIN.
    pub(crate) fn is_finished(&self) -> bool {
        self.we_finished.load(Ordering::Acquire) && self.peer_finished.load(Ordering::Acquire)
    }

    /// `recv` returned 0: the peer sent FIN.
    pub(crate) fn peer_fin(&self) {
        if !self.peer_finished.swap(true, Ordering::AcqRel) {
            self.claim(By::Peer);
            let detail = Detail { by: Some(By::Peer), ..Detail::default() };
            self.connection.fact(Event::HalfClosed, &detail, Some(State::CloseWait));
        }
    }

    /// We sent FIN and still receive. After the peer's FIN it is a plain close, which is written when it happens.
    pub(crate) fn local_fin(&self) {
        self.we_finished.store(true, Ordering::Release);
        if !self.peer_finished.load(Ordering::Acquire) {
            self.claim(By::Local);
            let detail = Detail { by: Some(By::Local), ..Detail::default() };
            self.connection.fact(Event::HalfClosed, &detail, Some(State::FinWait));
        }
    }

    /// Closed in order, by whoever ended first.
    pub(crate) fn closed(&self) {
        self.claim(By::Local);
        let by = if self.first.load(Ordering::Acquire) == 2 { By::Peer } else { By::Local };
        self.end(Event::Closed, State::Closed, by, None);
    }

    /// Torn down by this side.
    pub(crate) fn reset(&self) {
        self.end(Event::Reset, State::Reset, By::Local, None);
    }

    /// A call failed. A reset by the peer is the end; after anything else the caller goes on to close.
    pub(crate) fn failed(&self, operation: Operation, error: &io::Error) -> Failure {
        let failure = Failure::new(operation, &self.connection.identity().names.peer, error);
        if failure.is("ECONNRESET") || failure.is("ECONNABORTED") {
            self.claim(By::Peer);
            self.end(Event::Reset, State::Reset, By::Peer, Some(failure.clone()));
        } else {
            if failure.is("EPIPE") {
                self.claim(By::Peer);
            }
            self.trouble(&failure);
        }
        failure
    }

    /// The system cut a message of `length` bytes to `taken`, because there was no room for more.
    pub(crate) fn cut(&self, length: u64, taken: usize) {
        let failure = Failure::named(Operation::Recv, &self.connection.identity().names.peer, "EMSGSIZE")
            .with_message(text!("a message of {length} bytes was cut to {taken}", length = length, taken = taken));
        self.trouble(&failure);
    }

    /// Writes an error that is not the end.
    pub(crate) fn trouble(&self, failure: &Failure) {
        let event = if failure.is("ETIMEDOUT") { Event::TimedOut } else { Event::Failed };
        self.connection.fact(event, &Detail { failure: Some(failure.clone()), ..Detail::default() }, None);
    }

    fn claim(&self, by: By) {
        let code = if by == By::Local { 1 } else { 2 };
        let _ = self.first.compare_exchange(0, code, Ordering::AcqRel, Ordering::Acquire);
    }

    fn end(&self, event: Event, state: State, by: By, failure: Option<Failure>) {
        if self.over.swap(true, Ordering::AcqRel) {
            return;
        }
        let detail = Detail {
            by: Some(by),
            received: Some(self.connection.received().0),
            sent: Some(self.connection.sent().0),
            micros: u64::try_from(self.connection.lasted().as_micros()).ok(),
            failure,
            ..Detail::default()
        };
        self.connection.fact(event, &detail, Some(state));
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.closed();
    }
}
