//! The bar at the top: the two ways to begin, finding, theme and settings.

use egui::{Align, Context, Id, Layout, Response, Ui};

use crate::{
    ui::{
        action::{Action, Dialog},
        command::UiCommand,
        dialogs::labs::{self, LabEntry},
        icons,
        kit::{self, Button, TextField},
        preferences::ThemeChoice,
        theme::SPACE,
    },
    words::text,
};

/// Width of the find field where there is room.
const FIND: f32 = 250.0;

/// Below this the buttons of the bar have no words.
const NARROW: f32 = 560.0;
/// Below this there is no room for one more sign.
const ICONS: f32 = 36.0;

/// What the bar shows.
#[derive(Clone, Copy, Debug)]
pub struct TopBarData<'a> {
    /// The list of sessions is not beside the page: a button opens it.
    pub sessions: bool,
    /// The theme in use.
    pub theme: ThemeChoice,
    /// What lies over the window, whose button is drawn as pressed.
    pub open: Option<Dialog>,
    /// What the menu of labs lists.
    pub labs: &'a [LabEntry],
    /// What was opened last, the newest first.
    pub recent: &'a [String],
}

/// The id of the find field, for the command that moves the keyboard there.
#[must_use]
pub fn find_id() -> Id {
    Id::unique("find in journal")
}

/// Where the button Connect begins, which depends on the language; its form hangs below it.
#[must_use]
pub fn connect_left(ctx: &Context) -> f32 {
    ctx.data(|data| data.get_temp(connect_place())).unwrap_or_default()
}

fn connect_place() -> Id {
    Id::unique("left edge of connect")
}

/// Draws the bar; `find` is what is typed into the find field.
pub fn show(ui: &mut Ui, data: TopBarData<'_>, find: &mut String, actions: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        if data.sessions && icon(ui, icons::LIST, text!("Sessions"), UiCommand::ToggleSessions).clicked() {
            actions.push(Action::Run(UiCommand::ToggleSessions));
        }
        // Icons alone where the words would push the rest out.
        let narrow = ui.available_width() < NARROW;
        let tooltip = UiCommand::Listen.tooltip();
        let words = |words| if narrow { "" } else { words };
        let listen = Button::primary(icons::BROADCAST, words(text!("Listen"))).name(text!("Listen")).tooltip(&tooltip);
        if ui.add(listen).clicked() {
            actions.push(toggle(data.open, Dialog::Listen));
        }
        let tooltip = UiCommand::Connect.tooltip();
        let connect = Button::raised(icons::PLUGS, words(text!("Connect"))).name(text!("Connect")).tooltip(&tooltip);
        let connect = ui.add(connect);
        ui.data_mut(|data| data.insert_temp(connect_place(), connect.rect.left()));
        if connect.clicked() {
            actions.push(toggle(data.open, Dialog::Connect));
        }
        let tooltip = UiCommand::Labs.tooltip();
        let button =
            ui.add(Button::raised(icons::FLASK, words(text!("Labs"))).name(text!("Labs")).caret().tooltip(&tooltip));
        kit::popup_menu(&button, |ui| labs::menu(ui, data.labs, actions));
        let tooltip = text!("Open, save, recent files, help");
        let button =
            ui.add(Button::raised(icons::FILE, words(text!("File"))).name(text!("File")).caret().tooltip(tooltip));
        kit::popup_menu(&button, |ui| file_menu(ui, data.recent, actions));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon(ui, icons::GEAR_SIX, text!("Settings"), UiCommand::Settings).clicked() {
                actions.push(toggle(data.open, Dialog::Settings));
            }
            // In a very narrow window it is in the settings alone.
            if ui.available_width() < ICONS {
                return;
            }
            let (sign, name) = match data.theme {
                ThemeChoice::Light => (icons::SUN, text!("Theme: light")),
                ThemeChoice::Dark => (icons::MOON, text!("Theme: dark")),
                ThemeChoice::System => (icons::CIRCLE_HALF, text!("Theme: as the system")),
            };
            if kit::icon_button(ui, sign, name).clicked() {
                actions.push(Action::Run(UiCommand::Theme));
            }
            let width = FIND.min(ui.available_width() - SPACE);
            if width >= 96.0 {
                find_field(ui, width, find, actions);
            }
        });
    });
}

fn file_menu(ui: &mut Ui, recent: &[String], actions: &mut Vec<Action>) {
    let command = |ui: &mut Ui, command: UiCommand, actions: &mut Vec<Action>| {
        let entry = command.entry();
        let row = kit::menu_item(ui, entry.icon, entry.text, &command.keys_text()).on_hover_text(entry.tooltip);
        if row.clicked() {
            actions.push(Action::Run(command));
        }
    };
    command(ui, UiCommand::Open, actions);
    command(ui, UiCommand::ServeFolder, actions);
    command(ui, UiCommand::SaveSession, actions);
    if !recent.is_empty() {
        kit::menu_separator(ui);
        for what in recent {
            if kit::menu_item(ui, icons::CLOCK, &shortened(what), "").on_hover_text(what).clicked() {
                actions.push(Action::OpenThis(what.clone()));
            }
        }
        if kit::menu_item(ui, icons::BROOM, text!("Forget these"), "").clicked() {
            actions.push(Action::ForgetRecent);
        }
    }
    kit::menu_separator(ui);
    command(ui, UiCommand::Help, actions);
    command(ui, UiCommand::About, actions);
}

/// The end of a path says more than its beginning.
fn shortened(what: &str) -> String {
    const MOST: usize = 44;
    let length = what.chars().count();
    if length <= MOST {
        what.to_owned()
    } else {
        format!("…{}", what.chars().skip(length - MOST).collect::<String>())
    }
}

fn find_field(ui: &mut Ui, width: f32, find: &mut String, actions: &mut Vec<Action>) {
    let keys = UiCommand::Find.keys_text();
    let mut field = TextField::new(text!("Find in journal"), find)
        .hint(text!("Find in journal"))
        .icon(icons::MAGNIFYING_GLASS)
        .width(width)
        .id(find_id());
    if width >= 180.0 {
        field = field.keys(&keys);
    }
    let response = ui.add(field).on_hover_text(text!("Text, peer:127.0.0.1, event:recv, length>16"));
    if response.changed() {
        actions.push(Action::Find(find.clone()));
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) && !find.is_empty() {
        let back = ui.input(|input| input.modifiers.shift);
        actions.push(Action::Run(if back { UiCommand::FindPrevious } else { UiCommand::FindNext }));
        response.request_focus();
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) && !find.is_empty() {
        find.clear();
        actions.push(Action::Find(String::new()));
    }
}

fn icon(ui: &mut Ui, icon: &str, name: &str, command: UiCommand) -> Response {
    let keys = command.keys_text();
    let tooltip = format!("{name} · {keys}");
    ui.add(Button::icon(icon, name).tooltip(&tooltip))
}

fn toggle(open: Option<Dialog>, dialog: Dialog) -> Action {
    if open == Some(dialog) { Action::CloseDialog } else { Action::Open(dialog) }
}
