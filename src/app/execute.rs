//! Carrying out what a person asked for. No other place does.

use std::path::PathBuf;

use bytes::Bytes;
use egui::Context;
use tokio::sync::mpsc::Sender;

use super::{
    desktop::DesktopPreferences,
    dialogs,
    settings::{Settings, budget},
    state::{Phase, Plan, Session},
    try_it::TryIt,
    window::{Overlay, Window},
};
use crate::{
    engine::Command,
    model::{ConnectionId, Failure, ListenConfig, Recipe, SessionId, Site, Target, Transport},
    respond,
    ui::{
        command::UiCommand,
        intent::{Dialog, Intent, PathFor, Pick, Selection, Tab},
        kit::Tone,
        preferences::{Preferences, ThemeChoice},
        top_bar,
    },
    words::text,
};

/// Where a start was asked for; a form shows its own failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Form,
    Elsewhere,
}

/// What became of the last start from a form.
#[derive(Clone, Debug, Default)]
pub(super) struct PendingStart {
    pub(super) pending: Option<SessionId>,
    pub(super) failure: Option<Failure>,
}

impl PendingStart {
    fn begin(&mut self, session: SessionId) {
        *self = Self { pending: Some(session), failure: None };
    }

    pub(super) fn is_idle(&self) -> bool {
        self.pending.is_none()
    }

    pub(super) fn succeeded(&mut self, session: SessionId) {
        if self.pending == Some(session) {
            *self = Self::default();
        }
    }

    /// True when the form is the place to show it.
    pub(super) fn failed(&mut self, session: SessionId, failure: &Failure) -> bool {
        let ours = self.pending == Some(session);
        if ours {
            self.failure = Some(failure.clone());
        }
        ours
    }

    /// True when it never came to be.
    pub(super) fn stopped(&mut self, session: SessionId) -> bool {
        let ours = self.pending == Some(session);
        if ours {
            self.pending = None;
        }
        ours
    }
}

impl Window {
    /// Does one thing.
    pub(super) fn execute(&mut self, ctx: &Context, intent: Intent) {
        match intent {
            Intent::Listen(config) => {
                self.start_from_form(Plan::Listen(config));
            }
            Intent::Connect(config, script) => {
                if !self.edited(&Plan::Connect(config.clone())) {
                    let session = self.start(Plan::Connect(config), Origin::Form);
                    self.speaks(session, script);
                }
            }
            Intent::Fetch(config) => {
                self.start_from_form(Plan::Fetch(config));
            }
            Intent::TryIt => self.start_both_ends(false),
            Intent::Lab(intent) => self.lab(intent),
            Intent::LabAsk(name) => self.ask_file(name),
            Intent::LabAttempts(configs) => self.edited_attempts(configs),
            Intent::SaveScript(dialog) => {
                self.save(text!("dialog.toml").to_owned(), respond::dialog::write(&dialog).into_bytes());
            }
            Intent::Select(selection) => {
                self.labs.open = None;
                self.select(selection);
            }
            Intent::ShowEnded(session, shown) => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.shows_ended = shown;
                    self.state.rows_are_old = true;
                }
            }
            Intent::ShowTab(tab) => self.show_tab(tab),
            Intent::Stop(session) => self.command(Command::Stop(session)),
            Intent::Restart(session) => self.restart(session, false),
            Intent::Remove(session) => self.state.remove(session),
            Intent::HalfClose(connection) => self.command(Command::HalfClose(Target::Connection(connection))),
            Intent::Close(connection) => self.close(connection),
            Intent::Reset(connection) => self.command(Command::Reset(Target::Connection(connection))),
            Intent::Copy(words) => self.copy(ctx, words),
            Intent::CopyNames(connection) => {
                if let Some(known) = self.state.connections.get(&connection) {
                    let words = super::rows::names(known);
                    self.copy(ctx, words);
                }
            }
            Intent::CopyAs(session, kind) => self.copy_as(ctx, session, kind),
            Intent::Find(words) => self.find(ctx, &words),
            Intent::View(intent) => self.perform(ctx, *intent),
            Intent::Run(command) => self.run(ctx, command),
            Intent::Open(dialog) => self.open(dialog),
            Intent::CloseDialog => self.overlay = None,
            Intent::Choose(pick) => self.choose(pick),
            Intent::Prefer(preferences) => self.prefer(ctx, preferences),
            Intent::ResetSettings => self.reset_settings(ctx),
            Intent::OpenThis(what) => self.open_all(vec![what]),
            Intent::ForgetRecent => self.settings.recent.clear(),
            Intent::Take(take) => self.take_offer(take),
            Intent::Path(wanted, path) => self.path_typed(wanted, path),
            Intent::Cancel(transfer) => self.command(Command::Cancel(transfer)),
            Intent::DismissToast(id) => self.state.dismiss(id),
        }
    }

    /// Does what a command of the table says.
    pub(super) fn run(&mut self, ctx: &Context, command: UiCommand) {
        tracing::info!("command {command:?}");
        let preferences = self.settings.preferences;
        let connection = self.state.chosen_connection();
        match command {
            UiCommand::Listen => self.open(Dialog::Listen),
            UiCommand::Connect => self.open(Dialog::Connect),
            UiCommand::Settings => self.open(Dialog::Settings),
            UiCommand::Palette => self.open(Dialog::Palette),
            UiCommand::Help => self.open(Dialog::Help),
            UiCommand::About => self.open(Dialog::About),
            UiCommand::Open => self.choose(Pick::Open),
            UiCommand::SaveSession => self.save_session(),
            UiCommand::Labs => self.open(Dialog::Labs),
            UiCommand::TryIt => self.start_both_ends(false),
            UiCommand::ServeFolder => self.choose(Pick::ServeFolder),
            UiCommand::Send => self.views.send_box.send(),
            UiCommand::Find => {
                self.overlay = None;
                ctx.memory_mut(|memory| memory.request_focus(top_bar::find_id()));
            }
            UiCommand::Save => self.save_chosen(),
            UiCommand::Clear => {
                self.engine.clear();
                self.pictures.forget();
                self.views.forget();
                self.state.say(Tone::Info, text!("The journal is empty now"));
            }
            UiCommand::HalfClose => {
                if let Some(connection) = connection {
                    self.command(Command::HalfClose(Target::Connection(connection)));
                }
            }
            UiCommand::Close => {
                if let Some(connection) = connection {
                    self.close(connection);
                }
            }
            UiCommand::Reset => {
                if let Some(connection) = connection {
                    self.command(Command::Reset(Target::Connection(connection)));
                }
            }
            UiCommand::Stop => {
                if let Some(session) = self.state.chosen_session() {
                    self.command(Command::Stop(session));
                }
            }
            UiCommand::CopyAs(kind) => {
                if let Some(session) = self.state.chosen_session() {
                    self.copy_as(ctx, session, kind);
                }
            }
            UiCommand::CloseTab => self.close_chosen(),
            UiCommand::RemoveEnded => self.remove_ended(),
            UiCommand::Conversation => self.show_tab(Tab::Conversation),
            UiCommand::Journal => self.show_tab(Tab::Journal),
            UiCommand::Ladder => self.show_connection_tab(Tab::Ladder),
            UiCommand::Stream => self.show_connection_tab(Tab::Stream),
            UiCommand::OpenPicture => self.choose(Pick::OpenPicture),
            UiCommand::Pictures => self.show_tab(Tab::Pictures),
            UiCommand::ToggleSessions => self.settings.sessions_open = !self.settings.sessions_open,
            UiCommand::ToggleInspector => self.settings.inspector_open = !self.settings.inspector_open,
            UiCommand::Session(number) => {
                if let Some(session) = self.nth_session(number) {
                    self.labs.open = None;
                    self.select(Selection::Session(session));
                }
            }
            UiCommand::Theme => self.prefer(ctx, Preferences { theme: preferences.theme.next(), ..preferences }),
            UiCommand::ZoomIn => self.prefer(ctx, Preferences { zoom: preferences.zoomed(1), ..preferences }),
            UiCommand::ZoomOut => self.prefer(ctx, Preferences { zoom: preferences.zoomed(-1), ..preferences }),
            UiCommand::ZoomReset => self.prefer(ctx, Preferences { zoom: 1.0, ..preferences }),
        }
    }

    /// Whether there is something to see under a tab that is about one connection.
    fn has_tab(&self, tab: Tab) -> bool {
        let failed = tab == Tab::Ladder && self.state.chosen_failure().is_some();
        failed || self.state.chosen().is_some()
    }

    fn show_connection_tab(&mut self, tab: Tab) {
        if self.has_tab(tab) {
            self.show_tab(tab);
        } else {
            self.state.say(Tone::Info, text!("Choose a connection first"));
        }
    }

    /// Whether a command can do anything now.
    pub(super) fn is_enabled(&self, command: UiCommand) -> bool {
        let live = self.state.chosen().is_some_and(|connection| !connection.state().is_over());
        let session = self.state.chosen_session().and_then(|id| self.state.sessions.get(&id));
        match command {
            UiCommand::HalfClose | UiCommand::Close | UiCommand::Reset | UiCommand::Send => live,
            UiCommand::Stop => session.is_some_and(|session| session.phase != Phase::Over),
            UiCommand::CloseTab => session.is_some(),
            UiCommand::CopyAs(kind) => session.is_some_and(|session| session.programs().contains(&kind)),
            UiCommand::RemoveEnded => self.state.sessions.values().any(|session| session.phase == Phase::Over),
            UiCommand::Session(number) => self.nth_session(number).is_some(),
            UiCommand::Save => self.can_save(),
            UiCommand::Ladder => self.has_tab(Tab::Ladder),
            UiCommand::Stream => self.has_tab(Tab::Stream),
            _ => true,
        }
    }

    /// Hands a command to the engine; says so when it is too busy to take it.
    pub(super) fn command(&mut self, command: Command) {
        if let Err(busy) = self.engine.send(command) {
            self.state.say(Tone::Bad, busy.to_string());
        }
    }

    fn start_from_form(&mut self, plan: Plan) {
        if !self.edited(&plan) {
            self.start(plan, Origin::Form);
        }
    }

    /// Shows a view of what is selected, in place of a lab's page.
    pub(super) fn show_tab(&mut self, tab: Tab) {
        self.labs.open = None;
        self.state.tab = tab;
    }

    /// Starts a session.
    pub(super) fn start(&mut self, plan: Plan, origin: Origin) -> SessionId {
        self.start_fed(plan, origin, None)
    }

    /// Starts a session; a client's bytes go into `feed` as well.
    pub(super) fn start_fed(&mut self, plan: Plan, origin: Origin, feed: Option<Sender<Bytes>>) -> SessionId {
        let session = self.state.add(plan.clone());
        tracing::info!("session {session} starts: {}", plan.kind());
        let encoding = match &plan {
            // It is read as it answers.
            Plan::Listen(config) if config.recipe.is_written() => config.encoding,
            _ => self.settings.encoding,
        };
        self.state.encodings.set(session, encoding);
        let (command, attempt) = match plan {
            Plan::Listen(config) => (Command::Listen { session, config: *config }, &mut self.listen),
            Plan::Connect(config) => (Command::Connect { session, config: *config, feed }, &mut self.connect),
            Plan::Fetch(config) => (Command::Fetch { session, config: *config, feed: None }, &mut self.connect),
        };
        if origin == Origin::Form {
            attempt.begin(session);
        }
        self.command(command);
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

    fn close(&mut self, connection: ConnectionId) {
        self.command(Command::Close(Target::Connection(connection)));
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
            _ => self.command(Command::Stop(id)),
        }
    }

    fn remove_ended(&mut self) {
        let over: Vec<SessionId> =
            self.state.sessions.iter().filter(|(_, entry)| entry.phase == Phase::Over).map(|(id, _)| *id).collect();
        for session in over {
            self.state.remove(session);
        }
    }

    /// The n-th session in the order of the list, counted from 1.
    fn nth_session(&self, number: u8) -> Option<SessionId> {
        let sessions = |listeners: bool| {
            self.state.sessions.iter().filter(move |(_, entry)| entry.is_listener() == listeners).map(|(id, _)| *id)
        };
        sessions(true).chain(sessions(false)).nth(usize::from(number.checked_sub(1)?))
    }

    pub(super) fn copy(&mut self, ctx: &Context, words: String) {
        let shown: String = words.chars().take(60).collect();
        let shown = if shown.len() < words.len() { format!("{shown}…") } else { shown };
        ctx.copy_text(words);
        self.state.say(Tone::Good, text!("Copied {words}", words = shown));
    }

    pub(super) fn open(&mut self, dialog: Dialog) {
        self.labs.stop_editing();
        self.overlay = Overlay::new(dialog, &self.settings.preferences);
    }

    pub(super) fn close_dialog_of(&mut self, dialog: Dialog) {
        if self.overlay.as_ref().is_some_and(|overlay| overlay.dialog() == dialog) {
            self.overlay = None;
        }
    }

    pub(super) fn choose(&mut self, pick: Pick) {
        if self.dialog_is_open {
            return;
        }
        let start = match pick {
            Pick::ListenPicture | Pick::PageFile => {
                PathBuf::from(&self.settings.listen.picture).parent().map(PathBuf::from)
            }
            Pick::Open
            | Pick::OpenPicture
            | Pick::SendFile
            | Pick::SendPicture
            | Pick::Script
            | Pick::RequestFile
            | Pick::SavePlace => None,
            Pick::LabPicture | Pick::LabFolder => self.lab_folder(),
            Pick::UploadFolder => Some(PathBuf::from(self.views.site.folder())),
            Pick::ListenFolder | Pick::ServeFolder => Some(PathBuf::from(&self.settings.listen.folder)),
        };
        self.dialog_is_open = dialogs::pick(pick, start, self.mail.clone());
    }

    fn reset_settings(&mut self, ctx: &Context) {
        // Messages are a person's own work, not a choice.
        let messages = std::mem::take(&mut self.settings.messages);
        let old = std::mem::replace(&mut self.settings, Settings { messages, ..Settings::default() });
        let preferences = std::mem::replace(&mut self.settings.preferences, old.preferences);
        self.prefer(ctx, preferences);
        self.open(Dialog::Settings);
        self.state.say(Tone::Good, text!("All settings are as at the first start"));
    }

    /// Takes the path that stands in for a file dialog.
    fn path_typed(&mut self, wanted: PathFor, path: PathBuf) {
        self.overlay = None;
        match wanted {
            PathFor::Pick(pick) => self.picked(pick, path),
            PathFor::Save(bytes) => dialogs::write(path, bytes, self.mail.clone()),
        }
    }

    fn prefer(&mut self, ctx: &Context, preferences: Preferences) {
        let old = std::mem::replace(&mut self.settings.preferences, preferences);
        if budget(&old) != budget(&preferences) {
            self.engine.journal().set_budget(budget(&preferences));
        }
        apply(ctx, &preferences, self.wishes);
        if old.language != preferences.language {
            self.labs.reword();
            // What they hold ready to be drawn has words in it.
            self.views.forget();
        }
    }
}

/// Makes the window look as a person prefers.
pub(super) fn apply(ctx: &Context, preferences: &Preferences, wishes: DesktopPreferences) {
    ctx.set_theme(match preferences.theme {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    });
    super::settings::speak(preferences);
    ctx.set_zoom_factor(preferences.zoom);
    let still = preferences.reduced_motion || wishes.still == Some(true);
    crate::ui::theme::set_reduced_motion(ctx, still);
    // A cursor that blinks draws frames for ever.
    ctx.all_styles_mut(|style| style.visuals.text_cursor.blink = false);
}
