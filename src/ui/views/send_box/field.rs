//! The field that is typed into, and what stands in its place where that is too long to be edited.

use std::ops::Range;

use egui::{
    Align, Event, EventFilter, Id, Key, KeyboardShortcut, Layout, Modifiers, RichText, Sense, Stroke, TextEdit, Ui,
    WidgetInfo,
};

use super::{
    draft::{Draft, LONG},
    history::History,
    mode::Mode,
};
use crate::{
    ui::{
        icons, kit,
        theme::{self, FOCUS_RING, Palette, SPACE},
    },
    words::{size, text},
};

/// Height of the field with two lines.
pub(super) const LEAST: f32 = 58.0;
/// The same with one line.
pub(super) const LOW: f32 = 34.0;
/// Characters of a long text that are shown.
const SHOWN: usize = 120;

/// How the field is in this frame.
pub(super) struct Field {
    pub(super) id: Id,
    /// Enter sends, and Shift+Enter breaks the line.
    pub(super) enter_sends: bool,
    /// The part of what is typed that makes no sense.
    pub(super) wrong: Option<Range<usize>>,
    /// It takes the keyboard.
    pub(super) focus: bool,
    /// Its height, at least.
    pub(super) least: f32,
}

impl Field {
    /// Draws it; true when the sending key was pressed.
    pub(super) fn show(self, ui: &mut Ui, draft: &mut Draft, history: &mut History) -> bool {
        let palette = Palette::of(ui);
        let id = self.id;
        let focused = ui.memory(|memory| memory.has_focus(id));
        let mut send = false;
        let mode = draft.mode();
        if focused {
            send = sending_key(ui, self.enter_sends);
            if history.walk(ui, id, mode, draft.typed_mut()) {
                draft.touch();
            }
        }
        if focused {
            take_long(ui, draft);
        }
        let (name, hint) = match mode {
            Mode::Hex => (text!("Bytes to send, in hex"), "FF D8 FF E0 …"),
            _ => (text!("Text to send"), text!("Type what to send")),
        };
        if draft.is_long() {
            self.long(ui, draft, name);
            return send;
        }
        let font = if mode == Mode::Hex { theme::mono() } else { theme::body() };
        let breaks = if self.enter_sends { Modifiers::SHIFT } else { Modifiers::NONE };
        let before = ui.style().clone();
        if self.wrong.is_some() {
            let visuals = ui.visuals_mut();
            for widget in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered] {
                widget.bg_stroke.color = palette.bad;
            }
            visuals.selection.stroke.color = palette.bad;
        }
        let edit = TextEdit::multiline(draft.typed_mut())
            .id(id)
            .font(font.clone())
            .margin(egui::Margin::symmetric(10, 8))
            .hint_text(RichText::new(hint).font(font).color(palette.muted))
            .background_color(palette.raised)
            .return_key(KeyboardShortcut::new(breaks, Key::Enter))
            .event_filter(EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() })
            .desired_rows(if self.least < LEAST { 1 } else { 2 })
            .min_size(egui::vec2(0.0, self.least))
            .desired_width(f32::INFINITY);
        let output = edit.show(ui);
        ui.set_style(before);
        if let Some(part) = &self.wrong {
            kit::wave_under(ui, &output, draft.typed(), part);
        }
        let response = output.response.response.accessible_name(name);
        if response.changed() {
            draft.touch();
        }
        if self.focus {
            response.request_focus();
        }
        send
    }

    /// What is too long to be laid out: its beginning, its size, and a way to be rid of it.
    fn long(self, ui: &mut Ui, draft: &mut Draft, name: &str) {
        let palette = Palette::of(ui);
        let shown: String =
            draft.typed().chars().take(SHOWN).map(|char| if char.is_control() { ' ' } else { char }).collect();
        let words = text!("{size}, too long to be edited here", size = size(draft.typed().len() as u64));
        let (_, rect) = ui.allocate_space(egui::vec2(ui.available_width(), self.least));
        let response = ui.interact(rect, self.id, Sense::click());
        let focused = ui.memory(|memory| memory.has_focus(self.id));
        let stroke = if focused { Stroke::new(FOCUS_RING, palette.accent) } else { Stroke::new(1.0, palette.line) };
        ui.painter().rect(rect, theme::RADIUS, palette.raised, stroke, egui::StrokeKind::Inside);
        let mut clear =
            focused && ui.input(|input| input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace));
        let inner = egui::UiBuilder::new().max_rect(rect.shrink2(egui::vec2(10.0, SPACE)));
        ui.scope_builder(inner.layout(Layout::right_to_left(Align::Center)), |ui| {
            clear |= kit::button(ui, icons::X, text!("Clear")).clicked();
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.add(egui::Label::new(RichText::new(&shown).font(theme::mono()).color(palette.text)).truncate());
                ui.label(RichText::new(&words).font(theme::label()).color(palette.muted));
            });
        });
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Document, true, name));
        if response.clicked() || self.focus {
            ui.memory_mut(|memory| memory.request_focus(self.id));
        }
        if clear {
            draft.typed_mut().clear();
            draft.touch();
        }
    }
}

/// A long text that is pasted does not go through the field, which would lay it out; it stands behind what is there.
fn take_long(ui: &Ui, draft: &mut Draft) {
    let mut pasted = String::new();
    let there = draft.typed().len();
    ui.input_mut(|input| {
        input.events.retain_mut(|event| match event {
            Event::Paste(text) if text.len() + there > LONG => {
                pasted.push_str(&std::mem::take(text));
                false
            }
            _ => true,
        });
    });
    if !pasted.is_empty() {
        draft.typed_mut().push_str(&pasted);
        draft.touch();
    }
}

/// Whether the key that sends was pressed; takes it from the input.
fn sending_key(ui: &Ui, enter_sends: bool) -> bool {
    let mut sent = false;
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let hit = matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. }
                if modifiers.command || enter_sends && !modifiers.any());
            sent |= hit;
            !hit
        });
    });
    sent
}
