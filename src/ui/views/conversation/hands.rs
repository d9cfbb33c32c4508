//! What a person does to the list of messages beyond the wheel: the keys, and reaching further back.

use egui::{
    Align, EventFilter, Key, Layout, Modifiers, Rect, Response, RichText, Stroke, StrokeKind, Ui, UiBuilder, vec2,
};

use super::{messages::Item, timeline::Timeline};
use crate::{
    journal::Seq,
    ui::{
        icons, kit,
        theme::{self, Palette, SPACE},
    },
    words::text,
};

/// The message that was reached with the keys.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    pub(super) at: Option<Seq>,
}

/// What the keys asked for.
#[derive(Debug, Default)]
pub(super) struct Pressed {
    /// So far down, in points.
    pub(super) by: f32,
    /// The entry that is to be in view.
    pub(super) reveal: Option<usize>,
    /// The record that is to be shown in the journal.
    pub(super) open: Option<Seq>,
}

impl Cursor {
    /// What the keys do while the list has the keyboard; `height` is that of the list.
    pub(super) fn keys(&mut self, ui: &Ui, list: &Response, timeline: &Timeline, height: f32) -> Pressed {
        let mut asked = Pressed::default();
        let Some(last) = timeline.len().checked_sub(1).filter(|_| list.has_focus()) else { return asked };
        ui.memory_mut(|memory| {
            let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
            memory.set_focus_lock_filter(list.id, filter);
        });
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let now = self.at.map(|seq| timeline.place_of(seq).min(last));
        for (key, wanted) in [
            (Key::ArrowUp, now.map_or(last, |at| at.saturating_sub(1))),
            (Key::ArrowDown, now.map_or(last, |at| (at + 1).min(last))),
            (Key::Home, 0),
            (Key::End, last),
        ] {
            if pressed(key) {
                asked.reveal = Some(wanted);
                self.at = timeline.item(wanted).map(Item::seq);
            }
        }
        // A line stays in sight, to read on from.
        let page = height - theme::CONTROL;
        asked.by -= if pressed(Key::PageUp) { page } else { 0.0 };
        asked.by += if pressed(Key::PageDown) { page } else { 0.0 };
        asked.open = self.at.filter(|_| pressed(Key::Enter));
        asked
    }
}

/// How much of all is shown, and the way to what was before: `further` here, or in the journal. True when it was taken.
pub(super) fn older(ui: &mut Ui, row: Rect, words: &str, further: bool) -> bool {
    let builder = UiBuilder::new().max_rect(row).layout(Layout::left_to_right(Align::Center)).id_salt("older");
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().interact_size.y = theme::CONTROL_TOOL;
        let (color, font) = (Palette::of(ui).muted, theme::label());
        let galley = ui.painter().layout_no_wrap(words.to_owned(), font.clone(), color);
        ui.add_space(((row.width() - galley.size().x) / 2.0 - theme::COLUMN).max(SPACE));
        ui.label(RichText::new(words).font(font).color(color));
        let button = if further { text!("Show older") } else { text!("In the journal") };
        kit::quiet_button(ui, icons::ARROW_UP, button).clicked()
    })
    .inner
}

/// Around the message that was reached with the keys.
pub(super) fn ring(ui: &Ui, rect: Rect) {
    let rect = rect.shrink2(vec2(SPACE, 1.0));
    let stroke = Stroke::new(theme::FOCUS_RING, Palette::of(ui).accent);
    ui.painter().rect_stroke(rect, theme::RADIUS_BUBBLE, stroke, StrokeKind::Inside);
}
