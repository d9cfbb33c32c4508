//! What a person asked for.

use std::path::PathBuf;

use super::super::model::{Effect, Model, Overlay, Settings, naming, pending::Origin, settings::budget, state::Plan};
use crate::{
    engine::Command,
    journal::Kinds,
    model::{ConnectionId, Target},
    respond,
    ui::{
        command::UiCommand,
        intent::{Dialog, Intent, PathFor, Pick, Selection, Tab},
        kit::Tone,
        preferences::Preferences,
    },
    words::text,
};

impl Model {
    /// Does one thing.
    pub(super) fn execute(&mut self, intent: Intent) {
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
            Intent::TryIt => self.try_both_ends(),
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
            Intent::Stop(session) => self.stop(session),
            Intent::End(ending, never) => self.end(ending, never),
            Intent::Restart(session) => self.restart(session, false),
            Intent::Remove(session) => self.state.remove(session),
            Intent::HalfClose(connection) => self.command(Command::HalfClose(Target::Connection(connection))),
            Intent::Close(connection) => self.close(connection),
            Intent::Reset(connection) => self.command(Command::Reset(Target::Connection(connection))),
            Intent::Copy(words) => self.copy(words),
            Intent::CopyNames(connection) => {
                if let Some(known) = self.state.connections.get(&connection) {
                    let words = naming::names(known);
                    self.copy(words);
                }
            }
            Intent::CopyAs(session, kind) => self.copy_as(session, kind),
            Intent::Find(words) => self.find(&words),
            Intent::View(intent) => self.perform(*intent),
            Intent::Run(command) => self.run(command),
            Intent::Open(dialog) => self.open(dialog),
            Intent::CloseDialog => self.overlay = None,
            Intent::Choose(pick) => self.choose(pick),
            Intent::Prefer(preferences) => self.prefer(preferences),
            Intent::ResetSettings => self.reset_settings(),
            Intent::OpenThis(what) => self.open_all(vec![what.into()]),
            Intent::ForgetRecent => self.settings.recent.clear(),
            Intent::OfferLastTime => self.offer_last_time(),
            Intent::Take(take) => self.take_offer(take),
            Intent::Path(wanted, path) => self.path_typed(wanted, path),
            Intent::Cancel(transfer) => self.command(Command::Cancel(transfer)),
            Intent::DismissToast(id) => self.state.dismiss(id),
        }
    }

    /// Does what a command of the table says.
    pub(super) fn run(&mut self, command: UiCommand) {
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
            UiCommand::TryIt => self.try_both_ends(),
            UiCommand::ServeFolder => self.choose(Pick::ServeFolder),
            UiCommand::Send => self.views.send_box.send(),
            UiCommand::Find => {
                self.overlay = None;
                self.effect(Effect::FocusFind);
            }
            UiCommand::Save => self.save_chosen(),
            UiCommand::Clear => {
                self.effect(Effect::Forget);
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
                    self.stop(session);
                }
            }
            UiCommand::CopyAs(kind) => {
                if let Some(session) = self.state.chosen_session() {
                    self.copy_as(session, kind);
                }
            }
            UiCommand::CloseTab => self.close_top(),
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
            UiCommand::Theme => self.prefer(Preferences { theme: preferences.theme.next(), ..preferences }),
            UiCommand::ZoomIn => self.prefer(Preferences { zoom: preferences.zoomed(1), ..preferences }),
            UiCommand::ZoomOut => self.prefer(Preferences { zoom: preferences.zoomed(-1), ..preferences }),
            UiCommand::ZoomReset => self.prefer(Preferences { zoom: 1.0, ..preferences }),
        }
    }

    fn show_connection_tab(&mut self, tab: Tab) {
        if self.has_tab(tab) {
            self.show_tab(tab);
        } else {
            self.state.say(Tone::Info, text!("Choose a connection first"));
        }
    }

    /// Shows a view of what is selected, in place of a lab's page.
    pub(super) fn show_tab(&mut self, tab: Tab) {
        self.labs.open = None;
        self.state.tab = tab;
    }

    pub(super) fn close(&mut self, connection: ConnectionId) {
        self.command(Command::Close(Target::Connection(connection)));
    }

    pub(super) fn copy(&mut self, words: String) {
        let shown: String = words.chars().take(60).collect();
        let shown = if shown.len() < words.len() { format!("{shown}…") } else { shown };
        self.effect(Effect::CopyText(words));
        self.state.say(Tone::Good, text!("Copied {words}", words = shown));
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
        self.dialog_is_open = true;
        self.picking_for = self.place();
        self.effect(Effect::Choose(pick, start));
    }

    fn reset_settings(&mut self) {
        // Messages are a person's own work, not a choice.
        let messages = std::mem::take(&mut self.settings.messages);
        let old = std::mem::replace(&mut self.settings, Settings { messages, ..Settings::default() });
        let preferences = std::mem::replace(&mut self.settings.preferences, old.preferences);
        self.prefer(preferences);
        self.views.choose(&self.settings.views);
        self.panels += 1;
        self.open(Dialog::Settings);
        self.state.say(Tone::Good, text!("All settings are as at the first start"));
    }

    /// Takes the path that stands in for a file dialog.
    fn path_typed(&mut self, wanted: PathFor, path: PathBuf) {
        self.overlay = None;
        match wanted {
            PathFor::Pick(pick) => self.picked(pick, path),
            PathFor::Save(bytes) => self.effect(Effect::Write(path, bytes)),
        }
    }

    fn prefer(&mut self, preferences: Preferences) {
        let old = std::mem::replace(&mut self.settings.preferences, preferences);
        if budget(&old) != budget(&preferences) {
            self.effect(Effect::Keep(budget(&preferences)));
        }
        self.effect(Effect::Look(preferences, self.wishes));
        if old.language != preferences.language {
            self.labs.reword();
            // What they hold ready to be drawn has words in it.
            self.views.forget();
        }
    }

    /// Shows the records that hold what was typed.
    fn find(&mut self, words: &str) {
        self.labs.open = None;
        self.state.tab = Tab::Journal;
        let mut asked = Vec::new();
        self.views.journal.set_filter(Kinds::All, words, &mut asked);
        for intent in asked {
            self.perform(intent);
        }
    }
}
