//! A question before something ends that other programs still use.

use egui::{Label, RichText, Ui};

use crate::{
    ui::{
        action::{Action, Ending},
        icons, kit,
        theme::{Palette, SPACE},
    },
    words::{counted, text},
};

/// The question while it is open.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What would end.
    pub ending: Ending,
    /// What it is called.
    pub name: String,
    /// Connections that would be closed.
    pub live: usize,
    /// The person does not want to be asked again.
    pub never: bool,
}

/// Draws the question; a button pushes [`Action::End`], or closes it.
pub fn show(ui: &mut Ui, ask: &mut Ask, actions: &mut Vec<Action>) {
    let connections = counted!("{n} connections are open and would be closed.", n = ask.live as u64);
    if !ask.name.is_empty() {
        ui.add(Label::new(RichText::new(&ask.name).color(Palette::of(ui).text)).wrap());
    }
    ui.add(Label::new(RichText::new(connections).color(Palette::of(ui).muted)).wrap());
    ui.add_space(SPACE);
    kit::checkbox(ui, &mut ask.never, text!("Do not ask again"));
    ui.add_space(SPACE);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        let (icon, words) = match ask.ending {
            Ending::Session(_) => (icons::STOP, text!("Stop")),
            Ending::Window => (icons::X, text!("Quit")),
        };
        if kit::danger_button(ui, icon, words).clicked() {
            actions.push(Action::End(ask.ending, ask.never));
        }
        if kit::quiet_button(ui, None, text!("Leave it running")).clicked() {
            actions.push(Action::CloseDialog);
        }
    });
}
