//! Every key at a glance, and how the parts of the window are meant.

use egui::{RichText, Ui};

use super::{
    command::UiCommand,
    form, kit,
    theme::{self, Palette, SPACE},
};
use crate::words::text;

/// Draws the list of keys in two columns, made from the command table.
pub fn show(ui: &mut Ui) {
    let commands: Vec<(String, String)> = UiCommand::ALL
        .into_iter()
        .filter(|command| !matches!(command, UiCommand::Session(2..)))
        .filter(|command| !command.keys_text().is_empty())
        .map(|command| match command {
            UiCommand::Session(_) => (text!("Go to session 1 to 9").to_owned(), format!("{}…9", command.keys_text())),
            _ => (command.entry().text.trim_end_matches('…').to_owned(), command.keys_text()),
        })
        .chain([
            (text!("Next field").to_owned(), "Tab".to_owned()),
            (text!("Older and newer text in the send box").to_owned(), "↑ ↓".to_owned()),
            (text!("Break the line in the send box").to_owned(), "Shift Enter".to_owned()),
            (text!("Close what lies over the window").to_owned(), "Esc".to_owned()),
        ])
        .collect();
    let palette = Palette::of(ui);
    let half = (ui.available_width() - 3.0 * SPACE) / 2.0;
    let (left, right) = commands.split_at(commands.len().div_ceil(2));
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0 * SPACE;
        for column in [left, right] {
            form::column(ui, half, |ui| {
                for (words, keys) in column {
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(words).font(theme::body()).color(palette.text));
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            kit::key_cap(ui, keys);
                        });
                    });
                }
            });
        }
    });
}
