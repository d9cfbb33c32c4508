//! The view of a lab in which files are asked for.

use egui::Ui;

use super::Draw;
use crate::ui::{
    intent::Intent,
    lab_page::{self, FilesData},
};

impl Draw<'_> {
    /// Draws it.
    pub(super) fn lab_files(&mut self, ui: &mut Ui, id: &'static str, intents: &mut Vec<Intent>) {
        let connected = self.model.asks().is_some();
        let Some(bench) = self.model.labs.benches.get_mut(id) else { return };
        let answer = bench.asked.as_ref().map(|asked| &asked.answer);
        let data = FilesData { connected, names: &bench.names, answer, pictures: self.pictures };
        lab_page::files(ui, &mut bench.page.name, &data, intents);
    }
}
