//! Bytes that may be in memory at once, counted for as long as anybody holds them.

use std::sync::Arc;

use bytes::Bytes;

use crate::memory::Share;

/// So many bytes and no more.
#[derive(Debug)]
pub(in crate::http::server) struct Budget(Share);

impl Budget {
    pub(in crate::http::server) fn within(share: Share) -> Arc<Self> {
        Arc::new(Self(share))
    }

    #[cfg(test)]
    pub(in crate::http::server) fn new(limit: usize) -> Arc<Self> {
        Self::within(crate::memory::Memory::new(limit).share(crate::memory::Part::Sites))
    }

    /// How many bytes there is room for in all, at the moment.
    pub(in crate::http::server) fn limit(&self) -> usize {
        self.0.limit()
    }

    pub(in crate::http::server) fn used(&self) -> usize {
        self.0.used()
    }

    /// Takes room for `bytes`; `None`, and nothing is taken, where there is too little.
    pub(in crate::http::server) fn hold(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        let mut held = Held { budget: Arc::clone(self), bytes: 0 };
        held.grow(bytes).then_some(held)
    }
}

/// Room that is taken until this is dropped.
#[derive(Debug)]
pub(in crate::http::server) struct Held {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Held {
    /// Takes room for `more` bytes; false, and nothing has changed, where there is too little.
    pub(in crate::http::server) fn grow(&mut self, more: usize) -> bool {
        let taken = self.budget.0.take(more);
        if taken {
            self.bytes += more;
        }
        taken
    }

    /// The same bytes, whose room is given back with the last reference to them.
    pub(in crate::http::server) fn around(self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Owner { bytes, _held: self })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.0.give_back(self.bytes);
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

    #[test]
    fn room_is_taken_until_the_last_reference_is_gone() {
        let budget = Budget::new(10);
        let mut held = budget.hold(4).unwrap();
        assert!(!held.grow(7) && held.grow(6) && budget.hold(1).is_none());
        let bytes = held.around(vec![0; 10]);
        let part = bytes.slice(3..4);
        drop(bytes);
        assert!(budget.used() == 10 && budget.hold(1).is_none());
        drop(part);
        assert!(budget.used() == 0 && budget.hold(10).is_some() && budget.hold(usize::MAX).is_none());
    }
}
