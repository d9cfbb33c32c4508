//! Starting, starting again, choosing and ending sessions.

use std::path::PathBuf;

use super::super::model::{
    Effect, Model, Overlay, naming,
    pending::Origin,
    state::{Phase, Plan, Session},
    try_it::TryIt,
};
use crate::{
    engine::Command,
    model::{FetchConfig, ListenConfig, Recipe, Script, SessionId, Site, Transport},
    ui::{
        action::{Dialog, Ending, Selection, Tab},
        dialogs::{ask::Ask, name_page::NamePage},
    },
    words::text,
};

/// Characters of a session's name.
const NAME: usize = 100;

impl Model {
    pub(super) fn start_from_form(&mut self, plan: Plan) {
        if !self.edited(&plan) {
            if !plan.kind().is_listener() {
                self.settings.remember_called();
            }
            self.start_again_from_form(plan);
        }
    }

    /// Starts what a form asks for; what failed with the same values makes room for it.
    fn start_again_from_form(&mut self, plan: Plan) -> SessionId {
        let came_to_nothing = |session: &Session| {
            session.phase == Phase::Over && session.failure.is_some() && session.connections.is_empty()
        };
        let mut failed = self.state.sessions.iter().filter(|(_, session)| came_to_nothing(session));
        let before = failed.find(|(_, session)| session.plan == plan).map(|(id, _)| *id);
        let session = self.start(plan, Origin::Form);
        if let Some(before) = before {
            self.state.stand_for(session, before);
        }
        session
    }

    /// A client that says these things by itself, from its form.
    pub(super) fn connect_from_form(&mut self, plan: Plan, script: Script) {
        if !self.edited(&plan) {
            self.settings.remember_called();
            let session = self.start_again_from_form(plan);
            self.speaks(session, script);
        }
    }

    /// Calls a session so, in the list and in a session file.
    pub(super) fn rename(&mut self, session: SessionId, name: &str) {
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        name.trim()
            .chars()
            .filter(|char| !char.is_control())
            .take(NAME)
            .collect::<String>()
            .clone_into(&mut entry.name);
        self.state.changes += 1;
        self.state.rows_are_old = true;
    }

    /// Shows the field for the name of a session, with the one that it has.
    pub(super) fn ask_name(&mut self, session: SessionId) {
        let Some(entry) = self.state.sessions.get(&session) else { return };
        let page = NamePage { session, name: entry.name.clone(), own: naming::title(entry), fresh: true };
        self.overlay = Some(Overlay::Name(page));
    }

    /// Starts a session.
    pub(super) fn start(&mut self, plan: Plan, origin: Origin) -> SessionId {
        let form = plan.kind().form();
        let session = self.enter(plan);
        if origin == Origin::Form {
            let pending = if form == Dialog::Listen { &mut self.listen } else { &mut self.connect };
            pending.begin(session);
        }
        let entry = self.state.sessions.get(&session);
        if let Some(start) = entry.map(|entry| entry.plan.kind().command(session)) {
            self.command(start);
        }
        session
    }

    /// Enters a session into the list, under a new number; whoever does so starts it.
    pub(super) fn enter(&mut self, plan: Plan) -> SessionId {
        let (word, encoding) = (plan.kind().word(), plan.kind().encoding());
        let session = self.state.add(plan);
        tracing::info!("session {session} starts: {word}");
        self.state.encodings.set(session, encoding.unwrap_or(self.settings.encoding));
        session
    }

    /// Starts a session that is over once more; a listener on a free port, if it is to take one.
    pub(super) fn restart(&mut self, session: SessionId, any_port: bool) {
        let before = self.state.sessions.get(&session);
        let Some((mut plan, script)) = before.map(|entry| (entry.plan.clone(), entry.script.clone())) else { return };
        if any_port {
            plan.kind_mut().take_any_port();
        }
        let again = self.replace(session, plan);
        self.speaks(again, script);
        self.select(Selection::Session(again));
    }

    /// Starts a session in the place of one that is over, with its name, its drafts and its encoding.
    pub(super) fn replace(&mut self, session: SessionId, plan: Plan) -> SessionId {
        let encoding = self.state.encodings.of(session);
        let again = self.start(plan, Origin::Elsewhere);
        self.state.stand_for(again, session);
        self.views.send_box.follow(Selection::Session(session), Selection::Session(again));
        self.lab_restarted(session, again);
        self.state.encodings.set(again, encoding);
        again
    }

    /// Gets a page; the one before it, asked for in the same place, makes room in the list.
    pub(super) fn fetch(&mut self, mut config: FetchConfig) {
        let before = self
            .state
            .chosen_session()
            .filter(|id| self.state.sessions.get(id).is_some_and(|entry| entry.plan.fetch().is_some()));
        config.after = before;
        let session = self.start(Plan::Fetch(Box::new(config)), Origin::Elsewhere);
        self.lab_adopts(session);
        if let Some(before) = before {
            self.command(Command::Stop(before));
            self.state.stand_for(session, before);
        }
        self.state.selection = Selection::Session(session);
        self.state.tab = Tab::Http;
    }

    /// Starts both ends on this PC, and shows them.
    pub(super) fn try_both_ends(&mut self) {
        let listener = self.start_both_ends(false);
        self.show(listener);
    }

    /// Starts echo and a client to it; `any_port` when the usual one is taken.
    pub(super) fn start_both_ends(&mut self, any_port: bool) -> SessionId {
        let port = if any_port { 0 } else { ListenConfig::default().port };
        let config = ListenConfig { port, ..ListenConfig::default() };
        let listener = self.start(Plan::Listen(Box::new(config)), Origin::Elsewhere);
        self.try_it = Some(TryIt { listener, client: SessionId::NONE, any_port });
        listener
    }

    /// Serves a folder by HTTP on the port of the form, or on a free one when that is taken.
    pub(super) fn serve_folder(&mut self, path: PathBuf) {
        let recipe = Recipe::Http(Site::Folder(path));
        let form = self.settings.listen.config().unwrap_or_default();
        let backlog = form.backlog.max(ListenConfig::BACKLOG);
        let config =
            ListenConfig { recipe, transport: Transport::Tcp, backlog, close_after: None, fallback: true, ..form };
        let session = self.start(Plan::Listen(Box::new(config)), Origin::Elsewhere);
        self.show(session);
    }

    /// Shows a session in the view that fits it.
    pub(super) fn show(&mut self, session: SessionId) {
        self.labs.open = None;
        self.select(Selection::Session(session));
        let entry = self.state.sessions.get(&session);
        self.state.tab = entry.map_or_else(Tab::default, |entry| entry.plan.kind().tab());
    }

    pub(super) fn select(&mut self, selection: Selection) {
        self.state.look();
        self.state.looked();
        self.state.selection = selection;
        if !self.state.tab.fits(self.state.shown()) {
            self.state.tab = Tab::default();
        }
    }

    /// Stops a session; asks first where that closes connections that somebody else opened.
    pub(super) fn stop(&mut self, id: SessionId) {
        let Some(session) = self.state.sessions.get(&id) else { return };
        let asks = self.settings.preferences.ask_before_ending && session.is_listener() && session.live > 0;
        if asks {
            let title =
                text!("{title} on {address}", title = naming::title(session), address = naming::address(session));
            let ask = Ask { ending: Ending::Session(id), name: title, live: session.live, never: false };
            self.overlay = Some(Overlay::Ask(ask));
        } else {
            self.command(Command::Stop(id));
        }
    }

    /// Stops the session that is chosen.
    pub(super) fn stop_chosen(&mut self) {
        if let Some(session) = self.state.chosen_session() {
            self.stop(session);
        }
    }

    /// Asks whether the window is to close with what is still connected.
    pub(super) fn ask_to_quit(&mut self) {
        if matches!(&self.overlay, Some(Overlay::Ask(Ask { ending: Ending::Window, .. }))) {
            // Who asks for it a second time knows the question.
            return self.end(Ending::Window, false);
        }
        self.effect(Effect::LookWhetherDesktopEnds);
        let ask = Ask { ending: Ending::Window, name: String::new(), live: self.live(), never: false };
        self.overlay = Some(Overlay::Ask(ask));
    }

    /// Ends what was asked about.
    pub(super) fn end(&mut self, ending: Ending, never: bool) {
        self.overlay = None;
        self.settings.preferences.ask_before_ending &= !never;
        match ending {
            Ending::Session(session) => self.command(Command::Stop(session)),
            Ending::Window => {
                self.quits = true;
                self.effect(Effect::Quit);
            }
        }
    }

    /// Closes what lies on top: a dialog, the large picture, or else what is chosen.
    pub(super) fn close_top(&mut self) {
        if self.overlay.take().is_none() && self.views.lightbox.take().is_none() {
            self.close_chosen();
        }
    }

    fn close_chosen(&mut self) {
        let Some(id) = self.state.chosen_session() else { return };
        let Some(session) = self.state.sessions.get(&id) else { return };
        match self.state.selection {
            Selection::Connection(connection) => {
                let over = self.state.connections.get(&connection).is_none_or(|known| known.ending.is_some());
                if over { self.select(Selection::Session(id)) } else { self.close(connection) }
            }
            _ if session.phase == Phase::Over => self.state.remove(id),
            _ => self.stop(id),
        }
    }

    pub(super) fn remove_ended(&mut self) {
        let over: Vec<SessionId> =
            self.state.sessions.iter().filter(|(_, entry)| entry.phase == Phase::Over).map(|(id, _)| *id).collect();
        for session in over {
            self.state.remove(session);
        }
    }

    /// What is shown, as what a draft belongs to.
    pub(super) fn place(&self) -> Selection {
        self.state.selection
    }

    /// What is typed belongs to what is shown.
    pub(super) fn turn_send_box(&mut self) {
        let place = self.place();
        let state = &self.state;
        self.views.send_box.turn_to(place, |place| match place {
            Selection::None => true,
            Selection::Session(session) => state.sessions.contains_key(&session),
            Selection::Connection(connection) => state.connections.contains_key(&connection),
        });
    }
}
