//! What all sites of one program share: their part of its memory, a third each for files, boards and what is coming in.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::Semaphore;

use crate::{
    http::server::{
        shared::budget::Budget,
        site::{board::Boards, cache::Cache},
    },
    memory::{self, Part},
};

/// Pictures that are made smaller at once; each decoding may take 384 MiB.
const THUMBS_AT_ONCE: usize = 2;

/// Made once for the program and handed to each [`Site`](super::Site).
#[derive(Debug)]
pub struct Memory {
    pub(super) cache: Cache,
    pub(super) boards: Arc<Boards>,
    /// For messages that are coming in.
    pub(super) arriving: Arc<Budget>,
    pub(super) thumbs: Semaphore,
    last: AtomicU64,
}

impl Memory {
    /// Nothing is in it yet.
    #[must_use]
    pub fn new(memory: &Arc<memory::Memory>) -> Arc<Self> {
        let third = || Budget::within(memory.share(Part::Sites));
        Arc::new(Self {
            cache: Cache::new(third()),
            boards: Arc::new(Boards::new(third())),
            arriving: third(),
            thumbs: Semaphore::new(THUMBS_AT_ONCE),
            last: AtomicU64::new(0),
        })
    }

    /// A number that no other site of this program has.
    pub(super) fn next_site(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }
}
