//! Sending the same bytes again and again, on a thread of its own, so that the pace does not hang on frames.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};

use super::mail::{Mailbox, News, spawn};
use crate::{
    engine::{Command, Engine},
    model::Target,
};

/// The shortest pause between two.
const SHORTEST: Duration = Duration::from_millis(1);

#[derive(Default)]
struct Shared {
    sent: AtomicU64,
    stopped: Mutex<bool>,
    changed: Condvar,
}

/// A running repetition; ends when this is dropped.
pub(super) struct Repeat {
    shared: Arc<Shared>,
    number: u64,
}

/// What is repeated.
pub(super) struct Wanted {
    pub(super) to: Target,
    pub(super) bytes: Bytes,
    pub(super) interval: Duration,
    /// How often; `None` until it is stopped.
    pub(super) count: Option<u32>,
}

impl Repeat {
    /// Starts; `number` tells this one from those before it.
    pub(super) fn start(number: u64, wanted: Wanted, engine: Weak<Engine>, mail: Mailbox) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        spawn("repeat", move || {
            work(&theirs, &wanted, &engine);
            mail.post(News::Repeated(number));
        });
        Self { shared, number }
    }

    /// How often it has sent.
    pub(super) fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Repeat {
    fn drop(&mut self) {
        *self.shared.stopped.lock() = true;
        self.shared.changed.notify_all();
    }
}

fn work(shared: &Shared, wanted: &Wanted, engine: &Weak<Engine>) {
    let interval = wanted.interval.max(SHORTEST);
    let mut due = Instant::now();
    let mut left = wanted.count;
    while left != Some(0) {
        let Some(engine) = engine.upgrade() else { return };
        let command = Command::Send { to: wanted.to, bytes: wanted.bytes.clone() };
        // A full queue means that sending is slower than the pace; this turn is left out.
        if engine.send(command).is_ok() {
            left = left.map(|left| left - 1);
            shared.sent.fetch_add(1, Ordering::Relaxed);
        }
        drop(engine);
        due += interval;
        let mut stopped = shared.stopped.lock();
        while !*stopped && Instant::now() < due {
            shared.changed.wait_until(&mut stopped, due);
        }
        if *stopped {
            return;
        }
        // Turns that were missed are not made up for.
        due = due.max(Instant::now().checked_sub(interval).unwrap_or(due));
    }
}
