//! What the list of sessions shows: which rows there are, and what each says.

use super::state::{Ending, Known, Phase, Plan, Session, State};
use crate::{
    model::{ConnectionId, Errno, Failure, Presence, Recipe, SessionId, Site, State as Stand, Transport},
    respond,
    ui::{
        intent::{Intent, Selection},
        sessions::{Action, Group, Health, RowKey, RowList, RowView},
    },
    words::{grouped, text},
};

/// Lays the rows out anew: listeners with their connections, then clients.
pub(super) fn list(state: &State) -> RowList {
    let mut rows = vec![RowKey::Heading(Group::Listeners)];
    for (id, session) in state.sessions.iter().filter(|(_, session)| session.is_listener()) {
        rows.push(RowKey::Session(*id));
        rows.extend(session.connections.iter().map(|connection| RowKey::Connection(*connection)));
        if session.dropped > 0 {
            rows.push(RowKey::Dropped(session.dropped));
        }
    }
    let listeners = rows.len() > 1;
    let clients: Vec<RowKey> = state
        .sessions
        .iter()
        .filter(|(_, session)| !session.is_listener())
        .map(|(id, _)| RowKey::Session(*id))
        .collect();
    if !clients.is_empty() {
        if !listeners {
            rows.clear();
        }
        rows.push(RowKey::Heading(Group::Clients));
        rows.extend(clients);
    } else if !listeners {
        rows.push(RowKey::Nothing);
    }
    RowList::new(rows)
}

/// What a row says.
pub(super) fn describe(state: &State, key: RowKey) -> Option<RowView> {
    match key {
        RowKey::Session(id) => state.sessions.get(&id).map(|session| session_row(state, id, session)),
        RowKey::Connection(id) => state.connections.get(&id).map(|known| connection_row(state, id, known)),
        RowKey::Heading(_) | RowKey::Dropped(_) | RowKey::Nothing => None,
    }
}

/// What a listener's session is called.
pub(super) fn title_of(session: &Session) -> String {
    match &session.plan {
        Plan::Listen(config) => title(&config.recipe),
        Plan::Connect(_) | Plan::Fetch(_) => String::new(),
    }
}

/// What a listener is called, by what it answers.
pub(super) fn title(recipe: &Recipe) -> String {
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
pub(super) fn address(session: &Session) -> String {
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
pub(super) fn place(transport: &Transport, host: &str, port: u16) -> String {
    match transport {
        Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
            path.display().to_string()
        }
        Transport::Tcp | Transport::Udp if host.contains(':') => format!("[{host}]:{port}"),
        Transport::Tcp | Transport::Udp => format!("{host}:{port}"),
    }
}

/// How a failed start reads in three words.
fn short(failure: &Failure) -> String {
    match failure.error {
        Errno::ETIMEDOUT => text!("timed out").to_owned(),
        Errno::ECONNREFUSED => text!("refused").to_owned(),
        Errno::ECONNRESET => text!("reset").to_owned(),
        Errno::EADDRINUSE => text!("in use").to_owned(),
        Errno::EACCES | Errno::EPERM => text!("not allowed").to_owned(),
        Errno::EHOSTUNREACH | Errno::ENETUNREACH => text!("unreachable").to_owned(),
        Errno::EAI_NONAME | Errno::EAI_NODATA => text!("no such name").to_owned(),
        Errno::EAI_AGAIN | Errno::EAI_FAIL => text!("no name server").to_owned(),
        _ => failure.name().into_owned(),
    }
}

fn session_row(state: &State, id: SessionId, session: &Session) -> RowView {
    let last = session.connections.last().and_then(|connection| state.connections.get(connection));
    let mut view = RowView {
        health: match session.phase {
            Phase::Starting => Health::Starting,
            Phase::Running => match session.presence {
                Presence::Here => Health::Good,
                Presence::NoLink => Health::Half,
                Presence::Lost => Health::Bad,
            },
            Phase::Over if session.failure.is_some() && session.connections.is_empty() => Health::Bad,
            Phase::Over => Health::Over,
        },
        title: String::new(),
        address: address(session),
        note: String::new(),
        unread: 0,
        tooltip: String::new(),
        actions: Vec::new(),
    };
    if let Plan::Listen(config) = &session.plan {
        view.title = title(&config.recipe);
        view.tooltip = text!("{title} on {address}", title = view.title, address = view.address);
        view.note = match session.phase {
            Phase::Running if session.presence != Presence::Here => session.presence.word().to_owned(),
            Phase::Running if session.is_http() && session.live == 0 => text!("HTTP").to_owned(),
            Phase::Running if session.is_http() => text!("HTTP · {n}", n = grouped(session.live as u64)),
            Phase::Running if session.live == 0 => String::new(),
            Phase::Running => grouped(session.live as u64),
            Phase::Starting => String::new(),
            Phase::Over => session.failure.as_ref().map_or_else(|| text!("stopped").to_owned(), short),
        };
        if let Some(local) = session.local.inet() {
            view.address = format!(":{}", local.port());
        }
    } else {
        if let (Phase::Running, Some(known)) = (session.phase, last) {
            view.health = health(known);
        }
        // A page that came is what the row is about, not the connection that brought it.
        let status = session.page.as_ref().map_or(0, |page| page.status);
        if status > 0 && session.phase == Phase::Over {
            view.health = if status < 400 { Health::Good } else { Health::Bad };
        }
        view.unread = last.map_or(0, unread);
        view.note = match (session.phase, last) {
            (Phase::Over, _) if status > 0 => status.to_string(),
            (Phase::Over, Some(Known { ending: Some(ending), .. })) => ending.short().to_owned(),
            (Phase::Over, _) => session.failure.as_ref().map_or_else(|| text!("closed").to_owned(), short),
            (Phase::Starting, _) => "…".to_owned(),
            (Phase::Running, known) => known.map_or("", ailment).to_owned(),
        };
        view.tooltip = last.map_or_else(|| view.address.clone(), names);
    }
    if state.chosen_session() == Some(id) {
        view.unread = 0;
    }
    if let Some(failure) = &session.failure {
        view.tooltip = failure.to_string();
    }
    view.actions = session_actions(id, session, last);
    view
}

/// What is the matter with a connection that lives, in three words; empty while all is well.
fn ailment(known: &Known) -> &'static str {
    match known.shared.presence() {
        Presence::Here => known.shared.health().word(),
        presence => presence.word(),
    }
}

fn session_actions(id: SessionId, session: &Session, last: Option<&Known>) -> Vec<(Action, Intent)> {
    let mut actions = Vec::new();
    let over = session.phase == Phase::Over;
    if session.is_listener() {
        actions.push((Action::CopyAddress, Intent::Copy(address(session))));
        actions.extend(session.programs().iter().map(|kind| (Action::CopyAs(*kind), Intent::CopyAs(id, *kind))));
        if !over {
            actions.push((Action::Stop, Intent::Stop(id)));
        }
    } else {
        actions.extend(session.programs().iter().map(|kind| (Action::CopyAs(*kind), Intent::CopyAs(id, *kind))));
        if let Some(known) = last {
            actions.push((Action::Copy, Intent::CopyNames(known.shared.id())));
            actions.extend(live_actions(known));
        }
        if !over {
            actions.push((Action::Disconnect, Intent::Stop(id)));
        }
    }
    if over {
        actions.push((Action::Again, Intent::Restart(id)));
        actions.push((Action::Remove, Intent::Remove(id)));
    }
    actions
}

fn connection_row(state: &State, id: ConnectionId, known: &Known) -> RowView {
    let over = known.ending.is_some();
    let mut actions = vec![(Action::Copy, Intent::CopyNames(id))];
    if !over {
        actions.extend(live_actions(known));
        actions.push((Action::Close, Intent::Close(id)));
    }
    RowView {
        health: health(known),
        title: String::new(),
        address: peer(known),
        note: known.ending.map_or_else(|| ailment(known), Ending::short).to_owned(),
        // What has ended is read in the journal; its address matters more than a count.
        unread: if over || state.selection == Selection::Connection(id) { 0 } else { unread(known) },
        tooltip: known.ending.map_or_else(|| names(known), |ending| format!("{}\n{}", names(known), ending.long())),
        actions,
    }
}

fn live_actions(known: &Known) -> Vec<(Action, Intent)> {
    let id = known.shared.id();
    let mut actions = Vec::new();
    // Datagrams have neither FIN nor RST.
    if known.ending.is_some() || known.shared.identity().socket.contains("DGRAM") {
        return actions;
    }
    if matches!(known.shared.state(), Stand::Established | Stand::CloseWait) {
        actions.push((Action::HalfClose, Intent::HalfClose(id)));
    }
    actions.push((Action::Reset, Intent::Reset(id)));
    actions
}

fn health(known: &Known) -> Health {
    match known.shared.state() {
        _ if known.ending.is_some() => Health::Over,
        _ if known.shared.presence() == Presence::Lost => Health::Bad,
        _ if !ailment(known).is_empty() => Health::Half,
        Stand::Established => Health::Good,
        Stand::CloseWait | Stand::FinWait => Health::Half,
        Stand::Closed | Stand::Reset => Health::Over,
    }
}

fn unread(known: &Known) -> u64 {
    known.shared.received().1.saturating_sub(known.seen)
}

/// The name of the other end, or the number of a connection whose other end has none.
pub(super) fn peer(known: &Known) -> String {
    let peer = &known.shared.identity().names.peer;
    if peer.is_unnamed() { format!("#{}", known.shared.id()) } else { peer.to_string() }
}

/// Both names with the arrow from this end to the other.
pub(super) fn names(known: &Known) -> String {
    let names = &known.shared.identity().names;
    format!("{} → {}", names.local, names.peer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal::{Budget, Connection, Identity, Journal},
        model::{self, Name, Names},
    };

    #[test]
    fn what_is_the_matter_shows_on_the_rows_and_goes_away_again() {
        let mut state = State::new();
        let id = state.add(Plan::Listen(Box::default()));
        let names = Names { local: Name::parse("10.77.0.1:80"), peer: Name::parse("10.77.0.2:5000") };
        let identity = Identity { session: id, names, ..Identity::accepted(1) };
        let shared = Connection::new(identity, Journal::new(Budget::default()));
        state.opened(std::sync::Arc::clone(&shared));
        let listener = |state: &State| {
            let view = describe(state, RowKey::Session(id)).unwrap();
            (view.health, view.note)
        };
        let connection = |state: &State| {
            let view = describe(state, RowKey::Connection(shared.id())).unwrap();
            (view.health, view.note)
        };
        for (presence, arrives, of_listener, of_connection) in [
            (Presence::Here, model::Health::Fine, (Health::Good, "1"), (Health::Good, "")),
            (Presence::Here, model::Health::NotReading, (Health::Good, "1"), (Health::Half, "does not read")),
            (Presence::NoLink, model::Health::Fine, (Health::Half, "no link"), (Health::Half, "no link")),
            (Presence::Lost, model::Health::NotReading, (Health::Bad, "address lost"), (Health::Bad, "address lost")),
            (Presence::Here, model::Health::Fine, (Health::Good, "1"), (Health::Good, "")),
        ] {
            state.sessions.get_mut(&id).unwrap().presence = presence;
            shared.set_presence(presence);
            shared.set_health(arrives);
            let own = |(health, note): (Health, &str)| (health, note.to_owned());
            assert_eq!(listener(&state), own(of_listener), "{presence:?}");
            assert_eq!(connection(&state), own(of_connection), "{presence:?} {arrives:?}");
        }
        shared.set_presence(Presence::Lost);
        state.ended(shared.id(), Ending::Closed);
        assert_eq!(connection(&state), (Health::Over, "closed".to_owned()), "what has ended ails no more");
    }
}
