//! A reader that must lose nothing: `--json`, `--log-file`, record to file.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{block::Block, entry::Seq, log::Journal};
use crate::model::Direction;

/// How long records are gathered between two wakings: a thread that is woken for each of them takes more of the processor
/// than the sockets do.
const GATHER: Duration = Duration::from_millis(2);

/// What a follower reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payloads {
    /// Every record; payloads may be cut in a flood.
    Cut,
    /// What was received, with its payloads whole. Where nobody looks back, other records are not written for it.
    Received,
    /// Every record with its payload whole.
    Whole,
}

impl Payloads {
    /// Whose payloads are kept whole, flood or not.
    fn directions(self) -> &'static [Direction] {
        match self {
            Self::Cut => &[],
            Self::Received => &[Direction::Inbound],
            Self::Whole => &[Direction::Inbound, Direction::Outbound],
        }
    }

    pub(super) fn is_every_record(self) -> bool {
        self != Self::Received
    }
}

/// Reads the records in order. While it lives no record it has not read yet is evicted; when it is a full budget
/// behind, the sockets wait for it. Meant for a thread of its own.
#[derive(Debug)]
pub struct Follower {
    journal: Arc<Journal>,
    id: u64,
    next: Seq,
    payloads: Payloads,
    /// When it was woken last.
    woken: Option<Instant>,
    caught_up: bool,
}

impl Journal {
    /// A reader that loses nothing, from the next record on. The payloads it wants are not cut while it lives.
    #[must_use]
    pub fn follow(self: &Arc<Self>, payloads: Payloads) -> Follower {
        static IDS: AtomicU64 = AtomicU64::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        for direction in payloads.directions() {
            self.want(*direction, true);
        }
        if payloads.is_every_record() {
            self.readers.fetch_add(1, Ordering::Relaxed);
        }
        let next = self.lock().blocks.follow(id);
        Follower { journal: Arc::clone(self), id, next, payloads, woken: None, caught_up: false }
    }
}

impl Follower {
    /// The next records, after waiting at most `patience` for the first of them. Rows before [`Self::wanted`] in the
    /// block have been read already. They count as read with the following call.
    ///
    /// A record that comes after a pause is there at once; in a stream of them, a few milliseconds' worth come together.
    pub fn read(&mut self, patience: Duration) -> Option<Arc<Block>> {
        let mut inner = self.journal.lock();
        inner.blocks.follower_wants(self.id, self.next);
        self.journal.follower_moved(inner);
        if patience > GATHER && self.woken.is_some_and(|woken| woken.elapsed() < 2 * GATHER) {
            thread::sleep(GATHER);
        }
        let mut inner = self.journal.lock();
        let deadline = Instant::now() + patience;
        // A wake-up can be for a record that was read already: only the deadline ends the wait.
        while inner.blocks.next() <= self.next && !patience.is_zero() && Instant::now() < deadline {
            inner.sleeping += 1;
            self.journal.news.wait_until(&mut inner, deadline);
            inner.sleeping -= 1;
        }
        let (block, caught_up) = self.journal.take(inner, self.next).unzip();
        self.caught_up = caught_up.unwrap_or(true);
        if block.is_some() && !patience.is_zero() {
            self.woken = Some(Instant::now());
        }
        block
    }

    /// True when nothing newer was there than what the last [`Self::read`] gave.
    #[must_use]
    pub fn is_caught_up(&self) -> bool {
        self.caught_up
    }

    /// The first record that was not yet marked as read.
    #[must_use]
    pub fn wanted(&self) -> Seq {
        self.next
    }

    /// Marks all before `seq` as read.
    pub fn advance(&mut self, seq: Seq) {
        self.next = self.next.max(seq);
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        for direction in self.payloads.directions() {
            self.journal.want(*direction, false);
        }
        if self.payloads.is_every_record() {
            self.journal.readers.fetch_sub(1, Ordering::Relaxed);
        }
        let mut inner = self.journal.lock();
        inner.blocks.unfollow(self.id);
        self.journal.follower_moved(inner);
    }
}
