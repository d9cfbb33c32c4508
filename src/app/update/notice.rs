//! What the engine tells.

use super::super::model::{
    Model,
    pending::{Origin, PendingStart},
    state::{Ending, Phase, Plan},
    try_it::TryIt,
};
use crate::{
    engine::{Addressed, Command, Notice},
    journal::Connection,
    model::{By, ConnectConfig, ConnectionId, Errno, Event, Failure, Name, Presence, SessionId, Target},
    ui::{
        action::{Dialog, Selection, Tab},
        kit::{Tone, form::capitalised},
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
                self.has_moved(session);
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
                self.leaves_choices(&connection);
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
            Notice::Keeping { connection, path, written, over } => self.keeping(connection, path, written, over),
            Notice::Head { session, page } | Notice::Large { session, page } | Notice::Fetched { session, page } => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.page = Some(page);
                }
            }
            Notice::Presence { session, presence, news } => {
                let Some(entry) = self.state.sessions.get_mut(&session) else { return };
                entry.presence = presence;
                self.state.rows_are_old = true;
                let (tone, words) = match news {
                    Addressed::Lost(failure) => {
                        let next = text!("What stands on it can be reached again when its adapter has it back.");
                        (Tone::Bad, format!("{}\n{next}", capitalised(&failure.to_string())))
                    }
                    Addressed::Remark(note) if presence == Presence::Here => {
                        (Tone::Good, capitalised(&note.to_string()))
                    }
                    // It begins with the name of an adapter, which is no word to capitalise.
                    Addressed::Remark(note) => (Tone::Warning, note.to_string()),
                };
                self.state.say_of_address(session, tone, words);
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
        if self.is_followed(&self.listen, session, Dialog::Listen) {
            self.follow(session, Dialog::Listen);
        }
        self.listen.succeeded(session);
        if let Some(try_it) = self.try_it.filter(|try_it| try_it.listener == session) {
            let Some(address) = local.inet() else { return };
            let host = address.ip().to_string();
            let config = ConnectConfig { host, port: address.port(), ..ConnectConfig::default() };
            let client = self.start(Plan::Connect(Box::new(config)), Origin::Elsewhere);
            self.try_it = Some(TryIt { client, ..try_it });
            // Both ends were asked for in one; who has chosen something else since stays there.
            if self.state.selection == Selection::Session(session) {
                self.select(Selection::Session(client));
            }
        }
    }

    fn on_opened(&mut self, connection: ConnectionId, session: SessionId) {
        if self.is_followed(&self.connect, session, Dialog::Connect) {
            self.follow(session, Dialog::Connect);
            // What comes next is most likely a first message.
            self.views.send_box.focus();
        }
        self.connect.succeeded(session);
        if self.try_it.is_some_and(|try_it| try_it.client == session) {
            self.try_it = None;
            if self.state.selection == Selection::Session(session) && self.overlay.is_none() {
                self.views.send_box.focus();
            }
            let words = text!("can you hear me?");
            // Plain letters are in every encoding, a translation may not be.
            let encoded = self.state.encodings.of(session).encode(words);
            let bytes = encoded.unwrap_or_else(|_| words.as_bytes().to_vec()).into();
            self.command(Command::Send { to: Target::Connection(connection), bytes });
        }
    }

    /// True while the form that started a session is still what a person looks at: then they wait for it. Nothing else that
    /// comes from the network moves what is shown, what has the keyboard, or a form.
    fn is_followed(&self, pending: &PendingStart, session: SessionId, dialog: Dialog) -> bool {
        let form = match &self.overlay {
            Some(overlay) => overlay.dialog() == dialog,
            None => self.shows_first_page(),
        };
        pending.pending == Some(session) && form && self.labs.editing.is_none()
    }

    /// Shows the session that a form has started, in place of the form.
    fn follow(&mut self, session: SessionId, dialog: Dialog) {
        self.labs.open = None;
        self.close_dialog_of(dialog);
        self.show(session);
    }

    fn on_failed(&mut self, session: SessionId, connection: ConnectionId, failure: &Failure) {
        if connection.is_some() {
            // It is a record in the conversation and the reason on the row already; what thousands of peers do to
            // their connections is no message to the person. A page that did not come is what the HTTP view shows.
            if let Some(entry) = self.state.sessions.get_mut(&session)
                && entry.plan.fetch().is_some()
            {
                entry.failure = Some(failure.clone());
                self.state.rows_are_old = true;
            }
            return;
        }
        if let Some(try_it) = self.try_it.filter(|try_it| try_it.listener == session || try_it.client == session) {
            self.try_it = None;
            if try_it.listener == session && failure.is(Errno::EADDRINUSE) && !try_it.any_port {
                let shown = self.state.selection == Selection::Session(session);
                self.state.remove(session);
                let listener = self.start_both_ends(true);
                if shown {
                    self.show(listener);
                }
                return;
            }
        }
        if let Some(entry) = self.state.sessions.get_mut(&session)
            && entry.phase == Phase::Running
            && entry.moves_to.take().is_some()
        {
            // It stands where it stood.
            return self.state.say(Tone::Bad, failure.to_string());
        }
        tracing::info!("session {session} failed: {:?} {}", failure.operation, failure.name());
        if let Some(entry) = self.state.sessions.get_mut(&session) {
            entry.failure = Some(failure.clone());
        }
        let is_in_view = self.state.tab == Tab::Http
            && self.state.chosen_session() == Some(session)
            && self.state.sessions.get(&session).is_some_and(|entry| entry.plan.fetch().is_some());
        let is_aside = self.state.sessions.get(&session).is_some_and(|entry| entry.is_aside);
        let shown = is_in_view
            | is_aside
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
        if self.moves_on(session) {
            return;
        }
        let mut never_was = self.listen.stopped(session);
        let from_form = self.connect.stopped(session);
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        // A person gave it up before anything became of it.
        never_was |= from_form && entry.failure.is_none() && entry.connections.is_empty();
        entry.phase = Phase::Over;
        self.state.rows_are_old = true;
        if never_was {
            self.state.remove(session);
        }
        self.lab_stopped(session);
        self.picture_came(session);
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
