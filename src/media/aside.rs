//! Work that nothing can stop, on a thread that is given up when it takes too long.
//!
//! A few lines of SVG can ask for hours of drawing, and some decoders take all their bytes before they begin. Whoever waits
//! for such a thread waits for a bounded time; the thread goes on until it is through, and what it made then is dropped. No
//! more than [`STRAYS`] that were given up run at any time: while there are so many, further work of this sort is refused.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{RecvTimeoutError, sync_channel},
    },
    thread::Builder,
    time::Duration,
};

use parking_lot::Mutex;

/// Threads that were given up and still run, at most.
pub(super) const STRAYS: usize = 2;
/// Elements lie in elements, and are drawn by a function that calls itself.
const STACK: usize = 32 << 20;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It took longer than it may.
    Slow,
    /// So many that took longer still run that no more are begun; or the system gives no thread.
    Busy,
    /// The decoder panicked.
    Failed,
}

/// Those who were given up, of one kind of work.
pub(super) struct Strays(AtomicUsize);

/// Of all decoders.
pub(super) static DECODERS: Strays = Strays(AtomicUsize::new(0));

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Runs,
    IsThrough,
    IsGivenUp,
}

impl Strays {
    /// Runs `work` on a thread of its own and waits for it, but not longer than `patience`.
    pub(super) fn run<T: Send + 'static>(
        &'static self,
        patience: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Trouble> {
        if self.0.load(Ordering::Relaxed) >= STRAYS {
            return Err(Trouble::Busy);
        }
        let fate = Arc::new(Mutex::new(Fate::Runs));
        let theirs = Arc::clone(&fate);
        let (answer, wait) = sync_channel(1);
        let begun = Builder::new().name("decoder".to_owned()).stack_size(STACK).spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(work));
            let mut fate = theirs.lock();
            if *fate == Fate::IsGivenUp {
                self.0.fetch_sub(1, Ordering::Relaxed);
            }
            *fate = Fate::IsThrough;
            // Never waits: there is room for the one answer.
            let _ = answer.send(done);
        });
        if begun.is_err() {
            return Err(Trouble::Busy);
        }
        match wait.recv_timeout(patience) {
            Ok(done) => done.map_err(|_| Trouble::Failed),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::Failed),
            Err(RecvTimeoutError::Timeout) => {
                let mut fate = fate.lock();
                if *fate == Fate::IsThrough {
                    return wait.try_recv().map_err(|_| Trouble::Failed)?.map_err(|_| Trouble::Failed);
                }
                *fate = Fate::IsGivenUp;
                self.0.fetch_add(1, Ordering::Relaxed);
                Err(Trouble::Slow)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(30);

    #[test]
    fn who_takes_too_long_is_given_up_and_only_so_many_may_be_at_it() {
        static OURS: Strays = Strays(AtomicUsize::new(0));
        assert_eq!(OURS.run(Duration::from_mins(1), || 7), Ok(7));
        assert_eq!(OURS.run(Duration::from_mins(1), || panic!("wrong")), Err::<(), _>(Trouble::Failed));
        let (hold, held) = sync_channel::<()>(0);
        let held = Arc::new(Mutex::new(held));
        for _ in 0..STRAYS {
            let held = Arc::clone(&held);
            assert_eq!(OURS.run(SHORT, move || held.lock().recv().map_or((), |()| ())), Err(Trouble::Slow));
        }
        assert_eq!(OURS.run(Duration::from_mins(1), || 7), Err(Trouble::Busy));
        drop(hold);
        let start = std::time::Instant::now();
        while OURS.run(Duration::from_mins(1), || 7) != Ok(7) {
            assert!(start.elapsed() < Duration::from_mins(1), "whoever comes to an end makes room");
            std::thread::sleep(SHORT);
        }
    }
}
