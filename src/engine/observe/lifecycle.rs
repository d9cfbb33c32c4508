//! The end of a connection, written exactly once, with who did it.

use std::{
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};

use crate::{
    journal::Connection,
    model::{By, Detail, Errno, Event, Failure, Health, Operation, Reason, State},
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
    /// A `send` that is not the end was told of a reset: the system says it once, and after it there is no FIN.
    torn: OnceLock<Failure>,
    /// Woken by a send while nobody watches whether it arrives.
    sending: Notify,
}

impl Life {
    pub(crate) fn new(connection: Arc<Connection>) -> Arc<Self> {
        Arc::new(Self {
            connection,
            first: AtomicU8::new(0),
            peer_finished: AtomicBool::new(false),
            we_finished: AtomicBool::new(false),
            over: AtomicBool::new(false),
            torn: OnceLock::new(),
            sending: Notify::new(),
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

    /// True when this side has sent FIN.
    pub(crate) fn has_sent_fin(&self) -> bool {
        self.we_finished.load(Ordering::Acquire)
    }

    /// `recv` returned 0: the peer sent FIN, or had torn down what we still send.
    pub(crate) fn peer_fin(&self) {
        if self.torn.get().is_some() {
            self.closed();
        } else if !self.peer_finished.swap(true, Ordering::AcqRel) {
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
        if let Some(torn) = self.torn.get() {
            self.end(Event::Reset, State::Reset, By::Peer, Some(torn.clone()));
            return;
        }
        self.claim(By::Local);
        let by = if self.first.load(Ordering::Acquire) == 2 { By::Peer } else { By::Local };
        self.end(Event::Closed, State::Closed, by, None);
    }

    /// Torn down by this side while so many bytes were not acknowledged.
    pub(crate) fn reset(&self, outstanding: u64) {
        let lost =
            (outstanding > 0).then(|| self.failure(Errno::ECONNRESET, Reason::ResetLoses { bytes: outstanding }));
        self.end(Event::Reset, State::Reset, By::Local, lost);
    }

    /// Closed by this side while bytes of the peer's were unread, to which the system answers with RST: what it had not
    /// acknowledged yet may be lost.
    pub(crate) fn closed_unread(&self, unread: u64, outstanding: u64) {
        let failure = self.failure(Errno::ECONNRESET, Reason::ClosedUnread { unread, outstanding });
        self.end(Event::Reset, State::Reset, By::Local, Some(failure));
    }

    /// Given up, because nothing came back for so long: nobody at either end did it.
    pub(crate) fn lost(&self, outstanding: u64, after: Duration) {
        let nanos = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX);
        let failure = self.failure(Errno::ETIMEDOUT, Reason::NothingComesBack { nanos, bytes: outstanding });
        self.end(Event::Reset, State::Reset, By::Network, Some(failure));
    }

    fn failure(&self, error: Errno, reason: Reason) -> Failure {
        Failure::named(Operation::Send, &self.connection.identity().names.peer, error).because(reason)
    }

    /// A call failed. What ends the connection is written as its end, with who did it; after anything else the caller goes
    /// on to close.
    pub(crate) fn failed(&self, operation: Operation, error: &io::Error) -> Failure {
        self.ended_by(operation, error, false)
    }

    /// The socket has an error that no call failed with: whatever it is called, the connection is gone. After the peer's
    /// FIN the system calls its RST `EPIPE`.
    pub(crate) fn torn(&self, error: &io::Error) -> Failure {
        self.ended_by(Operation::Send, error, true)
    }

    fn ended_by(&self, operation: Operation, error: &io::Error, torn: bool) -> Failure {
        let failure = Failure::new(operation, &self.connection.identity().names.peer, error);
        let by = match failure.error {
            Errno::ECONNRESET => Some(By::Peer),
            Errno::EPIPE if torn => Some(By::Peer),
            // The system of this machine took the connection away, such as with an address that it lost.
            Errno::ECONNABORTED => Some(By::System),
            // Keep-alive or repeated sending found nobody; or a router said that there is no way any more.
            Errno::ETIMEDOUT | Errno::EHOSTUNREACH | Errno::ENETUNREACH | Errno::ENETDOWN
                if error.raw_os_error().is_some() =>
            {
                Some(By::Network)
            }
            _ => None,
        };
        if let Some(by) = by {
            self.end(Event::Reset, State::Reset, by, Some(failure.clone()));
        } else {
            if failure.is(Errno::EPIPE) {
                self.claim(By::Peer);
            }
            self.trouble(&failure);
        }
        failure
    }

    /// The system cut a message of `length` bytes to `taken`, because there was no room for more.
    pub(crate) fn cut(&self, length: u64, taken: usize) {
        let failure = Failure::named(Operation::Recv, &self.connection.identity().names.peer, Errno::EMSGSIZE)
            .because(Reason::Cut { length, taken: taken as u64 });
        self.trouble(&failure);
    }

    /// Tells that a call has sent bytes.
    pub(crate) fn sent(&self) {
        self.sending.notify_one();
    }

    /// Waits until something was sent that nobody waited for yet.
    pub(crate) async fn sent_something(&self) {
        self.sending.notified().await;
    }

    /// Writes that what we send does not arrive, or does again: so many bytes are outstanding, for so long.
    pub(crate) fn health(&self, health: Health, outstanding: u64, stalled: Duration) {
        self.connection.set_health(health, stalled);
        let micros = (health != Health::Fine).then(|| u64::try_from(stalled.as_micros()).unwrap_or(u64::MAX));
        let bytes = (health != Health::Fine).then_some(outstanding);
        let detail = Detail { health: Some(health), bytes, micros, ..Detail::default() };
        self.connection.fact(Event::Health, &detail, None);
    }

    /// A `send` of a stream failed, and what had come before is still to be received: the end is written when that is done.
    pub(crate) fn send_failed(&self, failure: &Failure) {
        if failure.is(Errno::ECONNRESET) {
            // The first is the one that the system said.
            let _ = self.torn.set(failure.clone());
        }
        self.trouble(failure);
    }

    /// Writes an error that is not the end.
    pub(crate) fn trouble(&self, failure: &Failure) {
        let event = if failure.is(Errno::ETIMEDOUT) { Event::TimedOut } else { Event::Failed };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Budget, Identity, Journal};

    /// The records of a connection whose `send` failed so, and whose `recv` found an end then.
    fn ends(error: Errno) -> Vec<(Event, Option<By>)> {
        let journal = Journal::new(Budget::default());
        let connection = Connection::new(Identity::accepted(1), Arc::clone(&journal));
        let life = Life::new(connection);
        life.send_failed(&Failure::named(Operation::Send, "peer", error));
        life.peer_fin();
        life.closed();
        let stats = journal.stats();
        let records =
            (stats.first..stats.next).filter_map(|seq| journal.with_row(seq, |row| (row.head.event, row.detail().by)));
        records.collect()
    }

    #[test]
    fn after_a_reset_that_a_send_was_told_of_there_is_no_fin() {
        assert_eq!(ends(Errno::ECONNRESET), [(Event::Failed, None), (Event::Reset, Some(By::Peer))]);
        let fin = [(Event::Failed, None), (Event::HalfClosed, Some(By::Peer)), (Event::Closed, Some(By::Peer))];
        assert_eq!(ends(Errno::EPIPE), fin);
    }
}
