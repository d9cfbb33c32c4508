//! What all sites of one program share: their share of its memory, and what is kept within.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::Semaphore;

use crate::{
    http::server::{
        shared::budget::{Budget, Use},
        site::{board::Boards, cache::Cache},
    },
    memory::Share,
};

/// Pictures that are made smaller at once; each decoding may take 384 MiB.
const THUMBS_AT_ONCE: usize = 2;
/// Pages of folders that are made at once. Each takes a processor for a moment, and files must be answered meanwhile.
const PAGES_AT_ONCE: usize = 2;

/// Made once for the program and handed to each [`Site`](super::Site).
#[derive(Debug)]
pub struct SiteMemory {
    pub(super) cache: Cache,
    pub(super) boards: Arc<Boards>,
    /// For parts of files on their way out.
    pub(super) sending: Budget,
    /// For messages that are coming in.
    pub(super) arriving: Budget,
    pub(super) thumbs: Semaphore,
    pub(super) pages: Semaphore,
    last: AtomicU64,
}

impl SiteMemory {
    /// Nothing is in it yet; what will be keeps to `share`.
    #[must_use]
    pub fn new(share: Share) -> Arc<Self> {
        let budget = Budget::all(share);
        Arc::new(Self {
            cache: Cache::new(budget(Use::Files)),
            boards: Boards::new(budget(Use::Boards)),
            sending: budget(Use::Sending),
            arriving: budget(Use::Arriving),
            thumbs: Semaphore::new(THUMBS_AT_ONCE),
            pages: Semaphore::new(PAGES_AT_ONCE),
            last: AtomicU64::new(0),
        })
    }

    /// A number that no other site of this program has.
    pub(super) fn next_site(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }
}
