//! Receive buffers that exist only while bytes are in them, so that a waiting connection costs none.

use parking_lot::Mutex;

/// Spare buffers kept; more at once are given back to the system.
const SPARE: usize = 64;

/// Buffers of one size, shared by the connections of a session. A connection whose size was changed has none kept.
#[derive(Debug)]
pub(crate) struct Buffers {
    size: usize,
    free: Mutex<Vec<Vec<u8>>>,
}

impl Buffers {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, free: Mutex::default() }
    }

    /// A buffer of `size` bytes; what is in it is from earlier use.
    pub(crate) fn take(&self, size: usize) -> Vec<u8> {
        if size != self.size {
            return vec![0; size];
        }
        let spare = self.free.lock().pop();
        spare.unwrap_or_else(|| vec![0; self.size])
    }

    pub(crate) fn give_back(&self, buffer: Vec<u8>) {
        let mut free = self.free.lock();
        if free.len() < SPARE && buffer.len() == self.size {
            free.push(buffer);
        }
    }
}
