//! The page of a lab: what it shows, its two sides with their Start buttons, and the row of views below them.
//!
//! Owns what is typed into the page. The views below the row are drawn by the layer above, except the outcomes and the
//! Python program, which are here.

mod data;
mod files;
mod outcome;
mod program;
mod side;
mod steps;

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

use crate::{
    ui::{
        action::{Action, LabAction},
        frame::tabs::{self, TabsData},
        icons,
        kit::{self, Button},
        theme::{self, CONTROL_MAIN, Palette, SPACE, SPACE_SMALL, room::ROOM_FOR_SIDES},
    },
    words::text,
};

pub use data::{LabData, LabNeed, LabPage, LabSide, LabView, Place, SideData, Stand};
pub use files::{FileAnswer, FileStand, FilesData, files};
pub use outcome::{Outcome, outcomes};
pub use program::program;
pub use steps::steps;

/// Width of the button for both sides.
const BOTH: f32 = 112.0;
/// Below this the two sides stand below each other.
const BESIDE: f32 = 620.0;
/// Height that the views keep, with the row that chooses among them.
const VIEWS: f32 = 250.0;

/// Draws everything above the views, and the row that chooses among them. Of the `room` in points that all of the
/// page has, the views get their part, and what does not fit above them scrolls.
pub fn show(ui: &mut Ui, page: &mut LabPage, data: &LabData, room: f32, actions: &mut Vec<Action>) {
    let fold = Fold::of(page, data, room);
    if fold == Fold::Folded {
        heading(ui, page, data, fold, actions);
        for (side, data) in all_sides(data) {
            side::row(ui, page, (side, data), actions);
        }
    } else {
        let most = (room - VIEWS).max(room * 0.4);
        let area = ScrollArea::vertical().id_salt("lab").max_height(most).min_scrolled_height(most);
        area.auto_shrink([false, true]).show(ui, |ui| {
            // Beside the scroll bar, not under it.
            ui.set_width(ui.available_width() - SPACE);
            heading(ui, page, data, fold, actions);
            ui.add_space(SPACE_SMALL);
            ui.scope(|ui| {
                // Longer lines are hard to follow.
                ui.set_max_width(ui.available_width().min(880.0));
                let summary = RichText::new(data.summary).color(Palette::of(ui).muted);
                ui.add(Label::new(summary).selectable(true).wrap());
            });
            ui.add_space(SPACE);
            sides(ui, page, data, actions);
            ui.add_space(SPACE);
        });
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let narrow = ui.available_width() < 640.0;
        for view in &data.views {
            let (icon, words) = view.face(narrow);
            if kit::tab(ui, (!narrow).then_some(icon), words, page.view == *view).clicked() {
                page.view = *view;
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            let shown = TabsData { connection: data.connection, ..TabsData::default() };
            tabs::buttons(ui, shown, narrow, actions);
        });
    });
}

impl LabView {
    fn face(self, narrow: bool) -> (&'static str, &'static str) {
        match self {
            Self::Outcomes => (icons::LIST, text!("Outcomes")),
            Self::Files => (icons::FILE, text!("Files")),
            Self::Exchange => (icons::CHAT_TEXT, text!("Exchange")),
            Self::Ladder => (icons::ARROWS_LEFT_RIGHT, text!("Ladder")),
            Self::Stream => (icons::BINARY, text!("Stream")),
            Self::Steps => (icons::LIST, text!("Steps")),
            Self::Python if narrow => (icons::CODE, text!("Python")),
            Self::Python => (icons::CODE, text!("The same in Python")),
        }
    }
}

/// How much of the two sides is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fold {
    /// All of it; there is room for it, or nothing to read below it yet.
    Whole,
    /// All of it, where it can be folded.
    Open,
    /// How they stand, in a row each.
    Folded,
}

impl Fold {
    fn of(page: &LabPage, data: &LabData, room: f32) -> Self {
        let sides = || all_sides(data).map(|(_, side)| side);
        let runs = sides().any(SideData::is_busy);
        // Why something did not start is in view.
        let faulty = sides().any(|side| side.failure.is_some() || side.blocker.is_some());
        if !runs || faulty || room >= ROOM_FOR_SIDES {
            Self::Whole
        } else if page.open {
            Self::Open
        } else {
            Self::Folded
        }
    }
}

fn all_sides(data: &LabData) -> impl Iterator<Item = (LabSide, &SideData)> {
    let sides = [(LabSide::Listener, &data.listener), (LabSide::Client, &data.client)];
    sides.into_iter().filter_map(|(side, data)| Some((side, data.as_ref()?)))
}

fn heading(ui: &mut Ui, page: &mut LabPage, data: &LabData, fold: Fold, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(CONTROL_MAIN);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if kit::icon_button(ui, icons::X, text!("Leave this lab")).clicked() {
                actions.push(Action::Lab(LabAction::Leave));
            }
            let toggle = match fold {
                Fold::Whole => None,
                Fold::Open => Some((icons::CARET_UP, text!("Fold the two sides"))),
                Fold::Folded => Some((icons::CARET_DOWN, text!("Show the two sides"))),
            };
            if let Some((icon, name)) = toggle
                && kit::icon_button(ui, icon, name).clicked()
            {
                page.open = fold == Fold::Folded;
            }
            both(ui, page, data, actions);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = RichText::new(data.title).font(theme::page_title()).color(palette.text);
                let response = ui.add(Label::new(title).truncate());
                kit::is_heading(&response);
                let id = RichText::new(data.id).font(theme::mono()).color(palette.muted);
                ui.add(Label::new(id).truncate());
            });
        });
    });
}

/// The button that starts both sides, and stops both while one of them runs.
fn both(ui: &mut Ui, page: &mut LabPage, data: &LabData, actions: &mut Vec<Action>) {
    let (Some(listener), Some(client)) = (&data.listener, &data.client) else { return };
    if listener.is_busy() || client.is_busy() {
        // As wide in both states, so that a second click meets the same button.
        if ui.add(Button::raised(icons::STOP, text!("Stop both")).height(CONTROL_MAIN).min_width(BOTH)).clicked() {
            actions.push(Action::Lab(LabAction::StopBoth));
        }
        return;
    }
    let button = Button::primary(icons::PLAY, text!("Start both")).height(CONTROL_MAIN).min_width(BOTH);
    if ui.add(button).clicked() {
        page.tried = true;
        if page.is_ready(LabSide::Listener, listener) && page.is_ready(LabSide::Client, client) {
            page.tried = false;
            page.both = true;
            actions.push(Action::Lab(LabAction::StartBoth));
        }
    }
}

fn sides(ui: &mut Ui, page: &mut LabPage, data: &LabData, actions: &mut Vec<Action>) {
    let all = ui.available_width();
    let gap = SPACE * 1.5;
    let half = ((all - gap) / 2.0).min(520.0);
    if all < BESIDE {
        for (side, data) in all_sides(data) {
            side::card(ui, all, page, (side, data), actions);
            ui.add_space(SPACE);
        }
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (side, data) in all_sides(data) {
            side::card(ui, half, page, (side, data), actions);
        }
    });
}
