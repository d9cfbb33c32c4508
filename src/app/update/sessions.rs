//! Starting, starting again, choosing and ending sessions.

use std::path::PathBuf;

use super::super::model::{
    Model,
    pending::Origin,
    state::{Phase, Plan, Session},
    try_it::TryIt,
};
use crate::{
    engine::Command,
    model::{ListenConfig, Recipe, SessionId, Site, Target, Transport},
    ui::intent::{Selection, Tab},
};

impl Model {
    pub(super) fn start_from_form(&mut self, plan: Plan) {
        if !self.edited(&plan) {
            self.start(plan, Origin::Form);
        }
    }

    /// Starts a session.
    pub(super) fn start(&mut self, plan: Plan, origin: Origin) -> SessionId {
        let session = self.enter(&plan);
        let (command, pending) = match plan {
            Plan::Listen(config) => (Command::Listen { session, config: *config }, &mut self.listen),
            Plan::Connect(config) => (Command::Connect { session, config: *config, feed: None }, &mut self.connect),
            Plan::Fetch(config) => (Command::Fetch { session, config: *config, feed: None }, &mut self.connect),
        };
        if origin == Origin::Form {
            pending.begin(session);
        }
        self.command(command);
        session
    }

    /// Enters a session into the list, under a new number; whoever does so starts it.
    pub(super) fn enter(&mut self, plan: &Plan) -> SessionId {
        let session = self.state.add(plan.clone());
        tracing::info!("session {session} starts: {}", plan.kind());
        let encoding = match plan {
            // It is read as it answers.
            Plan::Listen(config) if config.recipe.is_written() => config.encoding,
            _ => self.settings.encoding,
        };
        self.state.encodings.set(session, encoding);
        session
    }

    /// Starts a session that is over once more; a listener on a free port, if it is to take one.
    pub(super) fn restart(&mut self, session: SessionId, any_port: bool) {
        let before = self.state.sessions.get(&session);
        let Some((mut plan, script)) = before.map(|entry| (entry.plan.clone(), entry.script.clone())) else { return };
        if let Plan::Listen(config) = &mut plan {
            config.fallback |= any_port;
        }
        let encoding = self.state.encodings.of(session);
        self.state.remove(session);
        let again = self.start(plan, Origin::Elsewhere);
        self.views.send_box.follow(Target::Session(session), Target::Session(again));
        self.lab_restarted(session, again);
        self.speaks(again, script);
        self.state.encodings.set(again, encoding);
        self.select(Selection::Session(again));
    }

    /// Starts echo and a client to it; `any_port` when the usual one is taken.
    pub(super) fn start_both_ends(&mut self, any_port: bool) {
        let port = if any_port { 0 } else { ListenConfig::default().port };
        let config = ListenConfig { port, ..ListenConfig::default() };
        let listener = self.start(Plan::Listen(Box::new(config)), Origin::Elsewhere);
        self.try_it = Some(TryIt { listener, client: SessionId::NONE, any_port });
    }

    /// Serves a folder by HTTP on the port of the form, or on a free one when that is taken.
    pub(super) fn serve_folder(&mut self, path: PathBuf) {
        let recipe = Recipe::Http(Site::Folder(path));
        let form = self.settings.listen.config().unwrap_or_default();
        let backlog = form.backlog.max(ListenConfig::BACKLOG);
        let config =
            ListenConfig { recipe, transport: Transport::Tcp, backlog, close_after: None, fallback: true, ..form };
        self.start(Plan::Listen(Box::new(config)), Origin::Elsewhere);
    }

    pub(super) fn select(&mut self, selection: Selection) {
        self.state.look();
        self.state.selection = selection;
        let http =
            self.state.chosen_session().and_then(|id| self.state.sessions.get(&id)).is_some_and(Session::is_http);
        let about_one = matches!(self.state.tab, Tab::Ladder | Tab::Stream);
        if self.state.tab == Tab::Http && !http || about_one && !self.has_tab(self.state.tab) {
            self.state.tab = Tab::Conversation;
        }
    }

    pub(super) fn close_chosen(&mut self) {
        let Some(id) = self.state.chosen_session() else { return };
        let Some(session) = self.state.sessions.get(&id) else { return };
        match self.state.selection {
            Selection::Connection(connection) => {
                let over = self.state.connections.get(&connection).is_none_or(|known| known.ending.is_some());
                if over { self.select(Selection::Session(id)) } else { self.close(connection) }
            }
            _ if session.phase == Phase::Over => self.state.remove(id),
            _ => self.command(Command::Stop(id)),
        }
    }

    pub(super) fn remove_ended(&mut self) {
        let over: Vec<SessionId> =
            self.state.sessions.iter().filter(|(_, entry)| entry.phase == Phase::Over).map(|(id, _)| *id).collect();
        for session in over {
            self.state.remove(session);
        }
    }

    /// What is typed belongs to what is shown.
    pub(super) fn turn_send_box(&mut self) {
        let place = match self.state.selection {
            Selection::None => None,
            Selection::Session(session) => Some(Target::Session(session)),
            Selection::Connection(connection) => Some(Target::Connection(connection)),
        };
        let state = &self.state;
        self.views.send_box.turn_to(place, |target| match target {
            Target::Session(session) => state.sessions.contains_key(&session),
            Target::Connection(connection) => state.connections.contains_key(&connection),
        });
    }
}
