//! The peers of a listener: as views read them, and which of what they said was seen.

use super::{
    naming,
    state::{Session, State},
};
use crate::{
    journal::Connection,
    model::{ConnectionId, SessionId},
    ui::{action::Selection, tab::Tab, views::shared::peers::Peers},
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

impl State {
    /// The listener whose whole conversation is shown.
    pub(in crate::app) fn whole(&self) -> Option<SessionId> {
        let Selection::Session(id) = self.selection else { return None };
        let listens = self.sessions.get(&id).is_some_and(|session| session.is_listener() && !session.is_http());
        (listens && self.tab == Tab::Conversation).then_some(id)
    }

    /// All that came to the listener whose conversation was shown counts as seen: it is left now.
    pub(in crate::app) fn looked(&mut self) {
        let Some(session) = self.whole().and_then(|id| self.sessions.get(&id)) else { return };
        for id in &session.connections {
            if let Some(known) = self.connections.get_mut(id) {
                known.seen = known.shared.received().1;
            }
        }
    }

    /// What came to the chosen connection so far counts as seen, and what visitors brought to the site that is shown.
    pub(in crate::app) fn look(&mut self) {
        if let Some(session) = self.site_in_view().and_then(|id| self.sessions.get_mut(&id)) {
            session.news = 0;
        }
        if let Some(known) = self.chosen_connection().and_then(|id| self.connections.get_mut(&id)) {
            known.seen = known.shared.received().1;
        }
    }
}

impl Session {
    /// Whether anybody has ever been connected.
    pub(in crate::app) fn had_peers(&self) -> bool {
        !self.connections.is_empty() || self.dropped > 0
    }
}
