//! The row of view tabs, with what can be done to the chosen connection at its right end.

use egui::{Align, Color32, Layout, Ui};

use crate::{
    model::{ConnectionId, SessionId},
    ui::{
        action::Action,
        command::UiCommand,
        icons,
        kit::{self, Button},
        tab::{Shown, Tab},
        theme::{self, SPACE},
    },
    words::text,
};

/// What a tab or an action takes besides its words: the icon, the gap behind it, and the padding around both.
const BESIDE_WORDS: f32 = 46.0;
/// The padding around the words of a tab.
const BESIDE_TITLE: f32 = 24.0;
/// What an action takes without its words.
const ICON_ALONE: f32 = 34.0;

/// What the row shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct TabsData {
    /// The chosen view.
    pub chosen: Tab,
    /// What is selected.
    pub shown: Shown,
    /// The live connection that is chosen, and whether it may still be half-closed.
    pub connection: Option<(ConnectionId, bool)>,
    /// The running listener that is chosen.
    pub listener: Option<SessionId>,
    /// The session that has ended and can be started again.
    pub again: Option<SessionId>,
    /// There are facts to show; whether they stand beside the page.
    pub details: Option<bool>,
}

/// Draws the row.
pub fn show(ui: &mut Ui, data: TabsData, actions: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let tabs = || Tab::ALL.into_iter().filter(|tab| tab.fits(data.shown)).map(|tab| (tab, tab.entry()));
        let shown = tabs().map(|(_, entry)| entry.title).chain(acts(data));
        let wanted: f32 = shown.map(|words| BESIDE_WORDS + words_width(ui, words)).sum();
        let room = ui.available_width() - if data.details.is_some() { BESIDE_WORDS } else { 0.0 };
        let narrow = room < wanted;
        let titles: f32 = tabs().map(|(_, entry)| BESIDE_TITLE + words_width(ui, entry.title)).sum();
        let icons = acts(data).count() as f32 * ICON_ALONE;
        if narrow && room < titles + icons {
            // No room for a row: one choice among them.
            let options: Vec<_> = tabs().map(|(tab, entry)| (tab, entry.title)).collect();
            let mut chosen = data.chosen;
            if ui.add(kit::Select::new(text!("View"), &mut chosen, &options).quiet()).changed() {
                actions.push(Action::ShowTab(chosen));
            }
            return at_the_end(ui, data, true, actions);
        }
        for (tab, entry) in tabs() {
            let icon = (!narrow).then_some(entry.icon);
            if kit::tab(ui, icon, entry.title, tab == data.chosen).clicked() {
                actions.push(Action::ShowTab(tab));
            }
        }
        at_the_end(ui, data, narrow, actions);
    });
}

fn at_the_end(ui: &mut Ui, data: TabsData, narrow: bool, actions: &mut Vec<Action>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = SPACE / 2.0;
        if let Some(beside) = data.details {
            let tooltip = UiCommand::ToggleInspector.tooltip();
            let button = Button::icon(icons::SIDEBAR_SIMPLE, text!("Details")).on(beside).tooltip(&tooltip);
            if ui.add(button).clicked() {
                actions.push(Action::Run(UiCommand::ToggleInspector));
            }
        }
        buttons(ui, data, narrow, actions);
    });
}

/// The words of what [`buttons`] shows.
fn acts(data: TabsData) -> impl Iterator<Item = &'static str> {
    let half_close = data.connection.is_some_and(|(_, open)| open);
    [
        (data.listener.is_some(), text!("Stop")),
        (data.connection.is_some(), text!("Close")),
        (half_close, text!("Half-close")),
        (data.again.is_some(), text!("Start again")),
    ]
    .into_iter()
    .filter_map(|(there, words)| there.then_some(words))
}

fn words_width(ui: &Ui, words: &str) -> f32 {
    ui.painter().layout_no_wrap(words.to_owned(), theme::body_medium(), Color32::TRANSPARENT).size().x
}

/// What can be done to what is shown, from right to left; `narrow` leaves the words out.
pub fn buttons(ui: &mut Ui, data: TabsData, narrow: bool, actions: &mut Vec<Action>) {
    let tooltip = |command: UiCommand| command.tooltip();
    if let Some(session) = data.listener {
        let tooltip = tooltip(UiCommand::Stop);
        if ui.add(face(Button::danger, icons::STOP, text!("Stop"), narrow).tooltip(&tooltip)).clicked() {
            actions.push(Action::Stop(session));
        }
    }
    if let Some((connection, open)) = data.connection {
        let tip = tooltip(UiCommand::Close);
        if ui.add(face(Button::danger, icons::X_CIRCLE, text!("Close"), narrow).tooltip(&tip)).clicked() {
            actions.push(Action::Close(connection));
        }
        let tip = tooltip(UiCommand::HalfClose);
        let button = face(Button::quiet, icons::ARROW_LINE_RIGHT, text!("Half-close"), narrow).tooltip(&tip);
        if open && ui.add(button).clicked() {
            actions.push(Action::HalfClose(connection));
        }
    }
    if let Some(session) = data.again
        && ui.add(face(Button::quiet, icons::ARROW_CLOCKWISE, text!("Start again"), narrow)).clicked()
    {
        actions.push(Action::Restart { session, any_port: false });
    }
}

/// The button with icon and words, or with its icon alone where there is little room.
fn face<'a>(
    make: impl FnOnce(Option<&'a str>, &'a str) -> Button<'a>,
    icon: &'a str,
    words: &'a str,
    narrow: bool,
) -> Button<'a> {
    if narrow { make(Some(icon), "").name(words) } else { make(Some(icon), words) }
}
