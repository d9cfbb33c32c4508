//! What rows of the list are painted with.

use egui::{Color32, FontId, Ui, pos2};

use super::address::in_room;
use crate::ui::theme::{self, SPACE};

/// What stays of a long title or name, at least.
pub(super) const TITLE: f32 = 48.0;

pub(super) fn icon(ui: &Ui, icon: &str, center: egui::Pos2, color: Color32) {
    ui.painter().text(center, egui::Align2::CENTER_CENTER, icon, theme::body(), color);
}

/// One line, cut at `right`; gives where it ends.
pub(super) fn put(ui: &Ui, text: &str, font: FontId, color: Color32, left: f32, y: f32, right: f32) -> f32 {
    let room = right - left;
    if room < SPACE {
        return left;
    }
    let galley = paint_elided(ui, text, font, color, room);
    let width = galley.size().x;
    ui.painter().galley(pos2(left, y - galley.size().y / 2.0), galley, color);
    left + width
}

pub(super) fn paint_elided(
    ui: &Ui,
    text: &str,
    font: FontId,
    color: Color32,
    room: f32,
) -> std::sync::Arc<egui::Galley> {
    let rich = egui::RichText::new(text).font(font).color(color);
    egui::WidgetText::from(rich).into_galley(ui, Some(egui::TextWrapMode::Truncate), room, egui::FontSelection::Default)
}

/// An address that ends at `right`.
pub(super) fn put_address(ui: &Ui, address: &str, color: Color32, left: f32, y: f32, right: f32) {
    put(ui, &in_room(ui, address, right - left), theme::mono(), color, left, y, right);
}
