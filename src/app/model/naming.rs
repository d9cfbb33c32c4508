//! What sessions and connections are called.

use super::state::{Known, Plan, Session};
use crate::{
    model::{Recipe, Site, Transport},
    respond,
    words::text,
};

/// What a listener's session is called.
pub(in crate::app) fn title_of(session: &Session) -> String {
    match &session.plan {
        Plan::Listen(config) => title(&config.recipe),
        Plan::Connect(_) | Plan::Fetch(_) => String::new(),
    }
}

/// What a listener is called, by what it answers.
pub(in crate::app) fn title(recipe: &Recipe) -> String {
    match recipe {
        Recipe::Http(Site::Routes(_)) => text!("Routes").to_owned(),
        Recipe::Http(Site::Embedded { .. }) => text!("Page with a picture").to_owned(),
        Recipe::Http(Site::Picture(path) | Site::Folder(path)) => path
            .file_name()
            .map_or_else(|| path.to_string_lossy().into_owned(), |name| name.to_string_lossy().into_owned()),
        other => respond::info(other).map_or_else(|| other.id().to_owned(), |info| (info.title)().to_owned()),
    }
}

/// Where a session is, or will be.
pub(in crate::app) fn address(session: &Session) -> String {
    let (transport, host, port) = match &session.plan {
        Plan::Listen(config) => (&config.transport, &config.bind, config.port),
        Plan::Connect(config) => (&config.transport, &config.host, config.port),
        Plan::Fetch(config) => return config.url.trim_start_matches("http://").to_owned(),
    };
    if session.is_listener() && !session.local.is_unnamed() {
        return session.local.to_string();
    }
    place(transport, host, port)
}

/// An address as one types it.
pub(in crate::app) fn place(transport: &Transport, host: &str, port: u16) -> String {
    match transport {
        Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
            path.display().to_string()
        }
        Transport::Tcp | Transport::Udp if host.contains(':') => format!("[{host}]:{port}"),
        Transport::Tcp | Transport::Udp => format!("{host}:{port}"),
    }
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
