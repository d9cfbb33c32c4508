//! The view of a lab in which files are asked for.

use egui::Ui;

use super::Draw;
use crate::ui::{
    action::Action,
    views::lab::{self, FilesData},
};

impl Draw<'_> {
    /// Draws it.
    pub(super) fn lab_files(&mut self, ui: &mut Ui, id: &'static str, actions: &mut Vec<Action>) {
        let connected = self.model.asks().is_some();
        let Some(bench) = self.model.labs.benches.get_mut(id) else { return };
        let answer = bench.asked.as_ref().map(|asked| &asked.answer);
        let data = FilesData { connected, names: &bench.names, answer, pictures: self.pictures };
        lab::files(ui, &mut bench.page.name, &data, actions);
    }
}
