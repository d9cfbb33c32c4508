//! The few controls and decorations every view is made of: data in, [`egui::Response`] out.
//!
//! They know the theme and egui, nothing of sockets. Texts come in translated. Controls are as high as
//! `ui.spacing().interact_size.y` ([`theme::CONTROL`] unless a tool row sets it lower), show the keyboard focus
//! with the accent ring, and carry a name for the screen reader and for tests; private-use characters (icons)
//! within a text are left out of that name.

mod button;
mod field;
pub mod form;
mod list;
mod menu;
mod show;
mod told;
mod wave;

pub use button::{Button, button, choice, danger_button, icon_button, primary_button, quiet_button, segmented, tab};
pub use field::{Select, TextField, checkbox, field, field_label, field_message, select, text_area, text_field};
pub use list::{ListKeys, Rows, Step, is_at, is_list, is_row, list_keys, list_ring};
pub use menu::{
    MenuAsked, context_menu, context_menu_of, menu, menu_choice, menu_item, menu_item_named, menu_separator, popup_menu,
};
pub use show::{
    Tone, badge, card, card_frame, copy_card, empty_state, key_cap, key_value, key_words, notice, progress,
    scroll_by_keys, section_title, sign, small_card, status_dot,
};
pub use told::{is_group, is_heading, is_one_of};
pub use wave::wave_under;

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, FontId, Galley, Pos2, Rect, Response, RichText, Stroke, StrokeKind, TextWrapMode, Ui,
    WidgetText, pos2,
};

use super::theme::{self, FOCUS_RING, Palette, RADIUS};

/// The text without icons and without the spaces that kept them apart.
fn spoken(text: &str) -> String {
    text.chars()
        .filter(|character| !('\u{e000}'..='\u{f8ff}').contains(character))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// One line of text that ends with `…` where it would be wider than `max_width`.
fn line(ui: &Ui, text: &str, font: FontId, color: Color32, max_width: f32) -> Arc<Galley> {
    let rich = RichText::new(text).font(font).color(color);
    WidgetText::from(rich).into_galley(ui, Some(TextWrapMode::Truncate), max_width, egui::FontSelection::Default)
}

/// Paints a galley with its left edge at `left` and its row centred on `center_y`.
///
/// The rows of text and of icons are both centred on the capitals, so what shares a `center_y` shares an optical line.
fn put(ui: &Ui, galley: Arc<Galley>, left: f32, center_y: f32) {
    let top = center_y - galley.size().y / 2.0;
    ui.painter().galley(pos2(left, top), galley, ui.visuals().text_color());
}

/// Paints one icon centred on a point; `size` is the height of the glyph's square.
fn put_icon(ui: &Ui, icon: &str, center: Pos2, size: f32, color: Color32) {
    let galley = line(ui, icon, theme::icon(size), color, f32::INFINITY);
    let left = center.x - galley.size().x / 2.0;
    put(ui, galley, left, center.y);
}

/// The ring around what has the keyboard, inside its bounds.
fn focus_ring(ui: &Ui, response: &Response, rect: Rect, color: Color32) {
    if response.has_focus() {
        ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS), Stroke::new(FOCUS_RING, color), StrokeKind::Inside);
    }
}

/// Fill for an input: raised on a panel, and the page's own tone on what is raised already.
fn input_fill(ui: &Ui, palette: &Palette) -> Color32 {
    if ui.stack().bg_color() == palette.raised { palette.background } else { palette.raised }
}

/// The height of controls here.
fn control_height(ui: &Ui) -> f32 {
    ui.spacing().interact_size.y
}

/// The width of body text in its label font, for callers that align columns.
fn text_width(ui: &Ui, text: &str, font: FontId) -> f32 {
    line(ui, text, font, Color32::TRANSPARENT, f32::INFINITY).size().x
}

/// Shorthand for a muted caption.
fn caption(text: &str, color: Color32) -> RichText {
    RichText::new(text).font(theme::caption()).color(color)
}
