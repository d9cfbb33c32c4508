//! Receive buffers that exist only while bytes are in them, so that a waiting connection costs none.

use std::{
    array,
    cell::Cell,
    sync::atomic::{AtomicUsize, Ordering},
};

use parking_lot::Mutex;

/// Shelves, so that the threads of the engine seldom meet at one.
const SHELVES: usize = 4;
/// Spare buffers kept on a shelf; more at once are given back to the system.
const SPARE: usize = 16;
/// The same for those of another size than the session's: the connections that flood at once.
const SPARE_LARGE: usize = 1;

/// Buffers shared by the connections of a session: of its own size, and of the one that a flood makes it.
#[derive(Debug)]
pub(crate) struct Buffers {
    size: usize,
    shelves: [Shelf; SHELVES],
}

/// Two shelves in one line of the processor's cache would be as bad as one.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shelf(Mutex<Free>);

#[derive(Debug, Default)]
struct Free {
    usual: Vec<Vec<u8>>,
    /// All of the size that was asked for last.
    other: Vec<Vec<u8>>,
}

impl Buffers {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, shelves: array::from_fn(|_| Shelf::default()) }
    }

    /// A buffer of `size` bytes; what is in it is from earlier use.
    pub(crate) fn take(&self, size: usize) -> Vec<u8> {
        let spare = self.shelf().and_then(|shelf| {
            let mut free = shelf.0.lock();
            if size == self.size { free.usual.pop() } else { free.other.pop().filter(|buffer| buffer.len() == size) }
        });
        spare.unwrap_or_else(|| vec![0; size])
    }

    pub(crate) fn give_back(&self, buffer: Vec<u8>) {
        let Some(mine) = self.shelf() else { return };
        let mut free = mine.0.lock();
        if buffer.len() == self.size {
            if free.usual.len() < SPARE {
                free.usual.push(buffer);
            }
        } else if free.other.len() < SPARE_LARGE {
            free.other.push(buffer);
        }
    }

    /// The shelf of this thread.
    fn shelf(&self) -> Option<&Shelf> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local!(static SHELF: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed) % SHELVES));
        self.shelves.get(SHELF.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_has_the_size_that_is_asked_for_and_few_are_kept() {
        let buffers = Buffers::new(16);
        for size in [16, 64, 16, 32, 64, 16] {
            let buffer = buffers.take(size);
            assert_eq!(buffer.len(), size);
            buffers.give_back(buffer);
        }
        for _ in 0..2 * SPARE {
            buffers.give_back(vec![0; 16]);
            buffers.give_back(vec![0; 64]);
        }
        let free = buffers.shelf().unwrap().0.lock();
        assert_eq!((free.usual.len(), free.other.len()), (SPARE, SPARE_LARGE));
    }
}
