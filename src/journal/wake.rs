//! Wakes whoever reads when there is something new: once, until they have read.
//!
//! Only the flag stands here, so that `tests/loom.rs` can try every order of its steps.

use super::sync::{AtomicBool, Ordering, fence};

/// Says when the reader is to be woken. The reader arms it and then reads; a writer writes and then strikes. Whatever the
/// order of their steps, either the reader sees what was written, or the writer is told to wake it.
#[derive(Debug)]
pub(super) struct Alarm(AtomicBool);

impl Alarm {
    pub(super) fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// The reader is going to read: what comes from now on wakes it again.
    pub(super) fn arm(&self) {
        self.0.store(true, Ordering::Relaxed);
        // Against the fence of `strike`: without both, "armed" and "written" may each pass the other unseen.
        fence(Ordering::SeqCst);
    }

    /// Something was written. True when the reader is to be woken.
    pub(super) fn strike(&self) -> bool {
        fence(Ordering::SeqCst);
        self.strike_after_lock()
    }

    /// The same where the writer has just released a lock that the reader takes to read: the lock is order enough, and a
    /// record does not pay for a fence.
    pub(super) fn strike_after_lock(&self) -> bool {
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::AcqRel)
    }
}
