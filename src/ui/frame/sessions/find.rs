//! Looking for a row of the list, and bringing one into view.

use egui::{Id, Rect, Ui};

use crate::{
    ui::{icons, kit},
    words::text,
};

/// Draws the field in which one of many sessions is looked for; true when it has changed.
pub fn find(ui: &mut Ui, find: &mut String) -> bool {
    let mut changed = false;
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 8, bottom: 0 }).show(ui, |ui| {
        let hint = text!("Session or peer");
        let field = kit::TextField::new(text!("Find a session or a peer"), find).hint(hint);
        let field = field.icon(icons::MAGNIFYING_GLASS);
        let response = ui.add(field);
        changed = response.changed();
        if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) && !find.is_empty() {
            find.clear();
            changed = true;
        }
    });
    changed
}

/// Where it is noted which row is to be brought into view.
pub(super) fn reveals() -> Id {
    Id::unique("session row to be brought into view")
}

/// Scrolls a row into view.
pub(super) fn reveal(ui: &Ui, row: Rect) {
    ui.scroll_to_rect(row, None);
    ui.ctx().request_repaint();
}
