//! The blocks of a journal: those that are full, the one that is being filled, and those that wait to be filled again.
//!
//! Decides which go when it is too much. Knows no lock, no clock and no thread: the journal does.

use std::{collections::VecDeque, sync::Arc};

use super::{
    block::{Block, Head, Link},
    budget::Budget,
    entry::{Entry, Seq},
};
use crate::{
    memory::Share,
    model::{Names, SessionId},
};

/// Records in a block, at most.
const BLOCK_ROWS: usize = 1024;
/// Payload bytes after which a block is closed; one record may go over it.
const BLOCK_BYTES: usize = 256 << 10;
/// Empty blocks that are kept for the next ones, at most: what a flood brings until a follower reads again.
const SPARE: usize = 16;

pub(super) struct Blocks {
    sealed: VecDeque<Arc<Block>>,
    open: Block,
    /// Empty, and counted like the others.
    spare: Vec<Block>,
    sealed_rows: usize,
    sealed_bytes: usize,
    evicted: u64,
    rows: usize,
    share: Share,
    /// Nobody looks back: what all followers have read goes.
    unread_only: bool,
    /// There was no memory for another block when one was needed last.
    starved: bool,
    /// Id and next wanted record of every reader that must lose nothing.
    followers: Vec<(u64, Seq)>,
    /// What was cleared and may be wanted back: older than all others, and the first to go when room is needed.
    aside: Aside,
}

/// Blocks that were cleared, oldest first.
#[derive(Default)]
struct Aside {
    blocks: VecDeque<Arc<Block>>,
    rows: usize,
    bytes: usize,
    /// Records that had been evicted before.
    evicted: u64,
}

impl Blocks {
    pub(super) fn new(rows: usize, share: Share) -> Self {
        let mut blocks = Self {
            sealed: VecDeque::new(),
            open: Block::default(),
            spare: Vec::new(),
            sealed_rows: 0,
            sealed_bytes: 0,
            evicted: 0,
            rows,
            share,
            unread_only: false,
            starved: false,
            followers: Vec::new(),
            aside: Aside::default(),
        };
        let first = Block::starting_at(1, blocks.block_rows());
        blocks.open = first.unwrap_or_else(|| {
            let mut empty = Block::default();
            empty.reset(1, 0);
            empty
        });
        blocks.tell();
        blocks
    }

    pub(super) fn first(&self) -> Seq {
        self.sealed.front().map_or(self.open.first(), |block| block.first())
    }

    pub(super) fn next(&self) -> Seq {
        self.open.end()
    }

    /// How many records of a session are here.
    pub(super) fn count(&self, session: SessionId) -> u64 {
        let sealed: u64 = self.sealed.iter().map(|block| u64::from(block.count(session))).sum();
        sealed + u64::from(self.open.count(session))
    }

    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    pub(super) fn bytes(&self) -> usize {
        let spare: usize = self.spare.iter().map(Block::footprint).sum();
        self.sealed_bytes + self.open.footprint() + spare + self.aside.bytes
    }

    /// What [`Self::bytes`] may be.
    pub(super) fn limit(&self) -> usize {
        self.share.limit()
    }

    /// Appends a record; true when it changed which blocks there are.
    pub(super) fn push(&mut self, nanos: u64, entry: &Entry<'_>, link: Link, keep: usize) -> bool {
        let mut changed = false;
        let room = self.block_bytes();
        let full =
            self.open.len() >= self.block_rows() || (!self.open.is_empty() && self.open.arena_len() + keep > room);
        if full {
            self.seal();
            changed = true;
        }
        if !self.open.push(nanos, entry, link, keep, room) {
            // Not even a head: what the block holds makes room, and where that is nothing, the record is gone.
            self.drop_open();
            if !self.open.push(nanos, entry, link, 0, room) {
                self.evicted += 1;
                self.open.reset(self.open.end() + 1, room);
            }
        }
        if keep > room {
            // A record larger than a block takes the place of older ones at once.
            self.evict();
            changed = true;
        }
        changed
    }

    pub(super) fn block(&self, seq: Seq) -> Option<Arc<Block>> {
        if seq < self.open.first()
            && let Some(block) = self.sealed.get(self.sealed.partition_point(|block| block.end() <= seq))
        {
            return Some(Arc::clone(block));
        }
        // Also for a record before it, when no sealed block is left or none was sealed yet.
        if seq >= self.open.end() || self.open.is_empty() {
            return None;
        }
        self.open.copy_from(seq).map(Arc::new)
    }

    /// [`Self::block`] for a follower. Where nobody looks back and nobody else follows, the block that is being filled is
    /// closed and given as it is: nothing is copied while the sockets wait for the lock.
    pub(super) fn take(&mut self, seq: Seq) -> Option<Arc<Block>> {
        if self.unread_only && self.followers.len() == 1 && seq >= self.open.first() && seq < self.open.end() {
            self.seal();
        }
        self.block(seq)
    }

    pub(super) fn set_budget(&mut self, budget: Budget) {
        self.rows = budget.rows;
        self.share.memory().set_total(budget.bytes);
        self.seal();
    }

    pub(super) fn keep_unread_only(&mut self) {
        self.unread_only = true;
        self.evict();
    }

    /// Forgets all that no follower wants; until room is needed it can be had back.
    pub(super) fn clear(&mut self) {
        self.seal();
        let before = std::mem::take(&mut self.evicted);
        if self.sealed.is_empty() || self.is_pinned() {
            self.tell();
            return;
        }
        self.aside = Aside { evicted: before, ..Aside::default() };
        while !self.is_pinned()
            && let Some(front) = self.sealed.pop_front()
        {
            self.sealed_rows -= front.len();
            self.sealed_bytes -= front.footprint();
            self.aside.rows += front.len();
            self.aside.bytes += front.footprint();
            self.aside.blocks.push_back(front);
        }
        self.spare.clear();
        self.tell();
    }

    /// Brings back what was cleared last, as far as it is still there; what came meanwhile follows it. True when anything did.
    pub(super) fn bring_back(&mut self) -> bool {
        let aside = std::mem::take(&mut self.aside);
        if aside.blocks.is_empty() {
            return false;
        }
        self.sealed_rows += aside.rows;
        self.sealed_bytes += aside.bytes;
        self.evicted += aside.evicted;
        for block in aside.blocks.into_iter().rev() {
            self.sealed.push_front(block);
        }
        self.evict();
        true
    }

    /// What was cleared is not wanted back.
    pub(super) fn drop_cleared(&mut self) {
        self.aside = Aside::default();
        self.tell();
    }

    /// Gives up what is kept only to be used again.
    pub(super) fn rest(&mut self) {
        self.spare.clear();
        self.aside = Aside::default();
        if self.unread_only && self.is_read() {
            self.drop_open();
        }
        self.tell();
    }

    pub(super) fn follow(&mut self, id: u64) -> Seq {
        let next = self.next();
        self.followers.push((id, next));
        next
    }

    pub(super) fn follower_wants(&mut self, id: u64, seq: Seq) {
        if let Some(entry) = self.followers.iter_mut().find(|(known, _)| *known == id) {
            entry.1 = seq;
        }
    }

    pub(super) fn unfollow(&mut self, id: u64) {
        self.followers.retain(|(known, _)| *known != id);
    }

    /// True where a follower's step may make room.
    pub(super) fn waits_for_followers(&self) -> bool {
        self.unread_only && !self.sealed.is_empty()
    }

    /// The open block is going to be sealed when nothing can be evicted for it: room for two is needed.
    pub(super) fn is_stalled(&self) -> bool {
        self.aside.blocks.is_empty() && self.is_pinned() && (self.starved || self.is_over(2))
    }

    pub(super) fn evict(&mut self) {
        while self.is_over(1) {
            if self.spare.pop().is_none() && !self.drop_oldest() {
                break;
            }
        }
        if self.unread_only {
            while self.evict_front() {}
        }
        self.tell();
    }

    /// Closes the open block and begins another.
    fn seal(&mut self) {
        if self.open.is_empty() {
            return self.evict();
        }
        if self.unread_only && self.is_read() && self.sealed.is_empty() {
            return self.drop_open();
        }
        let Some(next) = self.take_block() else {
            // No memory for another: this one goes on as far as it has room, and then begins anew.
            self.starved = true;
            if self.open.has_no_room() {
                self.drop_open();
            }
            return;
        };
        self.starved = false;
        let mut full = std::mem::replace(&mut self.open, next);
        // One that is read and filled again in a moment keeps its arena.
        full.seal(!self.unread_only);
        self.sealed_rows += full.len();
        self.sealed_bytes += full.footprint();
        self.sealed.push_back(Arc::new(full));
        self.evict();
    }

    /// A block for the next records: a spare one, the oldest where there would be too many, a new one.
    fn take_block(&mut self) -> Option<Block> {
        let (end, room) = (self.open.end(), self.block_bytes());
        self.sealed.try_reserve(1).ok()?;
        if self.spare.is_empty() && self.is_over(2) {
            self.drop_oldest();
        }
        let rows = self.block_rows();
        let mut block = match self.spare.pop() {
            Some(spare) => Some(spare),
            None => Block::starting_at(end, rows),
        };
        while block.is_none() && self.drop_oldest() {
            block = self.spare.pop().or_else(|| Block::starting_at(end, rows));
        }
        block.map(|mut block| {
            block.reset(end, room);
            block
        })
    }

    /// The open block begins anew: its records are evicted.
    fn drop_open(&mut self) {
        let room = self.block_bytes();
        self.evicted += self.open.len() as u64;
        self.open.reset(self.open.end(), room);
        self.tell();
    }

    /// Makes room: what was cleared goes first.
    fn drop_oldest(&mut self) -> bool {
        let Some(front) = self.aside.blocks.pop_front() else { return self.evict_front() };
        self.aside.rows -= front.len();
        self.aside.bytes -= front.footprint();
        self.aside.evicted += front.len() as u64;
        self.use_again(front);
        true
    }

    fn evict_front(&mut self) -> bool {
        if self.is_pinned() {
            return false;
        }
        let Some(front) = self.sealed.pop_front() else { return false };
        self.sealed_rows -= front.len();
        self.sealed_bytes -= front.footprint();
        self.evicted += front.len() as u64;
        self.use_again(front);
        true
    }

    fn use_again(&mut self, front: Arc<Block>) {
        if self.spare.len() < SPARE {
            // Somebody who still reads it keeps it as long as that takes.
            self.spare.extend(Arc::into_inner(front).map(|mut block| {
                block.reset(0, self.block_bytes());
                block
            }));
        }
    }

    /// Every follower has read the open block.
    fn is_read(&self) -> bool {
        self.followers.iter().all(|(_, wanted)| *wanted >= self.open.end())
    }

    fn is_pinned(&self) -> bool {
        self.sealed.front().is_some_and(|front| self.followers.iter().any(|(_, wanted)| *wanted < front.end()))
    }

    /// Over what the sealed blocks may hold, so that `more` blocks still fit into the budget.
    fn is_over(&self, more: usize) -> bool {
        let open = self.open.footprint().max(self.block_cost());
        let spare: usize = self.spare.iter().map(Block::footprint).sum();
        self.sealed_rows + self.aside.rows + more * self.block_rows() > self.rows
            || self.sealed_bytes + self.aside.bytes + spare + open + (more - 1) * self.block_cost() > self.share.limit()
    }

    fn tell(&self) {
        self.share.set(self.bytes());
    }

    fn block_rows(&self) -> usize {
        BLOCK_ROWS.min(self.rows / 8).max(1)
    }

    fn block_bytes(&self) -> usize {
        BLOCK_BYTES.min(self.share.limit() / 8)
    }

    /// Memory that a block with payloads of [`Self::block_bytes`] may take, each of its rows with names of its own.
    fn block_cost(&self) -> usize {
        self.block_bytes()
            + size_of::<Block>()
            + self.block_rows() * (size_of::<Head>() + size_of::<Names>() + size_of::<[Option<u64>; 2]>())
    }
}
