//! What a command of the table does.

use super::super::model::{Effect, Model};
use crate::{
    engine::Command,
    model::Target,
    ui::{
        action::{Dialog, Pick, Selection},
        command::UiCommand,
        kit::Tone,
        preferences::Preferences,
    },
    words::text,
};

impl Model {
    /// Opens what has no room beside the page as a sheet over it, or closes that.
    fn toggle(&mut self, dialog: Dialog) {
        if self.overlay.as_ref().is_some_and(|overlay| overlay.dialog() == dialog) {
            self.overlay = None;
        } else {
            self.open(dialog);
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
            UiCommand::Newest => {
                if let Some(connection) = self.newest_caller() {
                    self.talk_with(connection);
                }
            }
            UiCommand::Find => {
                self.overlay = None;
                self.effect(Effect::FocusFind);
            }
            UiCommand::FindNext => self.find_step(true),
            UiCommand::FindPrevious => self.find_step(false),
            UiCommand::Save => self.save_chosen(),
            UiCommand::Clear => self.clear(),
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
            UiCommand::Stop => self.stop_chosen(),
            UiCommand::CopyAs(kind) => {
                if let Some(session) = self.state.chosen_session() {
                    self.copy_as(session, kind);
                }
            }
            UiCommand::CloseTab => self.close_top(),
            UiCommand::RemoveEnded => self.remove_ended(),
            UiCommand::Show(tab) if tab.fits(self.state.shown()) => self.show_tab(tab),
            UiCommand::Show(_) => self.state.say(Tone::Info, text!("Choose a connection first")),
            UiCommand::OpenPicture => self.choose(Pick::OpenPicture),
            UiCommand::ToggleSessions if !self.fits.sessions => self.toggle(Dialog::Sessions),
            UiCommand::ToggleSessions => self.settings.open.sessions = !self.settings.open.sessions,
            UiCommand::ToggleInspector if !self.fits.inspector => self.toggle(Dialog::Details),
            UiCommand::ToggleInspector => self.settings.open.inspector = !self.settings.open.inspector,
            UiCommand::Session(number) => {
                if let Some(session) = self.nth_session(number) {
                    self.turn_to(Selection::Session(session));
                }
            }
            UiCommand::Theme => self.prefer(Preferences { theme: preferences.theme.next(), ..preferences }),
            UiCommand::ZoomIn => self.prefer(Preferences { zoom: preferences.zoomed(1), ..preferences }),
            UiCommand::ZoomOut => self.prefer(Preferences { zoom: preferences.zoomed(-1), ..preferences }),
            UiCommand::ZoomReset => self.prefer(Preferences { zoom: 1.0, ..preferences }),
        }
    }
}
