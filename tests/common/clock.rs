//! Clocks for journals of tests, so that no test waits for time to pass.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use socketlab::{
    journal::{Budget, Clock, Journal},
    memory::{Memory, Part},
};

pub(crate) const SECOND: u64 = 1_000_000_000;
/// Where the wall clock begins, in nanoseconds since 1970.
pub(crate) const START: u64 = 1_700_000_000 * SECOND;

/// Clocks that stand still until they are moved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hands {
    passed: Arc<AtomicU64>,
    set: Arc<AtomicI64>,
}

impl Hands {
    /// Time passes.
    pub(crate) fn pass(&self, nanos: u64) {
        self.passed.fetch_add(nanos, Ordering::Relaxed);
    }

    /// Somebody sets the wall clock.
    pub(crate) fn set(&self, by: i64) {
        self.set.fetch_add(by, Ordering::Relaxed);
    }

    /// A journal whose times these are.
    pub(crate) fn journal(&self) -> Arc<Journal> {
        let memory = Memory::new(Budget::default().bytes);
        Journal::with_clock(100_000, memory.share(Part::Journal), Box::new(self.clone()))
    }
}

impl Clock for Hands {
    fn wall(&self) -> u64 {
        (START + self.monotonic()).checked_add_signed(self.set.load(Ordering::Relaxed)).unwrap()
    }

    fn monotonic(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}
