//! A reader that must lose nothing: `--json`, `--log-file`, record to file.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Block, Journal, Seq};

/// Reads every record in order. While it lives no record it has not read yet is evicted; when it is a full budget
/// behind, the sockets wait for it. Meant for a thread of its own.
#[derive(Debug)]
pub struct Follower {
    journal: Arc<Journal>,
    id: u64,
    next: Seq,
    whole: bool,
}

impl Follower {
    pub(super) fn new(journal: Arc<Journal>, whole: bool) -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        if whole {
            journal.whole.fetch_add(1, Ordering::Relaxed);
        }
        let mut inner = journal.lock();
        let next = inner.next();
        inner.followers.push((id, next));
        drop(inner);
        Self { journal, id, next, whole }
    }

    /// The next records, after waiting at most `patience` for the first of them. Rows before [`Self::wanted`] in the
    /// block have been read already. They count as read with the following call.
    pub fn read(&mut self, patience: Duration) -> Option<Arc<Block>> {
        let mut inner = self.journal.lock();
        if let Some(entry) = inner.followers.iter_mut().find(|(id, _)| *id == self.id) {
            entry.1 = self.next;
        }
        self.journal.follower_moved(inner);
        let mut inner = self.journal.lock();
        let deadline = Instant::now() + patience;
        // A wake-up can be for a record that was read already: only the deadline ends the wait.
        while inner.next() <= self.next && Instant::now() < deadline {
            inner.sleeping += 1;
            self.journal.news.wait_until(&mut inner, deadline);
            inner.sleeping -= 1;
        }
        inner.block(self.next)
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
        if self.whole {
            self.journal.whole.fetch_sub(1, Ordering::Relaxed);
        }
        let mut inner = self.journal.lock();
        inner.followers.retain(|(id, _)| *id != self.id);
        self.journal.follower_moved(inner);
    }
}
