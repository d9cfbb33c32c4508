//! How worker threads hand their results to the window, through one bounded queue.
//!
//! A worker knows the type of its own result and nothing of the others: whoever starts it hands it a mailbox of that type,
//! made from the window's by [`Mailbox::map`].

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    thread,
    time::Duration,
};

use egui::Context;

/// Results that may wait; a worker that is faster waits for the window.
const WAITING: usize = 64;
/// A burst of results becomes one frame.
const GATHER: Duration = Duration::from_millis(4);

/// Where a worker puts its results. Wakes the window, with no lock held.
pub(in crate::app) struct Mailbox<T>(Arc<dyn Fn(T) -> bool + Send + Sync>);

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Send + 'static> Mailbox<T> {
    /// The window's own, with the end at which it takes them out.
    pub(in crate::app) fn new(ctx: Context) -> (Self, Receiver<T>) {
        let (sender, receiver) = sync_channel(WAITING);
        let post = move |result| {
            let there = sender.send(result).is_ok();
            ctx.request_repaint_after(GATHER);
            there
        };
        (Self(Arc::new(post)), receiver)
    }

    /// One that takes what a single worker makes.
    pub(in crate::app) fn map<U>(&self, wrap: impl Fn(U) -> T + Send + Sync + 'static) -> Mailbox<U> {
        let post = Arc::clone(&self.0);
        Mailbox(Arc::new(move |result| post(wrap(result))))
    }

    /// Hands a result in; waits while the window has too many. False when the window has gone.
    pub(in crate::app) fn post(&self, result: T) -> bool {
        (self.0)(result)
    }
}

/// Runs `work` on a thread of its own with a name; false when the system gives none.
pub(in crate::app) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}
