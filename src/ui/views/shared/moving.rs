//! Files on their way between a site and its visitors, a line and a bar each.

use egui::{Align, Layout, RichText, Ui};

use crate::{
    ui::{
        icons, kit,
        theme::{self, Palette, SPACE},
    },
    words::{size, text},
};

/// A transfer between a site and a visitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Moving {
    /// The visitor.
    pub peer: String,
    /// The file, or the path it was asked for at; one line.
    pub name: String,
    /// It comes from the visitor.
    pub inbound: bool,
    /// Bytes so far.
    pub moved: u64,
    /// Bytes in all, 0 where nobody said.
    pub total: u64,
}

/// A line for each.
pub(in crate::ui::views) fn rows<'a>(ui: &mut Ui, moving: impl IntoIterator<Item = &'a Moving>) {
    for (at, entry) in moving.into_iter().enumerate() {
        if at > 0 {
            ui.add_space(SPACE);
        }
        ui.horizontal(|ui| {
            let palette = Palette::of(ui);
            let (icon, color) = if entry.inbound {
                (icons::DOWNLOAD_SIMPLE, palette.inbound)
            } else {
                (icons::UPLOAD_SIMPLE, palette.outbound)
            };
            ui.label(RichText::new(icon).color(color));
            ui.label(RichText::new(&entry.peer).font(theme::mono()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = match entry.total {
                    0 => size(entry.moved),
                    total => text!("{moved} of {total}", moved = size(entry.moved), total = size(total)),
                };
                ui.label(RichText::new(words).color(palette.muted));
                ui.add(egui::Label::new(entry.name.as_str()).truncate());
            });
        });
        let fraction = (entry.total > 0).then(|| entry.moved as f32 / entry.total as f32);
        kit::progress(ui, fraction, ui.available_width(), &entry.name);
    }
}
