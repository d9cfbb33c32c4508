//! How much passes in all, so that the log of many fast connections does not slow their sockets.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that may pass at once before it counts as a flood …
const BURST: u64 = 64 << 20;
/// … and every second from then on.
const PER_SECOND: u64 = 32 << 20;
/// Nanoseconds between two looks at the clock, at least.
const STEP: u64 = 1_000_000;

/// A budget of bytes that fills up with time. Shared by all connections without a lock; off by a few calls' bytes when
/// many take from it at the same moment.
#[derive(Debug)]
pub(super) struct Pace {
    credit: AtomicU64,
    refilled: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { credit: AtomicU64::new(BURST), refilled: AtomicU64::new(0) }
    }
}

impl Pace {
    /// Takes `bytes` from the budget; false when it does not have so many.
    pub(super) fn afford(&self, bytes: u64, now: impl FnOnce() -> u64) -> bool {
        self.take(bytes) || {
            self.refill(now());
            self.take(bytes)
        }
    }

    fn take(&self, bytes: u64) -> bool {
        let taken = self.credit.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |credit| credit.checked_sub(bytes));
        taken.is_ok()
    }

    fn refill(&self, now: u64) {
        let before = self.refilled.load(Ordering::Relaxed);
        let since = now.saturating_sub(before);
        if since < STEP {
            return;
        }
        // Whoever moves the clock fills up.
        if self.refilled.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            let more = (since / 1000).saturating_mul(PER_SECOND / 1_000_000);
            let _ = self.credit.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |credit| {
                Some(credit.saturating_add(more).min(BURST))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_more_than_the_budget_and_passes_with_time() {
        let pace = Pace::default();
        let mut now = 1_000_000_000_000;
        assert!(pace.afford(BURST, || now));
        pace.refill(now);
        while pace.take(1 << 20) {}
        assert!(!pace.afford(1 << 20, || now));
        now += 250_000_000;
        assert!(pace.afford(PER_SECOND / 5, || now) && !pace.afford(PER_SECOND / 5, || now));
        now += 3_600_000_000_000;
        assert!(pace.afford(BURST, || now) && !pace.afford(1, || now), "never more than the burst");
    }
}
