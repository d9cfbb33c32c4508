//! What a connection received and sent, into files: what is kept of it now, and all that comes from now on.

use egui::{Align, Frame, Layout, Margin, Panel, RichText, Ui};

use crate::{
    journal::{Connection, Part},
    model::{ConnectionId, Direction},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE},
    },
    words::{size, text},
};

/// A file that grows with what comes.
#[derive(Clone, Copy, Debug)]
pub struct Keeping<'a> {
    /// Its path.
    pub name: &'a str,
    /// Bytes in it so far.
    pub written: u64,
}

/// The button with the menu.
pub(super) fn button(ui: &mut Ui, connection: &Connection, keeps: bool, actions: &mut Vec<Action>) {
    let button = ui.add(kit::Button::quiet(icons::DOWNLOAD_SIMPLE, text!("Save")).caret());
    kit::popup_menu(&button, |ui| {
        for (direction, words) in [
            (Direction::Inbound, text!("All that was received, as far as it is kept…")),
            (Direction::Outbound, text!("All that was sent, as far as it is kept…")),
        ] {
            let part = Part::all(connection, direction);
            if part.length() > 0 && kit::menu_item(ui, icons::FLOPPY_DISK, words, &size(part.length())).clicked() {
                actions.push(Action::SavePart(part));
            }
        }
        if keeps {
            if kit::menu_item(ui, icons::STOP, text!("Stop writing what is received"), "").clicked() {
                actions.push(Action::StopKeeping(connection.id()));
            }
        } else if !connection.state().is_over() {
            let words = text!("What is received from now on, all of it…");
            if kit::menu_item(ui, icons::DOWNLOAD_SIMPLE, words, "").clicked() {
                actions.push(Action::KeepReceived(connection.id()));
            }
        } else if Part::all(connection, Direction::Inbound).length()
            + Part::all(connection, Direction::Outbound).length()
            == 0
        {
            ui.label(RichText::new(text!("Nothing was received or sent")).font(theme::body()));
        }
    });
}

/// The line that says so while a file grows.
pub(super) fn strip(ui: &mut Ui, connection: ConnectionId, keeping: &Keeping<'_>, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let frame = Frame::new().fill(palette.accent_tint).inner_margin(Margin::symmetric(12, 4));
    Panel::top(ui.scope_id().with("kept from now on")).resizable(false).frame(frame).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            ui.set_min_height(CONTROL_TOOL);
            kit::status_dot(ui, palette.good, true, text!("is being written"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(kit::Button::quiet(icons::STOP, text!("Stop"))).clicked() {
                    actions.push(Action::StopKeeping(connection));
                }
                ui.add_space(SPACE);
                ui.label(RichText::new(size(keeping.written)).font(theme::mono()));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = text!("What is received goes into {path}", path = keeping.name);
                    ui.add(egui::Label::new(RichText::new(&words).font(theme::body())).truncate()).on_hover_text(words);
                });
            });
        });
    });
}
