//! What was opened and starts only when the person says so: a session or a folder.

use std::path::PathBuf;

use egui::{Label, RichText, ScrollArea, Ui};

use crate::{
    model::SessionFile,
    ui::{
        action::{Action, Take},
        icons,
        kit::{self, Tone},
        theme::{self, Palette, SPACE, SPACE_SMALL},
    },
    words::{counted, text},
};

/// What is offered.
#[derive(Clone, Debug)]
pub enum Offered {
    /// A session file with its place.
    Session(PathBuf, Box<SessionFile>),
    /// What ran when the window was closed last time.
    LastTime(Box<SessionFile>),
    /// A folder, to serve.
    Folder(PathBuf),
}

/// The page while it is open.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What is offered.
    pub offered: Offered,
    /// What a session would start.
    pub lines: Vec<Line>,
}

/// One thing that would start.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is, on one line.
    pub text: String,
    /// What it would really do.
    pub remarks: Vec<Remark>,
}

/// Something that one thing would do.
#[derive(Clone, Debug)]
pub struct Remark {
    /// A warning where others can do something to this PC; bad where it is refused.
    pub tone: Tone,
    /// On one line.
    pub text: String,
}

/// The height of the list, at most.
const LIST: f32 = 400.0;
/// Things that are listed; a person reads no more of them.
const MOST: usize = 200;

/// Draws the page; a button pushes [`Action::Take`]. `room`: the height above the buttons, which stay in view.
pub fn show(ui: &mut Ui, offer: &Offer, room: f32, actions: &mut Vec<Action>) {
    let room = room.min(LIST);
    let start = ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        // The bar has a place of its own, beside the words.
        ui.set_width(ui.available_width() - SPACE);
        let start = what(ui, offer);
        kit::scroll_by_keys(ui, room);
        start
    });
    ui.add_space(SPACE);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        if let Some(words) = start.inner
            && kit::primary_button(ui, icons::PLAY, words).clicked()
        {
            actions.push(Action::Take(Take::All));
        }
        let messages = matches!(&offer.offered, Offered::Session(_, file) if !file.messages.is_empty());
        if messages && kit::button(ui, None, text!("Take the messages")).clicked() {
            actions.push(Action::Take(Take::Messages));
        }
        if kit::quiet_button(ui, None, text!("Cancel")).clicked() {
            actions.push(Action::CloseDialog);
        }
    });
}

/// What is offered, in words; gives those of the button that starts it.
fn what(ui: &mut Ui, offer: &Offer) -> Option<&'static str> {
    let palette = Palette::of(ui);
    let muted = |words: String| Label::new(RichText::new(words).color(palette.muted)).wrap();
    let (head, question) = match &offer.offered {
        Offered::Session(path, _) => (path.display().to_string(), text!("This file starts")),
        Offered::LastTime(_) => (text!("What ran last time").to_owned(), text!("This starts again")),
        Offered::Folder(path) => (
            path.display().to_string(),
            text!("Show this folder's files to others by HTTP? The listener's form says to whom."),
        ),
    };
    ui.add(Label::new(RichText::new(head).font(theme::mono()).color(palette.text)).wrap());
    ui.add_space(SPACE_SMALL);
    match &offer.offered {
        Offered::Session(_, file) | Offered::LastTime(file) => {
            if offer.lines.is_empty() {
                ui.add(muted(text!("It has saved messages alone.").to_owned()));
            } else {
                ui.add(muted(question.to_owned()));
            }
            for line in offer.lines.iter().take(MOST) {
                self::line(ui, line);
            }
            if let Some(more @ 1..) = offer.lines.len().checked_sub(MOST) {
                ui.add(muted(counted!("and {n} more", n = more as u64)));
            }
            if !file.messages.is_empty() {
                ui.add(muted(text!("Saved messages: {count}", count = file.messages.len())));
            }
            (!offer.lines.is_empty()).then_some(text!("Start all"))
        }
        Offered::Folder(_) => {
            ui.add(muted(question.to_owned()));
            Some(text!("Serve the folder"))
        }
    }
}

fn line(ui: &mut Ui, line: &Line) {
    let palette = Palette::of(ui);
    ui.add_space(SPACE_SMALL);
    ui.add(Label::new(RichText::new(&line.text).font(theme::mono()).color(palette.text)).wrap());
    for remark in &line.remarks {
        let (icon, color) = match remark.tone {
            Tone::Bad => (icons::X_CIRCLE, palette.bad),
            Tone::Warning => (icons::WARNING, palette.warning),
            Tone::Info | Tone::Good => ("–", palette.muted),
        };
        let words = RichText::new(format!("{icon} {}", remark.text)).font(theme::label()).color(color);
        ui.horizontal_top(|ui| {
            ui.add_space(SPACE);
            ui.add(Label::new(words).wrap());
        });
    }
}
