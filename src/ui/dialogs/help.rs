//! Help: every key, the ideas behind sockets in a sentence each, and the labs.

use egui::{Label, RichText, Ui};

use crate::{
    ui::{
        action::Action,
        command::UiCommand,
        dialogs::labs::{self, LabEntry},
        kit::{self, form},
        theme::{self, Palette, SPACE},
    },
    words::text,
};

/// Below this width the keys stand in one column.
const TWO_COLUMNS: f32 = 440.0;

/// A part of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Every key at a glance.
    #[default]
    Keys,
    /// What the words mean.
    Ideas,
    /// Where to begin.
    Labs,
}

/// The page while it is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct HelpPage {
    part: Part,
}

/// Draws the chosen part.
pub fn show(ui: &mut Ui, page: &mut HelpPage, labs: &[LabEntry], actions: &mut Vec<Action>) {
    let parts = [(Part::Keys, text!("Keys")), (Part::Ideas, text!("Ideas")), (Part::Labs, text!("Labs"))];
    kit::segmented(ui, text!("Part of the help"), &mut page.part, &parts);
    ui.add_space(SPACE);
    match page.part {
        Part::Keys => keys(ui),
        Part::Ideas => ideas(ui),
        Part::Labs => labs::browse(ui, labs, actions),
    }
}

/// The list of keys in columns, made from the command table.
fn keys(ui: &mut Ui) {
    let commands: Vec<(String, String)> = UiCommand::all()
        .filter(|command| !matches!(command, UiCommand::Session(2..)))
        .filter(|command| !command.keys_text().is_empty())
        .map(|command| match command {
            UiCommand::Session(_) => (text!("Go to session 1 to 9").to_owned(), format!("{}…9", command.keys_text())),
            _ => (command.entry().text.trim_end_matches('…').to_owned(), command.keys_text()),
        })
        .chain([
            (
                text!("In the send box: put saved message 1 to 9 into it").to_owned(),
                UiCommand::Session(1).keys_text() + "…9",
            ),
            (text!("Next field").to_owned(), "Tab".to_owned()),
            (text!("Older and newer text in the send box").to_owned(), "↑ ↓".to_owned()),
            (text!("Break the line in the send box").to_owned(), "Shift Enter".to_owned()),
            (text!("Close what lies over the window").to_owned(), "Esc".to_owned()),
            (text!("Older and newer picture, in the viewer").to_owned(), "← →".to_owned()),
            (text!("Zoom in, out, original size, fit").to_owned(), "+ − 1 0".to_owned()),
            (text!("Move the picture").to_owned(), "Shift ← ↑ ↓ →".to_owned()),
            (text!("Pause an animation; single frames").to_owned(), "Space , .".to_owned()),
        ])
        .collect();
    let palette = Palette::of(ui);
    let columns = if ui.available_width() < TWO_COLUMNS { 1 } else { 2 };
    let half = (ui.available_width() - 3.0 * SPACE * (columns - 1) as f32) / columns as f32;
    let (left, right) = commands.split_at(commands.len().div_ceil(columns));
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0 * SPACE;
        for column in [left, right].into_iter().filter(|column| !column.is_empty()) {
            form::column(ui, half, |ui| {
                for (words, keys) in column {
                    ui.horizontal(|ui| {
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            kit::key_cap(ui, keys);
                            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                                let words = RichText::new(words).font(theme::body()).color(palette.text);
                                ui.add(Label::new(words).truncate());
                            });
                        });
                    });
                }
            });
        }
    });
}

/// A word and a sentence on it, in the order in which one meets them.
fn ideas(ui: &mut Ui) {
    let ideas = [
        (
            text!("Socket"),
            text!(
                "One end of a conversation, as the system gives it to a program: a number to read from and write to."
            ),
        ),
        (
            text!("Name"),
            text!(
                "Where a socket is: address and port. The local name is this end, the peer name the other one. A connection is a pair of names."
            ),
        ),
        (
            text!("Port"),
            text!(
                "A number from 1 to 65535 that tells programs on one PC apart. Port 0 asks the system for a free one."
            ),
        ),
        (
            text!("Listener"),
            text!(
                "A socket that waits to be called. Every accepted call gives it a new socket, for that caller alone."
            ),
        ),
        (text!("Client"), text!("The end that calls. The system picks its port.")),
        (
            text!("Handshake"),
            text!(
                "Three packets (SYN, SYN ACK, ACK) with which TCP agrees before any byte goes. The system does it, also before the program accepts."
            ),
        ),
        (
            text!("Backlog"),
            text!("The queue of callers whose handshake is done and whom the program has not accepted yet."),
        ),
        (
            text!("Stream"),
            text!(
                "What TCP carries: bytes in order, without borders. Two sends may come as one recv, and one send as many."
            ),
        ),
        (
            text!("Datagram"),
            text!("What UDP carries: messages that arrive whole, twice, in another order, or not at all."),
        ),
        (
            text!("send and recv"),
            text!(
                "The calls that hand bytes to the system and take them from it. Each one is a record in the journal."
            ),
        ),
        (
            text!("Half-close"),
            text!(
                "FIN: this end has said everything and still hears. Both ends have to say so until a connection is closed."
            ),
        ),
        (
            text!("Reset"),
            text!(
                "RST: the connection is gone at once, and what was on its way is lost. A closed port answers with it as well."
            ),
        ),
        (
            text!("Loopback"),
            text!("127.0.0.1 and ::1: this PC alone. For another PC, listen at this PC's address in the network."),
        ),
        (text!("Responder"), text!("What answers at a listener here: echo, a page, a dialog, or you by hand.")),
    ];
    let palette = Palette::of(ui);
    for (word, sentence) in ideas {
        ui.label(RichText::new(word).font(theme::body_semibold()).color(palette.text));
        ui.add(Label::new(RichText::new(sentence).font(theme::body()).color(palette.muted)).wrap());
        ui.add_space(SPACE);
    }
}
