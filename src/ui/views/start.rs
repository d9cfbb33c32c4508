//! The first page: two cards that work as they stand, and three ways to see something at once.

use egui::{
    Align, Align2, CornerRadius, Layout, Response, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use crate::{
    ui::{
        action::{Action, Dialog},
        command::UiCommand,
        forms::{
            connect_form::{self, ConnectData, ConnectForm},
            listen_form::{self, ListenData, ListenForm},
        },
        icons,
        kit::{self, Button},
        theme::{self, CONTROL_MAIN, Palette, SPACE, SPACE_SMALL},
    },
    words::{counted, text},
};

/// Width of a card.
const CARD: f32 = 380.0;
const BETWEEN: f32 = 18.0;
const PADDING: i8 = 20;
/// Room for the scroll bar of the fields.
const BAR: i8 = 8;
/// The narrowest card that a form is filled in well in.
const NARROWEST: f32 = 300.0;
/// Height of a card with the usual fields.
const CARD_HEIGHT: f32 = 298.0;
/// What of a page's height the fields of a card do not have: its margins, its heading, its buttons.
const AROUND_FIELDS: f32 = 186.0;
/// Height of the title with the line below it.
const TITLE_HEIGHT: f32 = 68.0;
/// Height of a beginning.
const BEGINNING: f32 = 56.0;
/// The narrowest beginning.
const LEAST_BEGINNING: f32 = 204.0;
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

/// What the page has room for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Both forms, beside each other.
    Beside,
    /// Both forms, the second one below.
    Below,
    /// No form whole: every beginning is a button, and the forms are in dialogs, whose main button is always in view.
    Buttons,
}

impl Fit {
    fn of(room: Vec2) -> Self {
        if room.x >= 2.0 * NARROWEST + BETWEEN + 2.0 * SPACE && room.y >= CARD_HEIGHT + 2.0 * theme::SPACE_LARGE {
            Self::Beside
        } else if room.x >= NARROWEST + 2.0 * SPACE
            && room.y >= 2.0 * CARD_HEIGHT + TITLE_HEIGHT + 3.0 * theme::SPACE_LARGE
        {
            Self::Below
        } else {
            Self::Buttons
        }
    }
}

/// Draws the page in the middle of what is left.
pub fn show(ui: &mut Ui, page: &mut StartPage, data: &mut StartData<'_>, actions: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("start").auto_shrink([false, false]).show(ui, |ui| {
        let room = ui.available_size();
        let fit = Fit::of(room);
        let titled = room.y >= CARD_HEIGHT + TITLE_HEIGHT + BEGINNING + 3.0 * theme::SPACE_LARGE;
        ui.add_space(((room.y - page.height) / 2.0).clamp(SPACE, 240.0).floor());
        let top = ui.cursor().top();
        if titled {
            title(ui);
            ui.add_space(SPACE * 2.0);
        }
        let card = match fit {
            Fit::Beside => ((room.x - BETWEEN - 2.0 * theme::SPACE_LARGE) / 2.0).min(CARD),
            Fit::Below => (room.x - 2.0 * theme::SPACE_LARGE).min(CARD),
            Fit::Buttons => (room.x - 2.0 * theme::SPACE_LARGE).min(2.0 * CARD + BETWEEN),
        };
        // What grows scrolls in the card, so that its button stays in view.
        let fields = Some((room.y - AROUND_FIELDS).max(CARD_HEIGHT - AROUND_FIELDS));
        data.listen_data.room = fields;
        data.connect_data.room = fields;
        let whole = if fit == Fit::Beside { 2.0 * card + BETWEEN } else { card };
        let margin = ((room.x - whole) / 2.0).max(0.0).floor();
        match fit {
            Fit::Beside => {
                in_the_middle(ui, margin, |ui| {
                    listen_card(ui, card, data.listen, data.listen_data, actions);
                    ui.add_space(BETWEEN);
                    connect_card(ui, card, data.connect, data.connect_data, actions);
                });
                ui.add_space(BETWEEN - SPACE_SMALL);
            }
            Fit::Below => {
                in_the_middle(ui, margin, |ui| listen_card(ui, card, data.listen, data.listen_data, actions));
                ui.add_space(SPACE);
                in_the_middle(ui, margin, |ui| connect_card(ui, card, data.connect, data.connect_data, actions));
                ui.add_space(BETWEEN - SPACE_SMALL);
            }
            Fit::Buttons => {}
        }
        if data.last_time > 0 {
            last_time(ui, data.last_time, actions);
        }
        beginnings(ui, (margin, whole), fit == Fit::Buttons, actions);
        page.height = ui.cursor().top() - top;
        ui.add_space(theme::SPACE_LARGE);
    });
}

fn in_the_middle(ui: &mut Ui, margin: f32, content: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(margin);
        content(ui);
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
    // The fields leave room for their own scroll bar at the right.
    let margin = egui::Margin { left: PADDING, right: PADDING - BAR, top: PADDING, bottom: PADDING };
    kit::card_frame(ui).inner_margin(margin).show(ui, |ui| {
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.set_width(width - 2.0 * f32::from(PADDING) + f32::from(BAR) - 2.0);
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
    let words = text!("Wait for others, and answer them.");
    card(ui, width, icons::BROADCAST, text!("Listen"), words, |ui| listen_form::show(ui, form, data, actions));
}

fn connect_card(ui: &mut Ui, width: f32, form: &mut ConnectForm, data: ConnectData<'_>, actions: &mut Vec<Action>) {
    let words = text!("Reach a program that listens.");
    card(ui, width, icons::PLUGS, text!("Connect"), words, |ui| connect_form::show(ui, form, data, actions));
}

/// The button that brings back what ran last time; what that is is shown before it starts.
fn last_time(ui: &mut Ui, sessions: usize, actions: &mut Vec<Action>) {
    let words = counted!("Start again what ran last time: {n} sessions…", n = sessions as u64);
    ui.vertical_centered(|ui| {
        if ui.add(Button::raised(icons::ARROW_CLOCKWISE, &words).height(CONTROL_MAIN)).clicked() {
            actions.push(Action::OfferLastTime);
        }
    });
    ui.add_space(SPACE);
}

/// The other ways to begin, each with one line; with the forms among them where these have no room.
fn beginnings(ui: &mut Ui, (margin, width): (f32, f32), forms: bool, actions: &mut Vec<Action>) {
    let mut all = Vec::new();
    if forms {
        let listen = (icons::BROADCAST, text!("Listen…"), text!("Wait for others, and answer them."));
        let connect = (icons::PLUGS, text!("Connect…"), text!("Reach a program that listens."));
        all.push((listen, Action::Open(Dialog::Listen)));
        all.push((connect, Action::Open(Dialog::Connect)));
    }
    let try_it = (icons::PLAY, text!("Try it on this PC"), text!("Two ends, already talking"));
    let labs = (icons::FLASK, text!("Browse the labs"), text!("Sixteen small experiments"));
    let serve = (icons::FOLDER_OPEN, text!("Serve a folder"), text!("Pictures and files over HTTP"));
    all.push((try_it, Action::TryIt));
    all.push((labs, Action::Run(UiCommand::Labs)));
    all.push((serve, Action::Run(UiCommand::ServeFolder)));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one to three columns")]
    let columns = ((width / LEAST_BEGINNING) as usize).clamp(1, 3);
    let gap = theme::GAP;
    let each = ((width - gap * (columns - 1) as f32) / columns as f32).floor();
    for row in all.chunks(columns) {
        in_the_middle(ui, margin, |ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for ((icon, title, line), action) in row {
                if beginning(ui, each, icon, title, line).clicked() {
                    actions.push(action.clone());
                }
            }
        });
        ui.add_space(gap - SPACE_SMALL);
    }
}

/// A card that is pressed.
fn beginning(ui: &mut Ui, width: f32, icon: &str, title: &str, line: &str) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, BEGINNING), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), title));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(line));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let (fill, edge) =
        if response.hovered() { (palette.hover, palette.line_strong) } else { (palette.raised, palette.line) };
    let corners = CornerRadius::same(theme::RADIUS_BUBBLE);
    ui.painter().rect(rect, corners, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, corners, Stroke::new(theme::FOCUS_RING, palette.accent), StrokeKind::Inside);
    }
    let painter = ui.painter();
    let left = rect.left() + 14.0;
    let color = palette.text;
    painter.text(pos2(left + 8.0, rect.center().y), Align2::CENTER_CENTER, icon, theme::icon(20.0), color);
    let words = left + 28.0;
    let room = rect.right() - SPACE - words;
    for (text, font, color, y) in [
        (title, theme::body_medium(), palette.text, rect.center().y - 9.0),
        (line, theme::small(), palette.muted, rect.center().y + 9.0),
    ] {
        let rich = RichText::new(text).font(font).color(color);
        let galley = egui::WidgetText::from(rich).into_galley(
            ui,
            Some(egui::TextWrapMode::Truncate),
            room,
            egui::FontSelection::Default,
        );
        ui.painter().galley(pos2(words, y - galley.size().y / 2.0), galley, color);
    }
    response
}
