//! Bytes that sites may have in memory at once, counted for as long as anybody holds them.

use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

use crate::memory::Share;

/// What sites keep. Each use has a part of their share of the program's memory, so that none takes the others' place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http::server) enum Use {
    /// Files that were asked for, and are being sent.
    Files,
    /// Parts of larger files on their way to whoever reads them.
    Sending,
    /// What was said on boards.
    Boards,
    /// Messages that are coming in.
    Arriving,
}

impl Use {
    const COUNT: usize = 4;

    /// Its part of eight, and its most.
    fn part(self) -> (usize, usize) {
        match self {
            Self::Files => (3, 96 << 20),
            Self::Sending => (1, 32 << 20),
            Self::Boards | Self::Arriving => (2, 64 << 20),
        }
    }
}

/// The share of all sites of the program, and what is used of it.
#[derive(Debug)]
struct Pool {
    share: Share,
    used: Mutex<[usize; Use::COUNT]>,
}

/// The part of one use.
#[derive(Clone, Debug)]
pub(in crate::http::server) struct Budget {
    pool: Arc<Pool>,
    of: Use,
}

impl Budget {
    /// One for each use.
    pub(in crate::http::server) fn all(share: Share) -> impl Fn(Use) -> Self {
        let pool = Arc::new(Pool { share, used: Mutex::default() });
        move |of| Self { pool: Arc::clone(&pool), of }
    }

    /// How many bytes may be held at the moment: less when other parts of the program need their share.
    pub(in crate::http::server) fn limit(&self) -> usize {
        let (part, most) = self.of.part();
        (self.pool.share.limit() / 8).saturating_mul(part).min(most)
    }

    pub(in crate::http::server) fn used(&self) -> usize {
        self.pool.used.lock().get(self.of as usize).copied().unwrap_or_default()
    }

    /// Takes room for `bytes`; `None`, and nothing is taken, where there is too little.
    pub(in crate::http::server) fn hold(&self, bytes: usize) -> Option<Held> {
        let mut held = self.nothing();
        held.grow(bytes).then_some(held)
    }

    /// No room yet, to grow.
    pub(in crate::http::server) fn nothing(&self) -> Held {
        Held { budget: self.clone(), bytes: 0 }
    }

    /// Adds or takes away; false, and nothing has changed, where that would be too much.
    fn change(&self, more: usize, less: usize) -> bool {
        let limit = self.limit();
        let mut used = self.pool.used.lock();
        let Some(own) = used.get_mut(self.of as usize) else { return false };
        let now = own.saturating_add(more).saturating_sub(less);
        if more > 0 && now > limit {
            return false;
        }
        *own = now;
        let all = used.iter().sum();
        self.pool.share.set(all);
        true
    }
}

/// Room that is taken until this is dropped.
#[derive(Debug)]
pub(in crate::http::server) struct Held {
    budget: Budget,
    bytes: usize,
}

impl Held {
    /// Takes room for `more` bytes; false, and nothing has changed, where there is too little.
    pub(in crate::http::server) fn grow(&mut self, more: usize) -> bool {
        let taken = self.budget.change(more, 0);
        if taken {
            self.bytes += more;
        }
        taken
    }

    /// How many bytes it is.
    pub(in crate::http::server) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The same bytes, whose room is given back with the last reference to them.
    pub(in crate::http::server) fn around(self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Owner { bytes, _held: self })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.change(0, self.bytes);
    }
}

struct Owner {
    bytes: Vec<u8>,
    _held: Held,
}

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Memory, Part};

    #[test]
    fn room_is_taken_until_the_last_reference_is_gone() {
        let memory = Memory::new(40 << 10);
        let budgets = Budget::all(memory.share(Part::Sites));
        let (boards, files) = (budgets(Use::Boards), budgets(Use::Files));
        assert_eq!((boards.limit(), files.limit()), (10 << 10, 15 << 10));
        let mut held = boards.hold(4 << 10).unwrap();
        assert!(!held.grow(7 << 10) && held.grow(6 << 10) && boards.hold(1).is_none());
        let file = files.hold(15 << 10).unwrap();
        assert_eq!(memory.used_for(Part::Sites), 25 << 10);
        let bytes = held.around(vec![0; 10 << 10]);
        let part = bytes.slice(3..4);
        drop(bytes);
        assert!(boards.used() == 10 << 10 && boards.hold(1).is_none());
        drop((part, file));
        assert!(boards.used() == 0 && boards.hold(10 << 10).is_some() && boards.hold(usize::MAX).is_none());
        assert_eq!(memory.used_for(Part::Sites), 0);
        // What others need of the memory is not there any more.
        let _journal = memory.share(Part::Journal);
        assert_eq!(boards.limit(), (40 << 10) / 6 * 2 / 8 * 2);
    }
}
