//! Holds the sockets up while a reader that must lose nothing is a full budget behind.
//!
//! Whether the gate is shut is decided under the journal's lock; those who come by without it look at a flag.
//! `tests/loom.rs` tries every order of the steps.

use std::{collections::HashMap, task::Waker};

use super::sync::{AtomicBool, Ordering};

/// The flag that every system call looks at.
#[derive(Debug)]
pub(super) struct Gate(AtomicBool);

/// Who waits for the gate to open, each task once, in the order in which they came. Lives under the lock.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    wakers: Vec<Waker>,
    /// Where the waker of a task is, by the task's address.
    places: HashMap<usize, usize>,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Open for all who come by now. When it is not, the answer is only sure under the lock.
    pub(super) fn is_open(&self) -> bool {
        !self.0.load(Ordering::Acquire)
    }

    /// To be called with the lock held whenever it may have to open or shut. Those who need not wait any longer are to be
    /// woken once the lock is free.
    pub(super) fn set(&self, waiting: &mut Waiting, shut: bool) -> Vec<Waker> {
        self.0.store(shut, Ordering::Release);
        if shut {
            return Vec::new();
        }
        waiting.places.clear();
        std::mem::take(&mut waiting.wakers)
    }
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.wakers.is_empty()
    }

    /// To be called with the lock held, after the gate was found shut under it.
    pub(super) fn join(&mut self, waker: &Waker) {
        // A waker keeps its task's memory, so no two tasks that wait have the same address.
        let task = waker.data().addr();
        let place = *self.places.entry(task).or_insert(self.wakers.len());
        match self.wakers.get_mut(place) {
            Some(known) => known.clone_from(waker),
            None => self.wakers.push(waker.clone()),
        }
    }
}
