//! What the engine tells.

use super::super::model::{
    Model,
    pending::Origin,
    state::{Ending, Phase, Plan},
    try_it::TryIt,
};
use crate::{
    engine::{Addressed, Command, Notice},
    journal::Connection,
    model::{By, ConnectConfig, ConnectionId, Errno, Event, Failure, Name, Presence, SessionId, Target},
    ui::{
        form::capitalised,
        intent::{Dialog, Selection, Tab},
        kit::Tone,
    },
    words::text,
};

impl Model {
    pub(super) fn on_notice(&mut self, notice: Notice) {
        match notice {
            Notice::Listening { session, local, descriptor, note } => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.descriptor = descriptor;
                }
                self.on_listening(session, &local);
                self.lab_listening(session, &local, note);
            }
            Notice::Opened(connection) => {
                let (id, session) = (connection.id(), connection.identity().session);
                self.state.opened(connection);
                self.on_opened(id, session);
                self.tell_of_connection(id, session);
                self.lab_opened(session, id);
            }
            Notice::Ended(connection) => {
                let ending = ending(&connection);
                self.state.ended(connection.id(), ending);
            }
            Notice::Failed { session, connection, failure } => self.on_failed(session, connection, &failure),
            Notice::Transfer { transfer, sent, total, done } => {
                let Some(entry) = self.state.transfers.get_mut(&transfer) else { return };
                (entry.sent, entry.total) = (sent, total);
                if done.is_some() {
                    self.state.transfers.remove(&transfer);
                }
                match done {
                    Some(true) => self.state.say(Tone::Good, text!("File sent")),
                    Some(false) => self.state.say(Tone::Warning, text!("The file was not sent to its end")),
                    None => {}
                }
            }
            Notice::Head { session, page } | Notice::Large { session, page } | Notice::Fetched { session, page } => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.page = Some(page);
                    if self.state.chosen_session() == Some(session) {
                        self.state.tab = Tab::Http;
                    }
                }
            }
            Notice::Presence { session, presence, news } => {
                let Some(entry) = self.state.sessions.get_mut(&session) else { return };
                entry.presence = presence;
                self.state.rows_are_old = true;
                match news {
                    Addressed::Lost(failure) => {
                        let next = text!("What stands on it can be reached again when its adapter has it back.");
                        self.state.say(Tone::Bad, format!("{}\n{next}", capitalised(&failure.to_string())));
                    }
                    Addressed::Remark(note) if presence == Presence::Here => {
                        self.state.say(Tone::Good, capitalised(&note.to_string()));
                    }
                    // It begins with the name of an adapter, which is no word to capitalise.
                    Addressed::Remark(note) => self.state.say(Tone::Warning, note.to_string()),
                }
            }
            Notice::Site { session, news } => self.on_site(session, news),
            Notice::Stopped(session) => self.on_stopped(session),
        }
    }

    fn on_listening(&mut self, session: SessionId, local: &Name) {
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        entry.phase = Phase::Running;
        entry.local = local.clone();
        self.state.rows_are_old = true;
        self.labs.make_room(session);
        self.state.selection = Selection::Session(session);
        self.state.tab = Tab::Conversation;
        self.listen.succeeded(session);
        if self.listen.is_idle() {
            self.close_dialog_of(Dialog::Listen);
        }
        if let Some(try_it) = self.try_it.filter(|try_it| try_it.listener == session) {
            let Some(address) = local.inet() else { return };
            let host = address.ip().to_string();
            let config = ConnectConfig { host, port: address.port(), ..ConnectConfig::default() };
            let client = self.start(Plan::Connect(Box::new(config)), Origin::Elsewhere);
            self.try_it = Some(TryIt { client, ..try_it });
        }
    }

    fn on_opened(&mut self, connection: ConnectionId, session: SessionId) {
        self.connect.succeeded(session);
        let Some(entry) = self.state.sessions.get(&session) else { return };
        match &entry.plan {
            Plan::Listen(_) => {
                // The first caller is shown at once where its listener is being looked at.
                let first = entry.connections.len() == 1 && entry.dropped == 0;
                if first && self.state.selection == Selection::Session(session) && !entry.is_http() {
                    self.state.selection = Selection::Connection(connection);
                }
            }
            Plan::Connect(_) | Plan::Fetch(_) => {
                self.labs.make_room(session);
                self.state.selection = Selection::Session(session);
                if entry.is_http() {
                    self.state.tab = Tab::Http;
                } else if self.state.tab == Tab::Http {
                    self.state.tab = Tab::Conversation;
                }
                // What comes next is most likely a first message.
                self.views.send_box.focus();
                if self.connect.is_idle() {
                    self.close_dialog_of(Dialog::Connect);
                }
            }
        }
        if self.try_it.is_some_and(|try_it| try_it.client == session) {
            self.try_it = None;
            self.state.tab = Tab::Conversation;
            let words = text!("can you hear me?");
            // Plain letters are in every encoding, a translation may not be.
            let encoded = self.state.encodings.of(session).encode(words);
            let bytes = encoded.unwrap_or_else(|_| words.as_bytes().to_vec()).into();
            self.command(Command::Send { to: Target::Connection(connection), bytes });
        }
    }

    fn on_failed(&mut self, session: SessionId, connection: ConnectionId, failure: &Failure) {
        if connection.is_some() {
            // It is a record in the conversation and the reason on the row already; what thousands of peers do to
            // their connections is no message to the person. A page that did not come is what the HTTP view shows.
            if let Some(entry) = self.state.sessions.get_mut(&session)
                && matches!(entry.plan, Plan::Fetch(_))
            {
                entry.failure = Some(failure.clone());
                self.state.rows_are_old = true;
            }
            return;
        }
        if let Some(try_it) = self.try_it.filter(|try_it| try_it.listener == session || try_it.client == session) {
            self.try_it = None;
            if try_it.listener == session && failure.is(Errno::EADDRINUSE) && !try_it.any_port {
                self.state.remove(session);
                self.start_both_ends(true);
                return;
            }
        }
        tracing::info!("session {session} failed: {:?} {}", failure.operation, failure.name());
        if let Some(entry) = self.state.sessions.get_mut(&session) {
            entry.failure = Some(failure.clone());
        }
        let is_in_view = self.state.tab == Tab::Http
            && self.state.chosen_session() == Some(session)
            && self.state.sessions.get(&session).is_some_and(|entry| matches!(entry.plan, Plan::Fetch(_)));
        let shown = is_in_view
            | self.listen.failed(session, failure)
            | self.connect.failed(session, failure)
            | self.lab_failed(session);
        if !shown {
            self.state.say(Tone::Bad, failure.to_string());
        }
        self.state.rows_are_old = true;
    }

    fn on_stopped(&mut self, session: SessionId) {
        // A listener that never came to be is told of in its form; a failed client stays in the list.
        let never_was = self.listen.stopped(session);
        self.connect.stopped(session);
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        entry.phase = Phase::Over;
        self.state.rows_are_old = true;
        if never_was {
            self.state.remove(session);
        }
        self.lab_stopped(session);
    }
}

/// How a connection ended, from its last record.
fn ending(connection: &Connection) -> Ending {
    let record = connection.journal().with_row(connection.last(), |row| (row.head.event, row.detail().by));
    match record {
        Some((Event::Reset | Event::Closed, Some(By::System | By::Network))) => Ending::Lost,
        Some((Event::Reset, _)) => Ending::Reset,
        Some((Event::TimedOut, _)) => Ending::TimedOut,
        Some((Event::Failed, _)) => Ending::Failed,
        Some((Event::Closed, Some(By::Peer))) => Ending::ClosedByPeer,
        _ if connection.state() == crate::model::State::Reset => Ending::Reset,
        _ => Ending::Closed,
    }
}
