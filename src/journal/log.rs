//! The log itself: append under a short lock, evict by block, read by sequence number.

use std::{
    collections::VecDeque,
    io::IoSlice,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use parking_lot::{Condvar, Mutex, MutexGuard, RwLock};

use super::{
    block::{Block, Head, Seq},
    follower::Follower,
    pace::Pace,
};
use crate::model::{ConnectionId, Event, Names, SessionId};

/// Records in a block, at most.
const BLOCK_ROWS: usize = 1024;
/// Payload bytes after which a block is closed; one record may go over it.
const BLOCK_BYTES: usize = 256 << 10;

/// How much the journal may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Records.
    pub rows: usize,
    /// Memory in bytes, heads and names included.
    pub bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { rows: 2_000_000, bytes: 512 << 20 }
    }
}

/// What is appended.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What happened.
    pub event: Event,
    /// Whose record it is.
    pub session: SessionId,
    /// Which connection, or none.
    pub connection: ConnectionId,
    /// Both names of the socket.
    pub names: &'a Names,
    /// Bytes that went by.
    pub length: usize,
    /// Those bytes, in the pieces of the system call; and after them what a `send` was offered besides and did not take.
    pub payload: &'a [IoSlice<'a>],
    /// How many of the bytes to keep, at most.
    pub keep: usize,
    /// The record before this one on the same connection, 0 for none.
    pub previous: Seq,
}

/// What became of a record that was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its number.
    pub seq: Seq,
    /// Its time, in nanoseconds since 1970.
    pub nanos: u64,
    /// The place of its first byte in the stream, for traffic of a connection.
    pub offset: u64,
}

/// Counters of the journal, read in one go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The oldest record still there.
    pub first: Seq,
    /// The number the next record will get.
    pub next: Seq,
    /// Records removed because the budget was full.
    pub evicted: u64,
    /// Memory in use, in bytes.
    pub bytes: usize,
    /// How often a socket had to wait for a reader that must lose nothing.
    pub stalls: u64,
}

impl Stats {
    /// How many records are there.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.next - self.first
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.next == self.first
    }
}

pub(super) struct Inner {
    sealed: VecDeque<Arc<Block>>,
    open: Block,
    sealed_rows: usize,
    sealed_bytes: usize,
    evicted: u64,
    budget: Budget,
    spare: Option<Block>,
    /// Id and next wanted record of every reader that must lose nothing.
    pub(super) followers: Vec<(u64, Seq)>,
    pub(super) sleeping: usize,
    room: Vec<Waker>,
}

/// The bounded log. Shared by `Arc`; every method takes `&self`.
pub struct Journal {
    inner: Mutex<Inner>,
    pub(super) news: Condvar,
    stalled: AtomicBool,
    stalls: AtomicU64,
    /// Followers that want every payload whole.
    pub(super) whole: AtomicUsize,
    waker: RwLock<Option<Arc<dyn Fn() + Send + Sync>>>,
    armed: AtomicBool,
    epoch: (Instant, u64),
    pace: Pace,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Journal {
    /// An empty journal that holds at most `budget`.
    #[must_use]
    pub fn new(budget: Budget) -> Arc<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Arc::new(Self {
            inner: Mutex::new(Inner {
                sealed: VecDeque::new(),
                open: Block::starting_at(1, block_rows(budget)),
                sealed_rows: 0,
                sealed_bytes: 0,
                evicted: 0,
                budget,
                spare: None,
                followers: Vec::new(),
                sleeping: 0,
                room: Vec::new(),
            }),
            news: Condvar::new(),
            stalled: AtomicBool::new(false),
            stalls: AtomicU64::new(0),
            whole: AtomicUsize::new(0),
            waker: RwLock::new(None),
            armed: AtomicBool::new(false),
            epoch: (Instant::now(), nanos(now)),
            pace: Pace::default(),
        })
    }

    /// Now, in nanoseconds since 1970; never runs backwards in one journal.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.epoch.1 + nanos(self.epoch.0.elapsed())
    }

    /// Appends one record and returns its number. Takes a lock for well under a microsecond; never waits for a reader.
    pub fn append(&self, entry: &Entry<'_>) -> Seq {
        self.write(entry, None).seq
    }

    /// [`Self::append`] to a chain of records whose newest one is `last`. It is read and set under the journal's lock, so that
    /// two who append at once both stay in the chain. The record's first byte is the one at `offset` of its stream.
    pub(super) fn append_to(&self, entry: &Entry<'_>, last: &AtomicU64, offset: u64) -> Written {
        self.write(entry, Some((last, offset)))
    }

    fn write(&self, entry: &Entry<'_>, chain: Option<(&AtomicU64, u64)>) -> Written {
        let mut inner = self.inner.lock();
        let keep = entry.keep.min(entry.length);
        let mut woken = Vec::new();
        if inner.open.len() >= block_rows(inner.budget) || inner.open_is_full(keep) {
            woken = self.seal(&mut inner);
        }
        let seq = inner.open.end();
        // The clock is read under the lock, so that times never run against numbers.
        let now = self.now();
        let room = block_bytes(inner.budget);
        let (last, offset) = chain.unzip();
        let previous = last.map_or(entry.previous, |last| last.load(Ordering::Relaxed));
        let offset = offset.unwrap_or(0);
        inner.open.push(now, &Entry { previous, ..*entry }, keep, room, offset);
        if let Some(last) = last {
            last.store(seq, Ordering::Relaxed);
        }
        if keep > room {
            // A record larger than a block takes the place of older ones at once.
            inner.evict();
            woken.append(&mut self.settle(&mut inner));
        }
        let sleeping = inner.sleeping > 0;
        drop(inner);
        wake_all(woken);
        if sleeping {
            self.news.notify_all();
        }
        self.wake();
        Written { seq, nanos: now, offset }
    }

    /// Whether a socket may go on: pending only while a reader that must lose nothing is a full budget behind.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.stalled.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        let mut inner = self.inner.lock();
        if !inner.is_stalled() {
            return Poll::Ready(());
        }
        self.stalls.fetch_add(1, Ordering::Relaxed);
        inner.room.push(cx.waker().clone());
        Poll::Pending
    }

    /// True when a reader wants every payload whole, so that nothing may be cut.
    #[must_use]
    pub fn keeps_whole(&self) -> bool {
        self.whole.load(Ordering::Relaxed) > 0
    }

    /// Counts bytes that pass, over all connections; false when more of them do than a person could look at (32 MiB a
    /// second, after 64 MiB at once), so that they need not be kept or searched in whole.
    #[must_use]
    pub fn afford(&self, bytes: u64) -> bool {
        self.pace.afford(bytes, || self.now())
    }

    /// The block that holds record `seq`, or the oldest one when `seq` is evicted already; `None` past the end.
    /// Of the block still being filled it is a copy from `seq` on.
    #[must_use]
    pub fn block(&self, seq: Seq) -> Option<Arc<Block>> {
        self.inner.lock().block(seq)
    }

    /// Calls `read` with record `seq`, if it is there.
    pub fn with_row<T>(&self, seq: Seq, read: impl FnOnce(super::Row<'_>) -> T) -> Option<T> {
        self.block(seq)?.row(seq).map(read)
    }

    /// Counters, all of the same moment.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let inner = self.inner.lock();
        Stats {
            first: inner.first(),
            next: inner.open.end(),
            evicted: inner.evicted,
            bytes: inner.sealed_bytes + inner.open.footprint(),
            stalls: self.stalls.load(Ordering::Relaxed),
        }
    }

    /// Sets how much may be held from now on; evicts at once what is over it.
    pub fn set_budget(&self, budget: Budget) {
        let mut inner = self.inner.lock();
        inner.budget = budget;
        let woken = self.seal(&mut inner);
        drop(inner);
        wake_all(woken);
    }

    /// Forgets all records that no lossless reader still needs. Numbers go on.
    pub fn clear(&self) {
        let mut inner = self.inner.lock();
        let mut woken = self.seal(&mut inner);
        while inner.evict_front() {}
        inner.evicted = 0;
        woken.append(&mut self.settle(&mut inner));
        drop(inner);
        wake_all(woken);
        self.wake();
    }

    /// A reader that loses nothing, from the next record on. With `whole`, payloads are not cut while it lives.
    #[must_use]
    pub fn follow(self: &Arc<Self>, whole: bool) -> Follower {
        Follower::new(Arc::clone(self), whole)
    }

    /// Sets what is called, with no lock held, when something new came since [`Self::rearm`].
    pub fn set_waker(&self, waker: impl Fn() + Send + Sync + 'static) {
        *self.waker.write() = Some(Arc::new(waker));
        self.armed.store(true, Ordering::Release);
    }

    /// Lets the next record call the waker again; called by the reader before it reads.
    pub fn rearm(&self) {
        self.armed.store(true, Ordering::Release);
    }

    /// Calls the waker, if it is armed, for news that are no record.
    pub fn nudge(&self) {
        self.wake();
    }

    fn wake(&self) {
        if self.armed.load(Ordering::Relaxed) && self.armed.swap(false, Ordering::AcqRel) {
            let waker = self.waker.read().clone();
            if let Some(waker) = waker {
                waker();
            }
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// After a follower moved on or left: makes room where that is possible now, and wakes who waited for it.
    pub(super) fn follower_moved(&self, mut inner: MutexGuard<'_, Inner>) {
        if inner.room.is_empty() && !self.stalled.load(Ordering::Relaxed) {
            return;
        }
        inner.evict();
        let woken = self.settle(&mut inner);
        drop(inner);
        wake_all(woken);
    }

    /// Says whether the sockets must wait; those that no longer have to are to be woken when the lock is free.
    fn settle(&self, inner: &mut Inner) -> Vec<Waker> {
        let stalled = inner.is_stalled();
        self.stalled.store(stalled, Ordering::Release);
        if stalled { Vec::new() } else { std::mem::take(&mut inner.room) }
    }

    fn seal(&self, inner: &mut Inner) -> Vec<Waker> {
        let end = inner.open.end();
        if inner.open.is_empty() {
            inner.evict();
        } else {
            let next = match inner.spare.take() {
                Some(mut spare) => {
                    spare.reset(end);
                    spare
                }
                None => Block::starting_at(end, block_rows(inner.budget)),
            };
            let mut full = std::mem::replace(&mut inner.open, next);
            full.seal();
            inner.sealed_rows += full.len();
            inner.sealed_bytes += full.footprint();
            inner.sealed.push_back(Arc::new(full));
            inner.evict();
        }
        self.settle(inner)
    }
}

impl Inner {
    fn first(&self) -> Seq {
        self.sealed.front().map_or(self.open.first(), |block| block.first())
    }

    pub(super) fn next(&self) -> Seq {
        self.open.end()
    }

    fn open_is_full(&self, more: usize) -> bool {
        !self.open.is_empty() && self.open.arena_len() + more > block_bytes(self.budget)
    }

    pub(super) fn block(&self, seq: Seq) -> Option<Arc<Block>> {
        if seq < self.open.first()
            && let Some(block) = self.sealed.get(self.sealed.partition_point(|block| block.end() <= seq))
        {
            return Some(Arc::clone(block));
        }
        // Also for a record before it, when no sealed block is left or none was sealed yet.
        (seq < self.open.end() && !self.open.is_empty()).then(|| Arc::new(self.open.copy_from(seq)))
    }

    /// Over what the sealed blocks may hold, so that `more` blocks still fit into the budget.
    fn is_over(&self, more: usize) -> bool {
        let open = self.open.footprint().max(block_cost(self.budget));
        self.sealed_rows + more * block_rows(self.budget) > self.budget.rows
            || self.sealed_bytes + open + (more - 1) * block_cost(self.budget) > self.budget.bytes
    }

    fn is_pinned(&self) -> bool {
        self.sealed.front().is_some_and(|front| self.followers.iter().any(|(_, wanted)| *wanted < front.end()))
    }

    /// The open block is going to be sealed when nothing can be evicted for it: room for two is needed.
    fn is_stalled(&self) -> bool {
        self.is_pinned() && self.is_over(2)
    }

    fn evict(&mut self) {
        while self.is_over(1) && self.evict_front() {}
    }

    fn evict_front(&mut self) -> bool {
        if self.is_pinned() {
            return false;
        }
        let Some(front) = self.sealed.pop_front() else { return false };
        self.sealed_rows -= front.len();
        self.sealed_bytes -= front.footprint();
        self.evicted += front.len() as u64;
        self.spare = Arc::into_inner(front).or_else(|| self.spare.take());
        true
    }
}

fn block_rows(budget: Budget) -> usize {
    BLOCK_ROWS.min(budget.rows / 8).max(1)
}

fn block_bytes(budget: Budget) -> usize {
    BLOCK_BYTES.min(budget.bytes / 8)
}

/// Memory that a block with payloads of [`block_bytes`] may take, each of its rows with names of its own.
fn block_cost(budget: Budget) -> usize {
    block_bytes(budget)
        + size_of::<Block>()
        + block_rows(budget) * (size_of::<Head>() + size_of::<Names>() + size_of::<[Option<u64>; 2]>())
}

fn wake_all(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
