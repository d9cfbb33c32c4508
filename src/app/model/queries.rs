//! What follows from the model: who can be sent to, what can be done now.

use super::{
    Model, naming,
    state::{Phase, Session},
};
use crate::{
    model::{ConnectionId, SessionId, Target},
    ui::{
        action::{Dialog, Tab},
        command::UiCommand,
        frame::sessions::Group,
    },
    words::text,
};

/// Whom the send box can send to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) enum Reaches {
    Nobody,
    /// Nobody else, by name.
    One(Target, String),
    /// All or some of this listener's peers.
    Peers(SessionId),
}

impl Reaches {
    pub(in crate::app) fn is_nobody(&self) -> bool {
        matches!(self, Self::Nobody)
    }
}

impl Model {
    /// Whom the send box can send to from what is shown.
    pub(in crate::app) fn reach(&self) -> Reaches {
        let Some(id) = self.state.chosen_session() else { return Reaches::Nobody };
        let Some(session) = self.state.sessions.get(&id) else { return Reaches::Nobody };
        if !session.plan.kind().takes_messages() {
            return Reaches::Nobody;
        }
        let chosen = self.state.chosen_connection().and_then(|id| self.state.connections.get(&id));
        // What goes out on a connection of a site is HTTP's to decide; the board is all visitors'.
        if let Some(on) = session.board() {
            let board = || Reaches::One(Target::Session(id), text!("the board").to_owned());
            return if on && chosen.is_none() { board() } else { Reaches::Nobody };
        }
        if let Some(known) = chosen {
            return Reaches::One(Target::Connection(known.shared.id()), naming::peer(known));
        }
        // What was typed for those who were there stays in sight when the last of them has gone.
        if session.is_listener() && session.had_peers() { Reaches::Peers(id) } else { Reaches::Nobody }
    }

    pub(in crate::app) fn can_save(&self) -> bool {
        self.views.lightbox.is_some() || self.state.view() == Tab::Journal
    }

    /// What another program has to connect to: this PC's own address where a listener takes all of them.
    pub(in crate::app) fn reachable(&self, session: &Session) -> String {
        let local = session.local.inet().filter(|local| local.ip().is_unspecified());
        match (local, &self.addresses.best) {
            (Some(local), Some(best)) if best.contains(':') => format!("[{best}]:{}", local.port()),
            (Some(local), Some(best)) => format!("{best}:{}", local.port()),
            _ => naming::address(session),
        }
    }

    pub(in crate::app) fn shows_first_page(&self) -> bool {
        self.labs.open.is_none() && self.state.chosen_session().is_none() && self.state.view() == Tab::Conversation
    }

    /// Whether the window may close without a word.
    pub(in crate::app) fn may_quit(&self) -> bool {
        self.quits || !self.settings.preferences.ask_before_ending || self.live() == 0
    }

    /// Connections that live.
    pub(in crate::app) fn live(&self) -> usize {
        self.state.sessions.values().map(|session| session.live).sum()
    }

    /// Whether the key of a command does anything now. What lies over the window has all keys but those that close it and
    /// those of its look.
    pub(in crate::app) fn takes_key(&self, command: UiCommand) -> bool {
        let dialog = self.overlay.is_some();
        let covered = dialog || self.views.lightbox.is_some();
        match command {
            UiCommand::CloseTab if covered => true,
            UiCommand::ZoomIn | UiCommand::ZoomOut | UiCommand::ZoomReset => true,
            UiCommand::Save if !dialog => self.is_enabled(command),
            _ => !covered && self.is_enabled(command),
        }
    }

    /// Whether a command can do anything now.
    pub(in crate::app) fn is_enabled(&self, command: UiCommand) -> bool {
        let live = self.state.chosen().is_some_and(|connection| !connection.state().is_over());
        let session = self.state.chosen_session().and_then(|id| self.state.sessions.get(&id));
        match command {
            UiCommand::HalfClose | UiCommand::Close | UiCommand::Reset => live,
            UiCommand::Send => !self.reach().is_nobody(),
            UiCommand::Newest => self.newest_caller().is_some(),
            UiCommand::Stop => session.is_some_and(|session| session.phase != Phase::Over),
            UiCommand::CloseTab => session.is_some(),
            UiCommand::CopyAs(kind) => session.is_some_and(|session| session.programs().contains(&kind)),
            UiCommand::RemoveEnded => self.state.sessions.values().any(|session| session.phase == Phase::Over),
            UiCommand::Session(number) => self.nth_session(number).is_some(),
            UiCommand::FindNext | UiCommand::FindPrevious => self.matches.list().is_some(),
            UiCommand::Save => self.can_save(),
            UiCommand::Show(tab) => tab.fits(self.state.shown()),
            _ => true,
        }
    }

    /// The caller that came last and is still there: to the listener that is shown, else to any.
    pub(in crate::app) fn newest_caller(&self) -> Option<ConnectionId> {
        let newest = |session: &Session| {
            let live = |connection: &&ConnectionId| !session.over.contains(*connection);
            session.connections.iter().rev().find(live).copied()
        };
        let talks = |session: &&Session| session.is_listener() && !session.is_http();
        let shown = self.state.chosen_session().and_then(|id| self.state.sessions.get(&id)).filter(talks);
        shown.and_then(newest).or_else(|| self.state.sessions.values().filter(talks).filter_map(newest).max())
    }

    /// The n-th session in the order of the list, counted from 1.
    pub(in crate::app) fn nth_session(&self, number: u8) -> Option<SessionId> {
        let sessions = |group| self.state.of(group).map(|(id, _)| id);
        Group::ALL.into_iter().flat_map(sessions).nth(usize::from(number.checked_sub(1)?))
    }

    pub(in crate::app) fn shows_listen_form(&self) -> bool {
        match &self.overlay {
            Some(overlay) => overlay.dialog() == Dialog::Listen,
            None => self.shows_first_page(),
        }
    }

    /// Whether what is dropped now is opened instead of sent: where pictures are looked at, or nobody is there to send to.
    pub(in crate::app) fn drops_open(&self) -> bool {
        self.views.lightbox.is_some() || self.state.view() == Tab::Pictures || self.reach().is_nobody()
    }

    /// The client of the open lab that can be asked for a file.
    pub(in crate::app) fn asks(&self) -> Option<(SessionId, ConnectionId)> {
        let bench = self.labs.benches.get(self.labs.open?)?;
        let session = *bench.clients.last()?;
        let entry = self.state.sessions.get(&session).filter(|entry| entry.phase != Phase::Over)?;
        let connection = *entry.connections.last()?;
        let known = self.state.connections.get(&connection).filter(|known| known.ending.is_none())?;
        Some((session, known.shared.id()))
    }
}
