//! What is shown where there is no conversation to show: whom to wait for, and how to begin again.

use egui::{Rect, RichText, ScrollArea, Ui, UiBuilder, vec2};

use crate::{
    model::SessionId,
    ui::{
        action::Action,
        icons, kit,
        theme::{self, Palette, SPACE, SPACE_LARGE},
        views::shared::access::{self, Access},
    },
    words::text,
};

/// Height of what is usually said, for its place in the middle.
const HEIGHT: f32 = 340.0;

/// What is shown in place of the conversation of a listener to which nobody has ever come.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'a> {
    /// `Echo on 127.0.0.1:8000`, or what else heads it.
    pub title: &'a str,
    /// Who can reach it; `None` for a path.
    pub access: Option<&'a Access>,
    /// What is there to expect, where it is not a talk.
    pub hint: Option<&'a str>,
    /// The path that programs of this PC connect to; empty for an address.
    pub path: &'a str,
    /// It does not listen any more: the session to start again.
    pub again: Option<SessionId>,
}

/// Says how to reach a listener that has nobody to talk to.
pub fn waiting(ui: &mut Ui, waiting: &Waiting<'_>, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let area = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(area);
    ui.painter().rect_filled(area, 0.0, palette.background);
    let size = vec2((area.width() - 32.0).min(480.0), area.height());
    let rect = Rect::from_center_size(area.center(), size);
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        // No lower than the area, where the send box leaves hardly any of it.
        let scroll = ScrollArea::vertical().id_salt("waiting").auto_shrink([false, false]).min_scrolled_height(0.0);
        scroll.show(ui, |ui| {
            // Beside the scroll bar, not under it.
            ui.set_width(ui.available_width() - SPACE);
            ui.add_space(((area.height() - HEIGHT) / 2.0).max(SPACE_LARGE));
            let (icon, hint) = match (waiting.again, waiting.hint) {
                (Some(_), _) => (icons::BROADCAST, text!("It does not listen any more.")),
                (None, Some(hint)) => (icons::CHAT_TEXT, hint),
                (None, None) => (icons::BROADCAST, text!("Nobody is connected yet.")),
            };
            if area.height() < HEIGHT {
                // What can be done is in view; the sign is not missed.
                ui.vertical_centered(|ui| {
                    ui.label(RichText::new(waiting.title).font(theme::body_semibold()).color(palette.text));
                    ui.label(RichText::new(hint).color(palette.muted));
                });
            } else {
                kit::empty_state(ui, icon, waiting.title, hint);
            }
            if let Some(session) = waiting.again {
                start_again(ui, session, actions);
            } else if let Some(access) = waiting.access {
                ui.add_space(SPACE_LARGE);
                kit::card(ui, |ui| {
                    ui.set_width(ui.available_width());
                    access::show(ui, access, actions);
                });
            } else if !waiting.path.is_empty() {
                ui.add_space(SPACE_LARGE);
                let copy = text!("Copy the address");
                if kit::copy_card(ui, text!("Address to connect to"), waiting.path, copy).clicked() {
                    actions.push(Action::Copy(waiting.path.to_owned()));
                }
            }
        });
    });
}

/// `before`: the connection has had records, and none is kept any more.
pub(super) fn nothing(ui: &mut Ui, area: Rect, before: bool) {
    let rect = Rect::from_center_size(area.center(), vec2(area.width().min(420.0), 140.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        let hint = text!("What is sent and received appears here, as it happens.");
        let title = if before { text!("What was said is not kept any more") } else { text!("Nothing was said yet") };
        kit::empty_state(ui, icons::CHAT_TEXT, title, hint);
    });
}

/// The button below what is said of a session that is over.
pub fn start_again(ui: &mut Ui, session: SessionId, actions: &mut Vec<Action>) {
    ui.add_space(SPACE_LARGE);
    ui.vertical_centered(|ui| {
        if kit::button(ui, icons::ARROW_CLOCKWISE, text!("Start again")).clicked() {
            actions.push(Action::Restart { session, any_port: false });
        }
    });
}
