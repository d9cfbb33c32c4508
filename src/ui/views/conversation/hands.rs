//! What a person does to the list of messages beyond the wheel: the keys, and reaching further back.

use std::fmt::Display;

use egui::{Align, Layout, Rect, Response, RichText, Role, Ui, UiBuilder};

use super::{
    message::Body,
    messages::{Item, ItemPlace},
    timeline::Timeline,
};
use crate::{
    ui::{
        action::Action,
        icons,
        kit::{self, Step},
        theme::{self, Palette, SPACE},
    },
    words::text,
};

/// The message that was reached with the keys.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    pub(super) at: Option<ItemPlace>,
}

/// What the keys asked for.
#[derive(Debug, Default)]
pub(super) struct Pressed {
    /// So far down, in points.
    pub(super) by: f32,
    /// The entry that is to be in view.
    pub(super) reveal: Option<usize>,
    /// The entry that is to be opened.
    pub(super) open: Option<usize>,
    /// The menu of the message that was reached is asked for.
    pub(super) menu: bool,
}

/// What the keys do with the item that is drawn.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    /// The list, which has the keyboard in place of its items.
    pub(super) list: &'a Response,
    /// Which item it is.
    pub(super) index: u64,
    /// The keys are on it.
    pub(super) at: bool,
    /// Its menu was asked for.
    pub(super) menu: bool,
}

impl Hand<'_> {
    /// Names the item for a screen reader, and marks it when the keys are on it.
    pub(super) fn on(&self, ui: &Ui, item: &Response, rect: Rect, name: impl Display) {
        kit::is_row(item, Role::ListItem, self.index, self.at, name);
        if self.at {
            kit::is_at(self.list, item.id);
            kit::list_ring(ui, self.list, Some(rect));
        }
    }
}

impl Cursor {
    /// What the keys do while the list has the keyboard; `height` is that of the list.
    pub(super) fn keys(&mut self, list: &Response, timeline: &Timeline, height: f32) -> Pressed {
        let mut asked = Pressed::default();
        let Some(last) = timeline.len().checked_sub(1) else { return asked };
        let keys = kit::list_keys(list, false);
        for step in keys.steps {
            let now = self.at.map(|place| timeline.index_of(place).min(last));
            // A line stays in sight, to read on from.
            let page = height - theme::CONTROL;
            let wanted = match step {
                Step::PageUp | Step::PageDown => {
                    asked.by += if step == Step::PageUp { -page } else { page };
                    continue;
                }
                Step::Up => now.map_or(last, |at| at.saturating_sub(1)),
                Step::Down => now.map_or(last, |at| (at + 1).min(last)),
                Step::First => 0,
                _ => last,
            };
            asked.reveal = Some(wanted);
            self.at = timeline.item(wanted).map(Item::place);
        }
        if keys.menu || keys.open {
            // Where none was reached yet, it is the newest.
            let now = self.at.map_or(last, |place| timeline.index_of(place).min(last));
            self.at = timeline.item(now).map(Item::place);
            asked.menu = keys.menu;
            asked.reveal = Some(now);
            asked.open = Some(now).filter(|_| keys.open);
        }
        asked
    }
}

/// What Enter does with an item.
pub(super) fn open(item: &Item) -> Action {
    let Item::Message(message) = item else { return Action::ShowRecord(item.seq()) };
    match &message.body {
        Body::Picture(object) => Action::Enlarge(object.id),
        Body::Echo(original) => Action::Enlarge(*original),
        _ => Action::ShowRecord(item.seq()),
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
