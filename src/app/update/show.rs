//! What the centre shows, and what lies over it.

use std::{collections::BTreeSet, net::IpAddr};

use super::super::model::{Effect, Model, Overlay};
use crate::{
    journal::{Filter, Seq},
    model::{ConnectionId, Encoding, SessionId},
    ui::{
        action::{Dialog, Selection, Tab},
        views::journal::table::RowSource,
    },
};

impl Model {
    /// Shows something in the centre, in place of a lab's page.
    pub(super) fn turn_to(&mut self, selection: Selection) {
        self.labs.open = None;
        // The sheet has been read: what was chosen in it is what is looked at.
        self.close_dialog_of(Dialog::Sessions);
        self.select(selection);
    }

    /// Shows a connection, with the keyboard in its send box.
    pub(super) fn talk_with(&mut self, connection: ConnectionId) {
        self.turn_to(Selection::Connection(connection));
        self.state.tab = Tab::Conversation;
        self.views.send_box.focus();
    }

    /// Filters what is shown of a listener. To whom one sends is another choice, and stays.
    pub(super) fn show_only(&mut self, session: SessionId, peers: BTreeSet<ConnectionId>) {
        if let Some(entry) = self.state.sessions.get_mut(&session) {
            entry.only = peers;
        }
    }

    pub(super) fn show_ended(&mut self, session: SessionId, shown: bool) {
        if let Some(entry) = self.state.sessions.get_mut(&session) {
            entry.shows_ended = shown;
            self.state.rows_are_old = true;
        }
    }

    pub(super) fn show_visitor(&mut self, session: SessionId, address: Option<IpAddr>, shown: bool) {
        if let Some(entry) = self.state.sessions.get_mut(&session) {
            if shown {
                entry.open_visitors.insert(address);
            } else {
                entry.open_visitors.remove(&address);
            }
            self.state.rows_are_old = true;
        }
    }

    /// Shows a view of what is selected, in place of a lab's page.
    pub(super) fn show_tab(&mut self, tab: Tab) {
        self.labs.open = None;
        self.state.looked();
        self.state.tab = tab;
    }

    pub(super) fn show_record(&mut self, seq: Seq) {
        self.views.lightbox = None;
        self.show_tab(Tab::Journal);
        let mut more = Vec::new();
        let rows = self.matches.list().map_or(RowSource::All, RowSource::Matches);
        self.views.journal.reveal(seq, rows, &mut more);
        for action in more {
            self.execute(action);
        }
    }

    /// Shows the records that hold what was typed, once the person pauses.
    pub(super) fn find(&mut self, words: &str) {
        self.show_tab(Tab::Journal);
        words.clone_into(&mut self.find);
        self.views.journal.type_filter(words);
    }

    /// Chooses the next of the records that were found, or the one before.
    pub(super) fn find_step(&mut self, forward: bool) {
        let first = self.journal.stats().first;
        if let Some(found) = self.matches.list() {
            self.views.journal.step(found, first, forward);
            self.show_tab(Tab::Journal);
        }
    }

    /// Looks for the records that a filter takes.
    pub(super) fn filter(&mut self, filter: Filter) {
        self.views.journal.filter_text().clone_into(&mut self.find);
        let (generation, filter) = self.matches.look_for(filter);
        self.effect(Effect::Search(generation, filter));
    }

    /// Reads a session in another encoding, and the next one as well.
    pub(super) fn read_as(&mut self, session: SessionId, encoding: Encoding) {
        self.state.encodings.set(session, encoding);
        self.settings.encoding = encoding;
    }

    pub(super) fn open(&mut self, dialog: Dialog) {
        self.labs.stop_editing();
        if dialog == Dialog::About {
            self.effect(Effect::LookAtSelf);
        }
        self.overlay = Overlay::new(dialog, &self.settings.preferences);
    }

    pub(super) fn close_dialog_of(&mut self, dialog: Dialog) {
        if self.overlay.as_ref().is_some_and(|overlay| overlay.dialog() == dialog) {
            self.overlay = None;
        }
    }
}
