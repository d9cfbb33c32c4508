//! The peers of a listener as views read them: in the order they came, each with a name and a colour.
//!
//! There may be ten thousand: whoever reads them asks for those it shows.

use std::fmt;

use crate::{
    journal::Connection,
    model::{ConnectionId, SessionId},
};

/// Who is, or was, connected to a listener.
pub trait Peers {
    /// The listener.
    fn session(&self) -> SessionId;
    /// How many are connected now.
    fn live(&self) -> usize;
    /// How often one came or went: what was read is as it was while this is.
    fn changes(&self) -> u64;
    /// What is known of one; `None` when it is not in the list any more.
    fn connection(&self, peer: ConnectionId) -> Option<&Connection>;
    /// What one is called; `None` when it is not known any more.
    fn name(&self, peer: ConnectionId) -> Option<String>;
    /// Its place in the order they came, counted from 0: says which colour it has.
    fn place(&self, peer: ConnectionId) -> usize;
    /// Hands out each in the order they came, and whether it is connected, until that gives false.
    fn each(&self, take: &mut dyn FnMut(ConnectionId, bool) -> bool);
}

impl fmt::Debug for dyn Peers + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peers").field("session", &self.session()).field("live", &self.live()).finish_non_exhaustive()
    }
}

/// Peers by number, for tests.
#[cfg(test)]
pub(in crate::ui::views) struct List {
    session: SessionId,
    peers: Vec<(ConnectionId, bool)>,
    changes: u64,
    asked: std::cell::Cell<u64>,
}

#[cfg(test)]
impl List {
    pub(in crate::ui::views) fn new(session: SessionId, numbers: &[u32]) -> Self {
        let peers = numbers.iter().map(|number| (ConnectionId(*number), true)).collect();
        Self { session, peers, changes: 0, asked: std::cell::Cell::default() }
    }

    pub(in crate::ui::views) fn come(&mut self, number: u32) {
        self.changes += 1;
        self.peers.push((ConnectionId(number), true));
    }

    pub(in crate::ui::views) fn go(&mut self, number: u32) {
        self.changes += 1;
        self.peers.iter_mut().filter(|(peer, _)| peer.0 == number).for_each(|(_, live)| *live = false);
    }

    /// How often a name was asked for.
    pub(in crate::ui::views) fn asked(&self) -> u64 {
        self.asked.get()
    }
}

#[cfg(test)]
impl Peers for List {
    fn session(&self) -> SessionId {
        self.session
    }

    fn live(&self) -> usize {
        self.peers.iter().filter(|(_, live)| *live).count()
    }

    fn changes(&self) -> u64 {
        self.changes
    }

    fn connection(&self, _: ConnectionId) -> Option<&Connection> {
        None
    }

    fn name(&self, peer: ConnectionId) -> Option<String> {
        self.asked.set(self.asked.get() + 1);
        self.peers.iter().any(|(known, _)| *known == peer).then(|| format!("peer {peer}"))
    }

    fn place(&self, peer: ConnectionId) -> usize {
        self.peers.iter().position(|(known, _)| *known == peer).unwrap_or_default()
    }

    fn each(&self, take: &mut dyn FnMut(ConnectionId, bool) -> bool) {
        for (peer, live) in &self.peers {
            if !take(*peer, *live) {
                break;
            }
        }
    }
}
