//! Receive buffers that exist only while bytes are in them, so that a waiting connection costs none.

use parking_lot::Mutex;

/// Spare buffers kept; more at once are given back to the system.
const SPARE: usize = 64;
/// The same for those of another size than the session's: the connections that flood at once.
const SPARE_LARGE: usize = 4;

/// Buffers shared by the connections of a session: of its own size, and of the one that a flood makes it.
#[derive(Debug)]
pub(crate) struct Buffers {
    size: usize,
    free: Mutex<Free>,
}

#[derive(Debug, Default)]
struct Free {
    usual: Vec<Vec<u8>>,
    /// All of the size that was asked for last.
    other: Vec<Vec<u8>>,
}

impl Buffers {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, free: Mutex::default() }
    }

    /// A buffer of `size` bytes; what is in it is from earlier use.
    pub(crate) fn take(&self, size: usize) -> Vec<u8> {
        let spare = {
            let mut free = self.free.lock();
            if size == self.size { free.usual.pop() } else { free.other.pop().filter(|buffer| buffer.len() == size) }
        };
        spare.unwrap_or_else(|| vec![0; size])
    }

    pub(crate) fn give_back(&self, buffer: Vec<u8>) {
        let mut free = self.free.lock();
        if buffer.len() == self.size {
            if free.usual.len() < SPARE {
                free.usual.push(buffer);
            }
        } else if free.other.len() < SPARE_LARGE {
            free.other.push(buffer);
        }
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
        let free = buffers.free.lock();
        assert_eq!((free.usual.len(), free.other.len()), (SPARE, SPARE_LARGE));
    }
}
