//! Whose messages are shown: those of one connection, or of a listener's peers.

use std::collections::BTreeSet;

use crate::{
    journal::{Connection, Journal},
    model::{ConnectionId, SessionId},
    ui::views::{conversation::posts::Posts, shared::peers::Peers},
    words::{grouped, text},
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
    /// What a site's visitors brought.
    Visitors(Whole<'a>, Posts<'a>),
}

impl<'a> Whose<'a> {
    /// The listener or client that it is about.
    pub(super) fn session(self) -> SessionId {
        match self {
            Self::One(connection) => connection.identity().session,
            Self::Peers(whole) | Self::Visitors(whole, _) => whole.peers.session(),
        }
    }

    /// The peers, where there are several.
    pub(super) fn whole(self) -> Option<Whole<'a>> {
        match self {
            Self::One(_) => None,
            Self::Peers(whole) | Self::Visitors(whole, _) => Some(whole),
        }
    }

    /// What was brought, where that is what is shown.
    pub(super) fn posts(self) -> Option<Posts<'a>> {
        if let Self::Visitors(_, posts) = self { Some(posts) } else { None }
    }

    /// How many of all are shown; `records`: how many where records are shown.
    pub(super) fn amount(self, records: usize, journal: &Journal) -> String {
        let shown = grouped(records as u64);
        match self {
            Self::One(connection) => {
                let all = grouped(connection.received().1 + connection.sent().1);
                text!("The last {n} records of about {all}", n = shown, all = all)
            }
            Self::Peers(whole) if whole.only.is_empty() => {
                let all = grouped(journal.count(whole.peers.session()));
                text!("The last {n} of {all} records", n = shown, all = all)
            }
            Self::Peers(_) => text!("The last {n} records", n = shown),
            Self::Visitors(_, posts) => {
                let shown = grouped(posts.held.len() as u64);
                text!("The last {n} of {all} messages and files", n = shown, all = grouped(posts.all))
            }
        }
    }

    /// What is known of one of the connections.
    pub(super) fn connection(self, id: ConnectionId) -> Option<&'a Connection> {
        match self {
            Self::One(connection) => Some(connection),
            Self::Peers(whole) | Self::Visitors(whole, _) => whole.peers.connection(id),
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
    Visitors(SessionId, BTreeSet<ConnectionId>),
}

impl Shown {
    pub(super) fn is(&self, whose: Whose<'_>) -> bool {
        match (self, whose) {
            (Self::One(id), Whose::One(connection)) => *id == connection.id(),
            (Self::Peers(session, only), Whose::Peers(whole))
            | (Self::Visitors(session, only), Whose::Visitors(whole, _)) => {
                *session == whole.peers.session() && only == whole.only
            }
            _ => false,
        }
    }

    pub(super) fn of(whose: Whose<'_>) -> Self {
        match whose {
            Whose::One(connection) => Self::One(connection.id()),
            Whose::Peers(whole) => Self::Peers(whole.peers.session(), whole.only.clone()),
            Whose::Visitors(whole, _) => Self::Visitors(whole.peers.session(), whole.only.clone()),
        }
    }
}
