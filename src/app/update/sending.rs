//! What a person sends, now, later, again and again.

use std::sync::{Arc, atomic::AtomicU64};

use super::super::model::{Effect, Model, Repeating, effect::Repetition, naming};
use crate::{
    engine::Command,
    journal::Connection,
    model::Target,
    ui::action::{Pace, Piece},
};

impl Model {
    pub(super) fn send(&mut self, to: &Target, bytes: &[u8]) {
        self.command(Command::Send { to: to.clone(), bytes: bytes.to_vec().into() });
        self.was_typed(to, bytes);
    }

    /// A peer that has gone leaves the choice of whom a draft is for.
    pub(super) fn leaves_choices(&mut self, connection: &Connection) {
        let id = connection.id();
        let known = self.state.connections.get(&id);
        self.views.send_box.left(id, || known.map_or_else(|| format!("#{id}"), naming::peer));
    }

    pub(super) fn send_file(&mut self, to: Target, path: std::path::PathBuf) {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let transfer = self.state.new_transfer(name, path.clone());
        self.command(Command::SendFile { transfer, to, path });
    }

    pub(super) fn repeat(&mut self, to: Target, pieces: Vec<Piece>, pace: Pace) {
        let number = self.repeating.as_ref().map_or(1, |repeating| repeating.number + 1);
        let sent = Arc::<AtomicU64>::default();
        self.repeating = Some(Repeating { number, sent: Arc::clone(&sent) });
        self.effect(Effect::Repeat((number, sent), Repetition { to, pieces, pace }));
    }

    pub(super) fn stop_repeat(&mut self) {
        self.repeating = None;
        self.effect(Effect::StopRepeat);
    }

    /// Keeps a saved message no longer, by its place in the list.
    pub(super) fn forget_message(&mut self, at: usize) {
        if at < self.settings.messages.len() {
            self.settings.messages.remove(at);
        }
    }

    /// Lets a saved message change places with the one before it.
    pub(super) fn raise_message(&mut self, at: usize) {
        if (1..self.settings.messages.len()).contains(&at) {
            self.settings.messages.swap(at - 1, at);
        }
    }
}
