//! Whose messages are shown: those of one connection, or of a listener's peers.

use std::collections::BTreeSet;

use crate::{
    journal::Connection,
    model::{ConnectionId, SessionId},
    ui::views::shared::peers::Peers,
};

/// Peers of a listener, and those alone that are shown; all where there is none.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// Who they are.
    pub peers: &'a dyn Peers,
    /// Whose messages alone are shown.
    pub only: &'a BTreeSet<ConnectionId>,
}

/// Whose messages are shown.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Those of one connection.
    One(&'a Connection),
    /// Those of a listener's peers.
    Peers(Whole<'a>),
}

impl<'a> Whose<'a> {
    /// The listener or client that it is about.
    pub(super) fn session(self) -> SessionId {
        match self {
            Self::One(connection) => connection.identity().session,
            Self::Peers(whole) => whole.peers.session(),
        }
    }

    /// What is known of one of the connections.
    pub(super) fn connection(self, id: ConnectionId) -> Option<&'a Connection> {
        match self {
            Self::One(connection) => Some(connection),
            Self::Peers(whole) => whole.peers.connection(id),
        }
    }
}

/// What was shown when the view was built.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Shown {
    #[default]
    Nothing,
    One(ConnectionId),
    Peers(SessionId, BTreeSet<ConnectionId>),
}

impl Shown {
    pub(super) fn is(&self, whose: Whose<'_>) -> bool {
        match (self, whose) {
            (Self::One(id), Whose::One(connection)) => *id == connection.id(),
            (Self::Peers(session, only), Whose::Peers(whole)) => {
                *session == whole.peers.session() && only == whole.only
            }
            _ => false,
        }
    }

    pub(super) fn of(whose: Whose<'_>) -> Self {
        match whose {
            Whose::One(connection) => Self::One(connection.id()),
            Whose::Peers(whole) => Self::Peers(whole.peers.session(), whole.only.clone()),
        }
    }
}
