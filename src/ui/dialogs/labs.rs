//! The lists of labs: the menu in the bar, and the dialog with a sentence on each.

use egui::{Label, Layout, RichText, Sense, Ui, UiBuilder};

use crate::{
    ui::{
        action::{Action, LabAction},
        kit,
        theme::{self, Palette, RADIUS, SPACE, SPACE_LARGE},
    },
    words::text,
};

/// What a list says of a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabEntry {
    /// Its name on the command line.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Two or three sentences.
    pub summary: &'static str,
}

/// The rows of the menu, in the order in which the labs are learnt.
pub fn menu(ui: &mut Ui, labs: &[LabEntry], actions: &mut Vec<Action>) {
    for lab in labs {
        let response = kit::menu_item_named(ui, lab.title, lab.id).on_hover_text(lab.summary);
        if response.clicked() {
            actions.push(Action::Lab(LabAction::Open(lab.id)));
        }
    }
}

/// The rows of the dialog; a click opens the lab and closes the dialog.
pub fn browse(ui: &mut Ui, labs: &[LabEntry], actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let words =
        text!("Sockets by example. Each works by itself, and against the Python program that is shown with it.");
    ui.add(Label::new(RichText::new(words).color(palette.muted)).wrap());
    ui.add_space(SPACE);
    for lab in labs {
        let response = row(ui, lab);
        if response.clicked() {
            actions.push(Action::CloseDialog);
            actions.push(Action::Lab(LabAction::Open(lab.id)));
        }
    }
}

fn row(ui: &mut Ui, lab: &LabEntry) -> egui::Response {
    let palette = Palette::of(ui);
    let under = ui.painter().add(egui::Shape::Noop);
    // The first sentence, in either language.
    let end = lab.summary.find(". ").map(|at| at + 1).or_else(|| lab.summary.find('。').map(|at| at + '。'.len_utf8()));
    let first = end.and_then(|end| lab.summary.get(..end)).unwrap_or(lab.summary);
    let builder = UiBuilder::new().sense(Sense::click()).id_salt(lab.id);
    let response = ui
        .scope_builder(builder, |ui| {
            ui.set_width(ui.available_width());
            ui.add_space(SPACE - 2.0);
            ui.horizontal(|ui| {
                ui.spacing_mut().interact_size.y = 0.0;
                ui.add_space(SPACE);
                ui.label(RichText::new(lab.title).font(theme::body_semibold()).color(palette.text));
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.add_space(SPACE);
                    ui.label(RichText::new(lab.id).font(theme::mono()).color(palette.muted));
                });
            });
            ui.horizontal_top(|ui| {
                ui.add_space(SPACE);
                let width = ui.available_width() - SPACE_LARGE;
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.add(Label::new(RichText::new(first).color(palette.muted)).wrap());
                });
            });
            ui.add_space(SPACE - 2.0);
        })
        .response;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, lab.title));
    let fill = match (response.has_focus(), response.hovered()) {
        (true, _) => Some(palette.accent_tint),
        (false, true) => Some(palette.hover),
        (false, false) => None,
    };
    if let Some(fill) = fill {
        ui.painter().set(under, egui::Shape::rect_filled(response.rect, RADIUS, fill));
    }
    response
}
