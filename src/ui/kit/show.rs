//! What is only looked at: cards, dots, badges, rows of facts, progress, notices, the empty place.

use egui::{
    Align, Color32, CornerRadius, Frame, InnerResponse, Key, Label, Layout, Margin, Modifiers, Response, RichText,
    Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{caption, icon_button, line, put, put_icon};
use crate::ui::icons;
use crate::ui::theme::{self, Palette, RADIUS, RADIUS_BUBBLE, RADIUS_CARD, SPACE, SPACE_SMALL};

/// A card: raised, outlined, 20 points of room, its contents from top to bottom.
pub fn card<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    card_frame(ui).show(ui, |ui| ui.vertical(content).inner)
}

/// A small card inside a panel, 10 points of room, its contents from top to bottom.
pub fn small_card<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    card_frame(ui)
        .corner_radius(CornerRadius::same(RADIUS_BUBBLE))
        .inner_margin(Margin::symmetric(10, 8))
        .show(ui, |ui| ui.vertical(content).inner)
}

/// The frame of a [`card`] alone, for what needs another layout or room.
pub fn card_frame(ui: &Ui) -> Frame {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.raised)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(RADIUS_CARD))
        .inner_margin(Margin::same(20))
}

/// A small card with a caption, a socket name and a copy button; gives that button's response.
pub fn copy_card(ui: &mut Ui, label: &str, name: &str, copy: &str) -> Response {
    let palette = Palette::of(ui);
    small_card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.label(RichText::new(label).font(theme::small()).color(palette.muted));
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 22.0;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let response = icon_button(ui, icons::COPY, copy);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let name = RichText::new(name).font(theme::name()).color(palette.text);
                    // A long name takes a second line: its end is the port.
                    ui.add(Label::new(name).selectable(true).wrap());
                });
                response
            })
            .inner
        })
        .inner
    })
    .inner
}

/// A state in 8 points: a disc or, for what is off, a ring. `meaning` is the tooltip and the screen reader's text.
pub fn status_dot(ui: &mut Ui, color: Color32, filled: bool, meaning: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(10.0, 16.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), meaning));
    if filled {
        ui.painter().circle_filled(rect.center(), 4.0, color);
    } else {
        ui.painter().circle_stroke(rect.center(), 3.4, Stroke::new(1.2, color));
    }
    if meaning.is_empty() { response } else { response.on_hover_text(meaning) }
}

/// An icon that says how something is meant; `meaning` says it in words, under the pointer and to a screen reader.
pub fn sign(ui: &mut Ui, icon: &str, color: Color32, meaning: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(16.0, 16.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), meaning));
    put_icon(ui, icon, rect.center(), 16.0, color);
    response.on_hover_text(meaning)
}

/// A count on an accent pill; more than three digits read `999+`. `meaning` is for the screen reader.
pub fn badge(ui: &mut Ui, count: usize, meaning: &str) -> Response {
    let palette = Palette::of(ui);
    let text = if count > 999 { "999+".to_owned() } else { count.to_string() };
    let galley = line(ui, &text, theme::caption(), palette.on_accent, f32::INFINITY);
    let height = 16.0;
    let width = (galley.size().x.ceil() + 10.0).max(20.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), meaning));
    ui.painter().rect_filled(rect, CornerRadius::same(8), palette.accent);
    let left = rect.center().x - galley.size().x / 2.0;
    put(ui, galley, left, rect.center().y);
    response
}

/// A key cap with the keys of a command.
pub fn key_cap(ui: &mut Ui, keys: &str) -> Response {
    let palette = Palette::of(ui);
    let galley = line(ui, keys, theme::small(), palette.muted, f32::INFINITY);
    let size = vec2((galley.size().x.ceil() + 10.0).max(20.0), 20.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), keys));
    ui.painter().rect(rect, CornerRadius::same(4), palette.raised, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let left = rect.center().x - galley.size().x / 2.0;
    put(ui, galley, left, rect.center().y);
    response
}

/// A fact: muted label in a column of `label_width`, selectable mono value cut at the edge (whole on hover).
///
/// The value keeps a colour given to its `RichText`. Gives the value's response.
pub fn key_value(ui: &mut Ui, label_width: f32, label: &str, value: impl Into<RichText>) -> Response {
    let palette = Palette::of(ui);
    let size = vec2(ui.available_width(), theme::TABLE_ROW - 2.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 0.0;
        let (rect, response) = ui.allocate_exact_size(vec2(label_width, size.y), Sense::hover());
        let galley = line(ui, label, theme::body(), palette.muted, label_width - SPACE_SMALL);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), label));
        put(ui, galley, rect.left(), rect.center().y);
        let value = value.into().font(theme::mono());
        ui.add(Label::new(value).selectable(true).truncate())
    })
    .inner
}

/// A fact in words that have to be read whole: as [`key_value`], but a long one takes more lines.
pub fn key_words(ui: &mut Ui, label_width: f32, label: &str, words: impl Into<RichText>) -> Response {
    let palette = Palette::of(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let height = theme::TABLE_ROW - 2.0;
        ui.set_min_height(height);
        let (rect, response) = ui.allocate_exact_size(vec2(label_width, height), Sense::hover());
        let galley = line(ui, label, theme::body(), palette.muted, label_width - SPACE_SMALL);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), label));
        put(ui, galley, rect.left(), rect.center().y);
        ui.vertical(|ui| {
            // In line with the label.
            ui.add_space(3.0);
            ui.add(Label::new(words.into().font(theme::mono())).selectable(true).wrap())
        })
        .inner
    })
    .inner
}

/// The caption over a group of rows in a panel, a heading for the screen reader.
pub fn section_title(ui: &mut Ui, text: &str) -> Response {
    ui.add_space(SPACE);
    let color = Palette::of(ui).muted;
    let response = ui.label(caption(text, color));
    super::is_heading(&response);
    ui.add_space(2.0);
    response
}

/// A bar of 4 points; without a fraction (the total is not known) it is a still, tinted rail. Nothing spins.
pub fn progress(ui: &mut Ui, fraction: Option<f32>, width: f32, name: &str) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 12.0), Sense::hover());
    let part = fraction.map(|fraction| fraction.clamp(0.0, 1.0));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, ui.is_enabled(), name);
        info.value = part.map(|part| f64::from((part * 100.0).floor()));
        info
    });
    let rail = rect.shrink2(vec2(0.0, 4.0));
    let round = CornerRadius::same(2);
    let fill = if part.is_some() { palette.sunken } else { palette.selection };
    ui.painter().rect_filled(rail, round, fill);
    if let Some(part) = part.filter(|part| *part > 0.0) {
        let mut done = rail;
        done.set_width((rail.width() * part).max(4.0));
        ui.painter().rect_filled(done, round, palette.accent);
    }
    response
}

/// How a [`notice`] is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Worth knowing.
    Info,
    /// It worked.
    Good,
    /// Worth a look.
    Warning,
    /// It failed.
    Bad,
}

/// A tinted box with an icon and a text that wraps.
pub fn notice(ui: &mut Ui, tone: Tone, text: &str) -> Response {
    let palette = Palette::of(ui);
    let (icon, color, tint) = match tone {
        Tone::Info => (icons::INFO_FILL, palette.accent, palette.accent_tint),
        Tone::Good => (icons::CHECK_CIRCLE_FILL, palette.good, palette.good_tint),
        Tone::Warning => (icons::WARNING_FILL, palette.warning, palette.warning_tint),
        Tone::Bad => (icons::WARNING_CIRCLE_FILL, palette.bad, palette.bad_tint),
    };
    Frame::new()
        .fill(tint)
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(10, 7))
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(16.0, 16.0), Sense::hover());
                put_icon(ui, icon, rect.center(), 16.0, color);
                let text = RichText::new(text).font(theme::body()).color(palette.text);
                ui.add(Label::new(text).selectable(true).wrap())
            })
            .inner
        })
        .inner
}

/// What stands in a place with nothing in it yet: a faint icon, what is missing, what to do about it.
pub fn empty_state(ui: &mut Ui, icon: &str, title: &str, hint: &str) -> Response {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(40.0, 44.0), Sense::hover());
        let center = pos2(rect.center().x, rect.top() + 18.0);
        put_icon(ui, icon, center, 32.0, palette.faint);
        ui.label(RichText::new(title).font(theme::body_semibold()).color(palette.text));
        let width = ui.available_width().min(400.0);
        ui.scope(|ui| {
            ui.set_max_width(width);
            let hint = RichText::new(hint).font(theme::body()).color(palette.muted);
            ui.add(Label::new(hint).wrap().halign(Align::Center))
        })
        .inner
    })
    .inner
}

/// Lets Page Up and Page Down scroll the area around `ui`, which is `height` points high. After everything inside that may
/// want these keys for itself.
pub fn scroll_by_keys(ui: &Ui, height: f32) {
    let pages = ui.input_mut(|input| {
        let up = input.consume_key(Modifiers::NONE, Key::PageUp);
        f32::from(up) - f32::from(input.consume_key(Modifiers::NONE, Key::PageDown))
    });
    if pages != 0.0 {
        // A line stays in sight, to read on from.
        ui.scroll_with_delta(vec2(0.0, pages * (height - theme::CONTROL)));
    }
}
