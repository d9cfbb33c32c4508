//! How messages are shown: as text or hex, with which colours, and what belongs into one bubble. Chosen in the row of tools
//! above the conversation and kept between runs.

use egui::{Align, Frame, Layout, Margin, Panel, Ui};
use serde::{Deserialize, Serialize};

use crate::{
    ui::{
        icons, kit,
        theme::{CONTROL_TOOL, Palette, SPACE_SMALL},
        views::shared::marks::Ansi,
    },
    words::text,
};

/// What of a message is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Its text; hex where it is none.
    #[default]
    Text,
    /// Its bytes in hex.
    Hex,
    /// Its text with its bytes below.
    Both,
}

/// When several calls are one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// They follow each other within 50 ms.
    #[default]
    Pause,
    /// A line goes on until its end; each line is a message.
    Line,
    /// Never: each call is a message.
    Never,
}

/// All of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// For messages for which nothing else was chosen.
    pub form: Form,
    /// What becomes of the colours of a terminal.
    pub ansi: Ansi,
    /// What belongs together.
    pub rule: Rule,
}

/// The row of tools: at its left what `before` draws, at its right the choices.
pub(super) fn tools(ui: &mut Ui, look: &mut Look, before: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().fill(Palette::of(ui).panel).inner_margin(Margin::symmetric(12, 6));
    Panel::top(ui.scope_id().with("conversation tools")).resizable(false).frame(frame).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            ui.set_min_height(CONTROL_TOOL);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = SPACE_SMALL;
                choices(ui, look, true);
                ui.with_layout(Layout::left_to_right(Align::Center), before);
            });
        });
    });
}

/// `calls`: what is one message is a choice.
pub(super) fn choices(ui: &mut Ui, look: &mut Look, calls: bool) {
    let name = text!("What is one message, and what of it is shown");
    let more = ui.add(kit::Button::icon(icons::SLIDERS_HORIZONTAL, name));
    kit::popup_menu(&more, |ui| {
        if calls {
            rules(ui, &mut look.rule);
            kit::menu_separator(ui);
        }
        colours(ui, &mut look.ansi);
    });
    let forms = [(Form::Text, text!("Text")), (Form::Hex, text!("Hex")), (Form::Both, text!("Both"))];
    kit::segmented(ui, text!("Messages as"), &mut look.form, &forms);
}

fn rules(ui: &mut Ui, rule: &mut Rule) {
    kit::section_title(ui, text!("One message is"));
    for (choice, words) in [
        (Rule::Pause, text!("What comes without a pause (50 ms)")),
        (Rule::Line, text!("A line, to its line feed")),
        (Rule::Never, text!("One call, never more")),
    ] {
        choose(ui, rule, choice, words);
    }
}

/// The rows of a menu for the colours of a terminal.
pub(super) fn colours(ui: &mut Ui, ansi: &mut Ansi) {
    kit::section_title(ui, text!("Colours of a terminal (ANSI)"));
    for (choice, words) in [
        (Ansi::Bytes, text!("Show their bytes")),
        (Ansi::Colours, text!("Show the colours")),
        (Ansi::Hidden, text!("Leave them out")),
    ] {
        choose(ui, ansi, choice, words);
    }
}

/// The rows of a menu for the form of a message.
pub(super) fn forms(ui: &mut Ui, form: &mut Form) {
    for (choice, words) in
        [(Form::Text, text!("As text")), (Form::Hex, text!("As hex")), (Form::Both, text!("As text and hex"))]
    {
        choose(ui, form, choice, words);
    }
}

fn choose<T: PartialEq>(ui: &mut Ui, value: &mut T, choice: T, words: &str) {
    let row = kit::menu_choice(ui, *value == choice, words, "");
    if row.clicked() {
        *value = choice;
    }
}
