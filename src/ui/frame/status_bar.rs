//! The bar at the bottom: what runs, what moved, what was lost, how this PC is reached.

use egui::{Align, Color32, Label, Layout, Response, RichText, Sense, Ui};

use crate::{
    model::TransferId,
    ui::{
        action::Action,
        command::UiCommand,
        icons, kit,
        theme::{self, Palette, SPACE},
    },
    words::{counted, exact_size, size, text},
};

/// What the bar shows.
#[derive(Clone, Debug, Default)]
pub struct StatusData {
    /// Running listeners.
    pub listeners: usize,
    /// Live connections, of listeners and clients.
    pub connections: usize,
    /// Bytes sent since the start.
    pub sent: u64,
    /// Bytes received since the start.
    pub received: u64,
    /// Records in the journal.
    pub records: u64,
    /// Memory that all that is kept takes, and what it may take, in bytes.
    pub memory: (u64, u64),
    /// Of that: records, pictures and bodies, sites, pictures on the screen, pixels of the open picture and of those that are being decoded.
    pub parts: [u64; 5],
    /// Records removed because the budget was full.
    pub evicted: u64,
    /// How often a socket had to wait for a reader that must lose nothing.
    pub stalls: u64,
    /// The address to give to another PC, if there is one.
    pub address: Option<String>,
    /// Scale of the window, 1 for 100 %.
    pub zoom: f32,
    /// The file on its way: its number, bytes sent, bytes in all, how many more there are.
    pub transfer: Option<(TransferId, u64, u64, usize)>,
}

/// Draws the bar.
pub fn show(ui: &mut Ui, data: &StatusData, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    ui.spacing_mut().interact_size.y = 20.0;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 18.0;
        words(ui, &counted!("{n} listeners", n = data.listeners as u64), palette.muted);
        words(ui, &counted!("{n} connections", n = data.connections as u64), palette.muted);
        traffic(
            ui,
            icons::CARET_UP_FILL,
            palette.outbound,
            data.sent,
            text!("{bytes} sent", bytes = exact_size(data.sent)),
        );
        let received = text!("{bytes} received", bytes = exact_size(data.received));
        traffic(ui, icons::CARET_DOWN_FILL, palette.inbound, data.received, received);
        if ui.available_width() > 260.0 {
            let records = counted!("{n} records", n = data.records);
            let (used, total) = (size(data.memory.0), size(data.memory.1));
            let [records_size, objects, sites, textures, pixels] = data.parts.map(size);
            words(ui, &format!("{records} · {used}"), palette.muted).on_hover_text(text!(
                "{used} of {total}: records {records}, pictures and bodies {objects}, sites {sites}, on the screen {textures}, decoded {pixels}. How much it may be is in the settings",
                used = used,
                total = total,
                records = records_size,
                objects = objects,
                sites = sites,
                textures = textures,
                pixels = pixels
            ));
            if data.evicted > 0 {
                let evicted = counted!("{n} evicted", n = data.evicted);
                words(ui, &evicted, palette.warning_words)
                    .on_hover_text(text!("Removed because the journal was full; its size is in the settings"));
            }
            if data.stalls > 0 {
                words(ui, &counted!("{n} waits", n = data.stalls), palette.warning_words)
                    .on_hover_text(text!("A socket waited for a reader that must lose nothing"));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| right(ui, data, palette, actions));
    });
}

fn right(ui: &mut Ui, data: &StatusData, palette: &Palette, actions: &mut Vec<Action>) {
    let zoom = text!("{n} %", n = (data.zoom * 100.0).round());
    if link(ui, &zoom, palette.muted).on_hover_text(UiCommand::ZoomReset.tooltip()).clicked() {
        actions.push(Action::Run(UiCommand::ZoomReset));
    }
    if let Some(address) = data.address.as_ref().filter(|_| ui.available_width() > 140.0) {
        let words = format!("{} {address}", icons::WIFI_HIGH);
        let response = link(ui, &words, palette.muted);
        if response.on_hover_text(text!("This PC's address for other PCs: click to copy")).clicked() {
            actions.push(Action::Copy(address.clone()));
        }
    }
    if let Some((transfer, sent, total, more)) = data.transfer.filter(|_| ui.available_width() > 220.0) {
        if kit::icon_button(ui, icons::X, text!("Stop sending the file")).clicked() {
            actions.push(Action::Cancel(transfer));
        }
        let part = if total == 0 { 0.0 } else { sent as f32 / total as f32 };
        let progress = format!("{} / {}", size(sent), size(total));
        words(ui, &progress, palette.muted).on_hover_text(counted!("{n} more waiting", n = more as u64));
        kit::progress(ui, Some(part), 80.0, text!("Sending a file"));
    }
}

fn words(ui: &mut Ui, words: &str, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(words).font(theme::label()).color(color)).extend())
}

fn link(ui: &mut Ui, words: &str, color: Color32) -> Response {
    let response = ui.add(Label::new(RichText::new(words).font(theme::label()).color(color)).sense(Sense::click()));
    if response.has_focus() {
        let ring = egui::Stroke::new(theme::FOCUS_RING, Palette::of(ui).accent);
        ui.painter().rect_stroke(response.rect.expand(3.0), theme::RADIUS, ring, egui::StrokeKind::Inside);
    }
    let name: String = words.chars().filter(|letter| !('\u{e000}'..='\u{f8ff}').contains(letter)).collect();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name.trim()));
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A triangle in the colour of the direction and a size; exact on hover.
fn traffic(ui: &mut Ui, icon: &str, color: Color32, bytes: u64, exactly: String) {
    let palette = Palette::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE / 2.0;
        ui.add(Label::new(RichText::new(icon).font(theme::label()).color(color)));
        words(ui, &size(bytes), palette.muted).on_hover_text(exactly);
    });
}
