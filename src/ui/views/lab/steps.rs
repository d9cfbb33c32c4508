//! What to try in a lab, in order, and what to expect.

use egui::{Align, Label, Layout, Margin, RichText, ScrollArea, Ui, vec2};

use crate::{
    ui::{
        kit,
        theme::{self, Palette, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// The widest line that is read well.
const WIDTH: f32 = 720.0;
/// Room for the number of a step.
const NUMBER: f32 = 24.0;

/// Draws the steps, with a sentence above them while nothing runs.
pub fn steps(ui: &mut Ui, steps: &[&str], hint: Option<&str>) {
    let palette = Palette::of(ui);
    let margin = Margin { left: 16, right: 8, top: 12, bottom: 12 };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ScrollArea::vertical().id_salt("steps").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(WIDTH));
            let title = text!("What to try, and what to expect");
            let heading = ui.label(RichText::new(title).font(theme::body_semibold()).color(palette.text));
            kit::is_heading(&heading);
            if let Some(hint) = hint {
                ui.add(Label::new(RichText::new(hint).color(palette.muted)).wrap());
            }
            for (at, words) in steps.iter().enumerate() {
                ui.add_space(SPACE_SMALL);
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = SPACE;
                    ui.allocate_ui_with_layout(vec2(NUMBER, 0.0), Layout::right_to_left(Align::Min), |ui| {
                        ui.set_width(NUMBER);
                        ui.label(RichText::new(format!("{}.", at + 1)).font(theme::mono()).color(palette.muted));
                    });
                    ui.add(Label::new(RichText::new(*words).color(palette.text)).selectable(true).wrap());
                });
            }
        });
    });
}
