//! The peers of a listener, as views read them.

use super::{
    naming,
    state::{Session, State},
};
use crate::{
    journal::Connection,
    model::{ConnectionId, SessionId},
    ui::views::shared::peers::Peers,
};

/// Who is, or was, connected to a listener.
#[derive(Clone, Copy)]
pub(in crate::app) struct Callers<'a> {
    state: &'a State,
    id: SessionId,
    session: &'a Session,
}

impl<'a> Callers<'a> {
    pub(in crate::app) fn of(state: &'a State, id: SessionId) -> Option<Self> {
        Some(Self { state, id, session: state.sessions.get(&id)? })
    }
}

impl Peers for Callers<'_> {
    fn session(&self) -> SessionId {
        self.id
    }

    fn live(&self) -> usize {
        self.session.live
    }

    fn changes(&self) -> u64 {
        self.session.comings
    }

    fn connection(&self, peer: ConnectionId) -> Option<&Connection> {
        self.state.connections.get(&peer).map(|known| known.shared.as_ref())
    }

    fn name(&self, peer: ConnectionId) -> Option<String> {
        self.state.connections.get(&peer).map(naming::peer)
    }

    fn place(&self, peer: ConnectionId) -> usize {
        // One that left the list keeps a colour.
        self.state.connections.get(&peer).map_or(peer.0 as usize, |known| known.place)
    }

    fn each(&self, take: &mut dyn FnMut(ConnectionId, bool) -> bool) {
        for peer in &self.session.connections {
            if !take(*peer, !self.session.over.contains(peer)) {
                break;
            }
        }
    }
}
