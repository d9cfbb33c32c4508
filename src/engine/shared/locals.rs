//! On which addresses of this machine sockets stand, each address once, however many sockets there are.

use std::collections::HashMap;

use crate::{engine::net::presence::Local, model::Presence};

/// The addresses that may be lost, with the number of sockets on each.
#[derive(Debug, Default)]
pub(crate) struct Locals(HashMap<Local, Held>);

#[derive(Debug, Default)]
struct Held {
    sockets: usize,
    presence: Presence,
}

impl Locals {
    /// Counts a socket in; true when its address was nobody's before.
    pub(crate) fn enter(&mut self, local: Local) -> (bool, Presence) {
        let held = self.0.entry(local).or_default();
        held.sockets += 1;
        (held.sockets == 1, held.presence)
    }

    /// Counts it out again.
    pub(crate) fn leave(&mut self, local: Local) {
        if let Some(held) = self.0.get_mut(&local) {
            held.sockets = held.sockets.saturating_sub(1);
            if held.sockets == 0 {
                self.0.remove(&local);
            }
        }
    }

    pub(crate) fn all(&self) -> Vec<Local> {
        self.0.keys().copied().collect()
    }

    /// Takes note of what became of an address; true when that is news for those who stand on it.
    pub(crate) fn set(&mut self, local: Local, presence: Presence) -> bool {
        self.0.get_mut(&local).is_some_and(|held| std::mem::replace(&mut held.presence, presence) != presence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_watched_while_a_socket_stands_on_it() {
        let mut locals = Locals::default();
        let local = Local { ip: [10, 0, 0, 1].into(), zone: 0 };
        assert_eq!(locals.enter(local), (true, Presence::Here));
        assert!(!locals.set(local, Presence::Here), "as it was");
        assert!(locals.set(local, Presence::Lost));
        assert_eq!(locals.enter(local), (false, Presence::Lost), "whoever comes later hears of it");
        locals.leave(local);
        assert_eq!(locals.all(), [local]);
        locals.leave(local);
        assert!(locals.all().is_empty() && !locals.set(local, Presence::Lost), "nobody stands on it any more");
    }
}
