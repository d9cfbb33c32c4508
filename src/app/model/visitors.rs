//! Who visits a site: the connections of one address are one visitor.

use std::{collections::HashMap, net::IpAddr};

use super::{board, state::State};
use crate::{
    model::{ConnectionId, SessionId},
    words::text,
};

/// The connections of one address.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::app) struct Visitor {
    /// `None` for one whose end has no address.
    pub(in crate::app) address: Option<IpAddr>,
    /// Oldest first.
    pub(in crate::app) live: Vec<ConnectionId>,
    /// Oldest first.
    pub(in crate::app) ended: Vec<ConnectionId>,
}

/// The visitors of a site in the order in which they came first, as far as their connections are known.
pub(in crate::app) fn of(state: &State, id: SessionId) -> Vec<Visitor> {
    let Some(session) = state.sessions.get(&id) else { return Vec::new() };
    let mut visitors: Vec<Visitor> = Vec::new();
    let mut places: HashMap<Option<IpAddr>, usize> = HashMap::new();
    for connection in &session.connections {
        let Some(known) = state.connections.get(connection) else { continue };
        let address = board::address_of(&known.shared.identity().names.peer);
        let place = *places.entry(address).or_insert(visitors.len());
        if place == visitors.len() {
            visitors.push(Visitor { address, ..Visitor::default() });
        }
        let Some(visitor) = visitors.get_mut(place) else { continue };
        let list = if session.over.contains(connection) { &mut visitor.ended } else { &mut visitor.live };
        list.push(*connection);
    }
    visitors
}

/// What a visitor is called: the name that was given last from there, empty for none, and the address.
pub(in crate::app) fn who(state: &State, id: SessionId, address: Option<IpAddr>) -> (String, String) {
    let Some(address) = address.map(|address| address.to_string()) else {
        return (String::new(), text!("a visitor").to_owned());
    };
    let name = state.sessions.get(&id).and_then(|session| session.posts.name_of(&address));
    (name.unwrap_or_default().to_owned(), address)
}

/// The visitors of one site, found again when one comes or goes.
#[derive(Debug, Default)]
pub(in crate::app) struct Found {
    of: Option<(SessionId, u64)>,
    list: Vec<Visitor>,
}

impl Found {
    /// Those of that site, as they are now.
    pub(in crate::app) fn look(&mut self, state: &State, id: SessionId) -> &[Visitor] {
        let of = state.sessions.get(&id).map(|session| (id, session.comings));
        if self.of != of {
            (self.of, self.list) = (of, of.map_or_else(Vec::new, |_| self::of(state, id)));
        }
        &self.list
    }
}
