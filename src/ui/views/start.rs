//! The first page: two cards that work as they stand, and three ways to see something at once.

use egui::{Align, Layout, RichText, ScrollArea, Ui, vec2};

use crate::{
    ui::{
        action::Action,
        command::UiCommand,
        forms::{
            connect_form::{self, ConnectData, ConnectForm},
            listen_form::{self, ListenData, ListenForm},
        },
        icons,
        kit::{self, Button},
        theme::{self, CONTROL_MAIN, Palette, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// Width of a card.
const CARD: f32 = 380.0;
const BETWEEN: f32 = 18.0;
const PADDING: i8 = 22;
/// Height of the page as it stands at first, for its place in the middle.
const FIRST_HEIGHT: f32 = 384.0;

/// What the page remembers between frames.
#[derive(Clone, Copy, Debug)]
pub struct StartPage {
    height: f32,
}

impl Default for StartPage {
    fn default() -> Self {
        Self { height: FIRST_HEIGHT }
    }
}

/// The two forms and what they need to know.
pub struct StartData<'a> {
    /// The form of a listener.
    pub listen: &'a mut ListenForm,
    /// What it needs to know.
    pub listen_data: ListenData<'a>,
    /// The form of a client.
    pub connect: &'a mut ConnectForm,
    /// What it needs to know.
    pub connect_data: ConnectData<'a>,
    /// How many sessions ran last time.
    pub last_time: usize,
}

/// Draws the page in the middle of what is left.
pub fn show(ui: &mut Ui, page: &mut StartPage, data: &mut StartData<'_>, actions: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("start").auto_shrink([false, false]).show(ui, |ui| {
        let room = ui.available_size();
        let beside = room.x >= 2.0 * 300.0 + BETWEEN + 2.0 * SPACE;
        let card = if beside {
            ((room.x - BETWEEN - 2.0 * theme::SPACE_LARGE) / 2.0).min(CARD)
        } else {
            (room.x - 2.0 * theme::SPACE_LARGE).clamp(240.0, CARD)
        };
        ui.add_space(((room.y - page.height) / 2.0).max(theme::SPACE_LARGE).floor());
        let top = ui.cursor().top();
        title(ui);
        ui.add_space(SPACE * 2.0);
        let whole = if beside { 2.0 * card + BETWEEN } else { card };
        let margin = ((room.x - whole) / 2.0).max(0.0).floor();
        if beside {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(margin);
                listen_card(ui, card, data.listen, data.listen_data, actions);
                ui.add_space(BETWEEN);
                connect_card(ui, card, data.connect, data.connect_data, actions);
            });
        } else {
            for connect in [false, true] {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    ui.add_space(margin);
                    if connect {
                        connect_card(ui, card, data.connect, data.connect_data, actions);
                    } else {
                        listen_card(ui, card, data.listen, data.listen_data, actions);
                    }
                });
                ui.add_space(SPACE);
            }
        }
        ui.add_space(BETWEEN - SPACE_SMALL);
        if data.last_time > 0 {
            last_time(ui, data.last_time, actions);
        }
        shortcuts(ui, room.x, actions);
        page.height = ui.cursor().top() - top;
        ui.add_space(theme::SPACE_LARGE);
    });
}

fn title(ui: &mut Ui) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        let title = text!("A socket is one end of a conversation");
        let response = ui.label(RichText::new(title).font(theme::page_title()).color(palette.text));
        kit::is_heading(&response);
        ui.add_space(SPACE_SMALL);
        let subtitle = text!("Start one end here, the other on this PC, another PC, or in any program.");
        ui.add(egui::Label::new(RichText::new(subtitle).color(palette.muted)).wrap().halign(Align::Center));
    });
}

fn card(ui: &mut Ui, width: f32, icon: &str, title: &str, subtitle: &str, content: impl FnOnce(&mut Ui)) {
    let palette = Palette::of(ui);
    kit::card_frame(ui).inner_margin(egui::Margin::same(PADDING)).show(ui, |ui| {
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.set_width(width - 2.0 * f32::from(PADDING) - 2.0);
            ui.spacing_mut().item_spacing = vec2(SPACE, SPACE_SMALL);
            let heading = ui
                .horizontal(|ui| {
                    ui.set_min_height(20.0);
                    ui.label(RichText::new(icon).font(theme::body()).color(palette.text));
                    ui.label(RichText::new(title).font(theme::card_title()).color(palette.text))
                })
                .inner;
            kit::is_heading(&heading);
            ui.label(RichText::new(subtitle).color(palette.muted));
            ui.add_space(SPACE);
            content(ui);
        });
    });
}

fn listen_card(ui: &mut Ui, width: f32, form: &mut ListenForm, data: ListenData<'_>, actions: &mut Vec<Action>) {
    let words = text!("Wait for others to connect, and answer them.");
    card(ui, width, icons::BROADCAST, text!("Listen"), words, |ui| listen_form::show(ui, form, data, actions));
}

fn connect_card(ui: &mut Ui, width: f32, form: &mut ConnectForm, data: ConnectData<'_>, actions: &mut Vec<Action>) {
    let words = text!("Reach a program that listens.");
    card(ui, width, icons::PLUGS, text!("Connect"), words, |ui| connect_form::show(ui, form, data, actions));
}

/// The button that brings back what ran last time; what that is is shown before it starts.
fn last_time(ui: &mut Ui, sessions: usize, actions: &mut Vec<Action>) {
    let words = match sessions {
        1 => text!("Start again what ran last time: 1 session…").to_owned(),
        sessions => text!("Start again what ran last time: {n} sessions…", n = sessions),
    };
    ui.vertical_centered(|ui| {
        if ui.add(Button::raised(icons::ARROW_CLOCKWISE, &words).height(CONTROL_MAIN)).clicked() {
            actions.push(Action::OfferLastTime);
        }
    });
    ui.add_space(SPACE);
}

/// The three buttons under the cards, in the middle, below each other where the page is narrow.
fn shortcuts(ui: &mut Ui, room: f32, actions: &mut Vec<Action>) {
    let try_it = text!("Try it on this PC: echo and a client, already talking");
    let browse = text!("Browse the labs");
    let serve = text!("Serve a folder of pictures");
    let mut buttons = |ui: &mut Ui| {
        if ui.add(Button::raised(icons::PLAY, try_it).height(CONTROL_MAIN)).clicked() {
            actions.push(Action::TryIt);
        }
        if ui.add(Button::raised(icons::FLASK, browse).height(CONTROL_MAIN)).clicked() {
            actions.push(Action::Run(UiCommand::Labs));
        }
        if ui.add(Button::raised(icons::FOLDER_OPEN, serve).height(CONTROL_MAIN)).clicked() {
            actions.push(Action::Run(UiCommand::ServeFolder));
        }
    };
    let wanted: f32 = [try_it, browse, serve]
        .map(|words| ui.painter().layout_no_wrap(words.to_owned(), theme::body_medium(), egui::Color32::WHITE).size().x)
        .iter()
        .sum::<f32>()
        + 3.0 * 47.0
        + 2.0 * 10.0;
    if wanted + 2.0 * SPACE <= room {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(((room - wanted) / 2.0).floor());
            ui.spacing_mut().item_spacing.x = 10.0;
            buttons(ui);
        });
    } else {
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = SPACE;
            buttons(ui);
        });
    }
}
