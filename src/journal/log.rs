//! The log itself: append under a short lock, evict by block, read by sequence number.

use std::{
    collections::VecDeque,
    io::IoSlice,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use parking_lot::{Condvar, Mutex, MutexGuard, RwLock};

use super::{
    block::{Block, Link, Row},
    blocks::Blocks,
    budget::Budget,
    clock::{Clock, Moment, SystemClock, Timeline},
    entry::{Entry, Seq, Written},
    gate::{Gate, Waiting},
    pace::Pace,
    wake::Alarm,
};
use crate::{
    memory::{Memory, Part, Share},
    model::{ConnectionId, Detail, Direction, Event, Names, SessionId},
};

/// Records of clocks that jumped that are found again without looking through all.
const JUMPS: usize = 64;
/// What is kept of a payload in a flood that nobody wants whole.
const FLOOD_KEEP: usize = 256;

/// Who reads records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Nobody ever will: they are counted and not written.
    Nobody,
    /// A follower takes the payloads, and looks at nothing else.
    Bytes,
    /// A follower or whoever looks back.
    Somebody,
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
    /// How much may be in use at the moment.
    pub limit: usize,
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
    pub(super) blocks: Blocks,
    timeline: Timeline,
    /// Followers that sleep until there is news.
    pub(super) sleeping: usize,
    waiting: Waiting,
    /// The newest records of a clock that jumped.
    jumps: VecDeque<Seq>,
}

/// The bounded log. Shared by `Arc`; every method takes `&self`.
pub struct Journal {
    inner: Mutex<Inner>,
    pub(super) news: Condvar,
    gate: Gate,
    stalls: AtomicU64,
    /// Followers that want received payloads whole, and sent ones.
    whole: [AtomicUsize; 2],
    /// Followers that read every record.
    pub(super) readers: AtomicUsize,
    /// Nobody looks back, so that only followers see payloads.
    unread_only: AtomicBool,
    waker: RwLock<Option<Arc<dyn Fn() + Send + Sync>>>,
    alarm: Alarm,
    clock: Box<dyn Clock>,
    pace: Pace,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Journal {
    /// An empty journal that stands alone and holds at most `budget`.
    #[must_use]
    pub fn new(budget: Budget) -> Arc<Self> {
        Self::within(budget.rows, Memory::new(budget.bytes).share(Part::Journal))
    }

    /// An empty journal that holds at most `rows` records and `share`.
    #[must_use]
    pub fn within(rows: usize, share: Share) -> Arc<Self> {
        Self::with_clock(rows, share, Box::new(SystemClock::new()))
    }

    /// [`Self::within`] with other clocks than the computer's.
    #[must_use]
    pub fn with_clock(rows: usize, share: Share, clock: Box<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::new(Inner {
                blocks: Blocks::new(rows, share),
                timeline: Timeline::starting_at(clock.as_ref()),
                sleeping: 0,
                waiting: Waiting::default(),
                jumps: VecDeque::new(),
            }),
            news: Condvar::new(),
            gate: Gate::new(),
            stalls: AtomicU64::new(0),
            whole: Default::default(),
            readers: AtomicUsize::new(0),
            unread_only: AtomicBool::new(false),
            waker: RwLock::new(None),
            alarm: Alarm::new(),
            clock,
            pace: Pace::default(),
        })
    }

    /// Now, in nanoseconds since 1970, as the computer's clock says: it can be set, so this is for showing and not for
    /// spans of time.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.clock.wall()
    }

    /// A clock that never steps, in nanoseconds since some moment before the journal began: for spans of time.
    #[must_use]
    pub fn monotonic(&self) -> u64 {
        self.clock.monotonic()
    }

    /// Appends one record and returns its number, 0 where nobody will ever read it. Takes a lock for well under a
    /// microsecond; never waits for a reader.
    pub fn append(&self, entry: &Entry<'_>) -> Seq {
        self.write(entry, None).seq
    }

    /// [`Self::append`] for a connection: its newest record, which is read and set under the lock, so that two who write
    /// for one connection leave none out; and how many bytes went the same way before.
    pub(super) fn write(&self, entry: &Entry<'_>, connection: Option<(&AtomicU64, u64)>) -> Written {
        if self.interest(entry.event.direction()) == Interest::Nobody {
            let offset = connection.map_or(0, |(_, offset)| offset);
            return Written { seq: 0, nanos: 0, monotonic: self.monotonic(), offset };
        }
        let mut inner = self.inner.lock();
        // The clock is read under the lock, so that times never run against numbers.
        let moment = inner.timeline.next(self.clock.as_ref());
        let mut changed = moment.instead_of.is_some_and(|before| inner.write_jump(&moment, before));
        let seq = inner.blocks.next();
        let link = match connection {
            Some((last, offset)) => Link { previous: last.swap(seq, Ordering::Relaxed), offset },
            None => Link { previous: entry.previous, offset: 0 },
        };
        changed |= inner.blocks.push(moment.wall, entry, link, entry.keep.min(entry.length));
        let woken = if changed { self.settle(&mut inner) } else { Vec::new() };
        let sleeping = inner.sleeping > 0;
        drop(inner);
        wake_all(woken);
        if sleeping {
            self.news.notify_all();
        }
        if self.alarm.strike_after_lock() {
            self.wake();
        }
        Written { seq, nanos: moment.wall, monotonic: moment.monotonic, offset: link.offset }
    }

    /// Whether a socket may go on: pending only while a reader that must lose nothing is a full budget behind.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.gate.is_open() {
            return Poll::Ready(());
        }
        let mut inner = self.inner.lock();
        if !inner.blocks.is_stalled() {
            return Poll::Ready(());
        }
        self.stalls.fetch_add(1, Ordering::Relaxed);
        inner.waiting.join(cx.waker());
        Poll::Pending
    }

    /// Who reads records of that direction, or lifecycle facts where there is none.
    #[must_use]
    pub fn interest(&self, direction: Option<Direction>) -> Interest {
        if !self.unread_only.load(Ordering::Relaxed) || self.readers.load(Ordering::Relaxed) > 0 {
            Interest::Somebody
        } else if direction.is_some_and(|direction| self.whole(direction).load(Ordering::Relaxed) > 0) {
            Interest::Bytes
        } else {
            Interest::Nobody
        }
    }

    /// How many of the `length` bytes of a payload are to be kept: all where somebody wants them whole, none where nobody
    /// will ever see them, and in a flood only the first ones.
    #[must_use]
    pub fn keep(&self, direction: Direction, length: usize, flood: bool) -> usize {
        if self.whole(direction).load(Ordering::Relaxed) > 0 {
            length
        } else if self.unread_only.load(Ordering::Relaxed) {
            0
        } else if flood {
            length.min(FLOOD_KEEP)
        } else {
            length
        }
    }

    /// Counts bytes that pass, over all connections; false when more of them do than a person could look at (32 MiB a
    /// second, after 64 MiB at once), so that they need not be kept or searched in whole.
    #[must_use]
    pub fn afford(&self, bytes: u64) -> bool {
        self.pace.afford(bytes, || self.monotonic())
    }

    /// The block that holds record `seq`, or the oldest one when `seq` is evicted already; `None` past the end.
    /// Of the block still being filled it is a copy from `seq` on.
    #[must_use]
    pub fn block(&self, seq: Seq) -> Option<Arc<Block>> {
        self.inner.lock().blocks.block(seq)
    }

    /// Calls `read` with record `seq`, if it is there.
    pub fn with_row<T>(&self, seq: Seq, read: impl FnOnce(Row<'_>) -> T) -> Option<T> {
        self.block(seq)?.row(seq).map(read)
    }

    /// Counters, all of the same moment.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let inner = self.inner.lock();
        Stats {
            first: inner.blocks.first(),
            next: inner.blocks.next(),
            evicted: inner.blocks.evicted(),
            bytes: inner.blocks.bytes(),
            limit: inner.blocks.limit(),
            stalls: self.stalls.load(Ordering::Relaxed),
        }
    }

    /// The records after `seq` that say the computer's clock jumped, oldest first; the newest 64 of them that are there.
    #[must_use]
    pub fn clock_jumps(&self, seq: Seq) -> Vec<Seq> {
        let inner = self.inner.lock();
        let first = inner.blocks.first().max(seq + 1);
        inner.jumps.iter().copied().filter(|jump| *jump >= first).collect()
    }

    /// How many records of a session are there. Looks at each block, not at each record.
    #[must_use]
    pub fn count(&self, session: SessionId) -> u64 {
        self.inner.lock().blocks.count(session)
    }

    /// Sets how much may be held from now on; evicts at once what is over it.
    pub fn set_budget(&self, budget: Budget) {
        self.change(|blocks| blocks.set_budget(budget));
    }

    /// Nobody looks back from now on: what all followers have read goes at once, and what none of them wants of a payload
    /// is not kept. For a program without a window.
    pub fn keep_unread_only(&self) {
        self.unread_only.store(true, Ordering::Relaxed);
        self.change(Blocks::keep_unread_only);
    }

    /// Forgets all records that no lossless reader still needs. Numbers go on. Until [`Self::drop_cleared`], or until there
    /// is no room for them, they count in the budget and [`Self::bring_back`] has them back.
    pub fn clear(&self) {
        self.change(Blocks::clear);
        if self.alarm.strike_after_lock() {
            self.wake();
        }
    }

    /// Brings back what was cleared last, with the numbers it had; what came meanwhile follows it. False when it is gone.
    pub fn bring_back(&self) -> bool {
        let mut came = false;
        self.change(|blocks| came = blocks.bring_back());
        if self.alarm.strike_after_lock() {
            self.wake();
        }
        came
    }

    /// What was cleared is not wanted back.
    pub fn drop_cleared(&self) {
        self.change(Blocks::drop_cleared);
    }

    /// Gives up memory that is held for records to come: nothing has come for a while.
    pub fn rest(&self) {
        self.change(Blocks::rest);
    }

    fn change(&self, change: impl FnOnce(&mut Blocks)) {
        let mut inner = self.inner.lock();
        change(&mut inner.blocks);
        let woken = self.settle(&mut inner);
        drop(inner);
        wake_all(woken);
    }

    /// One more follower, or one less, wants the payloads of a direction whole.
    pub(super) fn want(&self, direction: Direction, wanted: bool) {
        let whole = self.whole(direction);
        if wanted {
            whole.fetch_add(1, Ordering::Relaxed);
        } else {
            whole.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn whole(&self, direction: Direction) -> &AtomicUsize {
        let [received, sent] = &self.whole;
        match direction {
            Direction::Inbound => received,
            Direction::Outbound => sent,
        }
    }

    /// Sets what is called, with no lock held, when something new came since [`Self::rearm`].
    pub fn set_waker(&self, waker: impl Fn() + Send + Sync + 'static) {
        *self.waker.write() = Some(Arc::new(waker));
        self.alarm.arm();
    }

    /// Lets the next record call the waker again; called by the reader before it reads.
    pub fn rearm(&self) {
        self.alarm.arm();
    }

    /// Calls the waker, if it is armed, for news that are no record.
    pub fn nudge(&self) {
        if self.alarm.strike() {
            self.wake();
        }
    }

    fn wake(&self) {
        let waker = self.waker.read().clone();
        if let Some(waker) = waker {
            waker();
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// After a follower moved on or left: makes room where that is possible now, and wakes who waited for it.
    pub(super) fn follower_moved(&self, mut inner: MutexGuard<'_, Inner>) {
        if self.gate.is_open() && inner.waiting.is_empty() && !inner.blocks.waits_for_followers() {
            return;
        }
        inner.blocks.evict();
        let woken = self.settle(&mut inner);
        drop(inner);
        wake_all(woken);
    }

    /// The records from `seq` on, for a follower; and true when they are all that there are.
    pub(super) fn take(&self, mut inner: MutexGuard<'_, Inner>, seq: Seq) -> Option<(Arc<Block>, bool)> {
        let block = inner.blocks.take(seq)?;
        let newest = block.end() == inner.blocks.next();
        let woken = self.settle(&mut inner);
        drop(inner);
        wake_all(woken);
        Some((block, newest))
    }

    /// Says whether the sockets must wait; those that no longer have to are to be woken when the lock is free.
    fn settle(&self, inner: &mut Inner) -> Vec<Waker> {
        let stalled = inner.blocks.is_stalled();
        self.gate.set(&mut inner.waiting, stalled)
    }
}

impl Inner {
    /// Writes down that the wall clock jumped; true when that changed which blocks there are.
    fn write_jump(&mut self, moment: &Moment, before: u64) -> bool {
        let (to, from) = (i128::from(moment.wall), i128::from(before));
        let jump_micros = i64::try_from((to - from) / 1000).ok();
        let json = serde_json::to_vec(&Detail { jump_micros, ..Detail::default() }).unwrap_or_default();
        let entry = Entry {
            event: Event::Clock,
            session: SessionId(0),
            connection: ConnectionId::NONE,
            names: &Names::default(),
            length: json.len(),
            payload: &[IoSlice::new(&json)],
            keep: json.len(),
            previous: 0,
        };
        self.jumps.push_back(self.blocks.next());
        if self.jumps.len() > JUMPS {
            self.jumps.pop_front();
        }
        self.blocks.push(moment.wall, &entry, Link::default(), json.len())
    }
}

fn wake_all(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}
