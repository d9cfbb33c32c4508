//! The same in Python: the program of one side, ready to be copied.

use egui::{Align, Label, Layout, Margin, RichText, ScrollArea, TextWrapMode, Ui};

use crate::{
    ui::{
        action::Action,
        icons,
        kit::{self, Button},
        theme::{self, Palette, SPACE_SMALL},
        views::lab::{LabPage, LabSide},
    },
    words::text,
};

/// Draws the program; `sides` are those that have one.
pub fn program(ui: &mut Ui, page: &mut LabPage, sides: &[LabSide], source: &str, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let margin = Margin { left: 16, right: 16, top: 10, bottom: 12 };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.horizontal(|ui| {
            let options: Vec<(LabSide, &str)> = sides
                .iter()
                .map(|side| match side {
                    LabSide::Listener => (*side, text!("Listener")),
                    LabSide::Client => (*side, text!("Client")),
                })
                .collect();
            if options.len() > 1 {
                kit::segmented(ui, text!("Whose program"), &mut page.program, &options);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(Button::raised(icons::COPY, text!("Copy the program"))).clicked() {
                    actions.push(Action::Copy(source.to_owned()));
                }
                let words = text!("Python 3, runs as it stands");
                ui.add(Label::new(RichText::new(words).color(palette.muted)).truncate());
            });
        });
        ui.add_space(SPACE_SMALL);
        let inside = Margin::same(12);
        kit::card_frame(ui).inner_margin(inside).show(ui, |ui| {
            theme::bars_beside(ui);
            ScrollArea::both().id_salt("program").auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
                let text = RichText::new(source.trim_end()).font(theme::mono()).color(palette.text);
                ui.add(Label::new(text).selectable(true));
            });
        });
    });
}
