//! The send box where the window is low: what is sent, to whom, the field and its button. All else unfolds on demand.

use egui::{Align, Layout, RichText, Ui};

use super::{Mode, SendBox, SendInput, addressee, parts, preview};
use crate::{
    ui::{
        action::Action,
        icons, kit,
        theme::{CONTROL_TOOL, Palette},
    },
    words::text,
};

impl SendBox {
    /// The one row above the field.
    pub(super) fn short_tools(&mut self, ui: &mut Ui, input: &SendInput<'_>, open: bool, actions: &mut Vec<Action>) {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            let mut mode = self.draft.mode();
            let modes = Mode::named();
            let select = kit::Select::new(text!("What to send"), &mut mode, &modes).quiet();
            if ui.add(select).changed() {
                self.draft.turn_into(mode, input.encoding);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.unfold(ui);
                if let Some(count) = input.repeating
                    && parts::stop_repeating(ui, count)
                {
                    actions.push(Action::StopRepeat);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if !input.reach.is_nobody() {
                        addressee::show(ui, &mut self.draft.to, &mut self.search, input.reach);
                    }
                    if !open {
                        let reason = RichText::new(input.blocked.unwrap_or_default()).color(Palette::of(ui).muted);
                        ui.add(egui::Label::new(reason).truncate());
                    }
                });
            });
        });
    }

    /// The switch between the field alone and all that belongs to sending.
    pub(super) fn unfold(&mut self, ui: &mut Ui) {
        let name = if self.unfolded {
            text!("Less: the field alone")
        } else {
            text!("More: encoding, checksum, line end, repeat")
        };
        if ui.add(kit::Button::icon(icons::SLIDERS_HORIZONTAL, name).on(self.unfolded)).clicked() {
            self.unfolded = !self.unfolded;
        }
    }

    /// Below the field, only where something is wrong or was changed.
    pub(super) fn short_note(&mut self, ui: &mut Ui, input: &SendInput<'_>) {
        let how = (self.draft.options(), self.draft.to.count(input.reach));
        let note = self.draft.note.clone();
        if note.is_some() || self.draft.ready(input.encoding).is_err() {
            preview::show(ui, self.draft.ready(input.encoding).map(|ready| &*ready), how, note.as_ref());
        }
    }
}
