//! Menus under a button and under the pointer, and their rows.

use egui::{
    Color32, CornerRadius, FontId, Id, Key, Popup, Pos2, Rect, Response, Role, ScrollArea, Sense, SetOpenCommand, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{focus_ring, line, list::asks_for_menu, put, put_icon, spoken};
use crate::ui::theme::{self, CONTROL, Palette, RADIUS, SPACE, TOP_BAR};

const ICON: f32 = 16.0;
const BETWEEN: f32 = 24.0;

/// Opens and closes `content` below `button` when that is clicked; a click in it or beside it closes it. Opened by a key,
/// it takes the keyboard to its first row; Escape gives it back to the button.
pub fn popup_menu<R>(button: &Response, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let id = Popup::default_response_id(button);
    let was_open = Popup::is_id_open(&button.ctx, id);
    button.ctx.accesskit_node_builder(button.id, |node| {
        node.set_has_popup(egui::accesskit::HasPopup::Menu);
        node.set_expanded(was_open);
    });
    // Not `has_focus`, which is false where the system gives no window the keyboard.
    if button.clicked() && button.ctx.memory(|memory| memory.has_focus(button.id)) && !was_open {
        button.ctx.data_mut(|data| data.insert_temp(takes_keyboard(), true));
    }
    let shown =
        Popup::menu(button).gap(4.0).style(theme::menu_style).show(|ui| within(ui, content)).map(|shown| shown.inner);
    if was_open && !Popup::is_id_open(&button.ctx, id) && button.ctx.input(|input| input.key_pressed(Key::Escape)) {
        button.request_focus();
    }
    shown
}

/// A menu that is higher than the window scrolls.
fn within<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    // Below the bar at the top, or above the one at the bottom.
    let room = (ui.ctx().content_rect().height() - 2.0 * TOP_BAR).max(3.0 * CONTROL);
    ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, content).inner
}

/// Where it is noted that the next row that is drawn takes the keyboard.
fn takes_keyboard() -> Id {
    Id::unique("menu takes the keyboard")
}

/// A raised button with a caret and the menu below it.
pub fn menu<'a, R>(
    ui: &mut Ui,
    icon: impl Into<Option<&'a str>>,
    text: &'a str,
    content: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    let response = ui.add(super::Button::raised(icon, text).caret());
    popup_menu(&response, content)
}

/// Opens `content` at the pointer when `response` is clicked with the second button, and below it when it has the keyboard
/// and the menu key or Shift+F10 is pressed; then the first row gets the keyboard.
pub fn context_menu<R>(response: &Response, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let asked =
        MenuAsked { clicked: response.secondary_clicked(), by_key: asks_for_menu(response).then_some(response.rect) };
    context_menu_of(response, asked, response.id, content)
}

/// How the menu of a row was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MenuAsked {
    /// With the second button of the pointer, where that is.
    pub clicked: bool,
    /// With a key, for the row in this place.
    pub by_key: Option<Rect>,
}

/// [`context_menu`] of a row in a list that has the keyboard in its place: `keyboard` gets it back.
pub fn context_menu_of<R>(
    response: &Response,
    asked: MenuAsked,
    keyboard: Id,
    content: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    let id = Popup::default_response_id(response);
    let place = id.with("opened by a key");
    let was_open = Popup::is_id_open(&response.ctx, id);
    response.ctx.data_mut(|data| {
        if let Some(row) = asked.by_key {
            data.insert_temp(place, row.left_bottom());
            data.insert_temp(takes_keyboard(), true);
        } else if asked.clicked {
            data.remove_temp::<Pos2>(place);
        }
    });
    let mut popup = Popup::context_menu(response).style(theme::menu_style);
    if asked.by_key.is_some() || asked.clicked {
        popup = popup.open_memory(Some(SetOpenCommand::Bool(true)));
    }
    if let Some(at) = response.ctx.data(|data| data.get_temp::<Pos2>(place)) {
        popup = popup.at_position(at);
    }
    let shown = popup.show(|ui| within(ui, content)).map(|shown| shown.inner);
    let is_open = Popup::is_id_open(&response.ctx, id);
    if was_open && !is_open && response.ctx.input(|input| input.key_pressed(Key::Escape)) {
        response.ctx.memory_mut(|memory| memory.request_focus(keyboard));
    }
    shown
}

/// One row of a menu: icon (or an empty column), text, and the keys that do the same (or nothing).
pub fn menu_item<'a>(ui: &mut Ui, icon: impl Into<Option<&'a str>>, text: &str, keys: &str) -> Response {
    item(ui, (icon.into(), true), text, (keys, theme::small()))
}

/// One row of a menu with a name in mono at its right end, the one that a command line takes.
pub fn menu_item_named(ui: &mut Ui, text: &str, name: &str) -> Response {
    item(ui, (None, false), text, (name, theme::mono()))
}

/// One of several rows of which one holds, with its value in mono at its right end.
pub fn menu_choice(ui: &mut Ui, chosen: bool, text: &str, value: &str) -> Response {
    let icon = chosen.then_some(crate::ui::icons::CHECK);
    let response = item(ui, (icon, true), text, (value, theme::mono()));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(egui::accesskit::Role::MenuItemRadio);
        node.set_toggled(chosen.into());
        node.set_value(value);
    });
    response
}

/// `reserve`: the column of icons is there, even where this row has none.
fn item(ui: &mut Ui, (icon, reserve): (Option<&str>, bool), text: &str, (keys, keys_font): (&str, FontId)) -> Response {
    let palette = Palette::of(ui);
    let indent = if reserve { ICON + SPACE } else { 0.0 };
    // In a window that is narrower the keys give way before the words.
    let room = (ui.ctx().content_rect().width() - 6.0 * SPACE - indent).max(CONTROL);
    let label = line(ui, text, theme::body(), Color32::PLACEHOLDER, room);
    let keys_galley = line(ui, keys, keys_font, palette.muted, f32::INFINITY);
    let has_keys = !keys.is_empty() && label.size().x + keys_galley.size().x + BETWEEN <= room;
    let keys_width = if has_keys { keys_galley.size().x.ceil() + BETWEEN } else { 0.0 };
    let wanted = indent + 2.0 * SPACE + label.size().x.ceil() + keys_width;
    let width = if ui.layout().horizontal_justify() && !ui.is_sizing_pass() {
        wanted.max(ui.available_width())
    } else {
        wanted
    };
    let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL), Sense::click());
    // A popup closes on a click of the pointer; Enter on a row must close it too.
    if response.clicked() {
        ui.close();
    }
    if !ui.is_sizing_pass() && ui.data_mut(|data| data.remove_temp::<bool>(takes_keyboard())).is_some() {
        response.request_focus();
    }
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, ui.is_enabled(), spoken(text)));
    if ui.is_rect_visible(rect) {
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, CornerRadius::same(RADIUS - 2), palette.hover);
        }
        focus_ring(ui, &response, rect, palette.accent);
        let y = rect.center().y;
        let mut x = rect.left() + SPACE;
        if let Some(icon) = icon {
            put_icon(ui, icon, pos2(x + ICON / 2.0, y), ICON, palette.muted);
        }
        x += indent;
        let top = y - label.size().y / 2.0;
        ui.painter().galley(pos2(x, top), label, palette.text);
        if has_keys {
            let right = rect.right() - SPACE - keys_galley.size().x;
            put(ui, keys_galley, right, y);
        }
    }
    response
}

/// A line between groups of rows, with room around it.
pub fn menu_separator(ui: &mut Ui) {
    let palette = Palette::of(ui);
    let width = if ui.is_sizing_pass() { 0.0 } else { ui.available_width() };
    let (rect, _) = ui.allocate_exact_size(vec2(width, SPACE + 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, palette.line));
}
