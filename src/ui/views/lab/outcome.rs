//! How several attempts ended, side by side or in a list.

use egui::{Align, Label, Layout, Margin, RichText, ScrollArea, Ui, vec2};

use crate::{
    model::Failure,
    ui::{
        action::{Action, LabAction, Selection},
        icons,
        kit::{self, Tone, form},
        theme::{self, Palette, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// Narrower than this a card does not get.
const CARD: f32 = 260.0;
const LABEL: f32 = 76.0;
/// Width of the button at the end of a row, kept free where there is none.
const SHOW: f32 = 56.0;

/// One attempt.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// `a wrong port`, or a number in a crowd.
    pub title: String,
    /// Whom it calls.
    pub address: String,
    /// How it is meant.
    pub tone: Tone,
    /// In a few words.
    pub words: String,
    /// How long it took, in words; empty while it lasts.
    pub took: String,
    /// The error, where it failed.
    pub failure: Option<Failure>,
    /// Where its messages are.
    pub shows: Option<Selection>,
}

/// Draws the attempts: up to four as cards beside each other, more as a list.
pub fn outcomes(ui: &mut Ui, outcomes: &[Outcome], hint: &str, actions: &mut Vec<Action>) {
    let margin = Margin { left: 16, right: 8, top: 12, bottom: 12 };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ScrollArea::vertical().id_salt("outcomes").auto_shrink([false, false]).show(ui, |ui| {
            // Beside the scroll bar, not under it.
            ui.set_width(ui.available_width() - SPACE);
            let color = Palette::of(ui).muted;
            ui.add(Label::new(RichText::new(hint).color(color)).selectable(true).wrap());
            ui.add_space(SPACE);
            if outcomes.is_empty() {
                ui.add_space((ui.available_height() / 4.0).floor());
                let hint = text!("Start the client, and each attempt stands here with how it ended.");
                kit::empty_state(ui, icons::FLASK, text!("Nothing was tried yet"), hint);
            } else if outcomes.len() > 4 {
                ui.spacing_mut().item_spacing.y = 0.0;
                for outcome in outcomes {
                    row(ui, outcome, actions);
                }
            } else {
                cards(ui, outcomes);
            }
        });
    });
}

fn cards(ui: &mut Ui, outcomes: &[Outcome]) {
    let gap = SPACE * 1.5;
    let all = ui.available_width();
    // As many beside each other as are still readable.
    let fitting = (1..=outcomes.len()).rev().find(|count| (all + gap) / *count as f32 >= CARD + gap).unwrap_or(1);
    let width = ((all + gap) / fitting as f32 - gap).min(400.0);
    for some in outcomes.chunks(fitting) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing = vec2(gap, gap);
            for outcome in some {
                kit::card_frame(ui).inner_margin(Margin::same(14)).show(ui, |ui| {
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.set_width(width - 30.0);
                        ui.spacing_mut().item_spacing = vec2(SPACE, SPACE_SMALL);
                        card(ui, outcome);
                    });
                });
            }
        });
        ui.add_space(gap);
    }
}

fn card(ui: &mut Ui, outcome: &Outcome) {
    let palette = Palette::of(ui);
    ui.label(RichText::new(form::capitalised(&outcome.title)).font(theme::card_title()).color(palette.text));
    let address = RichText::new(&outcome.address).font(theme::mono()).color(palette.muted);
    ui.add(Label::new(address).selectable(true).truncate());
    ui.add_space(SPACE_SMALL);
    kit::notice(ui, outcome.tone, &outcome.words);
    ui.add_space(SPACE_SMALL);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if !outcome.took.is_empty() {
            kit::key_value(ui, LABEL, text!("Time"), outcome.took.as_str());
        }
        let Some(failure) = &outcome.failure else { return };
        kit::key_value(ui, LABEL, text!("Error"), failure.name());
        if let Some(numbers) = failure.numbers() {
            kit::key_value(ui, LABEL, text!("Linux"), numbers.linux.to_string());
            kit::key_value(ui, LABEL, text!("Windows"), numbers.windows.to_string());
        }
    });
    let hint = outcome.failure.as_ref().map(Failure::hint).filter(|hint| !hint.is_empty());
    if let Some(hint) = hint {
        ui.add_space(SPACE_SMALL);
        ui.label(RichText::new(text!("What to check next")).font(theme::caption()).color(palette.muted));
        let hint = RichText::new(form::capitalised(&hint)).color(palette.text);
        ui.add(Label::new(hint).selectable(true).wrap());
    }
}

fn row(ui: &mut Ui, outcome: &Outcome, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let (color, filled) = match outcome.tone {
        Tone::Good => (palette.good, true),
        Tone::Warning => (palette.warning, true),
        Tone::Bad => (palette.bad, true),
        Tone::Info => (palette.faint, false),
    };
    let size = vec2(ui.available_width(), theme::TABLE_ROW);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().interact_size.y = theme::TABLE_ROW;
        // The words in the row say the same.
        kit::status_dot(ui, color, filled, "");
        for (words, width) in [(&outcome.title, 88.0), (&outcome.address, 176.0)] {
            ui.scope(|ui| {
                ui.set_min_width(width);
                ui.set_max_width(width);
                let font = if width > 100.0 { theme::mono() } else { theme::body() };
                ui.add(Label::new(RichText::new(words).font(font).color(palette.text)).truncate());
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = text!("Show client {n}", n = outcome.title);
            let button = kit::Button::quiet(None, text!("Show")).name(&words);
            match outcome.shows {
                Some(selection) if ui.add(button.min_width(SHOW)).clicked() => {
                    actions.push(Action::Lab(LabAction::Show(selection)));
                }
                Some(_) => {}
                None => {
                    ui.allocate_exact_size(vec2(SHOW, 1.0), egui::Sense::hover());
                }
            }
            ui.label(RichText::new(&outcome.took).font(theme::mono()).color(palette.muted));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(&outcome.words).color(palette.text)).selectable(true).truncate());
            });
        });
    });
}
