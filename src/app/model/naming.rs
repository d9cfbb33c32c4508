//! What sessions and connections are called.

pub(in crate::app) use super::kind::{place, title as recipe_title};
use super::state::{Known, Session};

/// What a session is called: as a person called it, or else what it is by itself.
pub(in crate::app) fn title(session: &Session) -> String {
    if session.name.is_empty() { session.plan.kind().title() } else { session.name.clone() }
}

/// Where a session is, or will be.
pub(in crate::app) fn address(session: &Session) -> String {
    if session.is_listener() && !session.local.is_unnamed() {
        return session.local.to_string();
    }
    session.plan.kind().address()
}

/// The name of the other end, or the number of a connection whose other end has none.
pub(in crate::app) fn peer(known: &Known) -> String {
    let peer = &known.shared.identity().names.peer;
    if peer.is_unnamed() { format!("#{}", known.shared.id()) } else { peer.to_string() }
}

/// Both names with the arrow from this end to the other.
pub(in crate::app) fn names(known: &Known) -> String {
    let names = &known.shared.identity().names;
    format!("{} → {}", names.local, names.peer)
}
