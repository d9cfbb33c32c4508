//! How much of a connection a view holds, said in a line, with the button that reads further back.

use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, Ui};

use crate::{
    ui::{
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette},
    },
    words::{grouped, text},
};

/// How much of a connection a view holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// `recv` and `send` calls that are here: the newest.
    pub shown: u64,
    /// All that there were.
    pub all: u64,
    /// Older ones can be read.
    pub older: bool,
    /// Older ones are not kept any more.
    pub evicted: bool,
}

impl Held {
    /// In a sentence.
    #[must_use]
    pub fn words(self) -> String {
        let (shown, all) = (grouped(self.shown), grouped(self.all));
        if self.evicted {
            text!("The newest {shown} of {all} calls; older ones are no longer kept", shown = shown, all = all)
        } else {
            text!("The newest {shown} of {all} calls; older ones are in the journal", shown = shown, all = all)
        }
    }
}

/// The line that says what a view holds, with the button that reads further back; true when that was pressed.
pub(in crate::ui::views) fn head(ui: &mut Ui, held: Held) -> bool {
    let palette = Palette::of(ui);
    let frame = Frame::new().fill(palette.panel).inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 6 });
    let panel = Panel::top(ui.scope_id().with("held")).frame(frame).resizable(false).show_separator_line(false);
    panel
        .show(ui, |ui| {
            ui.spacing_mut().interact_size.y = CONTROL_TOOL;
            ui.horizontal(|ui| {
                ui.set_min_height(CONTROL_TOOL);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let asked = held.older && kit::quiet_button(ui, icons::CARET_UP, text!("Show older")).clicked();
                    let words = RichText::new(held.words()).font(theme::body()).color(palette.muted);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(words).truncate()));
                    asked
                })
                .inner
            })
            .inner
        })
        .inner
}
